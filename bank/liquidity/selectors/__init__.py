"""Reads: what a company has, what is known to come and go, and what may be expected of thirteen weeks."""

from bank import ledger
from bank.liquidity.selectors.commitments import known
from bank.liquidity.selectors.forecasts import Forecast, forecast, history
from bank.liquidity.selectors.position import Held, Position, Rates, companies_of, ladder, position
from bank.liquidity.selectors.sweeps import moves, pools_of, runs_of, sweep_for, sweeps_of

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
    "moves",
    "pools_of",
    "position",
    "runs_of",
    "sweep_for",
    "sweeps_of",
    "today",
]
