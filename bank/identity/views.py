"""Pages for signing in and out, and for what keeps an account safe."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_otp.models import Device

from bank.identity import attempts, forms, recovery, selectors, services, sessions, stepup, tokens
from bank.identity.errors import StepUpFailed, TooManyTries
from bank.identity.models import Authenticator, User
from bank.identity.rules import Channel, Ended
from bank.kernel.errors import BankError
from bank.runtime import context

View = Callable[..., HttpResponse]

STAFF_HOME = "/admin/"
HOME = "/home/"
_CREDENTIALS = "credentials_challenge"
_get_or_post = require_http_methods(["GET", "POST"])


def signed_in(view: View) -> View:
    """Lets only those who proved both factors pass; others sign in first and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not selectors.is_fully_signed_in(request):
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def freshly_confirmed(view: View) -> View:
    """As ``signed_in``, and asks the second factor again unless that was minutes ago (ASVS 5.0 7.5.1)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sessions.is_confirmed(request):
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else reverse("identity:security")
        return redirect(f"{reverse('identity:confirm')}?{urlencode({'next': back})}")

    return signed_in(guarded)


@sensitive_post_parameters("password")
@never_cache
@_get_or_post
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first factor: e-mail address and password."""
    if request.method == "GET" and selectors.is_fully_signed_in(request):
        return redirect(safe_next(request) or landing(_user(request)))
    form = forms.SignInForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            return _password_given(request, form)
        except BankError as error:
            refusal = error
    return _form_page(request, "sign_in", form, refusal, next=safe_next(request))


@sensitive_post_parameters("code")
@never_cache
@_get_or_post
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
    return _form_page(request, "second_factor", form, refusal, challenge=challenge)


@require_POST
def new_code(request: HttpRequest) -> HttpResponse:
    """Another code for the sign-in under way."""
    found = sessions.pending(request)
    if found is None:
        return redirect("identity:sign_in")
    waiting, user = found
    try:
        attempts.pace(attempts.Scope.NEW_CODE, **_who(user))
        sessions.ask_again(request, waiting, user)
        messages.info(request, _("We sent you a new code. Only the newest one works."))
    except TooManyTries as refusal:
        return _wait_page(request, refusal, reverse("identity:second_factor"))
    return redirect("identity:second_factor")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and has the browser forget what it stored (ASVS 5.0 14.3.1)."""
    sessions.end(request, Ended.SIGNED_OUT)
    response = redirect("/")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@signed_in
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """Where the user is signed in, and what protects the account."""
    user = _user(request)
    return render(
        request,
        "identity/security.html",
        {
            "sessions": selectors.sessions_of(user),
            "current": sessions.current(request),
            "programs": selectors.token_families_of(user),
            "has_authenticator": stepup.has_authenticator(user),
            "recovery_codes_left": recovery.left(user),
        },
    )


@sensitive_post_parameters("code")
@signed_in
@_get_or_post
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks the second factor again before credentials change; codes are sent by POST alone."""
    user, next_path = _user(request), safe_next(request)
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
    return _form_page(request, "confirm", form, refusal, next=next_path, asked=asked)


@signed_in
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Signs another browser of the user out."""
    session = selectors.sessions_of(_user(request)).filter(pk=session_id).first()
    if session is None:
        raise Http404
    sessions.close(session, Ended.REVOKED)
    messages.info(request, _("%(device)s was signed out.") % {"device": session.device})
    return redirect("identity:security")


@signed_in
@require_POST
def end_program(request: HttpRequest, family_id: Any) -> HttpResponse:
    """Ends a program's access."""
    family = selectors.token_families_of(_user(request)).filter(pk=family_id).first()
    if family is None:
        raise Http404
    tokens.end_family(family, Ended.REVOKED)
    messages.info(request, _("The program was signed out."))
    return redirect("identity:security")


@sensitive_post_parameters("old", "new")
@freshly_confirmed
@_get_or_post
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
    return _form_page(request, "password", form, refusal)


@sensitive_post_parameters("code")
@freshly_confirmed
@_get_or_post
def authenticator(request: HttpRequest) -> HttpResponse:
    """Adds an authenticator app: a picture to scan, then a code made with it."""
    user = _user(request)
    form = forms.CodeForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            codes = services.confirm_totp(user=user, code=form.cleaned_data["code"])
            return _show_codes(request, codes)
        except BankError as error:
            refusal = error
    return _form_page(request, "authenticator", form, refusal, **_secret(services.enrol_totp(user=user)))


