"""A new password for who forgot theirs: ask for the link, open it, prove oneself, choose."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from bank.identity import forms, passkeys, resets
from bank.identity.errors import StepUpFailed
from bank.identity.models import Challenge, PasswordReset
from bank.identity.views.guards import form_page, get_or_post
from bank.kernel.errors import BankError

_TOKEN = "reset_token"  # noqa: S105
_CHALLENGE = "reset_challenge"
_SENT = "reset_code_sent"


@never_cache
@get_or_post
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks where to send the link; the answer is the same whether the address is known."""
    form = forms.ForgottenForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            resets.ask(email=form.cleaned_data["email"])
            return render(request, "identity/forgotten_sent.html", {"email": form.cleaned_data["email"]})
        except BankError as error:
            refusal = error
    return form_page(request, "forgotten", form, refusal)


@never_cache
@require_GET
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Keeps the link's secret in the session and takes it out of the address, so that none passes it on."""
    request.session[_TOKEN] = token
    request.session.pop(_CHALLENGE, None)
    return redirect("identity:reset")


@sensitive_post_parameters("new", "code")
@never_cache
@get_or_post
def reset(request: HttpRequest) -> HttpResponse:
    """The second factor and the new password, on one page."""
    found = resets.find(request.session.get(_TOKEN, ""))
    if found is None:
        return render(request, "identity/reset_over.html", status=410)
    if "ask" in request.POST:
        return _ask(request, found)
    form = forms.ResetForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            return _finish(request, found, form)
        except BankError as error:
            refusal = error
    return _page(request, found, form, refusal)


def _page(
    request: HttpRequest, found: PasswordReset, form: forms.ResetForm, refusal: BankError | None
) -> HttpResponse:
    ways = resets.ways(found)
    challenge = _challenge(request, found)
    takes_passkeys = "PASSKEY" in ways and passkeys.usable_at(request.get_host())
    if challenge is None and ways - {"SMS", "COUNTER"}:
        challenge = resets.challenge_for(found, passkey_alone=True)
        request.session[_CHALLENGE] = str(challenge.pk)
    asking = passkeys.asking_for(challenge) if takes_passkeys and challenge else ""
    sent = bool(challenge and challenge.channel == "SMS" and request.session.get(_SENT))
    return form_page(request, "reset", form, refusal, ways=ways, passkey_asking=asking, sent=sent)


def _ask(request: HttpRequest, found: PasswordReset) -> HttpResponse:
    try:
        challenge = resets.challenge_for(found)
        request.session[_CHALLENGE], request.session[_SENT] = str(challenge.pk), True
        where = challenge.masked_destination
        messages.info(request, _("We sent six digits to %(where)s.") % {"where": where})
    except BankError as refusal:
        messages.error(request, refusal.message)
    return redirect("identity:reset")


def _finish(request: HttpRequest, found: PasswordReset, form: forms.ResetForm) -> HttpResponse:
    challenge = _challenge(request, found)
    if challenge is None and "TOTP" in resets.ways(found):
        challenge = resets.challenge_for(found)
    try:
        resets.finish(
            reset=found,
            challenge_id=challenge.pk if challenge else None,
            code=form.cleaned_data["code"],
            password=form.cleaned_data["new"],
        )
    except StepUpFailed as refusal:
        if not refusal.may_retry:
            request.session.pop(_CHALLENGE, None)
        raise
    request.session.flush()
    messages.info(request, _("Your password was changed, and all devices were signed out. Sign in with it."))
    return redirect(reverse("identity:sign_in"))


def _challenge(request: HttpRequest, found: PasswordReset) -> Challenge | None:
    asked = request.session.get(_CHALLENGE)
    return found.user.challenges.filter(pk=asked).first() if asked else None
