"""Staff tables of bookkeeping. They change nothing; what two people must agree on is proposed from them."""

from bank.bookkeeping.admin import journals, periods, rates, reconciliation, schedules

__all__ = ["journals", "periods", "rates", "reconciliation", "schedules"]
