"""Reads: what a company has, what is known to come and go, and what may be expected of thirteen weeks."""

from bank import ledger
from bank.liquidity.selectors.commitments import known
from bank.liquidity.selectors.forecasts import Forecast, forecast, history
from bank.liquidity.selectors.position import Held, Position, Rates, companies_of, ladder, position

today = ledger.business_date

__all__ = [
    "Forecast",
    "Held",
    "Position",
    "Rates",
    "companies_of",
    "forecast",
    "history",
    "known",
    "ladder",
    "position",
    "today",
]
