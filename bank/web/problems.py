"""Errors of the REST door as problem details (RFC 9457): ``type``, ``title``, ``status``, ``detail``, ``code``."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from bank.kernel.errors import BankError
from bank.runtime import context

CONTENT_TYPE = "application/problem+json"
_TYPE_ROOT = "/api/docs/errors/#"


def exception_handler(error: Exception, _view: dict[str, Any]) -> HttpResponseBase | None:
    """Turns what a view raised into a problem response; the unforeseen is left to Django's 500."""
    answer = _respond(error)
    if answer is not None:
        set_rollback()
    return answer


def problem(*, status: int, code: str, detail: str, **more: Any) -> Response:
    """A problem response. ``code`` is stable and documented, ``detail`` says how to fix it."""
    body = {
        "type": f"{_TYPE_ROOT}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "correlation_id": context.current().correlation_id,
        **more,
    }
    return Response(body, status=status, content_type=CONTENT_TYPE)


def _respond(error: Exception) -> Response | None:
    if isinstance(error, BankError):
        return problem(status=error.status, code=error.code, detail=error.message)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return _from_rest(error)
    return None


def _from_rest(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        faults = list(_faults(error.detail))
        detail = "; ".join(f"{fault['field']}: {fault['detail']}" for fault in faults)
        return problem(status=400, code="INVALID_INPUT", detail=detail, errors=faults)
    answer = problem(
        status=error.status_code, code=str(error.get_codes()).upper(), detail=str(error.detail)
    )
    if header := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        answer["Retry-After"] = str(int(wait))
    return answer


def _faults(detail: Any, field: str = "") -> "list[dict[str, str]]":
    """Every fault of a validation error, each with the path of its field."""
    if isinstance(detail, dict):
        return [fault for key, value in detail.items() for fault in _faults(value, f"{field}.{key}".strip("."))]
    if isinstance(detail, list) and any(isinstance(item, (dict, list)) for item in detail):
        return [fault for n, item in enumerate(detail) for fault in _faults(item, f"{field}[{n}]")]
    items = detail if isinstance(detail, list) else [detail]
    return [{"field": field or "body", "detail": str(item), "code": str(item.code).upper()} for item in items]