@freshly_confirmed
@require_POST
def remove_authenticator(request: HttpRequest) -> HttpResponse:
    """Back to codes by e-mail."""
    user = _user(request)
    services.remove_totp(user=user)
    sessions.rely_on(request, services.device_for(user=user, channel=Channel.EMAIL))
    messages.info(request, _("Your authenticator app was removed. Codes come by e-mail again."))
    return redirect("identity:security")


@freshly_confirmed
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, shown once."""
    return _show_codes(request, services.replace_recovery_codes(user=_user(request)))


def landing(user: User) -> str:
    """Where a sign-in leads that was not on its way anywhere."""
    return STAFF_HOME if user.is_staff else HOME


def safe_next(request: HttpRequest) -> str:
    """The path the user was on the way to, if it is one of ours; never another host (ASVS 5.0 3.7.2)."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = path.startswith("/") and path.isprintable()
    return path if is_ours and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def _right_code(waiting: sessions.Pending, user: User, code: str) -> Device:
    """The device that stands for the proof. Raises the ``StepUpFailed`` family, and ``TooOften``."""
    attempts.pace(attempts.Scope.WRONG_CODE, **_who(user))
    device = services.check_second_factor(
        user=user, challenge_id=waiting.challenge_id, act=waiting.act, code=code
    )
    attempts.unpace(attempts.Scope.WRONG_CODE, **_who(user))
    return device


def _password_given(request: HttpRequest, form: Form) -> HttpResponse:
    email = form.cleaned_data["email"]
    user = services.check_password(
        email=email,
        password=form.cleaned_data["password"],
        is_known_device=sessions.is_known_device(request, email),
    )
    sessions.begin(request, user, safe_next(request))
    return redirect("identity:second_factor")


def _let_in(request: HttpRequest, user: User, device: Any, next_path: str) -> HttpResponse:
    sessions.complete(request, user, device)
    response = HttpResponseRedirect(next_path or landing(user))
    sessions.remember_device(response, user)
    return response


def _credentials_act(user: User) -> dict[str, Any]:
    return {"act": "CHANGE_CREDENTIALS", "user": user.pk}


def _ask_to_confirm(request: HttpRequest, user: User, next_path: str) -> HttpResponse:
    page = f"{reverse('identity:confirm')}?{urlencode({'next': next_path})}"
    try:
        attempts.pace(attempts.Scope.NEW_CODE, **_who(user))
        challenge = stepup.start(
            user=user, act=_credentials_act(user), summary=_("Change how you sign in: password or app")
        )
        request.session[_CREDENTIALS] = str(challenge.pk)
    except TooManyTries as refusal:
        return _wait_page(request, refusal, page)
    return redirect(page)


def _confirm_credentials(request: HttpRequest, user: User, code: str) -> None:
    attempts.pace(attempts.Scope.WRONG_CODE, **_who(user))
    act = _credentials_act(user)
    asked = request.session.get(_CREDENTIALS)
    if stepup.has_authenticator(user):
        asked = stepup.start(user=user, act=act, summary=_("Change how you sign in: password or app")).pk
    try:
        stepup.confirm(user=user, challenge_id=asked, act=act, code=code)
    except StepUpFailed as refusal:
        if not refusal.may_retry:
            request.session.pop(_CREDENTIALS, None)
        raise
    attempts.unpace(attempts.Scope.WRONG_CODE, **_who(user))
    request.session.pop(_CREDENTIALS, None)
    sessions.confirm_for_a_while(request)


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


def _form_page(
    request: HttpRequest, name: str, form: Form, refusal: BankError | None, **content: Any
) -> HttpResponse:
    """The page with its form; a refusal stands on top of it, and tells a program when to come back."""
    if refusal is not None:
        form.add_error(None, _(refusal.sentence).format(**refusal.params))
    response = render(request, f"identity/{name}.html", {"form": form, "refusal": refusal, **content})
    if isinstance(refusal, TooManyTries):
        response.status_code = refusal.status
        response["Retry-After"] = str(refusal.retry_after_s)
    return response


def _wait_page(request: HttpRequest, refusal: TooManyTries, back: str) -> HttpResponse:
    """Where there is no form to say it on."""
    page = {"sentence": _(refusal.sentence).format(**refusal.params), "back": back}
    response = render(request, "429.html", page, status=refusal.status)
    response["Retry-After"] = str(refusal.retry_after_s)
    return response


def _who(user: User) -> dict[str, Any]:
    """Whom the pace of codes is counted for."""
    return {"user_id": user.pk, "address": context.current().ip}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
