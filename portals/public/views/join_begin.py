"""The way in: which account, the address and its code, the password; then the task list."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.identity import devices, sessions
from bank.identity import selectors as identity
from bank.identity import services as users
from bank.identity.rules import Channel
from bank.kernel.errors import BankError
from bank.onboarding import selectors, services
from bank.onboarding.errors import CodeExpired, UnusableAnswers
from bank.onboarding.rules import Kind
from bank.web.views.pages import customer_page, posted, spoken, user_of
from portals.public import joining
from portals.public.forms.join import CodeForm, EmailForm, PasswordForm
from portals.public.nav import nav
from portals.public.pages import speaks_on

_VERIFIED = "verified_registration"
_get_or_post = require_http_methods(["GET", "POST"])


def show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the way in, with the public site's places above it."""
    return render(request, f"join/{template}", {"nav": nav(request), **context}, status=status)


@speaks_on
@require_GET
def join(request: HttpRequest) -> HttpResponse:
    """Which account; for who is signed in, also what they began and what waits for them."""
    context: dict[str, Any] = {"kinds": list(joining.KINDS)}
    if identity.is_fully_signed_in(request):
        user = user_of(request)
        context["mine"] = [joining.row(one) for one in selectors.applications_of(user)]
        context["reviews"] = [joining.review_row(one) for one in selectors.reviews_for(user)]
    return show(request, "start.html", **context)


@speaks_on
@never_cache
@_get_or_post
def register(request: HttpRequest, kind: str) -> HttpResponse:
    """The e-mail address. What comes next is the same page for known and unknown ones."""
    form = EmailForm(posted(request))
    refusals: list[str] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            begun = services.register(
                email=form.cleaned_data["email"], kind=_kind(kind), language=get_language() or "en"
            )
            return redirect("public:join-verify", begun.pk)
        except UnusableAnswers as refusal:
            form.add_error("email", gettext(refusal.faults["email"]))
        except BankError as refusal:
            refusals, status = [spoken(refusal)], refusal.status
    context: dict[str, Any] = {"form": form, "refusals": refusals, "steps": _steps()}
    return show(request, "register.html", status=status, **context)


@never_cache
@_get_or_post
def verify(request: HttpRequest, registration_id: UUID) -> HttpResponse:
    """The code from the mail; only the browser that gives it may choose the password."""
    known = selectors.registration(registration_id)
    if known is None:
        raise Http404
    form = CodeForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.verify(registration_id=registration_id, code=form.cleaned_data["code"])
            request.session.cycle_key()
            request.session[_VERIFIED] = str(registration_id)
            return redirect("public:join-password", registration_id)
        except BankError as refusal:
            refusals = [spoken(refusal)]
    context: dict[str, Any] = {
        "form": form,
        "refusals": refusals,
        "email": known.email,
        "slug": _slug(known.kind),
        "steps": _steps(),
    }
    return show(request, "verify.html", **context)


@sensitive_post_parameters("password")
@never_cache
@_get_or_post
def password(request: HttpRequest, registration_id: UUID) -> HttpResponse:
    """Name and password; then signed in, and on to the task list."""
    if request.session.get(_VERIFIED) != str(registration_id):
        return redirect("public:join")
    form = PasswordForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            return _let_in(request, registration_id, form)
        except UnusableAnswers as refusal:
            form.add_error("full_name", gettext(refusal.faults["full_name"]))
        except CodeExpired:
            messages.warning(request, gettext("That took longer than an hour. Please start again."))
            return redirect("public:join")
        except BankError as refusal:
            refusals = [spoken(refusal)]
    return show(request, "password.html", form=form, refusals=refusals, steps=_steps())


@customer_page
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Somebody signed in opens an application."""
    kind = _kind(request.POST.get("kind", ""))
    application = services.begin(applicant=user_of(request), kind=kind)
    return redirect("public:join-tasks", application.pk)


def sign_in_new(request: HttpRequest, user: Any) -> Any:
    """A browser whose user has just proved the address by mail and chosen a password: both factors.

    Returns the browser, to be marked as one of the user's.
    """
    return sessions.complete(request, user, users.device_for(user=user, channel=Channel.EMAIL))


def _let_in(request: HttpRequest, registration_id: UUID, form: Form) -> HttpResponse:
    user = services.complete(
        registration_id=registration_id,
        full_name=form.cleaned_data["full_name"],
        password=form.cleaned_data["password"],
        language=get_language() or "en",
    )
    known = selectors.registration(registration_id)
    assert known is not None
    request.session.pop(_VERIFIED, None)
    device = sign_in_new(request, user)
    application = services.begin(applicant=user, kind=known.kind)
    response = redirect("public:join-tasks", application.pk)
    devices.mark(response, device)
    return response


def _kind(slug: str) -> Kind:
    if slug not in joining.KINDS:
        raise Http404
    return joining.KINDS[slug]


def _slug(kind: str) -> str:
    return next(slug for slug, known in joining.KINDS.items() if known == kind)


def _steps() -> list[str]:
    return [gettext("E-mail address"), gettext("Code"), gettext("Password"), gettext("Questions")]
