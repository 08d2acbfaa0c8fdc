"""A small bank to test doors with: two people, a company, money, and tokens, made by the real services."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from rest_framework.test import APIClient

from bank import ledger
from bank.accounts import postings
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.identity import tokens
from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.products import services as products


@dataclass(frozen=True)
class Party:
    """A user, the customer they own, and that customer's accounts."""

    user: User
    customer: Customer
    current: Account
    savings: Account


@dataclass(frozen=True)
class World:
    alice: Party
    bob: Party


def build() -> World:
    """Alice Achieng and Bob Barasa with KES 10,000.00 on each current account."""
    products.seed_catalogue()
    payments.seed_limits()
    return World(_party("Alice", "Achieng"), _party("Bob", "Barasa"))


def deposit(account: Account, amount: str, key: str) -> None:
    """Cash over the counter."""
    entry = postings.cash_deposited(
        key=key,
        account=account.number,
        amount=Money.of(amount, account.currency),
        gl=ledger.gl,
        narrative=f"Cash {key}",
    )
    ledger.post(entry)


def client(user: User | None = None, **headers: str) -> APIClient:
    """A program's door to the API, with an access token of ``user``."""
    if user is not None:
        headers["Authorization"] = f"Bearer {tokens.issue(user=user).access}"
    return APIClient(headers=headers)


def position() -> dict[str, Any]:
    """What the books say: a refusal must leave it as it was."""
    return {line.account: (line.debit, line.credit) for line in ledger.trial_balance()} | {
        f"balance {number}": ledger.balance(number).booked
        for number in Account.objects.values_list("number", flat=True)
    }


def _party(given: str, family: str) -> Party:
    email = f"{given.lower()}@example.test"
    user = User.objects.create_user(email, full_name=f"{given} {family}")
    customer = cif.create_person(given_names=given, family_name=family, birth_date=date(1990, 5, 17))
    cif.grant_mandate(user=user, customer=customer, role="OWNER")
    current = accounts.open_account(customer=customer, product_code="CURRENT", key=f"{given}-current")
    savings = accounts.open_account(customer=customer, product_code="SAVINGS", key=f"{given}-savings")
    deposit(current, "10000", f"first {given}")
    return Party(user, customer, current, savings)
