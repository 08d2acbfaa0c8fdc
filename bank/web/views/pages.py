"""What makes a function a customer's page: signed in, and refusals said as pages say them."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from bank.identity import attempts, selectors, sessions
from bank.identity.attempts import Scope
from bank.identity.errors import TooManyTries, TooOften
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.runtime import context, formats
from bank.runtime.windows import Window
from bank.web.throttles import PerUser

_RENEWAL = "renewal_due"
Page = Callable[..., HttpResponseBase]


def customer_page(view: Page) -> Page:
    """Only for people who proved both factors; what the bank refuses becomes the matching page.

    A thing that is not yours and a thing that does not exist are the same 404.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not selectors.is_fully_signed_in(request):
            return redirect_to_login(request.get_full_path())
        if request.method == "GET" and request.session.pop(_RENEWAL, False):
            sessions.renew(request)
        try:
            return view(request, *args, **kwargs)
        except BankError as error:
            return refused(request, error)

    return guarded


def renew_session(request: HttpRequest) -> None:
    """Gives the session a new key with the page that follows a confirmed step-up (ASVS 5.0 7.2.4).

    Not with the answer itself: of two presses on "Send" a browser drops the first answer, and a
    key it never saw would end the session instead of showing the receipt.
    """
    request.session[_RENEWAL] = True


def refused(request: HttpRequest, error: BankError) -> HttpResponse:
    """The page for a refusal nobody closer to the form could say better."""
    if error.status == 404:
        raise Http404(error.message) from error
    if error.status == 403:
        raise PermissionDenied(spoken(error)) from error
    if isinstance(error, TooManyTries):
        return too_often(request, error)
    return render(request, "web/refused.html", {"sentence": spoken(error)}, status=error.status)


def too_often(request: HttpRequest, error: TooManyTries) -> HttpResponse:
    """The page that says to wait, and tells programs for how long."""
    page = {"sentence": spoken(error), "back": _came_from(request)}
    response = render(request, "429.html", page, status=error.status)
    response["Retry-After"] = str(error.retry_after_s)
    return response


def _came_from(request: HttpRequest) -> str:
    """The page of ours the request was sent from, else the first page."""
    origin = urlsplit(request.headers.get("Referer", ""))
    return origin.path if origin.netloc == request.get_host() else "/home/"


def paced(scope: Scope, *, only_failures: bool = False) -> Callable[[Page], Page]:
    """Lets each user, and each address, send this form so often and no more; stands inside ``customer_page``.

    With ``only_failures`` what led on to another page does not count.
    """

    def decorate(view: Page) -> Page:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            who: dict[str, Any] = {"user_id": request.user.pk, "address": context.current().ip}
            attempts.pace(scope, **who)
            response = view(request, *args, **kwargs)
            if only_failures and response.status_code == 302:
                attempts.unpace(scope, **who)
            return response

        return guarded

    return decorate


def counted(throttle: type[PerUser]) -> Callable[[Page], Page]:
    """Lets each user open this page so often and no more, as programs may; stands inside ``customer_page``.
    Above that it answers 429 and says when to come back."""

    def decorate(view: Page) -> Page:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            window = Window(throttle.scope, request.user.pk, throttle.window_s)
            if window.count() > throttle.limit:
                raise TooOften(retry_after_s=window.left())
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def spoken(error: BankError) -> str:
    """The refusal's sentence in the reader's language, amounts and days written as pages write them."""
    return gettext(type(error).sentence).format(
        **{name: _said(name, value) for name, value in error.params.items()}
    )


def _said(name: str, value: Any) -> Any:
    if name in {"problem", "what"} and value:
        return gettext(value)
    if isinstance(value, Money):
        return formats.money(value)
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    return value


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, even if that is nothing; ``None`` while it is only looked at."""
    return request.POST if request.method == "POST" else None


def user_of(request: HttpRequest) -> User:
    """The signed-in user of a guarded page."""
    assert isinstance(request.user, User)
    return request.user
