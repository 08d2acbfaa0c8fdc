"""Tokens for codes and secrets, their end, and what they are worth: for programs, in RFC 6749's words.

A refusal carries the members of a problem document beside ``error``, so that it reads as
everywhere else at the bank's doors and OAuth libraries understand it all the same.
"""

import base64
import binascii
import json
from typing import Any
from urllib.parse import unquote_plus

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import RevokeTokenView, TokenView
from oauth2_provider.views.mixins import OAuthLibMixin

from bank.access import errors, selectors
from bank.access.doors import SEEN
from bank.access.models import App
from bank.runtime import context, locks
from bank.runtime.windows import Window
from bank.web import problems

_PER_MINUTE = 120
_REFUSALS: tuple[type[errors.OAuthRefused], ...] = (
    errors.OAuthRefused,
    errors.InvalidClient,
    errors.InvalidGrant,
    errors.UnauthorizedClient,
    errors.UnsupportedGrantType,
    errors.InvalidScope,
)
_GRANTS = frozenset({"authorization_code", "refresh_token", "client_credentials"})


class Token(TokenView):
    """A token for a code, a refresh token or an app's own secret.

    Other grants never reach the toolkit, which would look at a password before it says no.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wait := _too_many():
            return _slow_down(wait)
        if request.POST.get("grant_type") not in _GRANTS:
            return _refusal(errors.UnsupportedGrantType)
        with transaction.atomic():
            _one_at_a_time(request)
            answer = self.authorization_flow_token_response(request)
        _note_seen(request, answer.status_code)
        return _told(answer)


class Revoke(RevokeTokenView):
    """Ends a token of the app that asks (RFC 7009)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wait := _too_many():
            return _slow_down(wait)
        answer = super().post(request, *args, **kwargs)
        _note_seen(request, answer.status_code)
        return _told(answer)


@method_decorator(csrf_exempt, name="dispatch")
class Introspect(OAuthLibMixin, View):
    """What a token is worth now (RFC 7662), for the bank's own resource servers alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if wait := _too_many():
            return _slow_down(wait)
        app = _app_of(request) if self.authenticate_client(request) else None
        if app is None:
            return _refusal(errors.InvalidClient)
        if not app.may_introspect:
            return _refusal(errors.UnauthorizedClient, status=403)
        return JsonResponse(_worth(request.POST.get("token", "")))


def _one_at_a_time(request: HttpRequest) -> None:
    """Of parallel exchanges of one code or refresh token the first is done before the next is looked at,
    which then is a second use.
    """
    shown = request.POST.get("code") or request.POST.get("refresh_token")
    if shown:
        locks.hold_until_commit(f"oauth.exchange:{shown}")


def _worth(text: str) -> dict[str, Any]:
    """Says of a token that counts for whom and for what; of any other only that it does not."""
    found = selectors.caller_with_token(text)
    if found is None or found.app is None:
        return {"active": False}
    return {
        "active": True,
        "scope": " ".join(sorted(found.grant.scopes)),
        "client_id": found.app.client_id,
        "sub": str(found.user.pk),
        "accounts": None if found.grant.accounts is None else sorted(found.grant.accounts),
    }


def _told(answer: HttpResponse) -> HttpResponse:
    """A refusal of the toolkit with our members added; anything else as it is."""
    if answer.status_code < 400:
        return answer
    try:
        said = json.loads(answer.content or b"{}")
    except ValueError:
        said = {}
    code = str(said.get("error", "")).upper()
    known = next((one for one in _REFUSALS if one.code == code), errors.OAuthRefused)
    refused = _refusal(known, status=answer.status_code)
    if "WWW-Authenticate" in answer:
        refused["WWW-Authenticate"] = answer["WWW-Authenticate"]
    return refused


def _refusal(error: type[errors.OAuthRefused], status: int = 0) -> HttpResponse:
    body = problems.members(status=status or error.status, code=error.code, detail=error.sentence)
    body |= {"error": error.code.lower(), "error_description": error.sentence}
    answer = JsonResponse(body, status=status or error.status)
    answer["Cache-Control"] = "no-store"
    if answer.status_code == 401:
        answer["WWW-Authenticate"] = 'Basic realm="oauth"'
    return answer


def _too_many() -> int:
    """Seconds to wait where an address asks too often; secrets cost hashing, so asking is not free."""
    window = Window("oauth", context.current().ip, 60)
    return window.left() if window.count() > _PER_MINUTE else 0


def _slow_down(wait: int) -> HttpResponse:
    answer = problems.plain_problem(
        status=429, code="THROTTLED", detail=f"Too many requests. Try again in {wait} seconds."
    )
    answer["Retry-After"] = str(wait)
    return answer


def _note_seen(request: HttpRequest, status: int) -> None:
    """For the log of the app, where it proved to be that app."""
    app = _app_of(request)
    if app is not None and status != 401:
        setattr(request, SEEN, {"user": app.user, "app": app, "key": None})


def _app_of(request: HttpRequest) -> App | None:
    return App.objects.select_related("user").filter(client_id=_client_id(request)).first()


def _client_id(request: HttpRequest) -> str:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return str(request.POST.get("client_id", ""))
    try:
        return unquote_plus(base64.b64decode(text).decode().partition(":")[0])
    except (binascii.Error, UnicodeDecodeError):
        return ""
