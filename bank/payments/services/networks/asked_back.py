"""Money that came in and that the payer's bank wants back: a wish waits for two of the staff, who refuse it
(camt.029) or, where the customer agreed, send the money back (pacs.004)."""

from django.db import transaction

from bank import ledger
from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.calendars import calendar
from bank.kernel.errors import NotFound
from bank.payments import errors, postings
from bank.payments.models import IncomingPayment, IncomingRecall, NetworkMessage
from bank.payments.network import Incoming, NetworkRail, RecallAsked
from bank.payments.rules import (
    FOLLOWING_RECALL,
    RECALL_ANSWER_DAYS,
    EventOutcome,
    IncomingStatus,
    MessagePurpose,
    NoToRecall,
    RecallStatus,
)
from bank.payments.selectors import today
from bank.payments.services.charges import account_for
from bank.payments.services.networks import arrivals, books
from bank.payments.services.networks.found import network_rail
from bank.payments.services.networks.outcomes import Misfit
from bank.payments.services.networks.store import keep_outgoing
from bank.runtime import outbox

GIVEN_BACK_TOPIC = "payments.given_back"
"""What came in was taken from its account again, for the payer's bank asked for it."""


def asked(way: NetworkRail, told: RecallAsked) -> tuple[EventOutcome, str]:
    """Keeps the wish for the staff; books nothing. Of money that never came or went back already the bank
    says so at once. Raises ``Misfit`` for a wish without a name."""
    if not told.recall_id or len(told.recall_id) > 64:
        raise Misfit("A recall without a reference.")
    kept = IncomingRecall.objects.filter(rail=way.code, recall_id=told.recall_id)
    if kept.exists() or _is_answered(way, told):
        return EventOutcome.IGNORED, "This recall was taken in before."
    found = IncomingPayment.objects.select_for_update(of=("self",)).filter(
        rail=way.code, network_reference=told.network_reference
    )
    payment = found.first()
    if payment is None or told.amount not in {None, payment.money}:
        return _no_at_once(way, told, NoToRecall.UNKNOWN)
    if payment.status == IncomingStatus.RETURNED or arrivals.goes_back(payment):
        return _no_at_once(way, told, NoToRecall.RETURNED)
    _keep(payment, told)
    return EventOutcome.APPLIED, payment.reference


def _is_answered(way: NetworkRail, told: RecallAsked) -> bool:
    """Whether the bank said no to a wish of this name at once: it is answered a single time."""
    answer = way.refuse_recall(told, NoToRecall.UNKNOWN.value, "")
    sent = NetworkMessage.objects.filter(rail=way.code, direction="OUT", key=answer.key if answer else "")
    return answer is not None and sent.exists()


def _no_at_once(way: NetworkRail, told: RecallAsked, reason: NoToRecall) -> tuple[EventOutcome, str]:
    message = way.refuse_recall(told, reason.value, "")
    keep_outgoing(way.code, [message] if message else [], MessagePurpose.ANSWER)
    return EventOutcome.APPLIED, f"Answered at once: {reason.value}."


def _keep(payment: IncomingPayment, told: RecallAsked) -> None:
    IncomingRecall.objects.create(
        payment=payment,
        rail=payment.rail,
        recall_id=told.recall_id,
        transaction_id=told.transaction_id[:64],
        reason=told.reason[:40],
        sentence=told.sentence[:300],
        status=RecallStatus.OPEN,
        answer_by=calendar("KE").add_business_days(today(), RECALL_ANSWER_DAYS),
    )


def open_recall(number: int) -> IncomingRecall:
    """The wish, its payment's row and its own locked till the database transaction ends.

    Raises ``NotFound``, ``RecallAnswered``.
    """
    seen = IncomingRecall.objects.filter(pk=number).first()
    if seen is None:
        raise NotFound(what="recall")
    payment = IncomingPayment.objects.select_for_update(of=("self",)).get(pk=seen.payment_id)
    recall = IncomingRecall.objects.select_for_update(of=("self",)).get(pk=number)
    if recall.status != RecallStatus.OPEN:
        raise errors.RecallIsAnswered(recall=recall.recall_id)
    recall.payment = payment
    return recall


def check_grant(recall: IncomingRecall) -> None:
    """Whether the money is there, and may go back to who paid it. Raises ``GoesBack``, ``NameUndecided``,
    the ledger's ``InsufficientFunds``.
    """
    payment = recall.payment
    if payment.status == IncomingStatus.RETURNED or arrivals.goes_back(payment):
        raise errors.GoesBack(reference=payment.reference)
    arrivals.require_unlisted(payment)
    if payment.status == IncomingStatus.CREDITED:
        assert payment.creditor_account is not None
        number = payment.creditor_account.number
        available = ledger.balance(number).available
        if available is not None and available < payment.money:
            raise ledger.errors.InsufficientFunds(account=number, available=available, needed=payment.money)


