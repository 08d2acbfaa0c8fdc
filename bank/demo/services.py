"""Builds the demonstration bank: the real services, the real posting engine, one business day after another.

A run that was interrupted is taken up where it stopped: the year is computed again from its seed,
and only what is not yet in the books is posted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from django.conf import settings

from bank import ledger
from bank.cif.models import Customer
from bank.demo import (
    applicants,
    billers,
    cast,
    closing,
    deposits,
    desk,
    general_ledger,
    large_firm,
    overdraft,
    postings,
    prices,
    recent,
    reconciling,
    small_firm,
    tills,
    watch_lists,
)
from bank.demo.cast import MAIL_DOMAIN, Cast
from bank.demo.errors import NotADemonstration, OtherCustomersPresent
from bank.demo.habits import BASE, Community
from bank.demo.population import (
    ACCOUNTANT,
    DIRECTOR,
    NJERI,
    TREASURER,
    Population,
    community,
    employ,
    opening_balances,
)
from bank.demo.year import Year
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.places import services as places
from bank.products import services as products
from bank.runtime import idempotency
from bank.runtime.models import IdempotencyRecord

PASSWORD: Final = "Karibu-Umoja-2026"  # noqa: S105 (meant to be known)
DAYS_OF_HISTORY: Final = 365
BOOKKEEPER: Final = f"bookkeeper@{MAIL_DOMAIN}"
TELLER: Final = f"teller@{MAIL_DOMAIN}"
MANAGER: Final = f"finance@{MAIL_DOMAIN}"
_CAPITAL: Final = 500_000_000
_CASH: Final = 150_000_000
_OWNER: Final = "demo"
_POPULATE: Final = "demo.populate"
_LIVE: Final = "demo.live"
_APPLY: Final = "demo.apply"
_SERVE: Final = "demo.serve"


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who can sign in to the demonstration, and at which door."""

    email: str
    name: str
    door: str
    password: str = PASSWORD
    role: str = ""


