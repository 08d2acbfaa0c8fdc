"""The sealer: chains what was posted, in order of commit, off the hot path."""

from typing import Final

from bank.kernel import clock
from bank.ledger import engine

BLOCK: Final = 5_000
"""Most entries of one block: small enough to name a fault closely and to lock nothing for long."""


def seal() -> int:
    """Seals every entry whose turn has come and rolls up its turnover; tells how many.

    Safe to run at any time and twice at once: the second does nothing. Each block is its own
    database transaction unless the caller has one.
    """
    sealed = 0
    while True:
        (entries,) = engine.row("SELECT ledger_seal_block(%s, %s)", (BLOCK, clock.now()))
        sealed += entries
        if entries < BLOCK:
            return sealed
