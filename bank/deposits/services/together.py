"""Deposits of an account all its holders sign for: opened, instructed, paid into and out of, and closed, with
the last holder's yes."""

from decimal import Decimal
from typing import Final

from bank.accounts.models import JointAct
from bank.accounts.rules import JointState
from bank.accounts.services.agreeing import money_in
from bank.deposits import errors, selectors
from bank.deposits.services import asking, catching_up, closing, instructing, on_call, opening
from bank.deposits.services.opening import Order
from bank.identity.models import User


def open_agreed(asked: JointAct, by: User) -> None:
    """Opens what all holders agreed to, at the rate all of them saw; books as ``open_deposit``. Its term
    begins today. Raises as that does, ``RateChanged``.
    """
    act, amount = asked.act, asked.money
    assert amount is not None
    order = Order(
        product_code=act["product"],
        account_number=act["account"],
        amount=amount,
        months=act["months"],
        mode=act["mode"],
        instruction=act["instruction"],
        payout_number=act["payout"],
    )
    made = opening.prepare(user=asked.maker, order=order)
    if made.quote.rate_pct != Decimal(act["rate_pct"]):
        raise errors.RateChanged(rate=made.quote.rate_pct, signed=Decimal(act["rate_pct"]))
    opening.begin(made, by)


def close_agreed(asked: JointAct, by: User) -> None:
    """Closes what all holders agreed to close early; books as ``close_early``. Raises as that does,
    ``CostChanged`` where it would now bring less, or go to another account, than they agreed to.
    """
    deposit = selectors.deposit_for(asked.maker, asked.act["deposit"])
    offered, least = closing.quote_early(deposit=deposit), money_in(asked.act["payout"])
    if least is None or offered.payout < least or offered.target.number != asked.act["account"]:
        raise errors.CostChanged(payout=offered.payout)
    closing.close_now(deposit, offered, by)


DEEDS: Final = {
    asking.OPENING: open_agreed,
    asking.CLOSING: close_agreed,
    asking.PAY_IN: on_call.pay_in_agreed,
    asking.WITHDRAWAL: on_call.withdraw_agreed,
    asking.INSTALMENT: catching_up.pay_late_agreed,
    asking.INSTRUCTION: instructing.instruct_agreed,
}


def leave_it(asked: JointAct, state: JointState, by: User | None, why: str) -> None:
    """The holders did not agree: no deposit is opened, and the one there is goes on as it was."""
