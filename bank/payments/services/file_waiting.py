"""Lines of payment files that the bank held: paid when it lets them go, with their file's word."""

from bank.cif import selectors as cif
from bank.identity.models import User
from bank.payments import rules
from bank.payments.models import PaymentEvent, PaymentFileLine, PaymentOrder
from bank.payments.rules import LineStatus, PaymentStatus
from bank.payments.services import listing, networks
from bank.payments.services.file_payment import permit_of
from bank.payments.services.file_release import follow, pay_held, payable
from bank.payments.services.file_routing import leaves_at
from bank.payments.services.transfers import SETTLED_TOPIC
from bank.runtime import outbox


def line_of(order: PaymentOrder) -> PaymentFileLine | None:
    """The line of a file that the order is; None for a payment made one by one."""
    lines = PaymentFileLine.objects.select_related("file__customer", "file__confirmed_by")
    return lines.filter(order=order).first()


def pay(order: PaymentOrder, kept: PaymentFileLine, by: User) -> None:
    """Pays a held line as its file would have; what cannot be paid is REJECTED with its reason, and can be
    sent anew with the file's other unpaid lines. The caller has locked the order.

    Raises ``PayeeListed``, the mandate's refusals, ``PermitMissing``, the limits' refusals, ``BothMustSign``.
    """
    file = kept.file
    assert file.customer is not None
    assert file.confirmed_by is not None
    listing.require_unlisted(order)
    cif.require_pay(file.confirmed_by, file.customer, order.money)
    (line,) = [one for one in payable(file, LineStatus.HELD) if one.pk == kept.pk]
    outcome = pay_held(file, file.customer, line, permit_of(file, [line]))
    if outcome.status != PaymentStatus.REJECTED:
        _step(order, by, PaymentStatus.ACCEPTED)
    if outcome.status == PaymentStatus.ACCEPTED:
        PaymentFileLine.objects.filter(pk=kept.pk).update(status=LineStatus.SENT)
        order.release_at = leaves_at(order.rail)
        order.save(update_fields=["release_at"])
    else:
        _step(order, by, outcome.status, outcome.reason, outcome.sentence[:300])
        follow(order.reference, order.status)
    topic = SETTLED_TOPIC if order.status == PaymentStatus.SETTLED else networks.CHANGED_TOPIC
    outbox.emit(topic, {"reference": order.reference, "status": order.status})


def _step(order: PaymentOrder, by: User, status: PaymentStatus, reason: str = "", sentence: str = "") -> None:
    rules.check_step(order.status, status)
    order.status = status
    order.save(update_fields=["status"])
    PaymentEvent.objects.create(order=order, status=status, actor=by, reason=reason, sentence=sentence)
