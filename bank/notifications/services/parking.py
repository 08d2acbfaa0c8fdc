"""Messages of the outbox that failed again and again: told anew, or given up."""

from uuid import UUID

from django.db import transaction

from bank.audit import services as audit
from bank.identity.models import User
from bank.notifications import errors
from bank.runtime import outbox
from bank.runtime.models import OutboxMessage
from bank.workflows import rules


@transaction.atomic
def replay(*, message_id: UUID, actor: User, reason: str) -> None:
    """Gives a parked message its attempts anew, and so those that wait behind it; on the audit trail.

    Raises ``NotParked``, ``ReasonMissing``.
    """
    message = _locked(message_id)
    reason = rules.reason(reason)
    outbox.replay(message)
    _record("OUTBOX_REPLAYED", message, actor, reason)


@transaction.atomic
def discard(*, message_id: UUID, actor: User, reason: str) -> None:
    """Gives a parked message up for good; what waited behind it goes on. Two people decide on it.

    Raises ``NotParked``.
    """
    message = _locked(message_id)
    outbox.discard(message)
    _record("OUTBOX_DISCARDED", message, actor, reason)


def parked_message(message_id: UUID) -> OutboxMessage:
    """Raises ``NotParked``."""
    found = outbox.parked().filter(pk=message_id).first()
    if found is None:
        raise errors.NotParked
    return found


def _locked(message_id: UUID) -> OutboxMessage:
    found = outbox.parked().select_for_update().filter(pk=message_id).first()
    if found is None:
        raise errors.NotParked
    return found


def _record(action: str, message: OutboxMessage, actor: User, reason: str) -> None:
    audit.record(
        action,
        actor=actor,
        subject_type="OUTBOX_MESSAGE",
        subject_id=str(message.pk),
        detail={"topic": message.topic, "about": message.subject, "why": reason},
    )
