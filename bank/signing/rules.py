"""Decisions about signatures in plain Python: who must sign, in which order, how long, in which states.

A *way* is a word of signature classes, one letter for each person who must sign: ``AB`` is one of A and
one of B, ``**`` any two. Of the ways of a rule one suffices; of several rules each must be met.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any, Final

from bank.kernel.money import Money
from bank.signing.errors import RuleUnusable

HOURS: Final = 72
"""How long an act waits for its signatures before it is given up, where the rule says nothing else."""

LIFETIME: Final = timedelta(hours=HOURS)
LONGEST_HOURS: Final = 30 * 24
LONGEST_DELEGATION: Final = timedelta(days=366)
MOST_SIGNATURES: Final = 5
MOST_WAYS: Final = 6
MOST_STEPS: Final = 40
MOST_AT_ONCE: Final = 50
REASON_LETTERS: Final = 300
ANY: Final = "*"
CLASSES: Final = "ABCDE"

DEFAULT_STEPS: Final = {
    "KES": (10_000_000, 100_000_000),
    "USD": (75_000, 750_000),
    "EUR": (70_000, 700_000),
    "GBP": (60_000, 600_000),
    "INR": (6_000_000, 60_000_000),
    "JPY": (11_000_000, 110_000_000),
    "KWD": (23_000, 230_000),
}
"""Above the first amount two sign, above the second three, where a company has no rule of its own."""


class State(StrEnum):
    WAITING = "WAITING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


class PaymentType(StrEnum):
    """What a rule may be for; a rule without one is for all of them."""

    INTERNAL = "INTERNAL"
    EXTERNAL = "EXTERNAL"
    FILE = "FILE"
    PAYROLL = "PAYROLL"
    DIRECT_DEBIT = "DIRECT_DEBIT"
    STANDING_ORDER = "STANDING_ORDER"


@dataclass(frozen=True, slots=True)
class Terms:
    """What must be signed: any one of ``ways``, in that order where ``in_order``. Where not
    ``maker_counts`` whoever made the act never signs it."""

    ways: tuple[str, ...]
    in_order: bool = False
    maker_counts: bool = True
    hours: int = HOURS

    @property
    def least(self) -> int:
        return min(len(way) for way in self.ways)

    @property
    def persons(self) -> int:
        """The maker among them, also where their signature does not count."""
        return self.least if self.maker_counts else self.least + 1


@dataclass(frozen=True, slots=True)
class Step:
    """Amounts above ``above`` need one of ``ways``, or ``signatures`` of anybody: from one account and for
    one type of payment, or, where these are empty, from and for any."""

    above: Decimal
    signatures: int = 0
    ways: tuple[str, ...] = ()
    in_order: bool = False
    maker_counts: bool = True
    hours: int = HOURS
    account: str = ""
    payment_type: str = ""

    @property
    def terms(self) -> Terms:
        ways = tuple(sorted(self.ways)) or (ANY * self.signatures,)
        return Terms(ways, self.in_order, self.maker_counts, self.hours)

    @property
    def scope(self) -> tuple[str, str]:
        return self.account, self.payment_type


@dataclass(frozen=True, slots=True)
class Given:
    """A signature as rules see it: of which class, and whether the maker's own."""

    letter: str
    is_maker: bool = False


ANYBODY: Final = Terms((ANY,))
TWO: Final = Terms((ANY * 2,))


# --- what an amount needs


def reached(steps: Iterable[Step], amount: Money, account: str = "", payment_type: str = "") -> Terms:
    """What an amount needs: of the steps made most closely for this account and type the highest below it,
    else anybody's one signature. An account says more than a type."""
    found = list(steps)
    for scope in ((account, payment_type), (account, ""), ("", payment_type), ("", "")):
        if there := [step for step in found if step.scope == scope]:
            below = [step for step in there if amount.amount > step.above]
            return max(below, key=lambda step: step.above).terms if below else ANYBODY
    return ANYBODY


def needed(steps: Iterable[Step], amount: Money) -> int:
    """How many signatures an amount needs of whatever classes."""
    return reached(steps, amount).persons


def together(terms: Iterable[Terms]) -> list[Terms]:
    """The same without what is said twice, and without what anybody meets where something else is asked."""
    once = list(dict.fromkeys(terms))
    return [one for one in once if one != ANYBODY] or [ANYBODY]


def persons(terms: Iterable[Terms]) -> int:
    return max((one.persons for one in terms), default=1)


def hours(terms: Iterable[Terms]) -> int:
    """The shortest of all."""
    return min((one.hours for one in terms), default=HOURS)


# --- what signatures come to


def counted(terms: Terms, given: Iterable[Given]) -> list[str]:
    """The classes of those that count, in the order they were given."""
    return [one.letter for one in given if terms.maker_counts or not one.is_maker]


def reachable(terms: Terms, letters: Sequence[str]) -> bool:
    """Whether people of these classes, each signing once, could meet it; where the maker's signature does not
    count, with one of them left over who made it.
    """
    have, makers = Counter(letters), 0 if terms.maker_counts else 1
    for way in terms.ways:
        wanted = Counter(way)
        anybody = wanted.pop(ANY, 0)
        spare = len(letters) - sum((wanted & have).values())
        if not wanted - have and spare >= anybody + makers:
            return True
    return False


def missing(way: str, letters: Sequence[str], *, in_order: bool) -> int:
    """How many signatures a way still lacks; more than it has letters where their order rules it out."""
    if in_order:
        fits = all(slot in (ANY, letter) for slot, letter in zip(way, letters, strict=False))
        return max(len(way) - len(letters), 0) if fits else len(way) + 1
    have, wanted = Counter(letters), Counter(way)
    anybody = wanted.pop(ANY, 0)
    lacking = sum((wanted - have).values())
    spare = len(letters) - sum((wanted & have).values())
    return lacking + max(anybody - spare, 0)


