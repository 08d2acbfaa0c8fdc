"""The risk rating of a customer: points with reasons, in plain Python.

After FATF recommendation 10 and the risk factors of its interpretive note.
Every reason that counted is kept with the rating and shown; nothing is weighed that is not named here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeAlias

from bank.cif.errors import RatingRuleUnusable


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
        *("ARMS", "CHARITY", "CRYPTO", "GAMBLING", "MONEY_SERVICES", "NON_PROFIT", "PRECIOUS_METALS"),
        *("POLITICS", "REAL_ESTATE", "USED_CARS"),
    }
)
CASH_SECTORS: Final = frozenset(
    {"BAR_OR_NIGHTCLUB", "CASH", "FUEL", "HOSPITALITY", "RETAIL_TRADE", "TRANSPORT"}
)
#: Sources of money that say least about where it was earned.
UNUSUAL_FUNDS: Final = frozenset({"GIFT", "OTHER"})
#: Product codes whose use crosses borders or moves large sums.
SENSITIVE_PRODUCTS: Final = frozenset({"CORPORATE", "TRADE", "CORRESPONDENT", "PRIVATE"})


class Unit(StrEnum):
    """What the figure of a rule is: points that add up, a floor the score never falls below, a bound of
    the score from which a rating begins, or months until the next review."""

    POINTS = "POINTS"
    FLOOR = "FLOOR"
    BOUND = "BOUND"
    MONTHS = "MONTHS"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the rating: its figure, and the codes it is about where it is about any."""

    code: str
    unit: Unit
    figure: int
    members: frozenset[str] = frozenset()


Scheme: TypeAlias = Mapping[str, Rule]
"""Every rule by its code."""

#: What the bank began with. Staff change rows by two people; which rules there are is the code's.
DEFAULTS: Final[Scheme] = {
    rule.code: rule
    for rule in (
        Rule("COUNTRY_CALL_FOR_ACTION", Unit.POINTS, 60, CALL_FOR_ACTION),
        Rule("COUNTRY_MONITORED", Unit.POINTS, 25, MONITORED),
        Rule("COUNTRY_ABROAD", Unit.POINTS, 10),
        Rule("SECTOR_SENSITIVE", Unit.POINTS, 25, SENSITIVE_SECTORS),
        Rule("SECTOR_CASH", Unit.POINTS, 15, CASH_SECTORS),
        Rule("PRODUCT_SENSITIVE", Unit.POINTS, 10, SENSITIVE_PRODUCTS),
        Rule("FUNDS_UNUSUAL", Unit.POINTS, 10, UNUSUAL_FUNDS),
        Rule("CHANNEL_REMOTE", Unit.POINTS, 10),
        Rule("PEP", Unit.FLOOR, 75),
        Rule("PEP_PARTY", Unit.FLOOR, 75),
        Rule("SCREENING_HIT", Unit.FLOOR, 95),
        Rule("SCREENING_POSSIBLE", Unit.POINTS, 40),
        Rule("NOT_SCREENED", Unit.POINTS, 5),
        Rule("NEW_RELATIONSHIP", Unit.POINTS, 10),
        Rule("YOUNG_RELATIONSHIP", Unit.POINTS, 5),
        Rule("MEDIUM_FROM", Unit.BOUND, 30),
        Rule("HIGH_FROM", Unit.BOUND, 60),
        Rule("REVIEW_LOW", Unit.MONTHS, 36),
        Rule("REVIEW_MEDIUM", Unit.MONTHS, 24),
        Rule("REVIEW_HIGH", Unit.MONTHS, 12),
    )
}
#: Whom the standard wants looked at most closely: their figure never falls below the bound of HIGH (FATF
#: recommendations 12 and 19, and no confirmed match with a sanctions list is ever less).
ALWAYS_HIGH: Final = ("COUNTRY_CALL_FOR_ACTION", "PEP", "PEP_PARTY", "SCREENING_HIT")
LONGEST_REVIEW: Final = 60
MOST_MEMBERS: Final = 300
_MEMBER: Final = re.compile("[A-Z][A-Z0-9_]{1,29}")


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
    funds: str = ""


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


def assess(facts: Facts, scheme: Scheme = DEFAULTS) -> Assessment:
    """Points from 0 to 100, the rating they come to, and every reason that counted."""
    reasons = tuple(one for one in _reasons(facts, scheme) if one.points)
    total = sum(reason.points for reason in reasons if not reason.is_floor)
    floor = max((reason.points for reason in reasons if reason.is_floor), default=0)
    score = min(100, max(total, floor))
    return Assessment(score, rating_of(score, scheme), reasons)


def rating_of(score: int, scheme: Scheme = DEFAULTS) -> Rating:
    """Enhanced due diligence begins at ``HIGH_FROM``."""
    if score >= scheme["HIGH_FROM"].figure:
        return Rating.HIGH
    return Rating.MEDIUM if score >= scheme["MEDIUM_FROM"].figure else Rating.LOW


def next_review(rating: str, reviewed: date, scheme: Scheme = DEFAULTS) -> date:
    """When a customer of this rating is looked at again; a 29 February becomes the 28th."""
    wait = scheme[f"REVIEW_{Rating(rating)}"].figure
    year, month = divmod(reviewed.year * 12 + reviewed.month - 1 + wait, 12)
    return _clamped(year, month + 1, reviewed.day)


