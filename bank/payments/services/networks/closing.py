"""What staff do about news that fits nothing and days that do not meet: look again, or close."""

from django.db import transaction

from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import Conflict
from bank.payments.models import NetworkDifference, NetworkEvent
from bank.payments.rules import EventOutcome
from bank.payments.services.networks import applying


def try_again(*, user: User, event_id: int) -> NetworkEvent:
    """Applies parked news once more, when what it lacked has come. Raises ``Conflict``."""
    with transaction.atomic():
        event = _parked(event_id)
        event.outcome = EventOutcome.WAITING
        event.save(update_fields=["outcome"])
        _record("NETWORK_NEWS_RETRIED", user, "network_news", event.pk, "")
    applying.apply(event_id)
    event.refresh_from_db()
    return event


@transaction.atomic
def close_event(*, user: User, event_id: int, note: str) -> NetworkEvent:
    """Puts parked news aside for good. Raises ``Conflict`` where it is not parked."""
    event = _parked(event_id)
    event.outcome, event.note, event.closed_by = EventOutcome.CLOSED, note[:300], user
    event.save(update_fields=["outcome", "note", "closed_by"])
    _record("NETWORK_NEWS_CLOSED", user, "network_news", event.pk, note)
    return event


@transaction.atomic
def close_difference(*, user: User, difference_id: int, note: str) -> NetworkDifference:
    """Says why a movement is not the same on both sides. Raises ``Conflict`` where that was said."""
    one = NetworkDifference.objects.select_for_update().get(pk=difference_id)
    if one.closed_at is not None:
        raise Conflict(problem="This difference is closed.")
    one.note, one.closed_by, one.closed_at = note[:300], user, clock.now()
    one.save(update_fields=["note", "closed_by", "closed_at"])
    _record("NETWORK_DIFFERENCE_CLOSED", user, "network_difference", one.pk, note)
    return one


def _parked(event_id: int) -> NetworkEvent:
    event = NetworkEvent.objects.select_for_update(of=("self",)).get(pk=event_id)
    if event.outcome != EventOutcome.PARKED:
        raise Conflict(problem="Only news that waits for staff can be decided.")
    return event


def _record(action: str, user: User, what: str, pk: int, note: str) -> None:
    audit.record(action, actor=user, subject_type=what, subject_id=str(pk), detail={"note": note})
