"""Facts told after the event: recorded with their cause, delivered at least once, in order per subject.

``emit`` writes a row in the current database transaction. A Celery task delivers it as soon
as that commits, and beat sweeps up what a crash left behind, so the broker only makes it
fast. Subscribers live in an app's ``events.py`` and must be safe to repeat.

A message waits for every earlier one about the same subject. One that fails again and again is parked:
it and the later ones of its subject wait for staff, who replay or discard it; other subjects go on.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from bank.kernel import clock, ids
from bank.runtime import context, topics
from bank.runtime.models import OutboxMessage

Subscriber: TypeAlias = Callable[[UUID, dict[str, Any]], None]

MOST_ATTEMPTS: Final = 15
"""Over some five hours; after that the message is parked."""
_LONGEST_WAIT_S: Final = 3600

_log = logging.getLogger(__name__)
_subscribers: dict[str, list[Subscriber]] = {}
_urgent: set[str] = set()
_wake: list[Callable[[], None]] = []


def subscriber(topic: str, *, at_once: bool = True) -> Callable[[Subscriber], Subscriber]:
    """Registers the function to be called with (message id, payload) for every message of ``topic``.

    What need not happen ``at_once`` waits for the next sweep, some seconds, and costs whoever emits nothing.
    """

    def register(function: Subscriber) -> Subscriber:
        _subscribers.setdefault(topic, []).append(function)
        if at_once:
            _urgent.add(topic)
        return function

    return register


def emit(topic: str, payload: dict[str, Any]) -> UUID:
    """Records a fact in the current database transaction; returns the message's id.

    A fact nobody subscribes to counts as delivered at once, and wakes nobody; one that goes to no
    broker counts as relayed.
    """
    now, is_awaited, declared = clock.now(), topic in _subscribers, topics.known(topic)
    is_relayed = bool(settings.EVENTS_URL) and declared is not None and not declared.kept_inside
    message = OutboxMessage(id=ids.uuid7(), topic=topic, payload=payload, created_at=now, next_try_at=now)
    message.subject = declared.subject_of(payload) if declared else ""
    message.correlation_id = context.current().correlation_id[:64]
    message.delivered_at = None if is_awaited else now
    message.relayed_at = None if is_relayed else now
    message.save(force_insert=True)
    for wake in _wake if topic in _urgent else ():
        transaction.on_commit(wake, robust=True)
    return message.id


def wake_with(function: Callable[[], None]) -> None:
    """Has ``function`` called after every commit that emitted something."""
    _wake.append(function)


def deliver_due(limit: int = 100) -> int:
    """Delivers up to ``limit`` due messages, each in its own database transaction; returns how many."""
    delivered = 0
    while delivered < limit and _deliver_next():
        delivered += 1
    return delivered


def parked() -> QuerySet[OutboxMessage]:
    """Given up on until staff decide, oldest first."""
    return OutboxMessage.objects.filter(delivered_at__isnull=True, parked_at__isnull=False).order_by("id")


def held_back(message: OutboxMessage) -> int:
    """How many later messages wait behind this one."""
    if not message.subject:
        return 0
    waiting = OutboxMessage.objects.filter(delivered_at__isnull=True, subject=message.subject)
    return waiting.filter(id__gt=message.id).count()


def replay(message: OutboxMessage) -> None:
    """Gives a parked message its attempts anew; call it with the row locked."""
    message.parked_at, message.attempts, message.next_try_at = None, 0, clock.now()
    message.save(update_fields=["parked_at", "attempts", "next_try_at"])
    for wake in _wake:
        transaction.on_commit(wake, robust=True)


def discard(message: OutboxMessage) -> None:
    """Gives a parked message up for good: what waits behind it goes on. The row stays, with its fault."""
    message.delivered_at = clock.now()
    message.save(update_fields=["delivered_at"])


def _deliver_next() -> bool:
    with transaction.atomic():
        message = _due().select_for_update(skip_locked=True).order_by("next_try_at", "id").first()
        if message is None:
            return False
        _deliver(message)
    return True


def _due() -> QuerySet[OutboxMessage]:
    """Neither parked nor behind an earlier one of their subject."""
    undelivered = OutboxMessage.objects.filter(delivered_at__isnull=True)
    earlier = undelivered.filter(subject=OuterRef("subject"), id__lt=OuterRef("id"))
    free = Q(subject="") | ~Exists(earlier)
    return undelivered.filter(free, parked_at__isnull=True, next_try_at__lte=clock.now())


def _deliver(message: OutboxMessage) -> None:
    message.attempts += 1
    try:
        with transaction.atomic():
            for function in _subscribers.get(message.topic, []):
                function(message.id, message.payload)
        message.delivered_at, message.last_error = clock.now(), ""
    except Exception as error:
        _log.exception("outbox message %s (%s) failed", message.id, message.topic)
        message.last_error = f"{type(error).__name__}: {error}"[:500]
        _put_off(message)
    message.save()


def _put_off(message: OutboxMessage) -> None:
    if message.attempts >= MOST_ATTEMPTS:
        message.parked_at = clock.now()
        _log.error("outbox message %s (%s) is parked", message.id, message.topic)
    message.next_try_at = clock.now() + timedelta(seconds=min(2**message.attempts, _LONGEST_WAIT_S))
