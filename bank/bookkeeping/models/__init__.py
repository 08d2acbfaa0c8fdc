"""The tables of bookkeeping."""

from bank.bookkeeping.models.journals import Journal, JournalTemplate, TemplateLine
from bank.bookkeeping.models.periods import PeriodChange, YearClose
from bank.bookkeeping.models.rates import FxRate, Revaluation
from bank.bookkeeping.models.reconciliation import ImportedStatement, Match, MatchPart, OpenItem
from bank.bookkeeping.models.schedules import Schedule, SchedulePart

__all__ = [
    "FxRate",
    "ImportedStatement",
    "Journal",
    "JournalTemplate",
    "Match",
    "MatchPart",
    "OpenItem",
    "PeriodChange",
    "Revaluation",
    "Schedule",
    "SchedulePart",
    "TemplateLine",
    "YearClose",
]
