"""Consents: given for accounts and scopes one by one, withdrawn at once."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from bank.access import errors, rules, selectors
from bank.access.models import App, Consent, SpentCode
from bank.access.rules import Ended
from bank.access.services.tokens import end_tokens
from bank.accounts import selectors as accounts
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotAllowed, NotFound


@transaction.atomic
def give_consent(*, user: User, app: App, scopes: Iterable[str], numbers: Iterable[str]) -> Consent:
    """Lets the app act for the user within these scopes and accounts. It replaces one given before,
    whose tokens end.

    Raises ``ConsentUnfit`` (no account), ``NotFound`` (an account the user may not see).
    """
    wanted = [accounts.account_for(user, number) for number in dict.fromkeys(numbers)]
    if not wanted:
        raise errors.ConsentUnfit(problem="Choose at least one account.")
    for before in Consent.objects.select_for_update().filter(user=user, app=app, ended_at__isnull=True):
        _end(before, Ended.REPLACED, user)
    consent = Consent.objects.create(
        user=user,
        app=app,
        scopes=rules.scopes_fit(list(scopes), rules.CONSENT_SCOPES),
        expires_at=clock.now() + rules.CONSENT_LASTS,
    )
    consent.accounts.set(wanted)
    _record("CONSENT_GIVEN", consent, user, accounts=[one.number for one in wanted])
    return consent


@transaction.atomic
def revoke_consent(*, user: User, consent_id: UUID) -> Consent:
    """Withdraws a consent of the user: no token under it counts from the next request on.

    Raises ``NotFound`` where it is not theirs.
    """
    own = Consent.objects.select_for_update(of=("self",)).select_related("app", "user")
    consent = own.filter(pk=consent_id, user=user, ended_at__isnull=True).first()
    if consent is None:
        raise NotFound(what="consent")
    _end(consent, Ended.REVOKED, user)
    return consent


@transaction.atomic
def revoke_company_consent(*, user: User, customer: Customer, consent_id: UUID) -> Consent:
    """Ends a consent that names accounts of the company, whoever gave it.

    Raises ``NotFound`` where it names none, ``NotAllowed`` for a user who may only look, unless the
    consent is their own.
    """
    on_it = Consent.objects.filter(pk=consent_id, ended_at__isnull=True, accounts__customer=customer)
    consent = on_it.select_related("app", "user").first()
    if consent is None:
        raise NotFound(what="consent")
    if consent.user_id != user.pk and not cif.may_pay(user, customer):
        raise NotAllowed(what="end what others gave")
    _end(consent, Ended.REVOKED, user)
    return consent


@transaction.atomic
def stop_replay(*, spent: SpentCode) -> None:
    """A code was shown that was exchanged before: all the app has of the user ends (RFC 6749 §4.1.2)."""
    consent = selectors.consent_of(spent.user, spent.app)
    if consent is not None:
        _end(consent, Ended.CODE_REPLAYED, spent.user)
    end_tokens(spent.app, spent.user)


def note_consent_used(consent: Consent) -> None:
    """Written once a minute at most."""
    now = clock.now()
    if consent.last_used_at is None or now - consent.last_used_at >= rules.NOTED_EVERY:
        Consent.objects.filter(pk=consent.pk).update(last_used_at=now)


def _end(consent: Consent, reason: Ended, actor: User) -> None:
    consent.ended_at, consent.ended_reason = clock.now(), reason
    consent.save(update_fields=["ended_at", "ended_reason"])
    end_tokens(consent.app, consent.user)
    _record("CONSENT_ENDED", consent, actor, why=reason.value)


def _record(action: str, consent: Consent, actor: User, **detail: object) -> None:
    told = {"app": consent.app.client_id, "scopes": consent.scopes, **detail}
    audit.record(action, actor=actor, subject_type="CONSENT", subject_id=str(consent.pk), detail=told)
