"""What needs two people about the close of business: its time, and the days of the calendars."""

from bank.eod.commands import closing, days
from bank.eod.commands.closing import MAKER_RIGHT, ChangeClosing
from bank.eod.commands.days import SetCalendarDay

__all__ = ["MAKER_RIGHT", "ChangeClosing", "SetCalendarDay", "closing", "days"]
