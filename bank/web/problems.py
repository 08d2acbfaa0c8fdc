"""Errors of the REST door as problem details (RFC 9457): type, title, status, detail and the stable code."""

import json
import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from bank.kernel.errors import BankError
from bank.runtime import context

CONTENT_TYPE = "application/problem+json"
_TYPE_ROOT = "/api/docs/errors/#"
_log = logging.getLogger(__name__)


GENERAL: dict[str, tuple[int, str]] = {
    "PARSE_ERROR": (400, "The body cannot be read: it is not in the stated format."),
    "NOT_AUTHENTICATED": (401, "No access token was sent."),
    "AUTHENTICATION_FAILED": (401, "The access token is expired, revoked, or not one of this bank's API."),
    "PERMISSION_DENIED": (403, "You may not do this."),
    "NOT_FOUND": (404, "There is nothing at this address, or it is not yours."),
    "METHOD_NOT_ALLOWED": (405, "This address does not take this method."),
    "NOT_ACCEPTABLE": (406, "The answer cannot be given in any of the formats asked for."),
    "CONTENT_TOO_LARGE": (413, "The body is larger than this address takes."),
    "UNSUPPORTED_MEDIA_TYPE": (415, "The body's content type or encoding is not one this address takes."),
    "THROTTLED": (429, "Too many requests; the header Retry-After says when to try again."),
    "INTERNAL": (500, "Something went wrong at the bank. Whether the request took effect, the same request "
                      "under the same Idempotency-Key tells."),
}  # fmt: skip
"""Refusals of the door itself, before any app is asked: code to status and meaning."""


class Problem(serializers.Serializer[Any]):
    """The body of every refusal (RFC 9457)."""

    type = serializers.CharField(help_text="Address of the code's description.")
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What is wrong and how to fix it, for people.")
    code = serializers.CharField(help_text="What is wrong, for programs; stable.")
    correlation_id = serializers.CharField(help_text="Quote it when you ask the bank about this request.")


def exception_handler(error: Exception, _view: dict[str, Any]) -> HttpResponseBase:
    """Turns what a view raised into a problem response; the unforeseen into a 500 that tells nothing."""
    set_rollback()
    answer = _respond(error)
    if answer is None:
        _log.exception("unforeseen error", exc_info=error)
        answer = problem(status=500, code="INTERNAL", detail=GENERAL["INTERNAL"][1])
    return answer


def problem(*, status: int, code: str, detail: str, **more: Any) -> Response:
    """A problem response. ``code`` is stable and documented, ``detail`` says how to fix it."""
    body = members(status=status, code=code, detail=detail, **more)
    return Response(body, status=status, content_type=CONTENT_TYPE)


def plain_problem(*, status: int, code: str, detail: str) -> HttpResponse:
    """The same for where no REST view answers."""
    body = json.dumps(members(status=status, code=code, detail=detail))
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE)


def members(*, status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """What every refusal says of itself; ``more`` is added."""
    return {
        "type": f"{_TYPE_ROOT}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "correlation_id": context.current().correlation_id,
        **more,
    }


def _respond(error: Exception) -> Response | None:
    if isinstance(error, BankError):
        return _from_bank(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return problem(status=413, code="CONTENT_TOO_LARGE", detail=GENERAL["CONTENT_TOO_LARGE"][1])
    if isinstance(error, SuspiciousOperation):
        return problem(status=400, code="PARSE_ERROR", detail=GENERAL["PARSE_ERROR"][1])
    if isinstance(error, exceptions.APIException):
        return _from_rest(error)
    return None


def _from_bank(error: BankError) -> Response:
    answer = problem(status=error.status, code=error.code, detail=error.message)
    if wait := error.params.get("retry_after_s"):
        answer["Retry-After"] = str(int(wait))
    return answer


def _from_rest(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        faults = list(_faults(error.detail))
        detail = "; ".join(f"{fault['field']}: {fault['detail']}" for fault in faults)
        return problem(status=400, code="INVALID_INPUT", detail=detail, errors=faults)
    code = error.detail.code if isinstance(error.detail, exceptions.ErrorDetail) else error.default_code
    answer = problem(status=error.status_code, code=str(code).upper(), detail=_sentence(error))
    if header := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        answer["Retry-After"] = str(int(wait))
    return answer


def _sentence(error: exceptions.APIException) -> str:
    detail = error.detail
    return str(detail["detail"]) if isinstance(detail, dict) and "detail" in detail else str(detail)


def _faults(detail: Any, field: str = "") -> "list[dict[str, str]]":
    """Every fault of a validation error, each with the path of its field."""
    if isinstance(detail, dict):
        return [
            fault for key, value in detail.items() for fault in _faults(value, f"{field}.{key}".strip("."))
        ]
    if isinstance(detail, list) and any(isinstance(item, (dict, list)) for item in detail):
        return [fault for n, item in enumerate(detail) for fault in _faults(item, f"{field}[{n}]")]
    items = detail if isinstance(detail, list) else [detail]
    return [{"field": field or "body", "detail": str(item), "code": str(item.code).upper()} for item in items]
