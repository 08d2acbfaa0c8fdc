"""Celery: load, call one service."""

import logging
import time

from celery import shared_task
from kombu.exceptions import OperationalError

from bank.runtime import heartbeat, outbox

_log = logging.getLogger(__name__)
_REST_S = 30


@shared_task(name="runtime.deliver_outbox")
def deliver_outbox() -> int:
    """Delivers what is due; beat runs it every few seconds, and every commit that emits wakes it."""
    return outbox.deliver_due(limit=2_000)


class _Waking:
    """Until when not to ask a broker that did not answer."""

    rests_until = 0.0


def wake_outbox() -> None:
    """Has the outbox delivered now. A broker that is away costs one short wait every half minute and no
    message: beat's sweep finds what waits."""
    if time.monotonic() < _Waking.rests_until:
        return
    try:
        deliver_outbox.apply_async(retry=False, expires=60)
    except OperationalError:
        _Waking.rests_until = time.monotonic() + _REST_S
        _log.warning("the broker is away; the outbox waits for the next sweep")


@shared_task(name="runtime.heartbeat")
def give_heartbeat() -> None:
    """Tells the health page that beat schedules and a worker works."""
    heartbeat.beat()
