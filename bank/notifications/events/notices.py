"""What happened is noted for the people it concerns. Safe to repeat: each hears of an event once.

Who may see the account hears of it. Who did it on a page saw the receipt, and gets no notice of that.
"""

from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.accounts.rules import JointState
from bank.accounts.services import joint
from bank.cif.models import Customer
from bank.cif.services import merging
from bank.deposits.models import Deposit
from bank.deposits.services import ending
from bank.expenses import selectors as expenses
from bank.expenses.models import Expense
from bank.expenses.rules import State as ExpenseState
from bank.expenses.services.claiming import CLAIMED_TOPIC
from bank.expenses.services.claiming import DECIDED_TOPIC as EXPENSE_DECIDED
from bank.identity import notices as sign_ins
from bank.identity.models import User
from bank.kernel.money import Money
from bank.notifications import selectors, services
from bank.notifications.models import Notice
from bank.notifications.rules import NoticeKind
from bank.notifications.services.noticing import readers
from bank.payments import selectors as payment_selectors
from bank.payments.models import (
    Beneficiary,
    IncomingPayment,
    PaymentFile,
    PaymentFileLine,
    PaymentOrder,
)
from bank.payments.rules import Authority, LineStatus, PaymentStatus
from bank.payments.services import networks
from bank.payments.services.file_release import PAID_TOPIC
from bank.payments.services.networks import arrivals
from bank.payments.services.payees import ADDED_TOPIC
from bank.payments.services.transfers import SETTLED_TOPIC
from bank.runtime import outbox
from bank.signing import selectors as signing
from bank.signing.models import Approval
from bank.signing.rules import State
from bank.signing.services import ASKED
from bank.standing.models import StandingOrder
from bank.standing.rules import RunStatus
from bank.standing.services.running import RAN
from bank.statements.models import Statement
from bank.statements.services import FINISHED

_LINES_AT_ONCE, _MOST_LINES = 500, 5_000
_OUTCOMES = {
    PaymentStatus.SETTLED: NoticeKind.PAYMENT_SETTLED,
    PaymentStatus.REJECTED: NoticeKind.PAYMENT_REJECTED,
    PaymentStatus.RETURNED: NoticeKind.PAYMENT_RETURNED,
}


@merging.mover
def move_notices(old: Customer, new: Customer) -> dict[str, int]:
    return {"notices": Notice.objects.filter(customer=old).update(customer=new)}


@outbox.subscriber(SETTLED_TOPIC, at_once=False)
@outbox.subscriber(networks.CHANGED_TOPIC, at_once=False)
def note_payment(message_id: UUID, payload: dict[str, Any]) -> None:
    """Its payer of how it ended; its payee, where the money stays in the bank, that it came."""
    kind = _OUTCOMES.get(PaymentStatus(payload["status"]))
    if kind is None:
        return
    found = PaymentOrder.objects.select_related("debtor_account", "creditor_account", "initiated_by")
    order = found.get(reference=payload["reference"])
    doer = _who_saw_it(order) if kind == NoticeKind.PAYMENT_SETTLED else None
    came_back = order.returned if kind == NoticeKind.PAYMENT_RETURNED else None
    told = {
        "name": order.creditor_name,
        "reference": order.reference,
        "amount": str(came_back or order.money.amount),
        "currency": order.currency,
    }
    if not payment_selectors.is_confidential(order):
        _note(order.debtor_account, kind, message_id, told, without=doer)
    if kind == NoticeKind.PAYMENT_SETTLED and order.creditor_account is not None:
        told["name"] = order.debtor_name
        _note(order.creditor_account, NoticeKind.MONEY_IN, message_id, told, without=doer)


@outbox.subscriber(arrivals.RECEIVED_TOPIC, at_once=False)
def note_money(message_id: UUID, payload: dict[str, Any]) -> None:
    _note_incoming(NoticeKind.MONEY_IN, message_id, payload["reference"])


@outbox.subscriber(networks.GIVEN_BACK_TOPIC, at_once=False)
def note_money_gone(message_id: UUID, payload: dict[str, Any]) -> None:
    """Whoever may see the account hears that what came in went back to its payer."""
    _note_incoming(NoticeKind.MONEY_GIVEN_BACK, message_id, payload["reference"])


