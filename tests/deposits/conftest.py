"""A bank with one customer, a current account, and days one can close."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.deposits import eod, selectors
from bank.deposits import services as deposits
from bank.deposits.models import Deposit
from bank.deposits.services import Order
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel.calendars import calendar
from bank.kernel.money import Money
from bank.products import services as products
from bank.runtime.steps import Day

MONDAY = date(2026, 3, 2)


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


@contextmanager
def books_untouched() -> Iterator[None]:
    """Nothing is booked in the block, no deposit opened, none changed."""

    def state() -> Any:
        rows = list(Deposit.objects.order_by("pk").values("pk", "status", "accrued", "paid_interest"))
        return ledger.trial_balance(), rows

    before = state()
    yield
    assert state() == before


@pytest.fixture
def customer(db: None) -> Customer:
    ledger.open_books(on=MONDAY)
    products.seed_catalogue()
    return cif.create_person(
        given_names="Amina", family_name="Otieno", birth_date=date(1990, 5, 17),
        contact=cif.Contact("amina@example.test", "+254700000001", "Moi Avenue 1", "Nairobi", "00100"),
    )  # fmt: skip


@pytest.fixture
def user(customer: Customer) -> User:
    user = User.objects.create_user("amina@example.test", full_name="Amina Otieno")
    cif.grant_mandate(user=user, customer=customer, role="OWNER")
    return user


@pytest.fixture
def account(customer: Customer) -> Account:
    return current(customer, "1000000")


def current(customer: Customer, deposit: str, key: str = "1") -> Account:
    return accounts.open_account(
        customer=customer, product_code="CURRENT", opening_deposit=kes(deposit), key=key
    )


def opened(account: Account, product: str = "FIXED", amount: str = "100000", **order: Any) -> Deposit:
    """A deposit opened in person; a year's by default where it has a term."""
    if product in {"FIXED", "RECURRING"}:
        order.setdefault("months", 12)
    key = f"{product}:{amount}:{order}"
    wanted = Order(product, account.number, kes(amount), **order)
    made, _replayed = deposits.open_for(customer=account.customer, order=wanted, key=key)
    return selectors.by_number(made.number)


def code_of(challenge: Challenge) -> dict[str, Any]:
    return {"challenge_id": challenge.id, "code": stepup.code_for(challenge)}


def close_day(*, until: date | None = None) -> None:
    """Closes the business date, or every one before ``until``: all steps of deposits, then the roll."""
    target = until or _next_business_day(ledger.business_date())
    while ledger.business_date() < target:
        run_steps()
        ledger.roll_business_date(to=day_of(ledger.business_date()).next_date)


def skip_to(target: date) -> None:
    """Closes the time to ``target`` as one long day, as when days were missed."""
    run_steps(Day(ledger.business_date(), target))
    ledger.roll_business_date(to=target)


def run_steps(day: Day | None = None) -> int:
    """All steps of one day; returns how many rows were refused."""
    closing = day or day_of(ledger.business_date())
    return sum(
        _to_the_end(step, closing)
        for step in sorted(eod.STEPS, key=lambda step: (step.phase, step.code))
        if step.due(closing)
    )


def day_of(business_date: date) -> Day:
    return Day(business_date, _next_business_day(business_date))


def gl(role: str) -> Money:
    """The booked balance of a role's account; credit above zero."""
    return ledger.balance(ledger.gl(role, "KES")).booked


def booked(number: str) -> Money:
    return ledger.balance(number).booked


def again(deposit: Deposit) -> Deposit:
    return selectors.by_number(deposit.number)


def t_account(entry_key: str) -> list[tuple[str, str]]:
    """An entry's postings as (account, amount), credit above zero; the chart's by role number."""
    entry = ledger.entry_by_key(entry_key)
    assert entry is not None
    return [(line.account, str(line.amount.amount)) for line in entry.postings]


def _to_the_end(step: Any, day: Day) -> int:
    cursor: str | None = ""
    failed = 0
    while cursor is not None:
        with transaction.atomic():
            part = step.work(day, cursor)
        cursor, failed = part.cursor, failed + part.failed
    return failed


def _next_business_day(day: date) -> date:
    return calendar("KE").next_or_same(day + timedelta(days=1))
