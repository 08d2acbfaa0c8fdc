"""Words and bounds of the ledger: plain Python, no database, no clock."""

from enum import StrEnum
from typing import Final

MAX_MINOR: Final = 10**17
"""Largest single posting, in minor units: a thousand million million shillings."""

MAX_LEGS: Final = 1_000_000
"""Most postings of one entry; the number of a summed account's posting leaves room for 2**20."""

LEG_BITS: Final = 20


class Kind(StrEnum):
    """The five classes of the chart, which decide a line's normal side and its statement."""

    ASSET = "ASSET"
    LIABILITY = "LIABILITY"
    EQUITY = "EQUITY"
    INCOME = "INCOME"
    EXPENSE = "EXPENSE"

    @property
    def debit_is_normal(self) -> bool:
        return self in (Kind.ASSET, Kind.EXPENSE)


class Status(StrEnum):
    """What may be posted to an account."""

    ACTIVE = "ACTIVE"
    FROZEN_DEBIT = "FROZEN_DEBIT"
    FROZEN_CREDIT = "FROZEN_CREDIT"
    FROZEN = "FROZEN"
    CLOSED = "CLOSED"


class HoldState(StrEnum):
    """A hold is open until it is captured in full, released or expired, and resolves once."""

    OPEN = "OPEN"
    CAPTURED = "CAPTURED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"


class HoldEventKind(StrEnum):
    PLACED = "PLACED"
    CAPTURED = "CAPTURED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"
