"""Celery: load, call one service."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from bank.runtime import heartbeat, outbox

_log = logging.getLogger(__name__)


@shared_task(name="runtime.deliver_outbox")
def deliver_outbox() -> int:
    """Delivers what is due; beat runs it every few seconds, and every commit that emits wakes it."""
    return outbox.deliver_due()


def wake_outbox() -> None:
    """A broker that is away costs time, not messages: beat's sweep finds them."""
    try:
        deliver_outbox.apply_async(retry=False, expires=60)
    except OperationalError:
        _log.warning("the broker is away; the outbox waits for the next sweep")


@shared_task(name="runtime.heartbeat")
def give_heartbeat() -> None:
    """Tells the health page that beat schedules and a worker works."""
    heartbeat.beat()
