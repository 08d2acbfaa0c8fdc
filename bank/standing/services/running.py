"""Carrying standing orders out: a run for each due date, once; what was refused for now, tried again.

A payment is made by the bank on the authority given when the order was set up, in the name of who
confirmed it, under a key of order and due date: however often a close is killed, a due date is paid
once. A run is never partial: all of the amount or nothing.
"""

from datetime import date, datetime
from typing import Final

from django.db import transaction

from bank import ledger
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.ledger.errors import InsufficientFunds
from bank.payments import selectors as payments
from bank.payments import services as paying
from bank.payments.models import PaymentOrder
from bank.payments.rules import PaymentStatus
from bank.payments.services import quotes
from bank.runtime import outbox
from bank.standing import rules, selectors
from bank.standing.models import Run, StandingOrder
from bank.standing.rules import OrderStatus, RunStatus
from bank.standing.services import ordering

RAN: Final = "standing.ran"
CAME_BACK: Final = "The other bank did not keep the money. Check the payee, then resume the standing order."


def run_due(order: StandingOrder, on: date) -> list[Run]:
    """Carries out every due date up to the business date ``on``; the caller holds the order's row.

    Dates that fell into a pause are left out and say so. Books what ``payments.pay`` books.
    """
    runs: list[Run] = []
    while order.status in rules.RUNNING and order.next_run is not None and order.next_run <= on:
        run = _next(order)
        runs.append(run)
        if order.status == OrderStatus.PAUSED:
            _conclude(run, RunStatus.SKIPPED, "PAUSED", "The standing order was paused on this day.")
        else:
            _try(run, on, is_last=False)
    return runs


def try_again(run: Run, on: date) -> Run:
    """Another try of a run that was refused for now; the caller holds the rows of run and order."""
    if run.order.status == OrderStatus.ACTIVE:
        _try(run, on, is_last=on >= run.last_date)
    elif run.order.status != OrderStatus.PAUSED or on >= run.last_date:
        _conclude(run, RunStatus.FAILED, run.reason, run.sentence)
    return run


def step_over(order: StandingOrder, reason: str, sentence: str) -> Run:
    """The next due date, left out."""
    run = _next(order)
    _conclude(run, RunStatus.SKIPPED, reason, sentence)
    return run


@transaction.atomic
def came_back(payment_reference: str, reason: str, sentence: str) -> None:
    """Another bank rejected a due date's payment or sent the money back: the history says so, and the order
    pauses, so that no more leaves until its owner has looked. Safe to repeat.
    """
    run = Run.objects.select_related("order").filter(payment__reference=payment_reference).first()
    if run is None:
        return
    order = StandingOrder.objects.select_for_update().get(pk=run.order_id)
    run = Run.objects.select_for_update().get(pk=run.pk)
    if run.status == RunStatus.RETURNED:
        return
    run.status, run.reason, run.sentence = RunStatus.RETURNED, reason[:40], sentence[:300]
    run.save(update_fields=["status", "reason", "sentence"])
    if order.status == OrderStatus.ACTIVE:
        order.status = OrderStatus.PAUSED
        order.save(update_fields=["status"])
        ordering.note(order, "PAUSED", None, CAME_BACK)
    due = str(run.due_date)
    outbox.emit(RAN, {"reference": order.reference, "due": due, "status": RunStatus.RETURNED.value})


def conclude(order: StandingOrder, reason: str) -> None:
    """Ends an order: nothing more is due, and what waited for another try is given up."""
    order.status, order.end_reason = OrderStatus.ENDED, reason[:300]
    order.next_due = order.next_run = None
    order.save(update_fields=["status", "end_reason", "next_due", "next_run"])
    waiting = order.runs.filter(status=RunStatus.RETRYING.value)
    waiting.update(status=RunStatus.FAILED.value)


