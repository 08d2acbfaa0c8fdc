"""The staff side of the close of business: its console, and the holidays."""

from bank.eod.admin import console, days

__all__ = ["console", "days"]
