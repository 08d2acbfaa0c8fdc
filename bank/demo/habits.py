"""What the demonstration's customers do on a day: salaries, rents, bills, shopping, savings, exports.

Only intentions: whether the money is there is for the book to say.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Final

from bank.demo import names
from bank.demo.cast import OrganisationPlan, PersonPlan
from bank.kernel.money import Money
from bank.products.rules import FeeEvent

BASE: Final = "KES"
SCHOOL_TERMS: Final = frozenset({1, 5, 9})
FRIENDLY: Final = (
    "Lunch", "Chama contribution", "Fare home", "Birthday", "Harambee for the wedding", "Asante sana",
    "Your share of the gift", "Nyama choma", "Match tickets", "Pole, get well soon", "Boda boda", "Books",
)  # fmt: skip
SHOPPING: Final = {
    "GROCERY": ("Groceries", "Weekly shopping", "Unga and sugar", "Household goods"),
    "FOOD": ("Lunch", "Breakfast", "Chapati and beans", "Fish", "Tea and mandazi", "Cake order"),
    "SHOP": (
        "School uniform",
        "Nails and timber",
        "Bicycle repair",
        "Curtains",
        "Seeds",
        "Printing",
        "Chairs",
    ),
    "PHARMACY": ("Medicine", "Consultation", "Prescription"),
    "TRAVEL": ("Bus to Mombasa", "Parcel delivery", "Bus to Kisumu"),
    "INSURANCE": ("Motor insurance premium",),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A person with the numbers of their accounts."""

    plan: PersonPlan
    current: str
    savings: str
    dollars: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation with the numbers of its accounts."""

    plan: OrganisationPlan
    current: str
    dollars: str = ""


@dataclass(slots=True)
class Community:
    """Everybody who banks here, and who sells what."""

    people: list[Person]
    organisations: list[Organisation]

    def trading_in(self, trade: str) -> list[Organisation]:
        return [firm for firm in self.organisations if firm.plan.firm.trade == trade]


@dataclass(frozen=True, slots=True)
class Intent:
    """Money somebody means to move. An empty ``payer`` or ``payee`` is outside the bank: ``counterparty``."""

    payer: str
    payee: str
    amount: Money
    narrative: str
    event: str = ""
    counterparty: str = ""


@dataclass(slots=True)
class Day:
    """One business day of the community."""

    date: date
    community: Community
    rng: Random

    def intents(self) -> Iterator[Intent]:
        """Everything meant to happen on this day, money coming in first."""
        for firm in self.community.organisations:
            yield from self._earnings(firm)
        yield from self._salaries()
        for person in self.community.people:
            yield from self._household(person)
        for firm in self.community.organisations:
            yield from self._business(firm)

    @property
    def _month(self) -> str:
        return f"{self.date:%B %Y}"

    def _falls_on(self, day: int) -> bool:
        return self.date.day == min(day, monthrange(self.date.year, self.date.month)[1])

    def _kes(self, low: int | Decimal, high: int | Decimal, step: int = 100) -> Money:
        """A random amount between two sums of shillings, in whole ``step`` cents."""
        cents = self.rng.randrange(int(low * 100), int(high * 100))
        return Money.from_minor(max(1, cents // step) * step, BASE)

    def _machine(self) -> str:
        return f"Cash machine, {self.rng.choice(names.TOWNS)[0]}"

    def _earnings(self, firm: Organisation) -> Iterator[Intent]:
        """What firms earn from customers of other banks, buyers abroad, and over the counter."""
        corporate = firm.plan.segment == "CORPORATE"
        if corporate and self.date.day in {5, 20}:
            amount = self._kes(1_000_000, 2_300_000, 10_000)
            yield Intent(
                "", firm.current, amount, f"Contract payment {self._month}", counterparty="Wema Trust Bank"
            )
        if not corporate and self.date.weekday() in {0, 4}:
            amount = self._kes(8_000, 45_000, 5_000)
            yield Intent("", firm.current, amount, "Takings paid in", counterparty="Cash")
        if firm.dollars and self.date.day in {9, 20}:
            yield self._from_abroad(firm.dollars, 9_000, 42_000)

    def _from_abroad(self, payee: str, low: int, high: int) -> Intent:
        client = self.rng.choice(names.CLIENTS_ABROAD)
        amount = Money.from_minor(self.rng.randrange(low * 100, high * 100), "USD")
        return Intent(
            "", payee, amount, f"Invoice {self.date:%y%m}-{self.rng.randrange(100, 999)}", counterparty=client
        )

    def _salaries(self) -> Iterator[Intent]:
        for person in self.community.people:
            plan = person.plan
            if not self._falls_on(plan.pay_day):
                continue
            salary, narrative = Money.of(plan.salary, BASE), f"Salary {self._month}"
            if plan.employer is None:
                yield Intent("", person.current, salary, narrative, counterparty=plan.outside_employer)
            else:
                employer = self.community.organisations[plan.employer % len(self.community.organisations)]
                yield Intent(employer.current, person.current, salary, narrative, FeeEvent.INTERNAL_TRANSFER)

    def _household(self, person: Person) -> Iterator[Intent]:
        yield from self._dues(person)
        yield from self._bills(person)
        yield from self._spending(person)
        if person.dollars and self._falls_on(12):
            yield self._from_abroad(person.dollars, 300, 1_900)

    def _dues(self, person: Person) -> Iterator[Intent]:
        """Rent, savings and school fees: the same sum on the same day."""
        plan = person.plan
        if plan.saves_pct and person.savings and self._falls_on(plan.pay_day + 1):
            saved = Money.of(plan.salary * plan.saves_pct // 100, BASE)
            yield Intent(person.current, person.savings, saved, "Monthly saving", FeeEvent.OWN_TRANSFER)
        if plan.rent and self._falls_on(1 + plan.salary // 1_000 % 4):
            rent = Money.of(plan.rent, BASE)
            yield from self._pay_a("RENT", person, rent, f"Rent {self._month}", FeeEvent.INTERNAL_TRANSFER)
        if plan.school_fees and self.date.month in SCHOOL_TERMS and self._falls_on(8):
            fees = Money.of(plan.school_fees, BASE)
            narrative = f"School fees term {1 + self.date.month // 4}"
            yield from self._pay_a("SCHOOL", person, fees, narrative, FeeEvent.BILL_PAYMENT)

    def _bills(self, person: Person) -> Iterator[Intent]:
        meter = int(person.plan.phone[-8:])
        bills = (
            ("POWER", 6 + meter % 5, "Electricity, meter", 1_100, 5_200),
            ("WATER", 12 + meter % 4, "Water, account", 450, 1_900),
            ("TELECOM", 18 + meter % 6, "Airtime and data, line", 500, 3_500),
        )
        for trade, day, what, low, high in bills:
            if self._falls_on(day):
                amount = self._kes(low, high, 500)
                yield from self._pay_a(trade, person, amount, f"{what} {meter:08d}", FeeEvent.BILL_PAYMENT)

    def _spending(self, person: Person) -> Iterator[Intent]:
        scale = Decimal(person.plan.salary) / 60_000
        if self.date.weekday() in {1, 4} and self.rng.random() < 0.45:
            amount = self._kes(2_000 * scale, 9_000 * scale, 10_000)
            yield Intent(
                person.current, "", amount, "Cash withdrawal", FeeEvent.ATM_WITHDRAWAL, self._machine()
            )
        if self.date.weekday() == 5 and self.rng.random() < 0.4:
            yield from self._shop("GROCERY", person, self._kes(900 * scale, 4_500 * scale, 500))
        if self.rng.random() < 0.02:
            yield from self._shop(
                self.rng.choice(tuple(SHOPPING)), person, self._kes(250 * scale, 3_800 * scale, 1_000)
            )
        if self.rng.random() < 0.015:
            friend = self.rng.choice(self.community.people)
            if friend.current != person.current:
                amount = self._kes(200, 4_000, 5_000)
                narrative = self.rng.choice(FRIENDLY)
                yield Intent(person.current, friend.current, amount, narrative, FeeEvent.INTERNAL_TRANSFER)

    def _shop(self, trade: str, person: Person, amount: Money) -> Iterator[Intent]:
        narrative = self.rng.choice(SHOPPING[trade])
        yield from self._pay_a(trade, person, amount, narrative, FeeEvent.INTERNAL_TRANSFER)

    def _pay_a(
        self, trade: str, person: Person, amount: Money, narrative: str, event: str
    ) -> Iterator[Intent]:
        """To one of the trade, the same one every time where it is a landlord or a utility; to one who
        banks elsewhere where none banks here.
        """
        sellers = self.community.trading_in(trade)
        if sellers:
            regular = trade in {"RENT", "SCHOOL", "POWER", "WATER", "TELECOM"}
            seller = (
                sellers[person.plan.salary // 1_000 % len(sellers)] if regular else self.rng.choice(sellers)
            )
            yield Intent(person.current, seller.current, amount, narrative, event)
        else:
            elsewhere = next(firm.name for firm in (*names.CORPORATES, *names.SMES) if firm.trade == trade)
            if event == FeeEvent.INTERNAL_TRANSFER:
                event = FeeEvent.INTERBANK_TRANSFER
            yield Intent(person.current, "", amount, narrative, event, elsewhere)

    def _business(self, firm: Organisation) -> Iterator[Intent]:
        """Suppliers, and the taxes and bills a firm pays outside."""
        corporate = firm.plan.segment == "CORPORATE"
        if self.rng.random() < (0.25 if corporate else 0.06):
            supplier = self.rng.choice(self.community.organisations)
            if supplier.current != firm.current:
                amount = self._kes(15_000, 240_000, 5_000) if corporate else self._kes(2_000, 28_000, 5_000)
                narrative = f"Invoice {self.rng.randrange(1_000, 9_999)}"
                yield Intent(firm.current, supplier.current, amount, narrative, FeeEvent.INTERNAL_TRANSFER)
        if self._falls_on(19):
            amount = (
                self._kes(1_000_000, 1_400_000, 10_000) if corporate else self._kes(4_000, 30_000, 10_000)
            )
            event = FeeEvent.RTGS if corporate else FeeEvent.EFT
            yield Intent(firm.current, "", amount, f"Taxes {self._month}", event, "Revenue Authority")
