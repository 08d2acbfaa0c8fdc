"""Apps: registering them, changing where they are answered, their secrets, and closing them."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from oauth2_provider.generators import generate_client_secret

from bank.access import errors, rules
from bank.access.models import App, Consent
from bank.access.rules import Ended, Flow
from bank.access.services.rights import require_manager
from bank.access.services.tokens import end_tokens
from bank.audit import services as audit
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock


@dataclass(frozen=True, slots=True)
class Registered:
    """The secret is told here once; the bank keeps its hash. Empty for an app that can keep none."""

    app: App
    secret: str


@transaction.atomic
def register_app(
    *,
    user: User,
    name: str,
    flow: Flow,
    redirect_uris: list[str],
    scopes: list[str],
    keeps_secret: bool = True,
    customer: Customer | None = None,
) -> Registered:
    """Registers an app of the user, or of their company.

    Raises ``AppUnfit``, ``RedirectUnfit``, and for a company ``NotFound`` and ``NotAllowed``.
    """
    require_manager(user, customer)
    if flow == Flow.OWN and not keeps_secret:
        raise errors.AppUnfit(problem="An app that gets tokens without a person must keep a secret.")
    allowed = rules.CONSENT_SCOPES if flow == Flow.CONSENT else _own_scopes(customer)
    app = App(
        user=user,
        customer=customer,
        name=rules.name_fit(name),
        client_type=App.CLIENT_CONFIDENTIAL if keeps_secret else App.CLIENT_PUBLIC,
        authorization_grant_type=flow.value,
        redirect_uris=" ".join(rules.redirects_fit(redirect_uris, needed=flow == Flow.CONSENT)),
        scopes=rules.scopes_fit(scopes, allowed),
    )
    secret = _new_secret(app) if keeps_secret else ""
    app.save()
    _record("APP_REGISTERED", app, user, flow=flow.value, scopes=app.scopes, redirect_uris=app.redirect_uris)
    return Registered(app, secret)


@transaction.atomic
def change_app(*, user: User, app: App, name: str, redirect_uris: list[str]) -> None:
    """Another name or other redirect addresses; codes on their way to an old address die.

    Raises ``AppUnfit`` and ``RedirectUnfit``.
    """
    require_manager(user, app.customer)
    needed = app.authorization_grant_type == Flow.CONSENT.value
    app.name = rules.name_fit(name)
    app.redirect_uris = " ".join(rules.redirects_fit(redirect_uris, needed=needed))
    app.save(update_fields=["name", "redirect_uris", "updated"])
    _record("APP_CHANGED", app, user, redirect_uris=app.redirect_uris)


@transaction.atomic
def rotate_secret(*, user: User, app: App) -> str:
    """A new secret, told once; the old one fails at once. Tokens already given stay."""
    require_manager(user, app.customer)
    if app.client_type != App.CLIENT_CONFIDENTIAL:
        raise errors.AppUnfit(problem="This app keeps no secret.")
    secret = _new_secret(app)
    app.save(update_fields=["client_secret", "updated"])
    _record("APP_SECRET_ROTATED", app, user)
    return secret


@transaction.atomic
def close_app(*, user: User, app: App) -> None:
    """Ends the app with all its tokens and consents; its log stays for its thirty days."""
    require_manager(user, app.customer)
    if app.closed_at is not None:
        return
    now = clock.now()
    app.closed_at = now
    app.save(update_fields=["closed_at", "updated"])
    end_tokens(app)
    in_force = Consent.objects.filter(app=app, ended_at__isnull=True)
    in_force.update(ended_at=now, ended_reason=Ended.APP_CLOSED)
    _record("APP_CLOSED", app, user)


@transaction.atomic
def let_introspect(*, app: App, allowed: bool, actor: User | None = None) -> None:
    """Says that the app is a resource server of the bank's own, which may ask what a token is worth."""
    app.may_introspect = allowed
    app.save(update_fields=["may_introspect", "updated"])
    _record("APP_INTROSPECTION", app, actor, allowed=allowed)


def _own_scopes(customer: Customer | None) -> tuple[rules.Scope, ...]:
    """Files are sent in for companies."""
    return rules.CONSENT_SCOPES if customer is None else rules.OWN_SCOPES


def _new_secret(app: App) -> str:
    secret = str(generate_client_secret())
    app.client_secret = secret
    return secret


def _record(action: str, app: App, actor: User | None, **detail: Any) -> None:
    audit.record(
        action,
        actor=actor,
        subject_type="APP",
        subject_id=app.client_id,
        detail={"name": app.name, **detail},
    )
