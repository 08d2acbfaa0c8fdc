"""What a customer does to a standing order: skip, pause, resume, end, change with a code. Nothing moves."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel.errors import BankError, NotAllowed
from bank.kernel.money import Money
from bank.standing import rules, selectors
from bank.standing.errors import ChangeNeedsSignatures, OrderUnusable, WrongOrderStatus
from bank.standing.models import StandingOrder
from bank.standing.rules import OrderStatus
from bank.standing.services import ordering, running
from bank.standing.services.ordering import Terms


@transaction.atomic
def skip_next(*, user: User, reference: str) -> StandingOrder:
    """Leaves the next due date out; the one after it stands. Raises ``WrongOrderStatus``."""
    order = _own(user, reference)
    if order.status not in rules.RUNNING or order.next_due is None:
        raise WrongOrderStatus(status=order.status.lower(), wanted="skipped")
    run = running.step_over(order, "SKIPPED", "You left this payment out.")
    ordering.note(order, "SKIPPED", user, str(run.due_date))
    return order


@transaction.atomic
def pause(*, user: User, reference: str) -> StandingOrder:
    """Pays nothing until it is resumed; due dates in between are left out. Raises ``WrongOrderStatus``."""
    return _move(_own(user, reference), OrderStatus.PAUSED, "PAUSED", user)


@transaction.atomic
def resume(*, user: User, reference: str) -> StandingOrder:
    """Pays again, from the next due date on that has not passed. Raises ``WrongOrderStatus``."""
    order = _own(user, reference)
    if order.status != OrderStatus.PAUSED:
        raise WrongOrderStatus(status=order.status.lower(), wanted="resumed")
    running.run_due(order, ledger.business_date())
    if order.status == OrderStatus.ENDED:
        return order
    return _move(order, OrderStatus.ACTIVE, "RESUMED", user)


@transaction.atomic
def end(*, user: User, reference: str) -> StandingOrder:
    """Ends it for good, signed or not. Raises ``WrongOrderStatus`` where it is over already."""
    order = _own(user, reference)
    rules.check_step(order.status, OrderStatus.ENDED)
    running.conclude(order, "You ended it.")
    ordering.note(order, "ENDED", user)
    return order


def start_change(*, user: User, reference: str, amount: Money | None, remittance: str) -> Challenge:
    """Asks for a code bound to the order as it will be; ``change_order`` takes it."""
    order = selectors.order_for(user, reference)
    changed = _changed(user, order, amount, remittance)
    summary = f"Change standing order {order.reference}: {ordering.summary_of(changed)}"
    return stepup.start(user=user, act=_act(order, changed), summary=summary)


@transaction.atomic
def change_order(
    *,
    user: User,
    reference: str,
    amount: Money | None,
    remittance: str,
    challenge_id: UUID | str | None,
    code: str,
) -> StandingOrder:
    """Another amount (or balance to keep) and message from the next payment on, in the user's name.

    Raises as ``create_order``, ``WrongOrderStatus``, ``ChangeNeedsSignatures``.
    """
    order = _own(user, reference)
    changed = _changed(user, order, amount, remittance)
    stepup.confirm(user=user, challenge_id=challenge_id, act=_act(order, changed), code=code)
    order.amount = changed.amount.amount if changed.amount else None
    order.keep = changed.keep.amount if changed.keep else None
    order.remittance, order.made_by = changed.remittance, user
    order.save(update_fields=["amount", "keep", "remittance", "made_by"])
    ordering.note(order, "CHANGED", user, ordering.summary_of(changed))
    return order


def terms_of(order: StandingOrder) -> Terms:
    """An order as it stands, in the words it was asked for."""
    return Terms(
        debtor_number=order.debtor_number,
        creditor_number=order.creditor_number,
        creditor_name=order.creditor_name,
        schedule=order.schedule,
        amount=order.money,
        keep=order.kept,
        remittance=order.remittance,
        retry_days=order.retry_days,
        to=order.to,
    )


def _own(user: User, reference: str) -> StandingOrder:
    """The order's row, locked, for who may pay from its account. Raises ``NotFound``, ``NotAllowed``."""
    order = selectors.order_for(user, reference, locked=True)
    try:
        accounts.require_right(user, order.debtor_account, Money.zero(order.currency))
    except BankError:
        raise NotAllowed(what="change standing orders of this customer") from None
    return order


def _move(order: StandingOrder, status: OrderStatus, action: str, user: User) -> StandingOrder:
    rules.check_step(order.status, status)
    order.status = status
    order.save(update_fields=["status"])
    ordering.note(order, action, user)
    return order


def _changed(user: User, order: StandingOrder, amount: Money | None, remittance: str) -> Terms:
    if order.status not in rules.RUNNING or order.next_due is None:
        raise WrongOrderStatus(status=order.status.lower(), wanted="changed")
    now = terms_of(order)
    given: dict[str, Any] = {"keep": amount} if order.amount is None else {"amount": amount}
    if amount is None or amount.currency != order.currency:
        raise OrderUnusable(problem="Give the amount in the currency of the account.")
    upcoming = replace(order.schedule, first=order.next_due, times=None)
    ordering.prepare(user=user, terms=replace(now, **given, remittance=remittance, schedule=upcoming))
    changed = replace(now, **given, remittance=remittance)
    _check_signatures(user, order, changed)
    return changed


def _check_signatures(user: User, order: StandingOrder, changed: Terms) -> None:
    if accounts.needs_both(order.debtor_account):
        raise OrderUnusable(problem="The holders sign together. End this order and set up a new one.")
    if changed.amount is None or (changed.amount <= (order.money or changed.amount) and order.money):
        return
    counted = changed.amount + selectors.ordered_alone(user, order)
    needed = ordering.needed_for(user, order.debtor_account, counted)
    if needed > 1:
        raise ChangeNeedsSignatures(needed=needed)


def _act(order: StandingOrder, changed: Terms) -> dict[str, str]:
    return ordering.act_of(changed, changes=order.reference)
