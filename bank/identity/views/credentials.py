"""The second factor once more, then what it opens: password, authenticator app, recovery codes."""

from typing import Any
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from bank.identity import attempts, forms, passkeys, services, sessions, stepup
from bank.identity.errors import StepUpFailed, TooManyTries
from bank.identity.models import Authenticator, User
from bank.identity.rules import Channel, Scope
from bank.identity.views.guards import (
    form_page,
    freshly_confirmed,
    get_or_post,
    landing,
    paced_for,
    safe_next,
    signed_in,
    user_of,
    wait_page,
)
from bank.kernel.errors import BankError

_CREDENTIALS = "credentials_challenge"
_PASSKEY = "credentials_passkey"
_SECURITY = "/account/security/"
_SUMMARY = gettext_noop("Change how you sign in: password or app")


@sensitive_post_parameters("code")
@signed_in
@get_or_post
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks the second factor again before credentials change; codes are sent by POST alone."""
    user, next_path = user_of(request), safe_next(request)
    if "ask" in request.POST:
        return _ask_to_confirm(request, user, next_path)
    form = forms.CodeForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            _confirm_credentials(request, user, form.cleaned_data["code"])
            return redirect(next_path or "identity:security")
        except BankError as error:
            refusal = error
    asked = _CREDENTIALS in request.session or stepup.has_authenticator(user)
    passkey_asking = _asking_passkey(request, user)
    return form_page(
        request, "confirm", form, refusal, next=next_path, asked=asked, passkey_asking=passkey_asking,
        home=_home_of(user, next_path),
    )  # fmt: skip


def _home_of(user: User, next_path: str) -> str:
    """Where somebody goes who gives no code; empty for the page on security, where credentials change."""
    return "" if not next_path or next_path.startswith(_SECURITY) else landing(user)


@sensitive_post_parameters("old", "new")
@freshly_confirmed
@get_or_post
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; every other browser and program is signed out."""
    form = forms.PasswordForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            sessions.change_password(request, **form.cleaned_data)
            messages.info(request, _("Your password was changed. All other devices were signed out."))
            return redirect("identity:security")
        except BankError as error:
            refusal = error
    return form_page(request, "password", form, refusal)


@sensitive_post_parameters("code")
@freshly_confirmed
@get_or_post
def authenticator(request: HttpRequest) -> HttpResponse:
    """Adds an authenticator app: a picture to scan, then a code made with it."""
    user = user_of(request)
    form = forms.CodeForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            codes = services.confirm_totp(user=user, code=form.cleaned_data["code"])
            return _show_codes(request, codes)
        except BankError as error:
            refusal = error
    return form_page(request, "authenticator", form, refusal, **_secret(services.enrol_totp(user=user)))


@freshly_confirmed
@require_POST
def remove_authenticator(request: HttpRequest) -> HttpResponse:
    """Back to codes by e-mail."""
    user = user_of(request)
    services.remove_totp(user=user)
    sessions.rely_on(request, services.device_for(user=user, channel=Channel.EMAIL))
    messages.info(request, _("Your authenticator app was removed. Codes come by e-mail again."))
    return redirect("identity:security")


@freshly_confirmed
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, shown once."""
    return _show_codes(request, services.replace_recovery_codes(user=user_of(request)))


def _credentials_act(user: User) -> dict[str, Any]:
    return {"act": "CHANGE_CREDENTIALS", "user": user.pk}


def _ask_to_confirm(request: HttpRequest, user: User, next_path: str) -> HttpResponse:
    page = f"{reverse('identity:confirm')}?{urlencode({'next': next_path})}"
    try:
        attempts.pace(Scope.NEW_CODE, **paced_for(user))
        challenge = stepup.start(user=user, act=_credentials_act(user), summary=gettext(_SUMMARY))
        request.session[_CREDENTIALS] = str(challenge.pk)
    except TooManyTries as refusal:
        return wait_page(request, refusal, page)
    return redirect(page)


def _confirm_credentials(request: HttpRequest, user: User, code: str) -> None:
    act = _credentials_act(user)
    attempts.pace(Scope.WRONG_CODE, **paced_for(user))
    asked = request.session.get(_CREDENTIALS)
    if passkeys.is_signature(code):
        asked = request.session.pop(_PASSKEY, None)
    elif stepup.has_authenticator(user):
        asked = stepup.start(user=user, act=act, summary=gettext(_SUMMARY)).pk
    try:
        stepup.confirm(user=user, challenge_id=asked, act=act, code=code)
    except StepUpFailed as refusal:
        if not refusal.may_retry:
            request.session.pop(_CREDENTIALS, None)
        raise
    attempts.unpace(Scope.WRONG_CODE, **paced_for(user))
    request.session.pop(_CREDENTIALS, None)
    sessions.confirm_for_a_while(request)


def _asking_passkey(request: HttpRequest, user: User) -> str:
    """What the browser needs for a passkey instead of a code; empty where the user has none here."""
    if not passkeys.usable_at(request.get_host()) or not passkeys.passkeys_of(user).exists():
        return ""
    challenge = stepup.start(
        user=user, act=_credentials_act(user), summary=gettext(_SUMMARY), passkey_alone=True
    )
    request.session[_PASSKEY] = str(challenge.pk)
    return passkeys.asking_for(challenge)


def _secret(device: Authenticator) -> dict[str, str]:
    text = device.secret
    return {
        "qr": segno.make(_enrolment_url(device), error="m").svg_data_uri(scale=5, border=4, light="white"),
        "secret": " ".join(text[i : i + 4] for i in range(0, len(text), 4)),
    }


def _enrolment_url(device: Authenticator) -> str:
    """What an app scans: https://github.com/google/google-authenticator/wiki/Key-Uri-Format."""
    issuer = settings.BANK_NAME.replace(":", "")
    values = {"secret": device.secret, "algorithm": "SHA1", "digits": 6, "period": 30, "issuer": issuer}
    return f"otpauth://totp/{quote(f'{issuer}:{device.user.email}')}?{urlencode(values, quote_via=quote)}"


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "identity/recovery_codes.html", {"codes": codes})
