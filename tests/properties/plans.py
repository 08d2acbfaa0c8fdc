"""What the state machine asks of the ledger: entries sound and flawed, written with slots for accounts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from hypothesis import strategies as st

from bank.kernel.money import Money
from bank.ledger import Entry, Posting

CONTROL: Final = "2001.KES"
NOBODY: Final = "NOBODY-1"
HUGE: Final = 10**17 + 1


class Slot(NamedTuple):
    """An account every run opens for itself. Without a control account it is a summed one."""

    currency: str
    control: str | None
    overdraft: int | None = 0


SLOTS: Final[Mapping[str, Slot]] = {
    "ASHA": Slot("KES", CONTROL),
    "BARAKA": Slot("KES", CONTROL, 250),
    "CHEBET": Slot("KES", "2002.KES"),
    "LOAN": Slot("KES", "1300.KES", None),
    "EMI": Slot("JPY", "2001.JPY"),
    "FUMI": Slot("JPY", "2001.JPY", 90),
    "GHANIM": Slot("KWD", "2001.KWD"),
    "HUDA": Slot("KWD", "2001.KWD"),
    "POOL.KES": Slot("KES", None),
    "POOL.JPY": Slot("JPY", None),
    "POOL.KWD": Slot("KWD", None),
}
GUARDED: Final = tuple(name for name, slot in SLOTS.items() if slot.control)
CURRENCIES: Final = ("KES", "JPY", "KWD")


def slots_of(currency: str) -> list[str]:
    return [name for name, slot in SLOTS.items() if slot.currency == currency]


class Leg(NamedTuple):
    slot: str
    minor: int
    currency: str


@dataclass(frozen=True)
class Plan:
    """An entry to be: ``booked`` and ``valued`` count days from the business date."""

    legs: tuple[Leg, ...]
    booked: int | None = None
    valued: int | None = None
    code: str = "PROPERTY"

    def entry(self, key: str, codes: Mapping[str, str], today: date) -> Entry:
        return Entry(
            key=key,
            postings=tuple(
                Posting(codes.get(leg.slot, leg.slot), Money.from_minor(leg.minor, leg.currency))
                for leg in self.legs
            ),
            code=self.code,
            booking_date=None if self.booked is None else today + timedelta(self.booked),
            value_date=None if self.valued is None else today + timedelta(self.valued),
            narrative=f'rent "{key}" \\ {{7}}\t',
        )


AMOUNTS: Final = st.one_of(st.integers(1, 300), st.sampled_from([1, 100, 999, 10**12]))


@st.composite
def transfers(draw: st.DrawFn, currency: str | None = None) -> tuple[Leg, ...]:
    currency = currency or draw(st.sampled_from(CURRENCIES))
    debit, credit = draw(st.permutations(slots_of(currency)))[:2]
    amount = draw(AMOUNTS)
    return Leg(debit, -amount, currency), Leg(credit, amount, currency)


@st.composite
def splits(draw: st.DrawFn) -> tuple[Leg, ...]:
    """One debit and several credits; an account may come more than once, even on both sides."""
    currency = draw(st.sampled_from(CURRENCIES))
    slot = st.sampled_from(slots_of(currency))
    parts = draw(st.lists(st.tuples(slot, st.integers(1, 200)), min_size=2, max_size=4))
    credits = [Leg(name, amount, currency) for name, amount in parts]
    debit = Leg(draw(slot), -sum(leg.minor for leg in credits), currency)
    return tuple(draw(st.permutations([debit, *credits])))


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[Leg, ...]:
    """Two currencies through the position accounts, each level in itself."""
    sold, bought = draw(st.permutations(CURRENCIES))[:2]
    debit = draw(st.sampled_from(slots_of(sold)[:-1]))
    credit = draw(st.sampled_from(slots_of(bought)[:-1]))
    given, got = draw(st.integers(1, 200)), draw(st.integers(1, 200))
    return (
        Leg(debit, -given, sold),
        Leg(f"POOL.{sold}", given, sold),
        Leg(f"POOL.{bought}", -got, bought),
        Leg(credit, got, bought),
    )


def _at(plan: Plan, leg: Leg) -> Plan:
    return replace(plan, legs=(leg, *plan.legs[1:]))


def _foreign(plan: Plan) -> Plan:
    first = plan.legs[0]
    return _at(plan, first._replace(slot=slots_of("JPY" if first.currency == "KES" else "KES")[0]))


FLAWS: Final[Mapping[str, Callable[[Plan], Plan]]] = {
    "unknown account": lambda plan: _at(plan, plan.legs[0]._replace(slot=NOBODY)),
    "control account": lambda plan: _at(plan, plan.legs[0]._replace(slot=CONTROL)),
    "currency": _foreign,
    "day closed": lambda plan: replace(plan, booked=-1),
    "day to come": lambda plan: replace(plan, booked=1),
    "unbalanced": lambda plan: _at(plan, plan.legs[0]._replace(minor=plan.legs[0].minor + 1000)),
    "zero": lambda plan: replace(plan, legs=(*plan.legs, plan.legs[0]._replace(minor=0))),
    "lone": lambda plan: replace(plan, legs=plan.legs[:1]),
    "huge": lambda plan: replace(
        plan, legs=(*plan.legs, *(plan.legs[0]._replace(minor=m) for m in (HUGE, -HUGE)))
    ),
    "no code": lambda plan: replace(plan, code=""),
}


@st.composite
def sound(draw: st.DrawFn) -> Plan:
    legs = draw(st.one_of(transfers(), transfers("KES"), splits(), exchanges()))
    dated = st.sampled_from([None, None, None, 0])
    return Plan(legs, booked=draw(dated), valued=draw(st.one_of(dated, st.integers(-3, 3))))


@st.composite
def flawed(draw: st.DrawFn) -> Plan:
    """One or two things wrong at once: the order of precedence has to decide."""
    plan = draw(sound())
    for flaw in draw(st.lists(st.sampled_from(sorted(FLAWS)), min_size=1, max_size=2, unique=True)):
        plan = FLAWS[flaw](plan)
    return plan


PLANS: Final = st.one_of(sound(), sound(), sound(), flawed())


def wide(seed: int, legs: int) -> Plan:
    """An entry of many legs between all accounts of a currency, in an order of its own."""
    random = Random(seed)
    currency = random.choice(CURRENCIES)
    parts = [
        Leg(random.choice(slots_of(currency)), random.choice([-9, -2, 1, 4, 8]), currency)
        for _ in range(legs)
    ]
    rest = -sum(leg.minor for leg in parts)
    if rest:
        parts.append(Leg(f"POOL.{currency}", rest, currency))
    random.shuffle(parts)
    return Plan(tuple(parts))


def flood(slot: str, legs: int) -> Plan:
    """More than any balance may carry, in legs that each may be."""
    currency = SLOTS[slot].currency
    credits = (Leg(slot, HUGE - 1, currency),) * legs
    return Plan((*credits, *(Leg(f"POOL.{currency}", 1 - HUGE, currency),) * legs))


def long_batch(seed: int) -> list[Plan]:
    """More transfers than are ever booked one by one, with now and then one that cannot be."""
    random = Random(seed)
    batch = []
    for _ in range(random.randint(129, 200)):
        debit, credit = random.sample(slots_of("KES"), 2)
        amount = random.choice([1, 1, 2, 3, 5, 400])
        plan = Plan((Leg(debit, -amount, "KES"), Leg(credit, amount, "KES")))
        if random.random() < 0.01:
            plan = FLAWS[random.choice(sorted(FLAWS))](plan)
        batch.append(plan)
    return batch
