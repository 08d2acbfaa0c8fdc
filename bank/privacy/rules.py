"""How long what is kept, and why. Plain Python."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bank.privacy.errors import RetentionUnusable

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
    """``years`` after the relationship ended; ``None`` means for good. No less than ``least_years``: the law
    wants it kept so long. Between the two the customer's own request counts."""

    kind: str
    years: int | None
    basis: str
    least_years: int = 0


LONGEST_YEARS: Final = 30
_LAUNDERING: Final = "Proceeds of Crime and Anti-Money Laundering Act, s. 46: seven years"
_CLAIMS: Final = "Limitation of Actions Act, s. 4: six years, and one to be sure"
_TAXES: Final = "Tax Procedures Act, s. 23: five years"
_ITSELF: Final = "The bank's own interest in knowing what was said; ended by the customer's request"

#: One rule for every kind of data about customers; staff change years by two people. What has no end is
#: never touched by an erasure.
RULES: Final = (
    Rule("NAME", 7, _LAUNDERING, 7),
    Rule("CONTACT", 7, _LAUNDERING, 7),
    Rule("IDENTITY_DOCUMENT", 7, _LAUNDERING, 7),
    Rule("DOCUMENT", 7, _LAUNDERING, 7),
    Rule("RELATED_PARTY", 7, _LAUNDERING, 7),
    Rule("PROFILE", 7, _LAUNDERING, 7),
    Rule("SCREENING", 7, _LAUNDERING, 7),
    Rule("APPLICATION", 7, _LAUNDERING, 7),
    Rule("USER", 7, _LAUNDERING, 7),
    Rule("CASE", 7, _CLAIMS, 6),
    Rule("NOTE", 7, _ITSELF),
    Rule("PAYEE", 7, _ITSELF),
    Rule("STATEMENT", 7, _LAUNDERING, 7),
    Rule("NOTICE", 7, _ITSELF),
    Rule("CHEQUE", 7, _CLAIMS, 6),
    Rule("RECEIPT", 7, _TAXES, 5),
    Rule("WORDS", 7, _LAUNDERING, 7),
    Rule("REFUSED_APPLICATION", 7, _LAUNDERING, 7),
    Rule("ABANDONED_APPLICATION", 1, "Nothing came of it; a year in case its applicant comes back"),
    Rule("BOOKS", None, "The ledger and payments are the bank's own record, never altered"),
    Rule(
        "AUDIT",
        None,
        "The trail proves itself by its chain and is never altered; its words are kept beside it",
    ),
)
DEFAULTS: Final = {rule.kind: rule for rule in RULES}
OF_APPLICATIONS: Final = frozenset({"REFUSED_APPLICATION", "ABANDONED_APPLICATION"})
"""Counted from the end of an application that led to no customer, not of a relationship."""


def is_over(rule: Rule, ended: date, today: date, *, at_request: bool = False) -> bool:
    """Whether the time of a kind of data is over; a 29 February counts as the 1 March.

    ``at_request``: the customer asked for it, so only the time the law wants it kept counts.
    """
    if rule.years is None:
        return False
    return today > years_after(ended, min(rule.years, rule.least_years) if at_request else rule.years)


def years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def check(kind: str, years: int) -> None:
    """Raises ``RetentionUnusable`` for a kind without an end, or a time the law does not allow."""
    rule = DEFAULTS.get(kind)
    if rule is None or rule.years is None:
        raise RetentionUnusable(
            problem="Choose a kind of data that has an end; the books and the trail have none."
        )
    if not rule.least_years <= years <= LONGEST_YEARS:
        raise RetentionUnusable(
            problem=f"{kind} is kept between {rule.least_years} and {LONGEST_YEARS} years. {rule.basis}."
        )
