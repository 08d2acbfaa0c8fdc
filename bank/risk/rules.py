"""Decisions of screening in plain Python: what a score becomes, and how long a decision holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

THRESHOLD: Final = 70
FALSE_ALARM_HOLDS: Final = timedelta(days=365)
"""After a year somebody looks again, even where nothing changed."""
FEWEST_LETTERS: Final = 10
LEAST_KEPT: Final = 0.8
"""A new version with fewer than this share of the entries before is taken for a broken file."""
_SAME_DAY, _SAME_YEAR, _OTHER_YEARS = 5, 0, -25
_SAME_COUNTRY, _OTHER_COUNTRIES = 2, -5
_YEARS_APART: Final = 2


class Topic(StrEnum):
    SANCTIONS = "SANCTIONS"
    PEP = "PEP"


class Outcome(StrEnum):
    """CLEAR: nothing, or only decided false alarms. POSSIBLE: not decided. HIT: a true match.
    NOT_SCREENED: no list was in force, which is no reason to call anybody clear.
    """

    NOT_SCREENED = "NOT_SCREENED"
    CLEAR = "CLEAR"
    POSSIBLE = "POSSIBLE"
    HIT = "HIT"


class Decision(StrEnum):
    OPEN = "OPEN"
    FALSE_ALARM = "FALSE_ALARM"
    TRUE_MATCH = "TRUE_MATCH"
    RELEASE_PROPOSED = "RELEASE_PROPOSED"
    RELEASED = "RELEASED"


SETTLED: Final = frozenset({Decision.FALSE_ALARM, Decision.RELEASED})
CONFIRMED: Final = frozenset({Decision.TRUE_MATCH, Decision.RELEASE_PROPOSED})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What else is known on both sides, and by how many points it moves the score of the name."""

    birth: str
    birth_points: int
    country: str
    country_points: int

    @property
    def points(self) -> int:
        return self.birth_points + self.country_points


def weigh(
    birth_date: date | None, births: Iterable[str], countries: Iterable[str], listed_countries: Iterable[str]
) -> Evidence:
    """Birth and country: what agrees raises the score a little, what contradicts lowers it. What is
    unknown on either side moves nothing, and nothing but the name ever makes a match.
    """
    birth, birth_points = _birth(birth_date, list(births))
    country, country_points = _country(set(countries), set(listed_countries))
    return Evidence(birth, birth_points, country, country_points)


def final_score(name_score: int, evidence: Evidence) -> int:
    """The score of the name moved by the evidence, from 0 to 100."""
    return max(0, min(100, name_score + evidence.points))


def outcome_of(decisions: Sequence[str], *, has_lists: bool) -> Outcome:
    """The outcome of a screening from the decisions on its matches."""
    if not has_lists:
        return Outcome.NOT_SCREENED
    if any(decision in CONFIRMED for decision in decisions):
        return Outcome.HIT
    if any(decision == Decision.OPEN for decision in decisions):
        return Outcome.POSSIBLE
    return Outcome.CLEAR


def _birth(birth_date: date | None, births: list[str]) -> tuple[str, int]:
    if birth_date is None or not births:
        return "UNKNOWN", 0
    if birth_date.isoformat() in births:
        return "SAME_DAY", _SAME_DAY
    apart = min(abs(int(birth[:4]) - birth_date.year) for birth in births)
    if apart <= _YEARS_APART:
        return "SAME_YEARS", _SAME_YEAR
    return "OTHER_YEARS", _OTHER_YEARS


def _country(countries: set[str], listed: set[str]) -> tuple[str, int]:
    if not countries or not listed:
        return "UNKNOWN", 0
    if countries & listed:
        return "SAME_COUNTRY", _SAME_COUNTRY
    return "OTHER_COUNTRIES", _OTHER_COUNTRIES