def check(scheme: Scheme) -> None:
    """Whether the rules make sense together. Raises ``RatingRuleUnusable`` with what to change."""
    for rule in scheme.values():
        _check_figure(rule)
        _check_members(rule)
    high = scheme["HIGH_FROM"].figure
    if scheme["MEDIUM_FROM"].figure >= high:
        raise RatingRuleUnusable(problem="Medium must begin below high.")
    if low := [code for code in ALWAYS_HIGH if scheme[code].figure < high]:
        raise RatingRuleUnusable(problem=f"{low[0]} always means a high risk: it needs at least {high}.")
    waits = [scheme[f"REVIEW_{one}"].figure for one in (Rating.HIGH, Rating.MEDIUM, Rating.LOW)]
    if any(sooner > later for sooner, later in pairwise(waits)):
        raise RatingRuleUnusable(problem="Who is riskier is never looked at later than who is less so.")


def read_members(text: str) -> frozenset[str]:
    """Codes as people type them, with commas, spaces or line ends between."""
    return frozenset(re.split(r"[\s,;]+", text.strip().upper())) - {""}


def _check_figure(rule: Rule) -> None:
    least, most = (1, LONGEST_REVIEW) if rule.unit == Unit.MONTHS else (0, 100)
    if not least <= rule.figure <= most:
        raise RatingRuleUnusable(problem=f"The figure of {rule.code} lies between {least} and {most}.")


def _check_members(rule: Rule) -> None:
    if rule.members and not DEFAULTS[rule.code].members:
        raise RatingRuleUnusable(problem=f"{rule.code} is about no codes; leave them out.")
    if len(rule.members) > MOST_MEMBERS:
        raise RatingRuleUnusable(problem=f"A rule is about {MOST_MEMBERS} codes at most.")
    is_country = rule.code.startswith("COUNTRY_")
    for member in sorted(rule.members):
        if not _MEMBER.fullmatch(member) or (is_country and len(member) != 2):
            kind = "country of two letters" if is_country else "code of capitals, digits and low lines"
            raise RatingRuleUnusable(problem=f"{member[:40]} is no {kind}.")


def _reasons(facts: Facts, scheme: Scheme) -> Iterator[Reason]:
    yield from _of_countries(facts, scheme)
    yield from _of_business(facts, scheme)
    yield from _of_persons(facts, scheme)
    yield from _of_age(facts, scheme)


def _because(rule: Rule, sentence: str, found: Sequence[str] = ()) -> Reason:
    said = f"{sentence}: {', '.join(found)}" if found else sentence
    return Reason(rule.code, rule.figure, said, is_floor=rule.unit == Unit.FLOOR)


def _of_countries(facts: Facts, scheme: Scheme) -> Iterator[Reason]:
    named = {country for country in facts.countries if country}
    called, watched = scheme["COUNTRY_CALL_FOR_ACTION"], scheme["COUNTRY_MONITORED"]
    if worst := sorted(named & called.members):
        yield _because(called, "Country under a call for action", worst)
    elif monitored := sorted(named & watched.members):
        yield _because(watched, "Country under increased monitoring", monitored)
    elif abroad := sorted(named - {facts.home}):
        yield _because(scheme["COUNTRY_ABROAD"], "Country other than the bank's own", abroad)


def _of_business(facts: Facts, scheme: Scheme) -> Iterator[Reason]:
    sensitive, cash = scheme["SECTOR_SENSITIVE"], scheme["SECTOR_CASH"]
    if facts.sector in sensitive.members:
        yield _because(sensitive, "Sensitive occupation or sector", [_words(facts.sector)])
    elif facts.sector in cash.members:
        yield _because(cash, "Cash-intensive occupation or sector", [_words(facts.sector)])
    products = scheme["PRODUCT_SENSITIVE"]
    if used := sorted(products.members & set(facts.products)):
        yield _because(products, "Product with a higher risk", [*map(_words, used)])
    unusual = scheme["FUNDS_UNUSUAL"]
    if facts.funds.upper().replace(" ", "_") in unusual.members:
        yield _because(unusual, "Unusual source of funds", [_words(facts.funds)])
    if facts.channel in {Channel.ONLINE, Channel.AGENT}:
        met = "Taken on without being met in person"
        yield _because(scheme["CHANNEL_REMOTE"], met, [_words(facts.channel)])


_SCREENED: Final = {
    Screening.HIT: ("SCREENING_HIT", "Confirmed match with a sanctions list"),
    Screening.POSSIBLE: ("SCREENING_POSSIBLE", "Possible match with a sanctions list, not decided yet"),
    Screening.NOT_SCREENED: ("NOT_SCREENED", "Not compared with the sanctions lists yet"),
}


def _of_persons(facts: Facts, scheme: Scheme) -> Iterator[Reason]:
    if facts.is_pep:
        yield _because(scheme["PEP"], "Politically exposed person")
    if facts.has_pep_party:
        yield _because(scheme["PEP_PARTY"], "A related party is politically exposed")
    if facts.screening != Screening.CLEAR:
        code, sentence = _SCREENED[Screening(facts.screening)]
        yield _because(scheme[code], sentence)


def _of_age(facts: Facts, scheme: Scheme) -> Iterator[Reason]:
    days = (facts.today - facts.joined).days
    if days < 182:
        yield _because(scheme["NEW_RELATIONSHIP"], "Customer for less than six months")
    elif days < 730:
        yield _because(scheme["YOUNG_RELATIONSHIP"], "Customer for less than two years")


def _words(code: str) -> str:
    return code.replace("_", " ").lower()


def _clamped(year: int, month: int, day: int) -> date:
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
