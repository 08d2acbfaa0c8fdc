"""Webhooks of a company: made once the server answered a challenge, rotated, enabled again, ended."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from bank.access.services.rights import require_manager
from bank.accounts import selectors as accounts
from bank.audit import services as audit
from bank.cif.models import Customer
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.notifications import errors, rules
from bank.notifications.models import Endpoint
from bank.notifications.rules import EndpointState, Event
from bank.runtime import outgoing, webhooks


@dataclass(frozen=True, slots=True)
class Proof:
    """A code given for exactly this act; pages ask for a fresh second factor instead."""

    challenge_id: UUID | str
    code: str


def start_endpoint(
    *, user: User, customer: Customer, url: str, events: Sequence[str], numbers: Sequence[str] = ()
) -> Challenge:
    """Asks for a code bound to exactly this webhook. Raises as ``create_endpoint`` before its challenge."""
    _fit(user, customer, url, events, numbers)
    act = _making(customer, url, events, numbers)
    return stepup.start(user=user, act=act, summary=f"Tell {url[:200]} of {', '.join(sorted(events))}"[:300])


def start_rotation(*, user: User, endpoint: Endpoint) -> Challenge:
    """Asks for a code bound to another secret of this webhook. Raises ``NotAllowed``."""
    require_manager(user, endpoint.customer)
    act, summary = _rotating(endpoint), f"Change the secret of the webhook {endpoint.url[:200]}"
    return stepup.start(user=user, act=act, summary=summary)


def create_endpoint(
    *,
    user: User,
    customer: Customer,
    url: str,
    events: Sequence[str],
    numbers: Sequence[str] = (),
    proof: Proof | None = None,
) -> tuple[Endpoint, str]:
    """Has the company told of ``events`` at ``url``; with accounts named, of those alone. Returns it with its
    secret, which is shown once.

    The server must answer a call with a challenge by that challenge: nobody is told who did not ask.
    Raises ``NotAllowed``, ``WebhookUnfit``, ``TooManyWebhooks``, ``NotFound`` for an account that is not
    the company's, ``AddressRefused``, ``ChallengeUnanswered``; with a proof, the step-up's refusals.
    """
    chosen = _fit(user, customer, url, events, numbers)
    if proof is not None:
        _confirm(user, _making(customer, url, events, numbers), proof)
    secret = secrets.token_urlsafe(32)
    _challenge(url, secret)
    with transaction.atomic():
        made = Endpoint.objects.create(
            customer=customer, url=url, secret=secret, events=sorted(events), accounts=chosen, created_by=user
        )
        _record("WEBHOOK_MADE", made, user)
    return made, secret


@transaction.atomic
def rotate_secret(*, user: User, endpoint: Endpoint, proof: Proof | None = None) -> str:
    """A new secret; for a day calls are signed with both.

    Raises ``NotAllowed``, ``WebhookOver``; with a proof, the step-up's refusals.
    """
    if proof is not None:
        _confirm(user, _rotating(endpoint), proof)
    locked = _locked(user, endpoint)
    locked.old_secret, locked.old_secret_until = locked.secret, clock.now() + rules.ROTATION
    locked.secret = secrets.token_urlsafe(32)
    locked.save(update_fields=["secret", "old_secret", "old_secret_until"])
    _record("WEBHOOK_SECRET_ROTATED", locked, user)
    return locked.secret


def enable_endpoint(*, user: User, endpoint: Endpoint) -> None:
    """Tells a disabled one again, once it answers a challenge. What was given up can be replayed.

    Raises ``NotAllowed``, ``ChallengeUnanswered``, ``WebhookOver``.
    """
    require_manager(user, endpoint.customer)
    _challenge(endpoint.url, endpoint.secret)
    with transaction.atomic():
        locked = _locked(user, endpoint)
        locked.state, locked.failing_since = EndpointState.ACTIVE.value, None
        locked.save(update_fields=["state", "failing_since"])
        _record("WEBHOOK_ENABLED", locked, user)


@transaction.atomic
def disable_endpoint(*, user: User, endpoint: Endpoint) -> None:
    """Nothing is told there until it is enabled; what is on its way waits, what happens meanwhile is not
    told later. Raises ``NotAllowed``, ``WebhookOver``.
    """
    locked = _locked(user, endpoint)
    if locked.state != EndpointState.DISABLED:
        locked.state = EndpointState.DISABLED.value
        locked.save(update_fields=["state"])
        _record("WEBHOOK_DISABLED", locked, user)


@transaction.atomic
def end_endpoint(*, user: User, endpoint: Endpoint) -> None:
    """Nothing more is told there. Raises ``NotAllowed``, ``WebhookOver``."""
    locked = _locked(user, endpoint)
    locked.state = EndpointState.ENDED.value
    locked.save(update_fields=["state"])
    _record("WEBHOOK_ENDED", locked, user)


def secrets_of(endpoint: Endpoint) -> list[str]:
    """The one in force first; the old one while it still counts."""
    until = endpoint.old_secret_until
    old = [endpoint.old_secret] if until is not None and until > clock.now() else []
    return [endpoint.secret, *old]


def _challenge(url: str, secret: str) -> None:
    challenge = secrets.token_urlsafe(24)
    try:
        answer = webhooks.call(url, secret, webhooks.written({"event": "challenge", "challenge": challenge}))
    except BankError as refusal:
        raise errors.ChallengeUnanswered(problem=refusal.message) from refusal
    said = answer.body.strip().strip(b'"')
    if not rules.is_taken(answer.status) or not hmac.compare_digest(said, challenge.encode()):
        raise errors.ChallengeUnanswered(problem=f"it said {answer.status}.")


def _fit(
    user: User, customer: Customer, url: str, events: Sequence[str], numbers: Sequence[str]
) -> list[str]:
    """The accounts by their numbers, where all else fits too."""
    require_manager(user, customer)
    outgoing.check_url(url)
    if not events or not set(events) <= {event.value for event in Event}:
        raise errors.WebhookUnfit(problem="Choose at least one of the events there are.")
    chosen = [_account_of(user, customer, number) for number in numbers]
    _check_room(customer)
    return chosen


def _making(customer: Customer, url: str, events: Sequence[str], numbers: Sequence[str]) -> dict[str, Any]:
    asked = {"url": url, "events": sorted(events), "accounts": sorted(numbers)}
    return {"act": "make a webhook", "company": customer.cif, **asked}


def _rotating(endpoint: Endpoint) -> dict[str, Any]:
    return {"act": "change the secret of a webhook", "webhook": str(endpoint.pk)}


def _confirm(user: User, act: dict[str, Any], proof: Proof) -> None:
    stepup.confirm(user=user, challenge_id=proof.challenge_id, act=act, code=proof.code)


def _account_of(user: User, customer: Customer, number: str) -> str:
    account = accounts.account_for(user, number)
    if account.customer_id != customer.pk:
        raise errors.WebhookUnfit(problem="Choose accounts of this company.")
    return account.number


def _check_room(customer: Customer) -> None:
    alive = Endpoint.objects.filter(customer=customer).exclude(state=EndpointState.ENDED.value)
    if alive.count() >= rules.MOST_ENDPOINTS:
        raise errors.TooManyWebhooks(most=rules.MOST_ENDPOINTS)


def _locked(user: User, endpoint: Endpoint) -> Endpoint:
    require_manager(user, endpoint.customer)
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if locked.state == EndpointState.ENDED:
        raise errors.WebhookOver
    return locked


def _record(action: str, endpoint: Endpoint, user: User) -> None:
    detail = {"address": endpoint.url, "events": endpoint.events, "accounts": endpoint.accounts}
    audit.record(action, actor=user, subject_type="WEBHOOK", subject_id=str(endpoint.pk), detail=detail)
