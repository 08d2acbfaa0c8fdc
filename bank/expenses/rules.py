"""States of an expense, its categories, and what fits together. Plain Python."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bank.expenses.errors import ExpenseUnusable
from bank.kernel.money import Money

OLDEST: Final = timedelta(days=366)
REASON_LETTERS: Final = 300
MOST_TOGETHER: Final = 200
MOST_EXPORTED: Final = 10_000


class State(StrEnum):
    """WAITING for another's decision; SENT: in a payment file that is not paid yet."""

    WAITING = "WAITING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    SENT = "SENT"
    PAID = "PAID"


class Category(StrEnum):
    TRAVEL = "TRAVEL"
    FUEL = "FUEL"
    MEALS = "MEALS"
    LODGING = "LODGING"
    SUPPLIES = "SUPPLIES"
    EQUIPMENT = "EQUIPMENT"
    PHONE = "PHONE"
    TRAINING = "TRAINING"
    OTHER = "OTHER"


def check(amount: Money, vat: Money, spent: date, today: date) -> None:
    """Raises ``ExpenseUnusable`` for sums that cannot be, a day to come, or one more than a year ago."""
    if not amount.is_positive:
        raise ExpenseUnusable(problem="Enter an amount above zero.")
    if vat.currency != amount.currency or vat.is_negative or not (amount - vat).is_positive:
        raise ExpenseUnusable(
            problem="The value added tax is a part of the amount: less than it, or nothing."
        )
    if not today - OLDEST <= spent <= today:
        raise ExpenseUnusable(problem="The day is that of the receipt: today, or within the last year.")
