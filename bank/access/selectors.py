"""Reads. What is not yours, or your company's, is not found."""

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from oauth2_provider.models import AccessToken

from bank.access.models import ApiKey, ApiRequest, App, Consent, SpentCode
from bank.access.rules import KEY_MARK, Grant
from bank.accounts.models import Account
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Caller:
    """A program at the door: for whom it speaks and what it may."""

    user: User
    grant: Grant
    app: App | None = None
    consent: Consent | None = None
    key: ApiKey | None = None

    @property
    def through(self) -> str:
        """The program by name and by what tells it from others of that name; what the audit trail keeps."""
        if self.key is not None:
            return f"API key {self.key.name} ({self.key.prefix})"
        return f"app {self.app.name} ({self.app.client_id})" if self.app is not None else ""


def apps_of(user: User, customer: Customer | None) -> QuerySet[App]:
    """The apps the user registered, or, with a customer, those of that company, open ones first."""
    return App.objects.filter(_owned(user, customer)).select_related("user").order_by("-closed_at", "name")


def app_for(user: User, customer: Customer | None, client_id: str) -> App:
    known = apps_of(user, customer).filter(client_id=client_id).first()
    if known is None:
        raise NotFound(what="app")
    return known


def keys_of(user: User, customer: Customer | None) -> QuerySet[ApiKey]:
    """The keys the user made for themselves, or, with a customer, everybody's keys of that company."""
    return ApiKey.objects.filter(_owned(user, customer)).select_related("user")


def key_for(user: User, customer: Customer | None, key_id: UUID | str) -> ApiKey:
    known = keys_of(user, customer).filter(pk=key_id).first()
    if known is None:
        raise NotFound(what="key")
    return known


def consents_of(user: User) -> QuerySet[Consent]:
    """The consents the user gave that are in force, the newest first."""
    return _in_force().filter(user=user)


def consents_on(customer: Customer) -> QuerySet[Consent]:
    """The consents in force that name an account of the customer, whoever gave them."""
    return _in_force().filter(accounts__customer=customer).distinct()


def consent_of(user: User, app: App) -> Consent | None:
    return _in_force().filter(user=user, app=app).first()


def requests_of(
    user: User, customer: Customer | None, *, text: str = "", answer: str = ""
) -> QuerySet[ApiRequest]:
    """What the apps and keys asked, the newest first; of a path or correlation id, and by the first
    figure of the answer's status.
    """
    mine = Q(app__in=apps_of(user, customer).order_by()) | Q(key__in=keys_of(user, customer).order_by())
    found = ApiRequest.objects.filter(mine).select_related("app", "key")
    if text:
        found = found.filter(Q(path__icontains=text) | Q(correlation_id=text))
    if answer:
        found = found.filter(status__gte=int(answer) * 100, status__lt=int(answer) * 100 + 100)
    return found


def key_behind(text: str) -> ApiKey | None:
    """The key with this text, whether or not it is still good; compared in constant time."""
    prefix, _, _rest = text.removeprefix(KEY_MARK).partition("_")
    known = ApiKey.objects.select_related("user").filter(prefix=f"{KEY_MARK}{prefix}"[:16]).first()
    digest = hashlib.sha256(text.encode()).digest()
    return known if known is not None and hmac.compare_digest(bytes(known.digest), digest) else None


def caller_with_key(key: ApiKey) -> Caller:
    accounts = None if key.customer_id is None else _numbers_of(key.customer_id)
    return Caller(key.user, Grant(frozenset(key.scopes), accounts, key.customer_id), key=key)


def caller_with_token(text: str) -> Caller | None:
    """Who an OAuth access token speaks for now; ``None`` where token, app, user or consent is over."""
    checksum = hashlib.sha256(text.encode()).hexdigest()
    found = AccessToken.objects.select_related("application__user", "user").filter(token_checksum=checksum)
    token = found.first()
    if token is None or token.is_expired() or not token.application.is_usable(None):
        return None
    if token.user is None:
        return _for_its_owner(token.application, token.scope)
    return _by_consent(token.user, token.application, token.scope)


def spent_code(app: App, digest: bytes) -> SpentCode | None:
    return SpentCode.objects.filter(app=app, digest=digest).select_related("user").first()


def _owned(user: User, customer: Customer | None) -> Q:
    return Q(user=user, customer=None) if customer is None else Q(customer=customer)


def _in_force() -> QuerySet[Consent]:
    live = Consent.objects.filter(ended_at__isnull=True, expires_at__gt=clock.now())
    return live.select_related("app__user", "user").prefetch_related("accounts__product")


def _for_its_owner(app: App, scope: str) -> Caller:
    accounts = None if app.customer_id is None else _numbers_of(app.customer_id)
    scopes = frozenset(scope.split()) & _scopes_of(app)
    return Caller(app.user, Grant(scopes, accounts, app.customer_id), app)


def _by_consent(user: User, app: App, scope: str) -> Caller | None:
    consent = consent_of(user, app)
    if consent is None or not user.is_active:
        return None
    scopes = frozenset(scope.split()) & frozenset(consent.scopes)
    return Caller(user, Grant(scopes, frozenset(one.number for one in consent.accounts.all())), app, consent)


def _scopes_of(app: App) -> frozenset[str]:
    return frozenset(app.scopes) | ({"introspection"} if app.may_introspect else frozenset())


def _numbers_of(customer_id: int) -> frozenset[str]:
    return frozenset(Account.objects.filter(customer_id=customer_id).values_list("number", flat=True))
