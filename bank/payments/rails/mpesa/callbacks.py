"""What M-Pesa tells the bank, and what the bank believes of it: what was asked comes from the address of the
callback (``addresses``), and a success that does not fit it settles nothing but has the payment asked for.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from bank.accounts.errors import InvalidAccountNumber
from bank.accounts.rules import read_number
from bank.kernel.money import Money
from bank.messages import mpesa
from bank.messages.errors import CallbackMalformed
from bank.payments import errors
from bank.payments.network import (
    Event,
    Incoming,
    Noted,
    RecallAnswered,
    Received,
    Rejected,
    Returned,
    Settled,
)
from bank.payments.rails.mpesa import addresses, connection, requests
from bank.payments.rails.mpesa.addresses import Asked

AGENT: Final = "MPESA"
NOT_RECEIVED: Final = "NOT_RECEIVED"
DISAGREES: Final = "CALLBACK_DISAGREES"
REFUSED: Final = "VALIDATION_REFUSED"
_MOST_BYTES: Final = 65_536
#: Results of a status query that say M-Pesa has no such payment.
_UNKNOWN: Final = frozenset({"2032", "17002"})
_OVER: Final = frozenset({"Failed", "Cancelled", "Declined", "Expired"})
_RECEIPT_LONGEST: Final = 20


def read(content: bytes, headers: Mapping[str, str]) -> Received:
    """One callback, or one row of what was collected (which has no address: the bank fetched it).

    Raises ``NetworkMessageForged``, ``NetworkMessageUnreadable``.
    """
    asked = addresses.read(headers) if ":path" in headers else Asked("pulled")
    body = _parsed(content)
    try:
        events = _READERS[asked.kind](asked, body)
    except (CallbackMalformed, KeyError, TypeError, ValueError) as error:
        raise errors.NetworkMessageUnreadable(rail=connection.NAME, problem=str(error)[:200]) from error
    kind = asked.kind.upper()
    if asked.kind == "validation" and not _is_account(body):
        kind = REFUSED
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()[:40]
    return Received(key=f"{asked.kind}/{asked.subject}/{digest}", kind=kind, events=events)


def _parsed(content: bytes) -> Any:
    if len(content) > _MOST_BYTES:
        raise _unreadable(f"it has more than {_MOST_BYTES} bytes")
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _unreadable("it is not JSON") from error


def _no_number(text: str) -> None:
    raise ValueError(text)


def _unreadable(problem: str) -> errors.NetworkMessageUnreadable:
    return errors.NetworkMessageUnreadable(rail=connection.NAME, problem=problem)


def _payment(asked: Asked, body: Any) -> tuple[Event, ...]:
    """B2C: paid, or why not."""
    told = mpesa.result(body)
    reference = asked.subject
    if told.merchant_reference != reference:
        return (_disagrees(reference, "it names another payment"),)
    if not told.success:
        return (Rejected(reference, told.reason, _sentence(told), told.reference),)
    if told.amount != asked.amount:
        return (_disagrees(reference, "it tells another amount"),)
    if not asked.is_from(told.phone):
        return (_disagrees(reference, "it tells another phone"),)
    if not told.receipt:
        return (_disagrees(reference, "it has no receipt"),)
    return (Settled(reference, told.receipt[:_RECEIPT_LONGEST], told.at),)


def _status(asked: Asked, body: Any) -> tuple[Event, ...]:
    """The answer to a question of ours: it decides. Pending is no news."""
    told = mpesa.result(body)
    reference, found = asked.subject, dict(told.parameters)
    if not told.success:
        sentence = "M-Pesa never had this payment."
        return (Rejected(reference, NOT_RECEIVED, sentence),) if told.reason in _UNKNOWN else ()
    if found.get("OriginatorConversationID", reference) != reference:
        return (_disagrees(reference, "it names another payment"),)
    state = found.get("TransactionStatus", "")
    if state in _OVER:
        return (Rejected(reference, state.upper(), found.get("TransactionReason", "")[:140], told.receipt),)
    return (Settled(reference, told.receipt[:_RECEIPT_LONGEST], told.at),) if state == "Completed" else ()


def _late(asked: Asked, _body: Any) -> tuple[Event, ...]:
    """It stayed in M-Pesa's queue too long. Whether it was done after all, only a question tells."""
    return (Noted(asked.subject, "QUEUE_TIMEOUT", "M-Pesa was late; the bank asks what became of it."),)


