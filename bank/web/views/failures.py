"""The answers for what went wrong before or beside every view of ours: a page dressed as the door it happened
at, a problem (RFC 9457) below ``/api/``.

None says more than what the reader may do next. They are found by ``bank.urls`` and ``CSRF_FAILURE_VIEW``.
"""

from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from bank.kernel.errors import BankError, NotAllowed
from bank.runtime import context
from bank.web import context_processors as doors
from bank.web.problems import GENERAL, plain_problem

_FOR_PROGRAMS: Final = ("/api/", "/networks/")
_CODES: Final = {400: "PARSE_ERROR", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 500: "INTERNAL"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent cannot be a request to this bank."""
    return _answer(request, 400, with_request=False)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the right is missing; a refusal with a sentence of its own says which."""
    cause = exception.__cause__
    has_its_own = isinstance(cause, BankError) and not isinstance(cause, NotAllowed)
    return _answer(request, 403, sentence=str(exception) if has_its_own else "")


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form of another site, or of a page from before a sign-in; nothing of it was read."""
    return _answer(request, 403, "403_csrf.html", back=_came_from(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is nothing, or it is not the reader's."""
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: with the id our log has it under. Asks for nothing that may be what failed, the database least."""
    return _answer(request, 500, with_request=False, reference=context.current().correlation_id)


def _answer(
    request: HttpRequest, status: int, template: str = "", *, with_request: bool = True, **said: Any
) -> HttpResponse:
    if request.path.startswith(_FOR_PROGRAMS):
        code = _CODES[status]
        return plain_problem(status=status, code=code, detail=GENERAL[code][1])
    page = said | doors.bank(request) | {"home": doors.home(request)}
    body = render_to_string(template or f"{status}.html", page, request if with_request else None)
    return HttpResponse(body, status=status)


def _came_from(request: HttpRequest) -> str:
    """The page of ours the form was sent from, if it says so."""
    origin = urlsplit(request.headers.get("Referer", ""))
    is_ours = origin.netloc == request.get_host() and not origin.path.startswith("//")
    return origin.path if is_ours else ""
