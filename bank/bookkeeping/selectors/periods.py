"""Up to where the books are closed."""

from datetime import date, timedelta

from bank import ledger
from bank.bookkeeping import rules
from bank.bookkeeping.errors import PeriodClosed
from bank.bookkeeping.models import PeriodChange


def closed_until() -> date | None:
    """The last day of the last closed month; None while nothing was ever closed."""
    return PeriodChange.objects.order_by("-id").values_list("closed_until", flat=True).first()


def next_to_close() -> date:
    """The last day of the month to close next: the one after the last closed, else the one just over."""
    until = closed_until()
    if until is None:
        return ledger.business_date().replace(day=1) - timedelta(days=1)
    return rules.month_end(until + timedelta(days=1))


def require_open(day: date) -> None:
    """Raises ``PeriodClosed`` where nothing may have value on that day any more."""
    until = closed_until()
    if until is not None and day <= until:
        raise PeriodClosed(until=until.isoformat())
