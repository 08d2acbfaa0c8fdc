"""The only place that reads the system clock, so that tests and simulations can set it."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in UTC; the bank's *business date* is the ledger's to tell."""
    return now().date()
