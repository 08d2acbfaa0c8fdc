"""Days the staff made otherwise than a calendar's table says: read by every process, changed by two people.

A process keeps what it read for ``CALENDAR_REFRESH_S`` seconds, and nothing that was not committed; a close
of business reads anew as it begins, so that the date it moves to is the one that holds.
"""

import threading
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from time import monotonic
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.db import transaction

from bank.audit import services as audit
from bank.eod.models import CalendarDay
from bank.identity.models import User
from bank.kernel import calendars

_NONE: Final[Mapping[date, str]] = MappingProxyType({})
_known: dict[str, Mapping[date, str]] = {}
_read_at: float | None = None
_reading: Final = threading.Lock()


def install() -> None:
    """Has the calendars of the kernel ask here."""
    calendars.changed_by(changes)


def changes(code: str) -> Mapping[date, str]:
    """The days of a calendar that are otherwise: a holiday's name, or nothing for a business day."""
    every = settings.CALENDAR_REFRESH_S
    if every is not None and (_read_at is None or monotonic() - _read_at > every) and not _is_changing():
        with _reading:
            if _read_at is None or monotonic() - _read_at > every:
                refresh()
    return _known.get(code, _NONE)


def _is_changing() -> bool:
    """Whether this database transaction changed a day: what it reads may never have been, and is not kept."""
    return any(hook[1] is refresh for hook in transaction.get_connection().run_on_commit)


def refresh() -> None:
    """Reads all of them now; one query. What did not change stays the same object."""
    global _known, _read_at
    found: dict[str, dict[date, str]] = defaultdict(dict)
    for code, day, name in CalendarDay.objects.values_list("calendar", "day", "name"):
        found[code][day] = name
    _known = {code: _known[code] if _known.get(code) == days else days for code, days in found.items()}
    _read_at = monotonic()


@transaction.atomic
def set_day(
    *, calendar: str, day: date, name: str, is_open: bool, reference: str = "", actor: User | None = None
) -> None:
    """Makes a day a holiday with that name or a business day, or, with neither, what the table says again.

    The books are not touched, nor are contracts: whoever agrees on the day moves those.
    """
    if is_open or name:
        kept = {"name": name, "is_open": is_open, "reference": reference, "decided_by": actor}
        CalendarDay.objects.update_or_create(calendar=calendar, day=day, defaults=kept)
    else:
        CalendarDay.objects.filter(calendar=calendar, day=day).delete()
    detail = {"day": day.isoformat(), "name": name, "is_open": is_open, "command": reference}
    audit.record("CALENDAR_CHANGED", actor=actor, subject_type="CALENDAR", subject_id=calendar, detail=detail)
    transaction.on_commit(refresh)
