"""What happened is queued for the webhooks that want to hear of it. Safe to repeat."""

from typing import Any
from uuid import UUID

from bank.accounts.models import Account
from bank.cif.models import Customer
from bank.cif.services import merging
from bank.deposits.models import Deposit
from bank.deposits.services import ending
from bank.notifications import services
from bank.notifications.models import Endpoint
from bank.notifications.rules import Event
from bank.payments import selectors as payment_selectors
from bank.payments.models import IncomingPayment, PaymentFile, PaymentOrder
from bank.payments.rules import PaymentStatus
from bank.payments.services import networks
from bank.payments.services.file_release import PAID_TOPIC
from bank.payments.services.networks import arrivals
from bank.payments.services.transfers import SETTLED_TOPIC
from bank.runtime import outbox
from bank.signing.models import Approval
from bank.signing.services import ASKED, DECIDED
from bank.statements.models import Statement
from bank.statements.services import FINISHED


@merging.mover
def move_endpoints(old: Customer, new: Customer) -> dict[str, int]:
    return {"webhooks": Endpoint.objects.filter(customer=old).update(customer=new)}


@outbox.subscriber(SETTLED_TOPIC, at_once=False)
@outbox.subscriber(networks.CHANGED_TOPIC, at_once=False)
def tell_of_payment(message_id: UUID, payload: dict[str, Any]) -> None:
    """Its payer of every state; its payee, where the money stays in the bank, that it came."""
    order = PaymentOrder.objects.select_related("debtor_account", "creditor_account").get(
        reference=payload["reference"]
    )
    is_settled = payload["status"] == PaymentStatus.SETTLED
    told = {"reference": order.reference, "status": payload["status"], **_sum(order)}
    event = Event.PAYMENT_SETTLED if is_settled else Event.PAYMENT_CHANGED
    if not payment_selectors.is_confidential(order):
        _queue(order.debtor_account, event, message_id, told)
    if is_settled and order.creditor_account is not None:
        received = {"reference": order.reference, "remittance": order.remittance, **_sum(order)}
        _queue(order.creditor_account, Event.MONEY_RECEIVED, message_id, received)


@outbox.subscriber(arrivals.RECEIVED_TOPIC, at_once=False)
def tell_of_money(message_id: UUID, payload: dict[str, Any]) -> None:
    payment = IncomingPayment.objects.select_related("creditor_account").get(reference=payload["reference"])
    if payment.creditor_account is not None:
        told = {"reference": payment.reference, "remittance": payment.remittance, **_sum(payment)}
        _queue(payment.creditor_account, Event.MONEY_RECEIVED, message_id, told)


@outbox.subscriber(PAID_TOPIC, at_once=False)
def tell_of_file(message_id: UUID, payload: dict[str, Any]) -> None:
    file = PaymentFile.objects.select_related("customer").get(reference=payload["reference"])
    if file.customer is not None:
        told = {"reference": file.reference, "settled": str(payload["settled"])}
        services.queue(
            customer=file.customer, event=Event.FILE_PAID, event_id=message_id, account="", told=told
        )


@outbox.subscriber(FINISHED, at_once=False)
def tell_of_statement(message_id: UUID, payload: dict[str, Any]) -> None:
    statement = Statement.objects.select_related("account", "deposit").get(pk=payload["statement_id"])
    told = {"id": str(statement.pk), "reference": statement.reference, "format": statement.format}
    _queue(statement.kept, Event.STATEMENT_READY, message_id, told)


@outbox.subscriber(ending.MATURED, at_once=False)
def tell_of_maturity(message_id: UUID, payload: dict[str, Any]) -> None:
    deposit = Deposit.objects.select_related("customer").get(number=payload["number"])
    told = {name: str(payload[name]) for name in ("number", "paid", "to")}
    services.queue(
        customer=deposit.customer, event=Event.DEPOSIT_MATURED, event_id=message_id, account=deposit.number,
        told=told,
    )  # fmt: skip


@outbox.subscriber(ASKED, at_once=False)
@outbox.subscriber(DECIDED, at_once=False)
def tell_of_approval(message_id: UUID, payload: dict[str, Any]) -> None:
    approval = Approval.objects.select_related("customer").get(reference=payload["reference"])
    event = Event.APPROVAL_DECIDED if "state" in payload else Event.APPROVAL_WAITS
    told = {"reference": approval.reference, "kind": approval.kind, "state": payload.get("state", "WAITING")}
    services.queue(customer=approval.customer, event=event, event_id=message_id, account="", told=told)


def _queue(account: Account | Deposit, event: Event, message_id: UUID, told: dict[str, str]) -> None:
    services.queue(
        customer=account.customer,
        event=event,
        event_id=message_id,
        account=account.number,
        told={"account": account.number, **told},
    )


def _sum(paid: PaymentOrder | IncomingPayment) -> dict[str, str]:
    return {"amount": str(paid.money.amount), "currency": paid.money.currency}