def _recall(asked: Asked, body: Any) -> tuple[Event, ...]:
    told = mpesa.result(body)
    if not told.success:
        return (RecallAnswered(asked.subject, is_accepted=False, reason=told.reason),)
    if told.amount is not None and told.amount > asked.amount:
        return (_disagrees(asked.subject, "it tells another amount"),)
    returned = Money(told.amount or asked.amount, "KES")
    return (
        RecallAnswered(asked.subject, is_accepted=True),
        Returned(asked.subject, returned, "REVERSED", "M-Pesa took it back.", told.receipt),
    )


def _given_back(asked: Asked, body: Any) -> tuple[Event, ...]:
    """Money of a customer that M-Pesa was asked to take back. Where it did not after all, staff are told: the
    news is of no payment of ours, and is parked.
    """
    told = mpesa.result(body)
    if told.success:
        return ()
    sentence = f"M-Pesa did not take {asked.subject} back: {_sentence(told)}"
    return (Noted(asked.subject, "NOT_GIVEN_BACK", sentence[:300]),)


def _push(asked: Asked, body: Any) -> tuple[Event, ...]:
    """A customer paid what the bank asked for on the phone. What does not fit moves nothing: the pay
    bill's own confirmation, or the next collection, tells what was really paid.
    """
    told = mpesa.stk_callback(body)
    account, _mark, reference = asked.subject.partition("~")
    if not told.success or told.amount != asked.amount or not asked.is_from(told.phone):
        return ()
    return (
        Incoming(
            network_reference=told.receipt[:_RECEIPT_LONGEST],
            amount=Money(told.amount, "KES"),
            creditor_number=account,
            creditor_name="",
            debtor_number=told.phone,
            debtor_name="",
            debtor_agent=AGENT,
            end_to_end_id=reference,
            remittance="M-Pesa",
        ),
    )


def _validation(_asked: Asked, body: Any) -> tuple[Event, ...]:
    """A question before the customer pays; it moves no money."""
    mpesa.payment(body)
    return ()


def _is_account(body: Any) -> bool:
    """Whether the account that was typed can be one here: right digits, right check digit. One that is
    well formed and not open is taken, and its money goes to suspense.
    """
    try:
        read_number(requests.account_of(mpesa.payment(body).account))
    except InvalidAccountNumber:
        return False
    return True


def _confirmation(_asked: Asked, body: Any) -> tuple[Event, ...]:
    told = mpesa.payment(body)
    if told.short_code != connection.setup().paybill:
        raise _unreadable("it is of another pay bill number")
    return (_incoming(told.transaction_id, told.amount, told.account, told.phone, told.name),)


def _pulled(_asked: Asked, body: Any) -> tuple[Event, ...]:
    """What the bank fetched: a payment to the pay bill that no callback told of, or one taken back."""
    if "reversed" in body:
        row = body["reversed"]
        back = Money(Decimal(row["amount"]), "KES")
        return (Returned(row["reference"], back, "REVERSED", "M-Pesa took it back.", row["receipt"]),)
    row = body["paid"]
    amount = Decimal(str(row["amount"])).quantize(Decimal("0.01"))
    return (_incoming(row["transactionId"], amount, row["billreference"], str(row["msisdn"]), row["sender"]),)


def _incoming(receipt: str, amount: Decimal, account: str, phone: str, name: str) -> Incoming:
    return Incoming(
        network_reference=receipt[:_RECEIPT_LONGEST],
        amount=Money(amount, "KES"),
        creditor_number=requests.account_of(account)[:40],
        creditor_name="",
        debtor_number=phone[:40],
        debtor_name=name[:140],
        debtor_agent=AGENT,
        remittance="M-Pesa",
    )


def _disagrees(reference: str, how: str) -> Noted:
    return Noted(reference, DISAGREES, f"M-Pesa's answer does not fit: {how}. The bank asks again.")


def _sentence(told: mpesa.Result) -> str:
    return (told.meaning or told.sentence)[:140]


_READERS: Final[dict[str, Callable[[Asked, Any], tuple[Event, ...]]]] = {
    "b2c": _payment,
    "status": _status,
    "late": _late,
    "recall": _recall,
    "giveback": _given_back,
    "push": _push,
    "validation": _validation,
    "confirmation": _confirmation,
    "pulled": _pulled,
}
