"""Which rail a payment takes, in plain Python: what each can do, what it costs, when it opens, and why not.

The explanation is kept with the order and shown to the payer: every rail is in it, chosen or not.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from bank.kernel.calendars import calendar
from bank.kernel.money import Money
from bank.payments.rail import Capabilities, Destination, Rail
from bank.payments.rules import Preference

_DAY: Final = timedelta(days=1)
#: What people call a way payments take.
_NAMES: Final = {
    "EFT": "Bank transfer",
    "RTGS": "The transfer of large payments",
    "MPESA": "M-Pesa",
    "ACH": "A transfer within the United States",
    "SWIFT": "A payment abroad",
}
_SENTENCES: Final = {
    "CHOSEN": "Chosen.",
    "NOT_SET_UP": "It is not set up at this bank.",
    "NOT_THERE": "It does not reach this bank or country.",
    "CURRENCY": "It does not carry this currency.",
    "TOO_SMALL": "It carries payments from {bound} on.",
    "TOO_LARGE": "It carries payments up to {bound}.",
    "SLOWER": "It takes longer.",
    "DEARER": "It costs more.",
    "NOT_ASKED_FOR": "You named another rail.",
    "FORMAT": "{bound}",
}


@dataclass(frozen=True, slots=True)
class Considered:
    """One rail as a payment saw it. ``code`` says why; ``waits_until`` is empty where it is open now."""

    rail: str
    code: str
    sentence: str
    charges: str = ""
    waits_until: str = ""
    typical_s: int = 0

    @property
    def is_chosen(self) -> bool:
        return self.code == "CHOSEN"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "is_chosen": self.is_chosen}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rail that can carry the payment, what it costs, and when it may leave."""

    rail: Rail
    charges: Money
    leaves_at: datetime | None
    arrives_at: datetime


def next_opening(capabilities: Capabilities, now: datetime) -> datetime | None:
    """When a rail may next be given something; None where that is now. ``now`` is in the bank's zone.

    After the cut-off and on days that are none in the rail's calendar it opens on the next business day.
    """
    days = calendar(capabilities.calendar or "NONE")
    opens = capabilities.opens or time(0)
    today = now.date()
    if days.is_business_day(today):
        if now.time() < opens:
            return datetime.combine(today, opens, now.tzinfo)
        if capabilities.cut_off is None or now.time() < capabilities.cut_off:
            return None
    return datetime.combine(days.next_or_same(today + _DAY), opens, now.tzinfo)


def misfit(way: Rail, destination: Destination, amount: Money) -> Considered | None:
    """Why the rail cannot carry the payment whatever the hour; None where it can."""
    can = way.capabilities
    if not way.is_available:
        return considered(way, "NOT_SET_UP")
    if can.currencies is not None and amount.currency not in can.currencies:
        return considered(way, "CURRENCY")
    if can.countries is not None and destination.country not in can.countries:
        return considered(way, "NOT_THERE")
    if not way.reaches(destination):
        return considered(way, "NOT_THERE")
    if can.minimum is not None and amount.amount < can.minimum:
        return considered(way, "TOO_SMALL", _shown(can.minimum, amount))
    if can.maximum is not None and amount.amount > can.maximum:
        return considered(way, "TOO_LARGE", _shown(can.maximum, amount))
    return None


def ranked(candidates: Iterable[Candidate], preference: str) -> list[Candidate]:
    """The best first: by arrival and then price, or by price and then arrival. A named rail alone counts."""
    found = list(candidates)
    if preference == Preference.CHEAPEST:
        return sorted(found, key=lambda one: (one.charges.amount, one.arrives_at))
    if preference == Preference.FASTEST:
        return sorted(found, key=lambda one: (one.arrives_at, one.charges.amount))
    return [one for one in found if one.rail.code == preference]


def explained(one: Candidate, chosen: Candidate | None, preference: str) -> Considered:
    """Why a rail that could carry the payment does or does not."""
    if one is chosen:
        return _weighed(one, "CHOSEN")
    if preference not in set(Preference):
        return _weighed(one, "NOT_ASKED_FOR")
    return _weighed(one, "DEARER" if preference == Preference.CHEAPEST else "SLOWER")


def in_words(one: Considered) -> str:
    """Why a way cannot carry the payment, for who pays: a name instead of a code, and no "it"."""
    name = _NAMES.get(one.rail, one.rail)
    begins, rest = one.sentence[:3], one.sentence[3:]
    return f"{name} {rest}" if begins == "It " else f"{name}: {one.sentence}"


def considered(way: Rail, code: str, bound: str = "") -> Considered:
    sentence = _SENTENCES[code].format(bound=bound)
    return Considered(way.code, code, sentence, typical_s=way.capabilities.typical_s)


def _weighed(one: Candidate, code: str) -> Considered:
    return Considered(
        one.rail.code,
        code,
        _SENTENCES[code],
        charges=str(one.charges),
        waits_until=one.leaves_at.isoformat() if one.leaves_at else "",
        typical_s=one.rail.capabilities.typical_s,
    )


def _shown(bound: Decimal, amount: Money) -> str:
    return f"{amount.currency} {bound:,f}"
