"""Facts told after the event: recorded with their cause, delivered at least once, in order of age.

``emit`` writes a row in the current database transaction. A Celery task delivers it as soon
as that commits, and beat sweeps up what a crash left behind, so the broker only makes it
fast. Subscribers live in an app's ``events.py`` and must be safe to repeat.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction

from bank.kernel import clock, ids
from bank.runtime.models import OutboxMessage

Subscriber: TypeAlias = Callable[[UUID, dict[str, Any]], None]

_log = logging.getLogger(__name__)
_subscribers: dict[str, list[Subscriber]] = {}
_wake: list[Callable[[], None]] = []
_LONGEST_WAIT_S = 3600


def subscriber(topic: str) -> Callable[[Subscriber], Subscriber]:
    """Registers the function to be called with (message id, payload) for every message of ``topic``."""

    def register(function: Subscriber) -> Subscriber:
        _subscribers.setdefault(topic, []).append(function)
        return function

    return register


def emit(topic: str, payload: dict[str, Any]) -> UUID:
    """Records a fact in the current database transaction; returns the message's id.

    A fact nobody subscribes to counts as delivered at once, and wakes nobody.
    """
    now, is_awaited = clock.now(), topic in _subscribers
    message = OutboxMessage(id=ids.uuid7(), topic=topic, payload=payload, created_at=now, next_try_at=now)
    message.delivered_at = None if is_awaited else now
    message.save(force_insert=True)
    for wake in _wake if is_awaited else ():
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


def _deliver_next() -> bool:
    with transaction.atomic():
        due = OutboxMessage.objects.filter(delivered_at__isnull=True, next_try_at__lte=clock.now())
        message = due.select_for_update(skip_locked=True).order_by("next_try_at").first()
        if message is None:
            return False
        _deliver(message)
    return True


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
        message.next_try_at = clock.now() + timedelta(seconds=min(2**message.attempts, _LONGEST_WAIT_S))
    message.save()