def _next(order: StandingOrder) -> Run:
    """The run of the next due date, and the order moved on behind it."""
    due, calendar = order.next_due, selectors.calendar()
    assert due is not None
    planned = order.schedule.paid_on(due, calendar)
    last = calendar.add_business_days(planned, order.retry_days) if order.retry_days else planned
    run = Run(order=order, due_date=due, last_date=last, status=RunStatus.RETRYING)
    run.save(force_insert=True)
    order.next_index += 1
    order.next_due = order.schedule.due(order.next_index)
    order.next_run = order.schedule.paid_on(order.next_due, calendar) if order.next_due else None
    order.save(update_fields=["next_index", "next_due", "next_run"])
    return run


def _try(run: Run, on: date, *, is_last: bool) -> None:
    run.tries, run.tried_on = run.tries + 1, on
    try:
        with transaction.atomic():
            payment = _pay(run)
    except BankError as refusal:
        _refused(run, refusal, is_last)
        return
    if payment is None:
        _conclude(run, RunStatus.NOTHING, "NOTHING_ABOVE", "There was nothing above the balance to keep.")
        return
    run.payment, run.amount = payment, payment.amount
    waits = payment.status == PaymentStatus.AWAITING_APPROVAL
    _conclude(run, RunStatus.WAITING if waits else RunStatus.PAID)


def _pay(run: Run) -> PaymentOrder | None:
    order = run.order
    amount = order.money or _above(order)
    if amount is None:
        return None
    return paying.pay(
        user=order.made_by,
        debtor_number=order.debtor_number,
        creditor_number=order.creditor_number,
        creditor_name=order.creditor_name,
        amount=amount,
        remittance=order.remittance,
        to=order.to,
        key=f"standing:{order.reference}:{run.due_date}",
        authorisation=paying.Operator(
            f"Standing order {order.reference}, due {run.due_date}",
            agreed=selectors.is_agreed(order),
            word_given_at=_word_given_at(run),
        ),
    )


def _word_given_at(run: Run) -> datetime | None:
    """When the order was set up; None for a day before that, which the bank goes through again."""
    made_at = run.order.made_at
    return made_at if run.due_date >= payments.day_of(made_at) else None


def _above(order: StandingOrder) -> Money | None:
    """What a sweep moves: what is available above the balance to keep, less what moving it costs."""
    available = ledger.balance(order.debtor_number).available
    assert available is not None
    assert order.kept is not None
    above = available - order.kept
    if not above.is_positive:
        return None
    asked = quotes.ask(order.debtor_number, order.creditor_number, order.creditor_name, above)
    left = above - quotes.draft(order.made_by, asked).charges.total
    return left if left.is_positive else None


def _refused(run: Run, refusal: BankError, is_last: bool) -> None:
    sentence = _said(refusal)
    if refusal.code in rules.CURABLE and not is_last:
        run.reason, run.sentence = refusal.code, sentence
        run.save(update_fields=["tries", "tried_on", "reason", "sentence"])
        return
    _conclude(run, RunStatus.FAILED, refusal.code, sentence)
    if refusal.code in rules.FATAL:
        conclude(run.order, sentence)
        ordering.note(run.order, "ENDED", None, sentence)


def _said(refusal: BankError) -> str:
    """No balance in a sentence that is kept: who reads the history later sees it there."""
    if isinstance(refusal, InsufficientFunds):
        return "There was not enough money on the account."
    return refusal.message[:300]


def _conclude(run: Run, status: RunStatus, reason: str = "", sentence: str = "") -> None:
    run.status, run.reason, run.sentence = status, reason[:40], sentence[:300]
    run.save()
    order = run.order
    outbox.emit(RAN, {"reference": order.reference, "due": str(run.due_date), "status": status.value})
    if order.next_due is None and order.status in rules.RUNNING and not _waits(order):
        conclude(order, "The last payment was made." if status == RunStatus.PAID else sentence or "Over.")


def _waits(order: StandingOrder) -> bool:
    return order.runs.filter(status=RunStatus.RETRYING.value).exists()
