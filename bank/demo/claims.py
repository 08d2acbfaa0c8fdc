"""What people paid for a small firm: a claim that waits for the owner, one approved, one paid back."""

from datetime import timedelta
from typing import Any, Final

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.cif.rules import MandateRole
from bank.demo.papers import paper
from bank.expenses import services as expenses
from bank.expenses.models import Expense
from bank.expenses.rules import Category
from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments import services as payments

#: How many days ago, whom it was paid to, what for, the sum and the tax in it; the last waits.
_CLAIMS: Final = (
    (16, "Rubis Thika Road", Category.FUEL, "Deliveries to the site office", "3480.00", "480.00"),
    (6, "Naivas Moi Avenue", Category.SUPPLIES, "Serving dishes for the wedding", "5220.00", "720.00"),
    (1, "Java House, Kimathi Street", Category.MEALS, "Lunch with a new customer", "2320.00", "320.00"),
)


def fill(account: Account, owner: User, people: list[Account], why: str) -> None:
    """Claims by people who may claim for the firm and not pay; ``why`` no code is asked for."""
    for person in people:
        cif.grant_mandate(
            user=_user(person), customer=account.customer, role=MandateRole.SIGNATORY.value, can_pay=False
        )
    made = [_claim(account, people[place % len(people)], asked) for place, asked in enumerate(_CLAIMS)]
    paid, approved, _waits = made
    expenses.approve(user=owner, expense=paid)
    expenses.approve(user=owner, expense=approved)
    if accounts.position(account).available > paid.money:
        _pay_back(account, owner, paid, why)


def _claim(account: Account, person: Account, asked: tuple[int, str, Category, str, str, str]) -> Expense:
    ago, merchant, category, purpose, amount, vat = asked
    day = ledger.business_date() - timedelta(days=ago)
    return expenses.claim(
        user=_user(person), customer=account.customer, merchant=merchant, category=category, spent=day,
        amount=Money.of(amount, "KES"), vat=Money.of(vat, "KES"), account_number=person.number,
        account_name=person.customer.display_name, purpose=purpose, filename=f"receipt-{day}.png",
        upload=paper(f"{merchant}\n\n{day}\n{purpose}\n\nVAT 16 %   KES {vat}\nTotal      KES {amount}"),
    )  # fmt: skip


def _pay_back(account: Account, owner: User, expense: Expense, why: str) -> None:
    file = expenses.pay_back(
        user=owner, customer=account.customer, references=[expense.reference], account_number=account.number
    )
    asked: dict[str, Any] = {"only_valid": True, "key": "demo:expenses"}
    paid = payments.confirm_payment_file(user=owner, file=file, authorisation=payments.Operator(why), **asked)
    expenses.note_outcome(paid)


def _user(person: Account) -> User:
    """Who has the account."""
    held = person.customer.mandates.filter(role=MandateRole.OWNER.value, revoked_at=None)
    return held.select_related("user").get().user
