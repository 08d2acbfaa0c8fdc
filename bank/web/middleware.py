"""What every request passes through: correlation id, context for audit and logs, private answers."""

import re
from collections.abc import Callable
from typing import TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from bank.kernel import ids
from bank.runtime import context

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponse]

_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
_CHANNELS = (
    ("/api/", "API"), ("/admin/", "STAFF"), ("/corporate/", "CORPORATE"), ("/sme/", "SME"),
    ("/personal/", "PERSONAL"),
)  # fmt: skip


class Correlation:
    """Gives each request an id (the caller's, if it is harmless) that answer, logs and audit share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Correlation-Id", "")
        correlation_id = given if _SAFE_ID.match(given) else str(ids.uuid7())
        with context.use(
            correlation_id=correlation_id,
            ip=client_address(request),
            user_agent=request.headers.get("User-Agent", "")[:200],
            channel=_channel(request.path),
        ):
            response = self.get_response(request)
        response["X-Correlation-Id"] = correlation_id
        return response


class Context:
    """Adds the signed-in user to the context; stands after authentication."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with context.use(actor_id=request.user.pk):
            return self.get_response(request)


class PrivateByDefault:
    """What a signed-in person sees is stored by no browser or proxy; devices no page uses stay off; and
    browsers know where to report what the policy of content kept from loading.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated or request.path.startswith("/api/"):
            add_never_cache_headers(response)
        response.setdefault("Reporting-Endpoints", 'csp="/csp-reports/"')
        response.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response


def client_address(request: HttpRequest) -> str:
    """The caller's address: of ``X-Forwarded-For`` only what our own proxies appended is believed."""
    peer: str = request.META.get("REMOTE_ADDR", "")
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
    ]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        return forwarded[-settings.TRUSTED_PROXIES]
    return peer


def _channel(path: str) -> str:
    return next((channel for prefix, channel in _CHANNELS if path.startswith(prefix)), "WEB")
