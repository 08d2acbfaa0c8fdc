"""How long what is kept, and why. Plain Python."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

EXPORT_LIFETIME: Final = timedelta(days=7)
"""A copy of somebody's whole banking life is not left lying about."""
ERASED: Final = "[erased]"


class Status(StrEnum):
    QUEUED = "QUEUED"
    READY = "READY"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Rule:
    """``years`` after the relationship ended; ``None`` means for good."""

    kind: str
    years: int | None
    basis: str


#: One rule for every kind of data about customers. What has no end is never touched by an erasure.
RULES: Final = (
    Rule("CONTACT", 7, "Proceeds of Crime and Anti-Money Laundering Act, s. 46: seven years"),
    Rule("IDENTITY_DOCUMENT", 7, "Proceeds of Crime and Anti-Money Laundering Act, s. 46: seven years"),
    Rule("RELATED_PARTY", 7, "Proceeds of Crime and Anti-Money Laundering Act, s. 46: seven years"),
    Rule("NOTE", 7, "Limitation of Actions Act: six years, and one to be sure"),
    Rule("CASE", 7, "Limitation of Actions Act: six years, and one to be sure"),
    Rule("BOOKS", None, "The ledger is the bank's own record and is never altered"),
    Rule("AUDIT", None, "The trail proves itself by its chain and is never altered"),
)


def is_over(rule: Rule, ended: date, today: date) -> bool:
    """Whether the time of a kind of data is over; a 29 February counts as the 1 March."""
    if rule.years is None:
        return False
    try:
        until = ended.replace(year=ended.year + rule.years)
    except ValueError:
        until = date(ended.year + rule.years, 3, 1)
    return today > until