def is_met(terms: Terms, given: Iterable[Given]) -> bool:
    letters = counted(terms, given)
    return any(missing(way, letters, in_order=terms.in_order) == 0 for way in terms.ways)


def all_met(terms: Iterable[Terms], given: Sequence[Given]) -> bool:
    return all(is_met(one, given) for one in terms)


def still(terms: Iterable[Terms], given: Sequence[Given]) -> int:
    """How many more must sign, at least."""
    return max((_lacking(one, given) for one in terms), default=0)


def _lacking(terms: Terms, given: Sequence[Given]) -> int:
    letters = counted(terms, given)
    return min(missing(way, letters, in_order=terms.in_order) for way in terms.ways)


def may_follow(terms: Iterable[Terms], given: Sequence[Given], one: Given) -> bool:
    """Whether the order of signing allows this signature now."""
    return all(_in_turn(each, [*given, one]) for each in terms if each.in_order)


def _in_turn(terms: Terms, given: Sequence[Given]) -> bool:
    letters = counted(terms, given)
    return any(missing(way, letters, in_order=True) <= len(way) for way in terms.ways)


def helps(terms: Iterable[Terms], given: Sequence[Given], one: Given) -> bool:
    """Whether this signature brings any way of what is not met yet nearer."""
    return any(_helps(each, given, one) for each in terms if not is_met(each, given))


def _helps(terms: Terms, given: Sequence[Given], one: Given) -> bool:
    before, after = counted(terms, given), counted(terms, [*given, one])
    return any(
        missing(way, after, in_order=terms.in_order) < missing(way, before, in_order=terms.in_order)
        for way in terms.ways
    )


def can_be_met(terms: Terms, people: Sequence[Given]) -> bool:
    """Whether those people suffice, each signing once."""
    letters = counted(terms, people)
    return any(missing(way, letters, in_order=False) == 0 for way in terms.ways)


# --- rules as they are written down


def check_steps(steps: list[Step]) -> None:
    """Raises ``RuleUnusable`` unless every step can be read and, for one account and type, signatures rise
    with amounts."""
    if len(steps) > MOST_STEPS:
        raise RuleUnusable(problem=f"A company may have {MOST_STEPS} rules in a currency.")
    for step in steps:
        _check_step(step)
    ordered = sorted(steps, key=lambda step: (step.scope, step.above))
    for _scope, group in groupby(ordered, key=lambda step: step.scope):
        _check_rising(list(group))


def _check_step(step: Step) -> None:
    if step.above < 0 or not all(1 <= len(way) <= MOST_SIGNATURES for way in step.terms.ways):
        raise RuleUnusable(problem=f"A rule asks for one to {MOST_SIGNATURES} signatures above an amount.")
    if len(step.terms.ways) > MOST_WAYS or len(set(step.terms.ways)) < len(step.terms.ways):
        raise RuleUnusable(problem=f"A rule has up to {MOST_WAYS} ways, each another.")
    if any(letter not in CLASSES + ANY for way in step.terms.ways for letter in way):
        raise RuleUnusable(problem=f"Signature classes are {', '.join(CLASSES)}.")
    if not 1 <= step.hours <= LONGEST_HOURS:
        raise RuleUnusable(problem=f"A rule gives one to {LONGEST_HOURS} hours for signing.")
    if step.payment_type and step.payment_type not in set(PaymentType):
        raise RuleUnusable(problem=f"{step.payment_type} is no type of payment.")


def _check_rising(steps: list[Step]) -> None:
    pairs = list(pairwise(steps))
    if any(low.above == high.above or low.terms.persons > high.terms.persons for low, high in pairs):
        raise RuleUnusable(problem="A higher amount cannot need fewer signatures than a lower one.")


def read_ways(text: str) -> tuple[str, ...]:
    """``A+B or B+B+B`` as ``("AB", "BBB")``; a plain number asks for so many of anybody.

    Raises ``RuleUnusable``."""
    parts = " ".join(text.upper().split()).replace(",", " OR ").split(" OR ")
    return tuple(sorted({_read_way(part.strip()) for part in parts if part.strip()}))


def _read_way(part: str) -> str:
    if part.isascii() and part.isdigit() and 1 <= int(part[:2]) <= MOST_SIGNATURES:
        return ANY * int(part[:2])
    letters = [one.strip() for one in part.split("+")]
    if not all(len(one) == 1 and one in CLASSES + ANY for one in letters) or len(letters) > MOST_SIGNATURES:
        raise RuleUnusable(problem="Write who signs like A+B or B+B+B, or a number for anybody.")
    return "".join(letters)


def write_ways(ways: Iterable[str]) -> str:
    """As ``read_ways`` reads it."""
    return " or ".join(str(len(way)) if set(way) == {ANY} else "+".join(way) for way in ways)


def terms_as_json(terms: Iterable[Terms]) -> list[dict[str, Any]]:
    return [
        {
            "ways": list(one.ways),
            "in_order": one.in_order,
            "maker_counts": one.maker_counts,
            "hours": one.hours,
        }
        for one in terms
    ]


def terms_from_json(raw: Iterable[Mapping[str, Any]]) -> list[Terms]:
    return [Terms(tuple(one["ways"]), one["in_order"], one["maker_counts"], one["hours"]) for one in raw]


def reason(text: str) -> str:
    """Why something is rejected: one line, never empty. Raises ``RuleUnusable``."""
    words = " ".join(text.split())
    if not words or len(words) > REASON_LETTERS or not words.isprintable():
        raise RuleUnusable(problem=f"Say why, in one line of at most {REASON_LETTERS} letters.")
    return words
