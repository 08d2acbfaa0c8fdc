"""Whether the bank lives, and whether each part of it is ready: for load balancers, probes and people."""

import importlib
import json
import time
from collections.abc import Callable
from typing import TypeAlias

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from kombu import Connection

from bank import ledger
from bank.kernel import clock
from bank.notifications import relaying
from bank.payments.network import NetworkRail
from bank.payments.services import networks
from bank.runtime import heartbeat, outbox

Check: TypeAlias = Callable[[], str]

_WORKER_SILENCE_S = 60
_RELAY_SILENCE_S = 60


def live(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers."""
    return HttpResponse('{"status": "alive"}\n', content_type="application/json")


def ready(request: HttpRequest) -> HttpResponse:
    """One JSON line per component; 200 when all that money needs is there, 503 otherwise. Networks that do
    not answer are shown, and what is for them waits."""
    lines = [_examine(name, check) for name, check in CHECKS.items()]
    rails = [_examine(f"rail {way.code}", _rail(way)) for way in networks.available()]
    healthy = all(line["ready"] or name in _OPTIONAL for name, line in zip(CHECKS, lines, strict=True))
    body = "".join(json.dumps(line) + "\n" for line in lines + rails)
    return HttpResponse(body, status=200 if healthy else 503, content_type="application/x-ndjson")


def readiness() -> dict[str, bool]:
    """Whether each component is ready, for pages that tell it in other words."""
    return {name: bool(_examine(name, check)["ready"]) for name, check in CHECKS.items()}


def _examine(name: str, check: Check) -> dict[str, object]:
    started = time.perf_counter()
    try:
        detail, is_ready = check(), True
    except Exception as error:
        detail, is_ready = type(error).__name__, False
        if isinstance(error, NotReady):
            detail = str(error)
    took_ms = round((time.perf_counter() - started) * 1000, 1)
    return {"component": name, "ready": is_ready, "detail": detail, "took_ms": took_ms}


class NotReady(Exception):
    """The component answers, and what it says is not good enough."""


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "answers"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    if waiting := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady(f"{len(waiting)} migrations are not applied")
    return "all applied"


def _cache() -> str:
    cache.set("healthz", "1", 10)
    if cache.get("healthz") != "1":
        raise NotReady("what was written could not be read")
    return "reads what it writes"


def _broker() -> str:
    with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return "connected"


def _worker() -> str:
    beat = heartbeat.last()
    if beat is None:
        raise NotReady("no sign of life yet")
    silent_s = int((clock.now() - beat).total_seconds())
    if silent_s > _WORKER_SILENCE_S:
        raise NotReady(f"last sign of life {silent_s} s ago")
    return f"last sign of life {silent_s} s ago"


def _ledger() -> str:
    state = ledger.seal_state()
    return f"sealed in {state.blocks} blocks, {state.behind} entries behind"


def _outbox() -> str:
    """Parked messages are for staff to decide on; they make nothing else wait."""
    parked = outbox.parked().count()
    if parked:
        raise NotReady(f"{parked} messages are parked")
    return "0 messages are parked"


def _events() -> str:
    """Whether the broker of events, where there is one, is told what happens."""
    if not settings.EVENTS_URL:
        return "are relayed nowhere"
    since = relaying.waiting_since()
    waited_s = int((clock.now() - since).total_seconds()) if since else 0
    if waited_s > _RELAY_SILENCE_S:
        raise NotReady(f"the oldest waits for its broker since {waited_s} s")
    return f"the oldest waits since {waited_s} s" if since else "all are relayed"


def _pdf() -> str:
    importlib.import_module("weasyprint")
    return "can be made"


def _rail(way: NetworkRail) -> Check:
    def check() -> str:
        waiting = networks.waiting(way.code)
        if waiting:
            raise NotReady(f"{waiting} messages could not be sent yet")
        return "nothing waits"

    return check


CHECKS: dict[str, Check] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,
    "broker": _broker,
    "worker": _worker,
    "ledger": _ledger,
    "outbox": _outbox,
    "events": _events,
    "pdf": _pdf,
}
_OPTIONAL = frozenset({"pdf", "worker", "outbox", "events"})
"""Their absence is shown, and delays statements and mail, but payments go on."""
