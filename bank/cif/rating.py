"""The risk rating of a customer: points with reasons, in plain Python.

After FATF recommendation 10 and the risk factors of its interpretive note.
Every reason that counted is kept with the rating and shown; nothing is weighed that is not named here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Rating(StrEnum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class Screening(StrEnum):
    """What comparing with sanctions lists came to."""

    NOT_SCREENED = "NOT_SCREENED"
    CLEAR = "CLEAR"
    POSSIBLE = "POSSIBLE"
    HIT = "HIT"


class Channel(StrEnum):
    """Where the relationship began."""

    BRANCH = "BRANCH"
    ONLINE = "ONLINE"
    AGENT = "AGENT"


MEDIUM_FROM: Final = 30
HIGH_FROM: Final = 60
"""Enhanced due diligence begins here."""
PEP_FLOOR: Final = 75
HIT_FLOOR: Final = 95
REVIEW_MONTHS: Final = {Rating.LOW: 36, Rating.MEDIUM: 24, Rating.HIGH: 12}

#: FATF, high-risk jurisdictions subject to a call for action.
CALL_FOR_ACTION: Final = frozenset({"IR", "KP", "MM"})
#: FATF, jurisdictions under increased monitoring, the bank's own country left out.
MONITORED: Final = frozenset(
    {
        *("AO", "BF", "BG", "CI", "CD", "CM", "DZ", "HR", "HT", "LA", "LB", "MC", "ML", "MZ", "NA", "NG"),
        *("NP", "SN", "SS", "SY", "TZ", "VE", "VN", "YE", "ZA"),
    }
)
#: Trades that live on cash, on other people's money, or on goods that carry value unseen.
SENSITIVE_SECTORS: Final = frozenset(
    {
        *("ARMS", "CHARITY", "CRYPTO", "GAMBLING", "MONEY_SERVICES", "PRECIOUS_METALS", "REAL_ESTATE"),
        *("POLITICS", "USED_CARS"),
    }
)
CASH_SECTORS: Final = frozenset({"BAR_OR_NIGHTCLUB", "FUEL", "HOSPITALITY", "RETAIL_TRADE", "TRANSPORT"})
#: Product codes whose use crosses borders or moves large sums.
SENSITIVE_PRODUCTS: Final = frozenset({"CORPORATE", "TRADE", "CORRESPONDENT", "PRIVATE"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a customer that bears on the risk."""

    countries: Sequence[str]
    sector: str
    products: Sequence[str]
    channel: str
    is_pep: bool
    has_pep_party: bool
    screening: str
    joined: date
    today: date
    home: str = "KE"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that counted; ``points`` is what it added, or the floor it set where ``is_floor``."""

    code: str
    points: int
    sentence: str
    is_floor: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    score: int
    rating: Rating
    reasons: tuple[Reason, ...]


def assess(facts: Facts) -> Assessment:
    """Points from 0 to 100, the rating they come to, and every reason that counted."""
    reasons = tuple(_reasons(facts))
    total = sum(reason.points for reason in reasons if not reason.is_floor)
    floor = max((reason.points for reason in reasons if reason.is_floor), default=0)
    score = min(100, max(total, floor))
    return Assessment(score, rating_of(score), reasons)


def rating_of(score: int) -> Rating:
    if score >= HIGH_FROM:
        return Rating.HIGH
    return Rating.MEDIUM if score >= MEDIUM_FROM else Rating.LOW


def next_review(rating: str, reviewed: date) -> date:
    """When a customer of this rating is looked at again; a 29 February becomes the 28th."""
    months = reviewed.year * 12 + reviewed.month - 1 + REVIEW_MONTHS[Rating(rating)]
    year, month = divmod(months, 12)
    return _clamped(year, month + 1, reviewed.day)


def _reasons(facts: Facts) -> Iterator[Reason]:
    yield from _of_countries(facts)
    yield from _of_business(facts)
    yield from _of_persons(facts)
    yield from _of_age(facts)


def _of_countries(facts: Facts) -> Iterator[Reason]:
    named = {country for country in facts.countries if country}
    if worst := sorted(named & CALL_FOR_ACTION):
        yield Reason("COUNTRY_CALL_FOR_ACTION", 60, f"Country under a call for action: {', '.join(worst)}")
    elif watched := sorted(named & MONITORED):
        yield Reason("COUNTRY_MONITORED", 25, f"Country under increased monitoring: {', '.join(watched)}")
    elif abroad := sorted(named - {facts.home}):
        yield Reason("COUNTRY_ABROAD", 10, f"Country other than the bank's own: {', '.join(abroad)}")


def _of_business(facts: Facts) -> Iterator[Reason]:
    if facts.sector in SENSITIVE_SECTORS:
        yield Reason("SECTOR_SENSITIVE", 25, f"Sensitive occupation or sector: {_words(facts.sector)}")
    elif facts.sector in CASH_SECTORS:
        yield Reason("SECTOR_CASH", 15, f"Cash-intensive occupation or sector: {_words(facts.sector)}")
    if sensitive := sorted(SENSITIVE_PRODUCTS & set(facts.products)):
        yield Reason(
            "PRODUCT_SENSITIVE", 10, f"Product with a higher risk: {', '.join(map(_words, sensitive))}"
        )
    if facts.channel in {Channel.ONLINE, Channel.AGENT}:
        yield Reason("CHANNEL_REMOTE", 10, f"Taken on without being met in person: {_words(facts.channel)}")


def _of_persons(facts: Facts) -> Iterator[Reason]:
    if facts.is_pep:
        yield Reason("PEP", PEP_FLOOR, "Politically exposed person", is_floor=True)
    if facts.has_pep_party:
        yield Reason("PEP_PARTY", PEP_FLOOR, "A related party is politically exposed", is_floor=True)
    if facts.screening == Screening.HIT:
        yield Reason("SCREENING_HIT", HIT_FLOOR, "Confirmed match with a sanctions list", is_floor=True)
    elif facts.screening == Screening.POSSIBLE:
        yield Reason("SCREENING_POSSIBLE", 30, "Possible match with a sanctions list, not decided yet")
    elif facts.screening == Screening.NOT_SCREENED:
        yield Reason("NOT_SCREENED", 5, "Not compared with the sanctions lists yet")


def _of_age(facts: Facts) -> Iterator[Reason]:
    days = (facts.today - facts.joined).days
    if days < 182:
        yield Reason("NEW_RELATIONSHIP", 10, "Customer for less than six months")
    elif days < 730:
        yield Reason("YOUNG_RELATIONSHIP", 5, "Customer for less than two years")


def _words(code: str) -> str:
    return code.replace("_", " ").lower()


def _clamped(year: int, month: int, day: int) -> date:
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
