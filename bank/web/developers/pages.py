"""Apps, keys, the request log, and how to try the API."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.access import selectors, services
from bank.access.models import App
from bank.access.rules import Flow
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.web.developers.desk import Desk, OpenDesk, at_desk, at_fresh_desk
from bank.web.developers.forms import AppChangeForm, AppForm, KeyForm, LogForm
from bank.web.oauth import wording
from bank.web.views import paging
from bank.web.views.pages import posted, spoken

_ON_A_PAGE = 50
_get_or_post = require_http_methods(["GET", "POST"])


@require_GET
@at_desk
def overview(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Every app and key, when each was last used, and the way to more."""
    now = clock.now()
    keys = [{"key": key, "is_alive": key.is_alive(now)} for key in selectors.keys_of(desk.user, desk.company)]
    apps = [{"app": one, "flow": _flow(one)} for one in selectors.apps_of(desk.user, desk.company)]
    return desk.show(request, "overview.html", apps=apps, keys=keys)


@_get_or_post
@at_fresh_desk
@sensitive_variables("made")
def new_app(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Registers an app; its secret is shown on the page that answers, and never again."""
    form = AppForm(posted(request), for_company=desk.company is not None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = services.register_app(
                user=desk.user,
                customer=desk.company,
                name=given["name"],
                flow=Flow(given["flow"]),
                redirect_uris=given["redirect_uris"],
                scopes=given["scopes"],
                keeps_secret=not given["is_public"],
            )
            return desk.show(request, "secret.html", app=made.app, secret=made.secret)
        except BankError as refusal:
            form.add_error(None, spoken(refusal))
    return desk.show(request, "new_app.html", form=form)


@_get_or_post
@at_fresh_desk
def app(request: HttpRequest, desk: Desk, client_id: str) -> HttpResponseBase:
    """One app: its name and addresses can be changed; for other scopes it is registered anew."""
    known = selectors.app_for(desk.user, desk.company, client_id)
    form = AppChangeForm(posted(request), initial=_as_it_is(known))
    if form.is_valid() and known.closed_at is None:
        try:
            services.change_app(user=desk.user, app=known, **form.cleaned_data)
            messages.info(request, gettext("The app was changed."))
            return redirect(request.path)
        except BankError as refusal:
            form.add_error(None, spoken(refusal))
    shown = {"app": known, "form": form, "flow": _flow(known), "scopes": wording.spoken(known.scopes)}
    return desk.show(request, "app.html", **shown)


@require_POST
@at_fresh_desk
@sensitive_variables("secret")
def rotate(request: HttpRequest, desk: Desk, client_id: str) -> HttpResponseBase:
    """A new secret, shown once; the old one fails from now on."""
    known = selectors.app_for(desk.user, desk.company, client_id)
    secret = services.rotate_secret(user=desk.user, app=known)
    return desk.show(request, "secret.html", app=known, secret=secret)


@require_POST
@at_fresh_desk
def close(request: HttpRequest, desk: Desk, client_id: str) -> HttpResponseBase:
    """Ends an app with everything it was given."""
    known = selectors.app_for(desk.user, desk.company, client_id)
    services.close_app(user=desk.user, app=known)
    messages.info(request, gettext("%(app)s is closed. Its tokens have ended.") % {"app": known.name})
    return desk.home()


@_get_or_post
@at_fresh_desk
@sensitive_variables("made")
def new_key(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Makes a key, shown on the page that answers and never again."""
    form = KeyForm(posted(request), for_company=desk.company is not None)
    if form.is_valid():
        try:
            made = services.create_key(
                user=desk.user,
                customer=desk.company,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                networks=form.cleaned_data["networks"],
                expires_at=form.expires_at,
            )
            return desk.show(request, "secret.html", key=made.key, secret=made.text)
        except BankError as refusal:
            form.add_error(None, spoken(refusal))
    return desk.show(request, "new_key.html", form=form)


@require_POST
@at_desk
def revoke_key(request: HttpRequest, desk: Desk, key_id: UUID) -> HttpResponseBase:
    """Ends a key at once; asks for no code, for whoever lost a key is in a hurry."""
    key = selectors.key_for(desk.user, desk.company, key_id)
    services.revoke_key(user=desk.user, key=key)
    messages.info(request, gettext("The key %(name)s has ended.") % {"name": key.name})
    return desk.home()


@require_GET
@at_desk
def log(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """What the apps and keys asked within thirty days, and how it was answered."""
    form = LogForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = selectors.requests_of(
        desk.user, desk.company, text=asked.get("q", ""), answer=asked.get("answer", "")
    )
    page = paging.by_id(request, rows, size=_ON_A_PAGE)
    shown = {"lines": page.rows, "newer": page.newer, "older": page.older, "is_filtered": any(asked.values())}
    return desk.show(request, "log.html", form=form, here=request.path, **shown)


@require_GET
@at_desk
def sandbox(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Where to try programs without anybody's money, and the calls to begin with."""
    where = settings.SANDBOX_URL
    shown = {"sandbox_url": where, "is_here": where == settings.PUBLIC_URL}
    return desk.show(request, "sandbox.html", url=where or settings.PUBLIC_URL, **shown)


def patterns(open_desk: OpenDesk, prefix: str = "") -> list[URLPattern]:
    """The pages for a door, whose desks are opened by ``open_desk``."""
    pages: list[tuple[str, Any, str]] = [
        ("", overview, "developers"),
        ("apps/new/", new_app, "developers-new-app"),
        ("apps/<slug:client_id>/", app, "developers-app"),
        ("apps/<slug:client_id>/secret/", rotate, "developers-rotate"),
        ("apps/<slug:client_id>/close/", close, "developers-close"),
        ("keys/new/", new_key, "developers-new-key"),
        ("keys/<uuid:key_id>/revoke/", revoke_key, "developers-revoke-key"),
        ("log/", log, "developers-log"),
        ("sandbox/", sandbox, "developers-sandbox"),
    ]
    return [path(prefix + route, view, {"open_desk": open_desk}, name=name) for route, view, name in pages]


def _flow(app: App) -> str:
    if app.authorization_grant_type == Flow.CONSENT.value:
        return gettext("A customer allows it")
    return gettext("Acts for its owner")


def _as_it_is(app: App) -> dict[str, str]:
    return {"name": app.name, "redirect_uris": "\n".join(app.redirect_uris.split())}
