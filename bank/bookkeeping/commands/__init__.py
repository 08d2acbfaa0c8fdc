"""What of bookkeeping needs two people, and how much each of them may say yes to."""

from bank.bookkeeping.commands import journals, periods, rates, schedules

__all__ = ["journals", "periods", "rates", "schedules"]
