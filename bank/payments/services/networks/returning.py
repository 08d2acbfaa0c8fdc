"""Money in suspense that nobody here can have, sent back by the rail's own message (pacs.004, a return entry
with an R code, MT103 RETN, an M-Pesa reversal) once two of the staff agree (see ``commands/suspense.py``)."""

from django.db import transaction

from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.payments import errors
from bank.payments.models import IncomingPayment, NetworkMessage
from bank.payments.network import Outgoing
from bank.payments.rules import (
    IncomingStatus,
    MessagePurpose,
    MessageStatus,
    NoToRecall,
    RecallStatus,
)
from bank.payments.services.networks import arrivals, store
from bank.payments.services.networks.asked_back import as_it_came, say_no
from bank.payments.services.networks.found import network_rail
from bank.runtime import outbox


def check_return(reference: str, reason: str) -> tuple[IncomingPayment, Outgoing]:
    """The money, its row locked till the database transaction ends, and the message that sends it back.

    Raises ``NotFound``, ``NotInSuspense``, ``GoesBack`` where it is under way already, ``NameUndecided`` for
    a payer who may be on a watch list, ``NoWayBack`` where the rail has no such message.
    """
    payment = IncomingPayment.objects.select_for_update(of=("self",)).filter(reference=reference).first()
    if payment is None:
        raise NotFound(what="incoming payment")
    if payment.status != IncomingStatus.SUSPENDED:
        raise errors.NotInSuspense(reference=reference, status=payment.status.lower())
    if arrivals.goes_back(payment):
        raise errors.GoesBack(reference=reference)
    arrivals.require_unlisted(payment)
    message = network_rail(payment.rail).give_back(as_it_came(payment), reason)
    if message is None:
        raise errors.NoWayBack(rail=payment.rail)
    return payment, message


@transaction.atomic
def return_suspended(*, reference: str, reason: str, why: str, actor: User) -> IncomingPayment:
    """Asks the network to take all of the money back: once it has, SUSPENSE is debited, the nostro credited.

    ``reason`` is a code of ISO 20022 (ExternalReturnReason1Code). Wishes to have the money back are answered
    with it. Raises as ``check_return``.
    """
    payment, message = check_return(reference, reason)
    _send(payment, message)
    arrivals.move(payment, IncomingStatus.SUSPENDED, by=actor, reason=reason, sentence=why)
    for recall in payment.recalls.filter(status=RecallStatus.OPEN).order_by("pk"):
        say_no(recall, NoToRecall.RETURNED, why, actor)
    audit.record(
        "INCOMING_RETURNED", actor=actor, subject_type="incoming_payment", subject_id=payment.reference,
        detail={"reason": reason, "amount": str(payment.money), "why": why},
    )  # fmt: skip
    return payment


def _send(payment: IncomingPayment, message: Outgoing) -> None:
    """One that the network refused before goes out again under its own key: it never had it."""
    before = NetworkMessage.objects.select_for_update().filter(
        rail=payment.rail, direction="OUT", key=message.key, status=MessageStatus.REFUSED
    )
    again = {"content": message.content.encode(), "status": MessageStatus.WAITING, "next_try_at": clock.now()}
    if before.update(**again):
        outbox.emit(store.TO_SEND, {"rail": payment.rail})
        return
    named = Outgoing(message.key, message.kind, message.content, (payment.reference,))
    store.keep_outgoing(payment.rail, [named], MessagePurpose.GIVE_BACK)
