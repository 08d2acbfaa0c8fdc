"""Writes: each a verb of the procedure manual, in one database transaction, with its audit line."""

from bank.standing.services.changing import (
    change_order,
    end,
    pause,
    resume,
    skip_next,
    start_change,
    terms_of,
)
from bank.standing.services.holidays import move_runs, moved_by
from bank.standing.services.ordering import STANDING_ORDER, Terms, create_order, prepare, start_order
from bank.standing.services.running import run_due, try_again

__all__ = [
    "STANDING_ORDER",
    "Terms",
    "change_order",
    "create_order",
    "end",
    "move_runs",
    "moved_by",
    "pause",
    "prepare",
    "resume",
    "run_due",
    "skip_next",
    "start_change",
    "start_order",
    "terms_of",
    "try_again",
]
