from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.products import services as products


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


@contextmanager
def books_untouched() -> Iterator[None]:
    """Nothing is booked in the block: no account of the chart has moved, no account was opened."""
    before = (ledger.trial_balance(), Account.objects.count())
    yield
    assert (ledger.trial_balance(), Account.objects.count()) == before


@pytest.fixture
def customer(db: None) -> Customer:
    products.seed_catalogue()
    return cif.create_person(given_names="Amina", family_name="Otieno", birth_date=date(1990, 5, 17))


@pytest.fixture
def other(customer: Customer) -> Customer:
    return cif.create_person(given_names="Brian", family_name="Langat", birth_date=date(1988, 1, 2))


@pytest.fixture
def user(customer: Customer) -> User:
    user = User.objects.create_user("amina@example.test", full_name="Amina Otieno")
    cif.grant_mandate(user=user, customer=customer, role="OWNER")
    return user


Opening = Callable[..., Account]


@pytest.fixture
def opened() -> Opening:
    def open_one(
        customer: Customer, deposit: str = "1000", product: str = "CURRENT", key: str = "1"
    ) -> Account:
        return accounts.open_account(
            customer=customer,
            product_code=product,
            opening_deposit=kes(deposit) if deposit else None,
            key=key,
        )

    return open_one


@pytest.fixture
def account(customer: Customer, opened: Opening) -> Account:
    return opened(customer)


@pytest.fixture
def payee(other: Customer, opened: Opening) -> Account:
    return opened(other)


def pay(debtor: Account, creditor: Account, amount: str, key: str = "pay") -> ledger.Outcome:
    entry = ledger.transfer(
        key=key,
        debit=debtor.number,
        credit=creditor.number,
        amount=kes(amount),
        code="INTERNAL_TRANSFER",
        narrative="Rent",
        reference="PAY-1",
    )
    return ledger.post(entry)


@pytest.fixture
def spouse(other: Customer) -> User:
    user = User.objects.create_user("brian@example.test", full_name="Brian Langat")
    cif.grant_mandate(user=user, customer=other, role="OWNER")
    return user


@pytest.fixture
def shop(customer: Customer, opened: Opening) -> Account:
    payments.seed_limits()
    owner = cif.create_person(given_names="Faith", family_name="Njeri", birth_date=date(1980, 3, 4))
    return opened(owner, key="shop")
