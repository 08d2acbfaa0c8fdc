"""Writes: each a verb of the procedure manual, in one database transaction, with its audit line."""

from bank.liquidity.services.running import run
from bank.liquidity.services.sweeping import (
    SWEEP,
    Terms,
    begin_signed,
    create_sweep,
    end,
    give_up,
    pause,
    resume,
    start_sweep,
)

__all__ = [
    "SWEEP",
    "Terms",
    "begin_signed",
    "create_sweep",
    "end",
    "give_up",
    "pause",
    "resume",
    "run",
    "start_sweep",
]