def _note_incoming(kind: NoticeKind, message_id: UUID, reference: str) -> None:
    payment = IncomingPayment.objects.select_related("creditor_account").get(reference=reference)
    if payment.creditor_account is not None:
        told = {
            "name": payment.debtor_name,
            "reference": payment.reference,
            "amount": str(payment.money.amount),
            "currency": payment.currency,
        }
        _note(payment.creditor_account, kind, message_id, told)


@outbox.subscriber(PAID_TOPIC, at_once=False)
def note_file(message_id: UUID, payload: dict[str, Any]) -> None:
    file = PaymentFile.objects.select_related("customer").filter(reference=payload["reference"]).first()
    if file is not None and file.customer is not None:
        told = {"reference": file.reference, "count": payload["settled"]}
        _note_customer(file.customer.pk, NoticeKind.FILE_PAID, message_id, told)
        _note_payees(file, file.customer.display_name)


def _note_payees(file: PaymentFile, payer: str) -> None:
    """Each payee with an account here, that the money came: some hundred lines at a time, each line once.

    Of a very long file none: their rows would all be written in the transaction that takes one event.
    """
    paid = file.lines.filter(status=LineStatus.SETTLED.value, creditor_account__isnull=False)
    if file.settled_count > _MOST_LINES:
        return
    lines, last = paid.select_related("creditor_account__parent").order_by("line"), 0
    while part := list(lines.filter(line__gt=last)[:_LINES_AT_ONCE]):
        _tell_payees(part, payer)
        last = part[-1].line


def _tell_payees(lines: list[PaymentFileLine], payer: str) -> None:
    heads = {one.pk: accounts.head_of(one.creditor_account) for one in lines if one.creditor_account}
    hearing = selectors.hearers_of_each({head.pk: head.customer_id for head in heads.values()})
    tellings = [
        services.Telling(
            readers(hearing[heads[one.pk].pk]),
            uuid5(NAMESPACE_URL, f"{PAID_TOPIC}:{one.file_id}:{one.line}"),
            {
                "name": payer,
                "reference": one.reference,
                "amount": str(Money(one.amount, one.currency).amount),
                "currency": one.currency,
                "account": one.creditor_account.number,
            },
        )
        for one in lines
        if one.creditor_account and one.amount is not None
    ]
    services.tell_each(tellings=tellings, kind=NoticeKind.MONEY_IN)


@outbox.subscriber(RAN, at_once=False)
def note_standing_order(message_id: UUID, payload: dict[str, Any]) -> None:
    """Only that a day's payment failed for good; what is tried again is not worth a fright."""
    if payload["status"] in {RunStatus.FAILED, RunStatus.RETURNED}:
        order = StandingOrder.objects.select_related("debtor_account").get(reference=payload["reference"])
        told = {"name": order.creditor_name, "reference": order.reference, "day": payload["due"]}
        _note(order.debtor_account, NoticeKind.STANDING_FAILED, message_id, told)


@outbox.subscriber(ASKED, at_once=False)
def note_approval(message_id: UUID, payload: dict[str, Any]) -> None:
    """To those whose signature would bring it nearer now."""
    approval = Approval.objects.select_related("customer", "maker").get(reference=payload["reference"])
    if approval.state != State.WAITING:
        return
    could = [
        one for one in selectors.hearers_of(approval.customer_id) if signing.may_sign(one.user, approval)
    ]
    told = {"reference": approval.reference, "name": approval.customer.display_name}
    services.tell(readers=readers(could), kind=NoticeKind.APPROVAL_WAITS, event_id=message_id, told=told)


@outbox.subscriber(CLAIMED_TOPIC, at_once=False)
def note_expense(message_id: UUID, payload: dict[str, Any]) -> None:
    """To those who may decide on it."""
    expense = _expense(payload["reference"])
    could = [
        one for one in selectors.hearers_of(expense.customer_id) if expenses.may_decide(one.user, expense)
    ]
    if expense.state == ExpenseState.WAITING:
        told = _told_of(expense) | {"name": expense.claimed_by.full_name}
        services.tell(readers=readers(could), kind=NoticeKind.EXPENSE_WAITS, event_id=message_id, told=told)


@outbox.subscriber(EXPENSE_DECIDED, at_once=False)
def note_expense_decided(message_id: UUID, payload: dict[str, Any]) -> None:
    """To who claimed it, while they act for the company."""
    expense = _expense(payload["reference"])
    theirs = [
        one for one in selectors.hearers_of(expense.customer_id) if one.user_id == expense.claimed_by_id
    ]
    told = _told_of(expense) | {"outcome": payload["state"]}
    services.tell(readers=readers(theirs), kind=NoticeKind.EXPENSE_DECIDED, event_id=message_id, told=told)