LOGINS: Final = (
    Login(f"amina@{MAIL_DOMAIN}", "Amina Wanjiru Otieno", "/personal/"),
    Login(f"brian@{MAIL_DOMAIN}", "Brian Kiptoo Langat", "/personal/"),
    Login(NJERI, "Njeri Gathoni Kariuki, owner of Mama Njeri Foods", "/sme/"),
    Login(TREASURER, "Grace Muthoni Kamande, treasurer of Tujenge Construction", "/corporate/"),
    Login(DIRECTOR, "Wanjiku Njoki Mbugua, director of Tujenge Construction", "/corporate/"),
    Login(ACCOUNTANT, "Samuel Okoth Were, who may look at Tujenge Construction", "/corporate/"),
    Login(f"admin@{MAIL_DOMAIN}", "Halima Yusuf, administrator", "/admin/", role="ADMIN"),
    Login(TELLER, "Joseph Mutiso, teller", "/admin/", role="TELLER"),
    Login(f"head.teller@{MAIL_DOMAIN}", "Esther Naliaka, head teller", "/admin/", role="HEAD_TELLER"),
    Login(applicants.OFFICER, "Faith Jepkosgei, who checks applications", "/admin/", role="OFFICER"),
    Login(applicants.COMPLIANCE, "Peter Kamau, who decides them", "/admin/", role="COMPLIANCE"),
    Login(BOOKKEEPER, "Ruth Achieng, who keeps the books", "/admin/", role="ACCOUNTANT"),
    Login(MANAGER, "David Mwangi, who decides on journals", "/admin/", role="FINANCE_MANAGER"),
    Login(applicants.NEEMA, "Neema Wairimu Njoroge, who wants an account", "/open-account/"),
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What was built; ``posted`` counts this run's journal entries."""

    customers: int
    posted: int
    business_date: date


def logins() -> list[Login]:
    """Who can sign in to the demonstration, with the password they all share."""
    return list(LOGINS)


def login_lines() -> list[str]:
    """The logins as a table to print."""
    width = max(len(login.email) for login in LOGINS)
    lines = [f"  {login.email:{width}}  {login.door:12}  {login.name}" for login in LOGINS]
    return [f"Demonstration logins, password {PASSWORD} (codes arrive at /dev/mail/):", *lines]


def build(
    *,
    customers: int = 200,
    seed: int = 1,
    days: int = DAYS_OF_HISTORY,
    add: bool = False,
    progress: Callable[[date], None] = lambda _: None,
) -> Summary:
    """Builds the demonstration bank and ``days`` of its history up to today, or finishes building it.

    A bank that has it already is left as it is; with ``add`` as many customers more join on the
    present business date. The books gain the owners' capital, opening deposits, and day by day
    what the customers mean to do and can afford, the journals of its accountants, and what the close of
    each day does: interest, tax, fees, deposits, revaluation. Raises ``NotADemonstration`` in
    production, ``OtherCustomersPresent``, ``IdempotencyConflict`` for other parameters than those an
    unfinished demonstration was begun with.
    """
    if settings.PRODUCTION:
        raise NotADemonstration
    begun = _answers(_POPULATE)
    if not add and not begun and Customer.objects.exists():
        raise OtherCustomersPresent
    run = _Run(customers, seed, days, number=begun + 1 if add else 1)
    posted = run.finish(progress)
    return Summary(Customer.objects.count(), posted, ledger.business_date())


def is_built() -> bool:
    """Whether the demonstration is there, its whole history included."""
    return _answers(_LIVE) > 0


def _answers(operation: str) -> int:
    return IdempotencyRecord.objects.filter(owner=_OWNER, operation=operation).count()


@dataclass(frozen=True, slots=True)
class _Run:
    """One call for customers: the first brings a year of history, those added later one day."""

    customers: int
    seed: int
    days: int
    number: int

    @property
    def is_first(self) -> bool:
        return self.number == 1

    def finish(self, progress: Callable[[date], None]) -> int:
        """Creates the customers and lives their days, each at most once; returns the entries of this call."""
        if IdempotencyRecord.objects.filter(owner=_OWNER, operation=_LIVE, key=str(self.number)).exists():
            return 0
        after = 0 if self.is_first else Customer.objects.count()
        people = cast.plan(self.customers, self._rng("cast"), after=after)
        populated = self._once(_POPULATE, lambda: self._populate(people))
        everybody = community(people, populated["people"], populated["organisations"])
        start, end = (date.fromisoformat(populated[name]) for name in ("start", "end"))
        year = Year(
            community=everybody,
            opening=opening_balances(populated["opening"]),
            start=start,
            end=end,
            rng=self._rng("year"),
            own=self._own(everybody, start, end) if self.is_first else None,
        )
        posted = year.live(progress)
        if self.is_first:
            posted += recent.pay(year.community)
            self._once(_APPLY, lambda: applicants.apply_all(PASSWORD))
            desk.fill(year.community)
            posted += self._at_the_counter(year.community)
            small_firm.fill(year.community)
            large_firm.fill(year.community)
            billers.open_all(year.community)
            reconciling.fill(end - timedelta(days=1), User.objects.get(email=BOOKKEEPER))
        self._once(_LIVE, lambda: {"posted": posted})
        return posted

    def _at_the_counter(self, everybody: Community) -> int:
        teller = User.objects.get(email=TELLER)
        return int(self._once(_SERVE, lambda: {"posted": tills.fill(everybody, teller)})["posted"])

    def _own(self, everybody: Community, start: date, end: date) -> Callable[[date], None]:
        """What happens beside everyday money on a day of the first year."""
        accountant, manager = (User.objects.get(email=email) for email in (BOOKKEEPER, MANAGER))

        def live(day: date) -> None:
            deposits.live(everybody, day, start)
            overdraft.live(everybody, day, start, accountant, manager)
            if closing.ends_month(day):
                luck = self._rng(f"books {day}")
                general_ledger.write(day, start, luck, accountant, manager)
            elif closing.is_whole(day, end):
                general_ledger.publish_rates(day, start)

        return live

    def _once(self, operation: str, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        content = {"customers": self.customers, "seed": self.seed, "days": self.days}
        answer, _ = idempotency.once(
            owner=_OWNER, operation=operation, key=str(self.number), content=content, run=run
        )
        return answer

    def _populate(self, people: Cast) -> dict[str, Any]:
        """Everything that stands before the first day begins, in one database transaction."""
        if self.is_first:
            start, end = self._open_bank()
        else:
            start = end = ledger.business_date()
        known = frozenset(login.email for login in LOGINS)
        population = Population(people, start, self._rng("deposits"), PASSWORD, known)
        return {"start": start.isoformat(), "end": end.isoformat(), **population.create()}

    def _open_bank(self) -> tuple[date, date]:
        end = clock.today()
        start = end - timedelta(days=self.days)
        ledger.seed_chart()
        ledger.open_books(on=start)
        products.seed_catalogue()
        prices.publish_history(today=end)
        places.seed_places()
        payments.seed_limits()
        watch_lists.load()
        capital = Money.of(_CAPITAL, BASE)
        cash = Money.of(_CASH, BASE)
        ledger.post(postings.endowed(key="demo:capital", amount=capital, cash=cash, gl=ledger.gl))
        for login in LOGINS:
            if login.role:
                employ(
                    email=login.email, name=login.name.partition(",")[0], password=PASSWORD, role=login.role
                )
        return start, end

    def _rng(self, purpose: str) -> Random:
        return Random(f"{self.seed}:{self.number}:{purpose}")
