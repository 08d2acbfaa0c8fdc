"""The consent screen: which app asks, for what, and which accounts it may have.

What is decided is what the address asks for, checked afresh on both visits; the form adds the
accounts alone, so nothing hidden in it can be bent (RFC 9700 §4.1, §4.8).
"""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from oauth2_provider.exceptions import OAuthToolkitError
from oauth2_provider.views.base import BaseAuthorizationView

from bank.access import services
from bank.access.models import App
from bank.access.rules import CONSENT_LASTS
from bank.accounts import selectors as accounts
from bank.identity.views import confirm_first
from bank.kernel import clock
from bank.runtime import formats
from bank.web.oauth import wording
from bank.web.views import fresh
from bank.web.views.pages import customer_page, user_of


class AccountsForm(forms.Form):
    """None is chosen beforehand: what is not ticked is not given."""

    accounts = forms.MultipleChoiceField(
        label=gettext_lazy("Which accounts"),
        help_text=gettext_lazy("The app sees those you tick, and no other."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one account, or refuse.")},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accounts"].choices = choices  # type: ignore[attr-defined]


class Authorize(BaseAuthorizationView):
    """Shown on GET, decided on POST; either way after a fresh second factor."""

    http_method_names = ["get", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return customer_page(self._open)(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        scopes, app, _asked = self._read(request)
        return _page(request, app, scopes, AccountsForm(choices=_choices(request)))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        scopes, app, asked = self._read(request)
        if "refuse" in request.POST:
            return self._answer(request, app, scopes, asked, allow=False)
        form = AccountsForm(request.POST, choices=_choices(request))
        if not form.is_valid():
            return _page(request, app, scopes, form)
        services.give_consent(
            user=user_of(request), app=app, scopes=scopes, numbers=form.cleaned_data["accounts"]
        )
        return self._answer(request, app, scopes, asked, allow=True)

    def _open(self, request: HttpRequest) -> HttpResponseBase:
        if not fresh.is_fresh(request):
            return confirm_first(request.get_full_path())
        try:
            return super().dispatch(request)
        except OAuthToolkitError as error:
            return self._refused(request, error)

    def _read(self, request: HttpRequest) -> tuple[list[str], App, dict[str, Any]]:
        """Scopes, app and the rest of what the address asks for. Raises the toolkit's refusals."""
        scopes, asked = self.validate_authorization_request(request)
        return list(scopes), App.objects.select_related("user").get(client_id=asked["client_id"]), asked

    def _answer(
        self, request: HttpRequest, app: App, scopes: list[str], asked: dict[str, Any], *, allow: bool
    ) -> HttpResponseBase:
        """Back to the app with a code, or with the refusal."""
        address, _headers, _body, _status = self.create_authorization_response(
            request=request, scopes=" ".join(scopes), credentials=asked, allow=allow
        )
        return self.redirect(address, app)

    def _refused(self, request: HttpRequest, error: OAuthToolkitError) -> HttpResponseBase:
        """To the app where the address is one it registered; to anybody else never."""
        may_redirect, said = self.error_response_of(error)
        if may_redirect:
            app = App.objects.filter(client_id=request.GET.get("client_id", "")).first()
            return self.redirect(said["url"], app)
        sentence = gettext(
            "The app that sent you here is unknown, or it asked for the answer to go to an address it did "
            "not register. Nothing was given to it. Go back to the app and tell its makers."
        )
        return render(request, "access/refused.html", {"sentence": sentence}, status=400)

    def error_response_of(self, error: OAuthToolkitError) -> tuple[bool, dict[str, Any]]:
        return super(BaseAuthorizationView, self).error_response(error)


def _choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Of every customer the user may act for; several customers are told apart by name."""
    held = accounts.accounts_for(user_of(request))
    many = len({one.account.customer_id for one in held}) > 1
    return [(one.account.number, _label(one.account, many)) for one in held]


def _label(account: Any, with_holder: bool) -> str:
    words = [str(account.label), formats.account_number(account.number), account.currency]
    return " · ".join([account.customer.display_name, *words] if with_holder else words)


def _page(request: HttpRequest, app: App, scopes: list[str], form: AccountsForm) -> HttpResponse:
    shown = {
        "app": app,
        "maker": app.customer.display_name if app.customer else app.user.full_name,
        "scopes": wording.spoken(scopes),
        "form": form,
        "until": clock.now() + CONSENT_LASTS,
        "goes_to": urlsplit(request.GET.get("redirect_uri", "") or app.redirect_uris.split()[0]).netloc,
    }
    answer = render(request, "access/consent.html", shown)
    _let_the_form_lead_to(answer, app)
    return answer


def _let_the_form_lead_to(answer: HttpResponse, app: App) -> None:
    """Browsers hold a form to ``form-action`` through its redirects, and this one ends at the app."""
    parts = [urlsplit(uri) for uri in app.redirect_uris.split()]
    origins = sorted({f"{part.scheme}://{part.netloc}" for part in parts})
    answer._csp_update = {"form-action": origins}  # type: ignore[attr-defined]
