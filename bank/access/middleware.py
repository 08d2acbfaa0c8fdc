"""Writes the request log: what came with a key or a token of an app, and nothing else."""

from collections.abc import Callable
from time import monotonic

from django.http import HttpRequest, HttpResponse

from bank.access import services
from bank.access.doors import SEEN


class RequestLog:
    """One line for each request of a program, the refused ones included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = monotonic()
        response = self.get_response(request)
        if seen := getattr(request, SEEN, None):
            services.log_request(
                **seen,
                method=request.method or "",
                path=request.path,
                status=response.status_code,
                duration_ms=round((monotonic() - began) * 1000),
            )
        return response