@transaction.atomic
def refuse_recall(*, number: int, reason: NoToRecall, why: str, actor: User) -> IncomingRecall:
    """Says no to the other bank; books nothing. Raises ``NotFound``, ``RecallIsAnswered``."""
    recall = open_recall(number)
    say_no(recall, reason, why, actor)
    return recall


@transaction.atomic
def grant_recall(*, number: int, why: str, actor: User) -> IncomingRecall:
    """Debits the creditor and credits SUSPENSE, until the network has the message that returns the money.

    ``why`` is how the customer agreed. Other wishes for the same money are answered with it. Raises
    ``NotFound``, ``RecallIsAnswered``, and as ``check_grant`` and the ledger do (``AccountFrozen``).
    """
    recall = open_recall(number)
    check_grant(recall)
    payment = recall.payment
    if payment.status == IncomingStatus.CREDITED:
        _take_back(payment, recall)
        outbox.emit(GIVEN_BACK_TOPIC, {"reference": payment.reference, "recall": recall.pk})
    arrivals.move(
        payment, IncomingStatus.SUSPENDED, by=actor, reason=FOLLOWING_RECALL, sentence=recall.sentence
    )
    _send_back(payment)
    _answered(recall, RecallStatus.GRANTED, FOLLOWING_RECALL, why, actor)
    for other in payment.recalls.filter(status=RecallStatus.OPEN).order_by("pk"):
        say_no(other, NoToRecall.RETURNED, why, actor)
    return recall


def _take_back(payment: IncomingPayment, recall: IncomingRecall) -> None:
    assert payment.creditor_account is not None
    ledger.post(
        postings.taken_back(
            reference=payment.reference,
            creditor=payment.creditor_account.number,
            suspense=account_for(books.SUSPENSE, payment.money),
            amount=payment.money,
            turn=recall.pk,
            why=f"asked back by the payer's bank ({recall.reason})",
        )
    )


def _send_back(payment: IncomingPayment) -> None:
    """Raises ``GoesBack`` where the network refused the very same return before: a person must call there;
    ``NotRecallable`` where the rail has no way back."""
    way = network_rail(payment.rail)
    message = way.give_back(as_it_came(payment), FOLLOWING_RECALL)
    if message is None:
        raise errors.NotRecallable(rail=way.code)
    if NetworkMessage.objects.filter(rail=way.code, direction="OUT", key=message.key).exists():
        raise errors.GoesBack(reference=payment.reference)
    named = type(message)(message.key, message.kind, message.content, (payment.reference,))
    keep_outgoing(way.code, [named], MessagePurpose.GIVE_BACK)


def as_it_came(payment: IncomingPayment) -> Incoming:
    return Incoming(
        network_reference=payment.network_reference,
        amount=payment.money,
        creditor_number=payment.creditor_number,
        creditor_name=payment.creditor_name,
        debtor_number=payment.debtor_number,
        debtor_name=payment.debtor_name,
        debtor_agent=payment.debtor_agent,
        end_to_end_id=payment.end_to_end_id,
        uetr=payment.uetr,
        remittance=payment.remittance,
    )


def say_no(recall: IncomingRecall, reason: NoToRecall, why: str, actor: User) -> None:
    way, payment = network_rail(recall.rail), recall.payment
    wish = RecallAsked(
        recall_id=recall.recall_id,
        network_reference=payment.network_reference,
        amount=payment.money,
        reason=recall.reason,
        uetr=payment.uetr,
        transaction_id=recall.transaction_id,
    )
    message = way.refuse_recall(wish, reason.value, "")
    keep_outgoing(way.code, [message] if message else [], MessagePurpose.ANSWER)
    _answered(recall, RecallStatus.REFUSED, reason.value, why, actor)


def _answered(recall: IncomingRecall, status: RecallStatus, answer: str, why: str, actor: User) -> None:
    recall.status, recall.answer, recall.why = status, answer, why[:300]
    recall.answered_at, recall.answered_by = clock.now(), actor
    recall.save(update_fields=["status", "answer", "why", "answered_at", "answered_by"])
    audit.record(
        f"RECALL_{status.value}", actor=actor, subject_type="incoming_payment",
        subject_id=recall.payment.reference,
        detail={"recall": recall.recall_id, "answer": answer, "why": why},
    )  # fmt: skip
