"""The only place that reads the system clock, so that tests and simulations can set it.

Days are the bank's: they begin and end where it is, in the time zone of the setting ``TIME_ZONE``, which the
clock is told at the start; the machine's zone and the database's do not matter. In SQL the same day is
``bank_day(instant)``.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo

_where: list[Callable[[], tzinfo]] = [lambda: UTC]


def live_in(zone: Callable[[], tzinfo]) -> None:
    """Says where the bank is; asked for each day anew."""
    _where[0] = zone


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def local_now() -> datetime:
    """The present instant as the clocks on the bank's walls show it."""
    return now().astimezone(_where[0]())


def today() -> date:
    """The calendar day where the bank is; the *business date* is the ledger's to tell."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The calendar day of an instant where the bank is."""
    return instant.astimezone(_where[0]()).date()
