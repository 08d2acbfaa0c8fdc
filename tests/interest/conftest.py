"""A bank with one customer whose days close: interest is accrued, paid, and the date rolls."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.interest import eod, selectors
from bank.kernel.money import Money
from bank.products import services as products
from bank.products.models import Product, ProductTerms, ProductVersion
from bank.products.rules import BalanceBasis, Frequency, Tier, TierMethod
from bank.runtime.steps import Day

ROLES = {"CONTROL": "SAVINGS_DEPOSITS", "INTEREST_EXPENSE": "INTEREST_EXPENSE"}


class Bank:
    """The bank of a test: opens accounts, posts, closes days, and reads the general ledger."""

    def __init__(self, start: date) -> None:
        ledger.open_books(on=start)
        self.customer: Customer = cif.create_person(
            given_names="Amina", family_name="Otieno", birth_date=date(1990, 5, 17)
        )
        self.keys = 0

    def product(
        self,
        rate: str | Sequence[tuple[str, str]],
        *,
        code: str = "TESTED",
        currency: str = "KES",
        day_count: str = "ACT_365F",
        method: str = TierMethod.MARGINAL,
        basis: str = BalanceBasis.DAILY,
        debit: str = "0",
        accrual: str = Frequency.DAILY,
        capitalisation: str = Frequency.MONTHLY,
        since: date = date(2020, 1, 1),
    ) -> ProductVersion:
        product, _ = Product.objects.get_or_create(
            code=code, defaults={"name": "Tested", "kind": "SAVINGS", "currency": currency}
        )
        terms = ProductTerms(
            currency=currency,
            day_count=day_count,
            tier_method=method,
            balance_basis=basis,
            debit_rate_pct=Decimal(debit),
            accrual_frequency=accrual,
            capitalisation_frequency=capitalisation,
        )
        ladder = [("0", rate)] if isinstance(rate, str) else rate
        tiers = [Tier(Decimal(start), Decimal(pct)) for start, pct in ladder]
        return products.publish_version(
            product=product, effective_from=since, terms=[terms], tiers={currency: tiers}, gl_roles=ROLES
        )

    def account(self, deposit: str = "", *, product: str = "TESTED", overdraft: str = "") -> Account:
        self.keys += 1
        account = accounts.open_account(customer=self.customer, product_code=product, key=f"a{self.keys}")
        if overdraft:
            ledger.set_limit(account.number, Money.of(overdraft, account.currency))
        if deposit:
            self.move(account, deposit)
        return account

    def move(self, account: Account, amount: str, value_date: date | None = None) -> None:
        """Cash paid in, or with a minus taken out."""
        self.keys += 1
        money = Money.of(amount, account.currency)
        cash = ledger.gl("CASH", account.currency)
        pair = (ledger.Posting(cash, -money), ledger.Posting(account.number, money))
        entry = ledger.Entry(key=f"m{self.keys}", postings=pair, code="CASH", value_date=value_date)
        ledger.post(entry)

    def close(self, *, until: date | None = None, next_date: date | None = None) -> None:
        """Closes the business date, or every day before ``until``; ``next_date`` is the day after it."""
        while True:
            today = ledger.business_date()
            day = Day(today, next_date or today + timedelta(days=1))
            run(day)
            ledger.roll_business_date(to=day.next_date)
            if until is None or day.next_date >= until:
                return

    def balance(self, account: Account) -> str:
        return str(ledger.balance(account.number).booked.amount)

    def gl(self, role: str, currency: str = "KES") -> str:
        return str(ledger.balance(ledger.gl(role, currency)).booked.amount)

    def ties(self) -> bool:
        """INTEREST_PAYABLE and INTEREST_RECEIVABLE hold what the positions say, in every currency."""
        for currency, totals in selectors.totals().items():
            payable = ledger.balance(ledger.gl("INTEREST_PAYABLE", currency)).booked
            receivable = ledger.balance(ledger.gl("INTEREST_RECEIVABLE", currency)).booked
            if (payable, -receivable) != (totals.payable, totals.receivable):
                return False
        return True


def run(day: Day) -> None:
    """The steps of interest as the close runs them: by phase, then by code, part by part."""
    for step in sorted(eod.STEPS, key=lambda one: (one.phase, one.code)):
        cursor: str | None = "" if step.due(day) else None
        while cursor is not None:
            cursor = step.work(day, cursor).cursor


@pytest.fixture
def start() -> date:
    return date(2026, 4, 1)


@pytest.fixture
def bank(db: None, start: date) -> Bank:
    products.seed_catalogue()
    return Bank(start)
