"""The first look at a request: refuses what no page or program of ours ever sends."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from bank.web import problems

_WRAPPING = 100_000


class Acceptable:
    """Refuses what no page of ours ever sends, before anything is read from it.

    A NUL stands in no address, query or cookie: PostgreSQL's texts cannot hold one. A body is no larger
    than the largest payment file with its wrapping, so that nobody fills the disk with uploads (ASVS
    5.0 5.2.1).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _content_length(request) > settings.PAYMENT_FILE_MAX_BYTES + _WRAPPING:
            return _refused(request, 413, "CONTENT_TOO_LARGE")
        if _has_nul(request):
            return _refused(request, 400, "PARSE_ERROR")
        return self.get_response(request)


def _content_length(request: HttpRequest) -> int:
    stated = request.META.get("CONTENT_LENGTH") or "0"
    return int(stated) if stated.isascii() and stated.isdigit() else 0


def _has_nul(request: HttpRequest) -> bool:
    """The REST door names the parameter itself, so its queries are left to it."""
    in_query = "%00" in request.META.get("QUERY_STRING", "") and not request.path.startswith("/api/")
    return in_query or "\0" in request.path or any("\0" in value for value in request.COOKIES.values())


def _refused(request: HttpRequest, status: int, code: str) -> HttpResponse:
    """In the shape of the door."""
    if request.path.startswith("/api/"):
        return problems.plain_problem(status=status, code=code, detail=problems.GENERAL[code][1])
    return HttpResponse(render_to_string("400.html"), status=status)
