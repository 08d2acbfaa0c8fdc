"""The status page's facts: the health checks in the words of customers, now and over ninety days.

A beat task looks every minute and counts; a day costs one row a service. Whoever asks for the
present state within the same half minute gets the same answer, so that the page cannot be used to
wear the bank out.
"""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.core.cache import cache
from django.db import Error as DatabaseAway
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.web import health
from bank.web.models import ServiceDay

DAYS = 90
KEPT_DAYS = 400
_FRESH_S = 30
_KEY = "web:status"
_log = logging.getLogger(__name__)

#: What customers call it, and the checks it rests on.
SERVICES = {
    "accounts": (_("Accounts and payments"), ("database", "migrations", "ledger")),
    "sign-in": (_("Signing in"), ("database", "cache")),
    "scheduled": (_("Statements, messages and scheduled payments"), ("broker", "worker")),
    "documents": (_("PDF documents"), ("pdf",)),
}


@dataclass(frozen=True, slots=True)
class Day:
    """``failed`` is the share of looks that found the service wanting; ``None`` where nobody looked."""

    day: date
    failed: Decimal | None

    @property
    def tone(self) -> str:
        if self.failed is None:
            return "none"
        if not self.failed:
            return "good"
        return "some" if self.failed < Decimal("0.05") else "bad"


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it is now, and its last ninety days, the oldest first."""

    code: str
    label: str
    works: bool
    days: list[Day]
    available: Decimal | None

    @property
    def troubled(self) -> list[Day]:
        return [day for day in reversed(self.days) if day.failed]


def services() -> list[Service]:
    """Every service with its state and history; without a database only the state. One query."""
    states, rows = _states(), _rows()
    first = _today() - timedelta(days=DAYS - 1)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [_service(code, states.get(code, False), rows, days) for code in SERVICES]


def sample() -> dict[str, bool]:
    """Looks at every service once and counts what was found; rows older than a year are let go."""
    states, today = _look(), _today()
    for code, works in states.items():
        row, made = ServiceDay.objects.get_or_create(service=code, day=today)
        ServiceDay.objects.filter(pk=row.pk).update(
            samples=F("samples") + 1, failures=F("failures") + (0 if works else 1)
        )
        if made:
            ServiceDay.objects.filter(service=code, day__lt=today - timedelta(days=KEPT_DAYS)).delete()
    return states


def _service(
    code: str, works: bool, rows: dict[tuple[str, date], tuple[int, int]], days: list[date]
) -> Service:
    counted = [rows.get((code, day), (0, 0)) for day in days]
    samples = sum(looks for looks, _failed in counted)
    failures = sum(failed for _looks, failed in counted)
    history = [
        Day(day, Decimal(failed) / looks if looks else None)
        for day, (looks, failed) in zip(days, counted, strict=True)
    ]
    available = 1 - Decimal(failures) / samples if samples else None
    return Service(code, str(SERVICES[code][0]), works, history, available)


def _states() -> dict[str, bool]:
    """The present state, at most half a minute old."""
    try:
        known: dict[str, bool] | None = cache.get(_KEY)
    except Exception:
        _log.warning("the cache is away; the status page looks for itself")
        return _look()
    if known is None:
        known = _look()
        cache.set(_KEY, known, _FRESH_S)
    return known


def _look() -> dict[str, bool]:
    ready = health.readiness()
    return {code: all(ready[check] for check in checks) for code, (_label, checks) in SERVICES.items()}


def _rows() -> dict[tuple[str, date], tuple[int, int]]:
    since = _today() - timedelta(days=DAYS)
    try:
        rows = list(ServiceDay.objects.filter(day__gt=since))
    except DatabaseAway:
        _log.warning("the database is away; the status page has no history")
        return {}
    return {(row.service, row.day): (row.samples, row.failures) for row in rows}


def _today() -> date:
    return clock.today()
