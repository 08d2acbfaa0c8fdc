"""Financial statements at any date in any currency, as tables that pages, XLSX and PDF show alike.

``trial_balance``, ``balance_sheet``, ``income_statement`` and ``cash_flow`` answer one report for
each currency in its own money, or a single one with everything translated into one currency at
the day's rate. A report costs a few queries however many accounts there are.
"""

from bank.bookkeeping.reports.figures import Report, Row, Section
from bank.bookkeeping.reports.flows import cash_flow, income_statement
from bank.bookkeeping.reports.positions import balance_sheet, trial_balance

__all__ = [
    "Report",
    "Row",
    "Section",
    "balance_sheet",
    "cash_flow",
    "income_statement",
    "trial_balance",
]
