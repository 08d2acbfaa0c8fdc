"""What the pages of identity share: who may open them, where they lead, how a refusal is shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bank.identity import selectors, sessions
from bank.identity.errors import TooManyTries
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.runtime import context

View = Callable[..., HttpResponse]

STAFF_HOME = "/admin/"
HOME = "/home/"
get_or_post = require_http_methods(["GET", "POST"])


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
        back = request.get_full_path() if request.method == "GET" else reverse("identity:security")
        return confirm_first(back)

    return signed_in(guarded)


def confirm_first(back: str) -> HttpResponse:
    """To the page that asks for the second factor once more, and from there ``back``."""
    return redirect(f"{reverse('identity:confirm')}?{urlencode({'next': back})}")


def landing(user: User) -> str:
    """Where a sign-in leads that was not on its way anywhere."""
    return STAFF_HOME if user.is_staff else HOME


def safe_next(request: HttpRequest) -> str:
    """The path the user was on the way to, if it is one of ours; never another host (ASVS 5.0 3.7.2)."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = path.startswith("/") and path.isprintable()
    return path if is_ours and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def form_page(
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


def wait_page(request: HttpRequest, refusal: TooManyTries, back: str) -> HttpResponse:
    """Where there is no form to say it on."""
    page = {"sentence": _(refusal.sentence).format(**refusal.params), "back": back}
    response = render(request, "429.html", page, status=refusal.status)
    response["Retry-After"] = str(refusal.retry_after_s)
    return response


def paced_for(user: User) -> dict[str, Any]:
    """Whom the pace of codes is counted for."""
    return {"user_id": user.pk, "address": context.current().ip}


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)
