"""Deposits of the demonstration's customers, opened by the real services and carried on by the real steps.

Each is paid from an account opened for that alone, with cash of its own, so that the year's plans
for everyday money stay as they are. The steps that carry them on run as each month ends: a deposit's
interest and instalments count by days, however many days a step stands for.
"""

from datetime import date, timedelta
from typing import Final, NamedTuple

from bank import ledger
from bank.accounts import postings as account_postings
from bank.accounts import selectors as accounts
from bank.accounts import services as account_services
from bank.accounts.models import Account
from bank.demo.habits import BASE, Community
from bank.deposits import services
from bank.deposits.rules import Instruction
from bank.deposits.services import Order
from bank.kernel.money import Money


class Plan(NamedTuple):
    """A deposit of one person, by their place in the community, opened so many days into the year."""

    person: int
    after_days: int
    product: str
    amount: int
    months: int | None = None
    mode: str | None = None
    instruction: str = Instruction.NONE.value
    purpose: str = "Set aside"

    @property
    def needs(self) -> Money:
        """What it takes from the account in all."""
        times = self.months if self.product == "RECURRING" and self.months else 1
        return Money.of(self.amount * times, BASE)


PLANS: Final = (
    Plan(0, 40, "FIXED", 150_000, 12, "QUARTERLY", Instruction.PRINCIPAL.value, "Plot in Kitengela"),
    Plan(0, 95, "RECURRING", 5_000, 24, purpose="School fees"),
    Plan(0, 10, "FIXED", 60_000, 6, "AT_MATURITY", Instruction.PRINCIPAL_AND_INTEREST.value, "Rainy days"),
    Plan(1, 130, "NOTICE", 250_000),
    Plan(1, 20, "RECURRING", 2_500, 12),
    Plan(4, 70, "FIXED", 500_000, 24, "MONTHLY"),
    Plan(6, 200, "CALL", 1_200_000),
    Plan(9, 15, "FIXED", 90_000, 3, "AT_MATURITY", Instruction.PRINCIPAL.value),
)


def live(community: Community, day: date, start: date) -> None:
    """The deposits that the plans open on a business date. Safe to do again for the same day."""
    for number, plan in enumerate(PLANS):
        if plan.person < len(community.people) and day == start + timedelta(days=plan.after_days):
            _open(community.people[plan.person].current, plan, f"demo:deposit:{number}")


def _open(current: str, plan: Plan, key: str) -> None:
    customer = accounts.find_by_number(current).customer
    account = account_services.open_account(
        customer=customer, product_code="CURRENT", key=f"{key}:account", nickname=plan.purpose
    )
    _fund(account, plan.needs, key)
    order = Order(
        plan.product, account.number, Money.of(plan.amount, BASE), plan.months, plan.mode, plan.instruction
    )
    services.open_for(customer=customer, order=order, key=key)


def _fund(account: Account, amount: Money, key: str) -> None:
    ledger.post(
        account_postings.cash_deposited(
            key=f"{key}:cash",
            account=account.number,
            amount=amount,
            gl=ledger.gl,
            narrative="Cash deposit",
        )
    )
