"""Signing in and out: password and code, or a passkey, which is both."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp.models import Device

from bank.identity import attempts, devices, forms, passkeys, selectors, services, sessions, stepup
from bank.identity.errors import TooManyTries
from bank.identity.models import User
from bank.identity.rules import Channel, Ended, Scope
from bank.identity.views.guards import (
    form_page,
    get_or_post,
    landing,
    paced_for,
    safe_next,
    user_of,
    wait_page,
)
from bank.kernel.errors import BankError


@sensitive_post_parameters("password")
@never_cache
@get_or_post
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first factor: e-mail address and password."""
    if request.method == "GET" and selectors.is_fully_signed_in(request):
        return redirect(safe_next(request) or landing(user_of(request)))
    form = forms.SignInForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            return _password_given(request, form)
        except BankError as error:
            refusal = error
    return _sign_in_page(request, form, refusal)


@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to sign in with a passkey; the value it signs counts once."""
    return HttpResponse(
        passkeys.asking(sessions.new_passkey_challenge(request)), content_type="application/json"
    )


@sensitive_post_parameters("answer")
@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Signs in with a passkey alone: the device that keeps it has recognised its owner."""
    try:
        found = services.check_passkey(
            answer=request.POST.get("answer", ""), challenge=sessions.take_passkey_challenge(request)
        )
    except BankError as refusal:
        return _sign_in_page(request, forms.SignInForm(), refusal)
    sessions.end(request, Ended.SIGNED_OUT)
    return _let_in(request, found.user, found, safe_next(request))


@sensitive_post_parameters("code")
@never_cache
@get_or_post
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second factor, for a session whose password was right; nobody is signed in before it."""
    found = sessions.pending(request)
    if found is None:
        return redirect("identity:sign_in")
    waiting, user = found
    form = forms.CodeForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            device = _right_code(waiting, user, form.cleaned_data["code"])
            return _let_in(request, user, device, waiting.next)
        except BankError as error:
            refusal = error
    challenge = user.challenges.get(pk=waiting.challenge_id)
    other = stepup.other_channel(user, Channel(challenge.channel))
    return form_page(request, "second_factor", form, refusal, challenge=challenge, other=other)


@require_POST
def new_code(request: HttpRequest) -> HttpResponse:
    """Another code for the sign-in under way, perhaps by the other way the user has."""
    found = sessions.pending(request)
    if found is None:
        return redirect("identity:sign_in")
    (waiting, user), by = found, request.POST.get("by", "")
    try:
        attempts.pace(Scope.NEW_CODE, **paced_for(user))
        sessions.ask_again(request, waiting, user, channel=Channel(by) if by in set(Channel) else None)
        messages.info(request, _("We sent you a new code. Only the newest one works."))
    except TooManyTries as refusal:
        return wait_page(request, refusal, reverse("identity:second_factor"))
    return redirect("identity:second_factor")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and has the browser forget what it stored (ASVS 5.0 14.3.1)."""
    sessions.end(request, Ended.SIGNED_OUT)
    response = redirect("/")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _right_code(waiting: sessions.Pending, user: User, code: str) -> Device:
    """The device that stands for the proof. Raises the ``StepUpFailed`` family, and ``TooOften``."""
    attempts.pace(Scope.WRONG_CODE, **paced_for(user))
    device = services.check_second_factor(
        user=user, challenge_id=waiting.challenge_id, act=waiting.act, code=code
    )
    attempts.unpace(Scope.WRONG_CODE, **paced_for(user))
    return device


def _password_given(request: HttpRequest, form: Form) -> HttpResponse:
    email = form.cleaned_data["email"]
    user = services.check_password(
        email=email,
        password=form.cleaned_data["password"],
        device=devices.known(request, email),
    )
    sessions.begin(request, user, safe_next(request))
    return redirect("identity:second_factor")


def _let_in(request: HttpRequest, user: User, proof: Device, next_path: str) -> HttpResponse:
    known = sessions.complete(request, user, proof)
    response = HttpResponseRedirect(next_path or landing(user))
    devices.mark(response, known)
    return response


def _sign_in_page(request: HttpRequest, form: Form, refusal: BankError | None) -> HttpResponse:
    if refusal is not None and not form.is_bound:
        messages.error(request, refusal.message)
        refusal = None
    takes_passkeys = passkeys.usable_at(request.get_host())
    return form_page(
        request, "sign_in", form, refusal, next=safe_next(request), takes_passkeys=takes_passkeys
    )
