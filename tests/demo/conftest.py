import re
from typing import Any, Final, TypedDict

from bank.accounts import selectors as accounts
from bank.accounts.models import Account


class Size(TypedDict):
    customers: int
    days: int


SMALL: Final[Size] = {"customers": 20, "days": 65}
TINY: Final[Size] = {"customers": 8, "days": 14}
_REFERENCE: Final = re.compile(r"\b[A-Z]{3,4}(-[0-9A-Z]{4}){3}\b")


def books() -> list[Any]:
    """Every statement line of every customer, without the numbers and references given out."""
    return [
        (line.booking_date, line.amount, line.balance_after, _REFERENCE.sub("", line.description))
        for account in Account.objects.order_by("number")
        for line in accounts.statement_lines(account, limit=10_000)
    ]
