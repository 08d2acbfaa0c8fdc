"""A small firm's working capital: an account that may go below zero, does, and is charged for it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts import services as account_services
from bank.accounts.models import Account
from bank.cif.rules import Segment
from bank.demo import postings
from bank.demo.habits import BASE, Community
from bank.identity.models import User
from bank.kernel.money import Money

_LIMIT: Final = 400_000
_RATE_PCT: Final = Decimal("14.5")
_LASTS: Final = timedelta(days=600)
_ARRANGED_AFTER: Final = 9
#: After how many days how much is taken out (below zero) or paid in, and what for.
_MOVES: Final = (
    (10, -180_000, "Bread oven"),
    (38, -95_000, "Flour and sugar"),
    (71, 120_000, "Takings paid in"),
    (104, -140_000, "Delivery van, first half"),
    (150, 260_000, "Takings paid in"),
    (215, -230_000, "Second kitchen"),
    (290, 85_000, "Takings paid in"),
)


def live(community: Community, day: date, start: date, maker: User, approver: User) -> None:
    """What happens on the account on a day. Safe to do again for the same day."""
    kitchen = next((one for one in community.organisations if one.plan.segment == Segment.SME), None)
    if kitchen is None or day < start + timedelta(days=_ARRANGED_AFTER):
        return
    if day == start + timedelta(days=_ARRANGED_AFTER):
        _arrange(kitchen.current, day, maker, approver)
    for after, amount, narrative in _MOVES:
        if day == start + timedelta(days=after):
            number = _account(kitchen.current).number
            moved = postings.over_the_counter(
                key=f"demo:overdraft:{after}",
                account=number,
                amount=Money.of(amount, BASE),
                gl=ledger.gl,
                narrative=narrative,
            )
            ledger.post(moved)


def _account(current: str) -> Account:
    customer = accounts.find_by_number(current).customer
    return account_services.open_account(
        customer=customer, product_code="BUSINESS", key="demo:overdraft:account", nickname="Working capital"
    )


def _arrange(current: str, day: date, maker: User, approver: User) -> None:
    account = _account(current)
    if not account.overdrafts.exists():
        account_services.arrange_overdraft(
            account=account,
            limit=Money.of(_LIMIT, BASE),
            expires=day + _LASTS,
            rate_pct=_RATE_PCT,
            maker=maker,
            approver=approver,
        )