def _expense(reference: str) -> Expense:
    return Expense.objects.select_related("customer", "claimed_by").get(reference=reference)


def _told_of(expense: Expense) -> dict[str, Any]:
    return {
        "reference": expense.reference, "amount": str(expense.amount), "currency": expense.currency,
    }  # fmt: skip


@outbox.subscriber(joint.ASKED, at_once=False)
def note_joint_act(message_id: UUID, payload: dict[str, Any]) -> None:
    """To whoever can say yes for another holder of the account."""
    asked = accounts.joint_act(payload["reference"])
    if asked.state != JointState.WAITING:
        return
    could = [one for one in selectors.hearers(asked.account) if accounts.may_agree(one.user, asked)]
    told = {"reference": asked.reference, "name": asked.maker.full_name}
    services.tell(readers=readers(could), kind=NoticeKind.APPROVAL_WAITS, event_id=message_id, told=told)


@outbox.subscriber(FINISHED, at_once=False)
def note_statement(message_id: UUID, payload: dict[str, Any]) -> None:
    """To who subscribed to it, while they may see the account."""
    statement = Statement.objects.select_related("account", "deposit").get(pk=payload["statement_id"])
    told = {"reference": statement.reference, "account": statement.kept.number}
    hearing = [
        one for one in selectors.hearers(statement.account) if one.user_id == statement.requested_by_id
    ]
    services.tell(readers=readers(hearing), kind=NoticeKind.STATEMENT_READY, event_id=message_id, told=told)


@outbox.subscriber(ending.MATURING, at_once=False)
def note_maturing(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Once for a deposit and its day, however often a close was begun."""
    deposit = Deposit.objects.get(number=payload["number"])
    once = uuid5(NAMESPACE_URL, f"{ending.MATURING}:{deposit.number}:{payload['on']}")
    told = {
        "reference": deposit.number,
        "amount": str(deposit.money.amount),
        "currency": deposit.currency,
        "day": str(date.fromisoformat(payload["on"])),
    }
    _note_customer(deposit.customer_id, NoticeKind.DEPOSIT_MATURING, once, told)


@outbox.subscriber(ending.MATURED, at_once=False)
def note_maturity(message_id: UUID, payload: dict[str, Any]) -> None:
    deposit = Deposit.objects.get(number=payload["number"])
    currency, amount = payload["paid"].split()
    told = {"reference": deposit.number, "amount": amount, "currency": currency}
    _note_customer(deposit.customer_id, NoticeKind.DEPOSIT_MATURED, message_id, told)


@outbox.subscriber(ADDED_TOPIC, at_once=False)
def note_payee(message_id: UUID, payload: dict[str, Any]) -> None:
    """To whoever added it as well: it may not have been they."""
    payee = Beneficiary.objects.get(pk=payload["payee_id"])
    told = {"name": payee.name, "account": payee.number}
    _note_customer(payee.customer_id, NoticeKind.PAYEE_ADDED, message_id, told)


@outbox.subscriber(sign_ins.TOPIC, at_once=False)
def note_device(message_id: UUID, payload: dict[str, Any]) -> None:
    if payload["kind"] == sign_ins.Kind.NEW_DEVICE:
        user = User.objects.get(pk=payload["user_id"])
        told = {"name": payload["device"]}
        services.tell(readers={user: None}, kind=NoticeKind.NEW_DEVICE, event_id=message_id, told=told)


def _note(
    account: Account, kind: NoticeKind, event_id: UUID, told: dict[str, Any], *, without: User | None = None
) -> None:
    hearing = readers(selectors.hearers(account))
    if without is not None:
        hearing.pop(without, None)
    services.tell(readers=hearing, kind=kind, event_id=event_id, told={**told, "account": account.number})


def _note_customer(customer_id: int, kind: NoticeKind, event_id: UUID, told: dict[str, Any]) -> None:
    hearing = readers(selectors.hearers_of(customer_id))
    services.tell(readers=hearing, kind=kind, event_id=event_id, told=told)


def _who_saw_it(order: PaymentOrder) -> User | None:
    """Who confirmed a payment with a code and had it settled before their eyes."""
    at_once = order.authority == Authority.STEP_UP and order.creditor_account_id is not None
    return order.initiated_by if at_once else None
