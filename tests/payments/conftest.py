"""A small bank to pay in: two persons, a company, their users, money on their accounts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.core.cache import cache

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.identity.stepup import code_for
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.payments.models import PaymentOrder
from bank.payments.services import Operator
from bank.products import services as products
from tests.worlds import Standing, once_a_module


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


@dataclass
class Side:
    user: User
    customer: Customer
    account: Account

    @property
    def number(self) -> str:
        return self.account.number

    @property
    def booked(self) -> Money:
        return ledger.balance(self.number).booked

    @property
    def name(self) -> str:
        return self.customer.display_name


@dataclass
class Bank:
    alice: Side
    bob: Side
    firm: Side

    def positions(self) -> dict[str, Money]:
        """Every line of the books and the three accounts: equal before and after means untouched."""
        lines = {line.account: line.credit - line.debit for line in ledger.trial_balance()}
        return lines | {side.number: side.booked for side in (self.alice, self.bob, self.firm)}

    def pay(self, amount: str = "100.00", **changes: object) -> PaymentOrder:
        """Alice pays Bob by the operator's hand, unless told otherwise."""
        asked = {
            "user": self.alice.user,
            "debtor_number": self.alice.number,
            "creditor_number": self.bob.number,
            "creditor_name": self.bob.name,
            "amount": kes(amount),
            "key": "key-1",
            "authorisation": Operator("test"),
        }
        return payments.pay(**(asked | changes))


def fund(account: Account, amount: str, currency: str = "KES") -> None:
    """Cash over the counter."""
    money = Money.of(amount, currency)
    ledger.post(
        ledger.transfer(
            key=f"fund:{account.number}:{amount}",
            debit=ledger.gl("CASH", currency),
            credit=account.number,
            amount=money,
            code="CASH_DEPOSIT",
        )
    )


@pytest.fixture
def bank(standing_bank: Standing[Bank], db: None) -> Iterator[Bank]:
    yield standing_bank.visit()
    cache.clear()


@pytest.fixture
def open_bank(transactional_db: None) -> Iterator[Bank]:
    """The same with every step committed, for work on several connections."""
    yield _bank()
    cache.clear()


def _bank() -> Bank:
    cache.clear()
    products.seed_catalogue()
    payments.seed_limits()
    alice = _person("alice", "Amina Wanjiru", "Otieno")
    bob = _person("bob", "Brian", "Kiprotich")
    firm = _firm()
    fund(alice.account, "50000.00")
    fund(firm.account, "5000000.00")
    return Bank(alice, bob, firm)


standing_bank = once_a_module(_bank)


def _person(login: str, given: str, family: str) -> Side:
    customer = cif.create_person(given_names=given, family_name=family, birth_date=date(1990, 5, 17))
    return _side(login, customer, "SAVINGS")


def _firm() -> Side:
    customer = cif.create_organisation(
        registered_name="Savanna Traders Ltd",
        registration_number="PVT-1",
        legal_form="Private limited company",
        segment="CORPORATE",
    )
    return _side("firm", customer, "CORPORATE")


def _side(login: str, customer: Customer, product: str) -> Side:
    user = User.objects.create_user(f"{login}@example.test", full_name=login.title())
    cif.grant_mandate(user=user, customer=customer, role="OWNER", can_pay=True)
    account = accounts.open_account(customer=customer, product_code=product, key=f"open-{login}")
    return Side(user, customer, account)


def code_of(challenge: object) -> str:
    code = code_for(challenge)
    assert re.fullmatch(r"\d{6}", code)
    return code
