"""Who is in the demonstration bank: planned from a seed, the same every time, before anything is written."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from bank.demo import names
from bank.demo.names import Firm

ORGANISATION_SHARE: Final = Decimal("0.15")
CORPORATE_SHARE: Final = Decimal("0.05")
MAIL_DOMAIN: Final = "demo.umoja.example"


@dataclass(frozen=True, slots=True)
class Home:
    street: str
    town: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """A person and their habits. Amounts are whole shillings a month unless said otherwise."""

    given_names: str
    family_name: str
    birth_date: date
    home: Home
    phone: str
    email: str
    salary: int
    rent: int
    saves_pct: int
    school_fees: int
    pay_day: int
    employer: int | None
    """Place of the employer among the organisations; ``None`` for one that banks elsewhere."""
    outside_employer: str = ""
    earns_abroad: bool = False
    """Holds a US dollar account into which clients abroad pay."""

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}"


@dataclass(frozen=True, slots=True)
class OrganisationPlan:
    firm: Firm
    segment: str
    registration_number: str
    home: Home
    phone: str
    email: str
    exports: bool
    """Is paid by buyers abroad in US dollars."""


@dataclass(slots=True)
class Cast:
    organisations: list[OrganisationPlan] = field(default_factory=list)
    people: list[PersonPlan] = field(default_factory=list)

    def trading_in(self, *trades: str) -> list[int]:
        """The places of the organisations in these trades."""
        return [place for place, plan in enumerate(self.organisations) if plan.firm.trade in trades]


def plan(customers: int, rng: Random, *, after: int = 0) -> Cast:
    """A cast of that many customers: about 85 % persons, 10 % small firms, 5 % corporates.

    Those who join ``after`` others have names and addresses of their own.
    """
    corporates = max(1, int(customers * CORPORATE_SHARE))
    organisations = max(corporates + 1, int(customers * ORGANISATION_SHARE))
    cast = Cast()
    for place in range(organisations):
        corporate = place < corporates
        firm = _firm(after + place - (0 if corporate else corporates), corporate, rng)
        cast.organisations.append(_organisation(firm, corporate, after + place + 1, rng))
    taken: set[str] = set()
    for place in range(after, after + max(0, customers - organisations)):
        person = _NAMED[place] if place < len(_NAMED) else _person(cast, place, rng, taken)
        taken.add(person.name)
        cast.people.append(person)
    return cast


_AMINA: Final = PersonPlan(
    given_names="Amina Wanjiru",
    family_name="Otieno",
    birth_date=date(1991, 4, 12),
    home=Home("Jacaranda Close 14", "Nairobi", "00100"),
    phone="+254700000001",
    email=f"amina@{MAIL_DOMAIN}",
    salary=186_000,
    rent=38_000,
    saves_pct=15,
    school_fees=24_000,
    pay_day=25,
    employer=0,
    earns_abroad=True,
)
_BRIAN: Final = PersonPlan(
    given_names="Brian Kiptoo",
    family_name="Langat",
    birth_date=date(1988, 11, 3),
    home=Home("Twiga Road 7", "Eldoret", "30100"),
    phone="+254700000002",
    email=f"brian@{MAIL_DOMAIN}",
    salary=92_000,
    rent=22_000,
    saves_pct=10,
    school_fees=0,
    pay_day=26,
    employer=None,
    outside_employer=names.OUTSIDE_EMPLOYERS[1],
)


_NAMED: Final = (_AMINA, _BRIAN)


def _firm(place: int, corporate: bool, rng: Random) -> Firm:
    known = names.CORPORATES if corporate else names.SMES
    if place < len(known):
        return known[place]
    model = rng.choice(known)
    families = " & ".join(rng.sample(names.FAMILIES, 2))
    return Firm(f"{families} {model.trade.title()} {place}", model.trade)


def _organisation(firm: Firm, corporate: bool, registration: int, rng: Random) -> OrganisationPlan:
    slug = firm.name.split()[0].lower()
    return OrganisationPlan(
        firm=firm,
        segment="CORPORATE" if corporate else "SME",
        registration_number=f"{'PVT' if firm.legal_form == 'LTD' else 'BN'}-{registration:06d}",
        home=_home(rng),
        phone=_phone(rng),
        email=f"accounts.{slug}{registration}@{MAIL_DOMAIN}",
        exports=firm.name.startswith("Kilimo") or (corporate and rng.random() < 0.2),
    )


def _person(cast: Cast, place: int, rng: Random, taken: set[str]) -> PersonPlan:
    given, family = _unused_name(rng, taken)
    salary = 1_000 * round(min(max(rng.lognormvariate(3.9, 0.55), 18), 420))
    employer = rng.randrange(len(cast.organisations)) if rng.random() < 0.55 else None
    return PersonPlan(
        given_names=given,
        family_name=family,
        birth_date=date(1962, 1, 1) + timedelta(days=rng.randrange(15_500)),
        home=_home(rng),
        phone=_phone(rng),
        email=f"{given.split()[0].lower()}.{family.lower().replace(chr(39), '')}{place}@{MAIL_DOMAIN}",
        salary=salary,
        rent=500 * round(salary * rng.uniform(0.18, 0.32) / 500) if rng.random() < 0.65 else 0,
        saves_pct=rng.choice((0, 0, 5, 10, 10, 15, 20)),
        school_fees=1_000 * rng.randrange(6, 30) if rng.random() < 0.3 else 0,
        pay_day=rng.choice((24, 25, 25, 26, 27, 28)),
        employer=employer,
        outside_employer="" if employer is not None else rng.choice(names.OUTSIDE_EMPLOYERS),
        earns_abroad=rng.random() < 0.04,
    )


def _unused_name(rng: Random, taken: set[str]) -> tuple[str, str]:
    while True:
        first = rng.choice(names.WOMEN if rng.random() < 0.5 else names.MEN)
        given = f"{first} {rng.choice(names.MIDDLE)}".strip()
        family = rng.choice(names.FAMILIES)
        if family not in given and f"{given} {family}" not in taken:
            return given, family


def _home(rng: Random) -> Home:
    town, postal_code = rng.choice(names.TOWNS)
    return Home(f"{rng.choice(names.STREETS)} {rng.randrange(1, 120)}", town, postal_code)


def _phone(rng: Random) -> str:
    return f"+2547{rng.randrange(10**7, 10**8)}"
