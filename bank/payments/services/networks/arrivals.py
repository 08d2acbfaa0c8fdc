"""Money from outside: to the account it names, or to SUSPENSE and back."""

from typing import Final

from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts import selectors as accounts
from bank.accounts.errors import InvalidAccountNumber
from bank.accounts.models import Account
from bank.accounts.rules import AccountStatus
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.money import Money
from bank.payments import errors, postings
from bank.payments.models import IncomingPayment, IncomingStep, NetworkMessage
from bank.payments.network import Incoming, NetworkRail
from bank.payments.rules import EventOutcome, IncomingStatus, MessagePurpose, MessageStatus
from bank.payments.services import listing
from bank.payments.services.charges import account_for
from bank.payments.services.networks import books
from bank.payments.services.networks.outcomes import Misfit
from bank.payments.services.networks.store import keep_outgoing
from bank.runtime import locks, outbox

RECEIVED_TOPIC: Final = "payments.received"
HELD: Final = "HELD_FOR_REVIEW"
DOUBLED: Final = "AM05"
_FOR_STAFF: Final = frozenset({HELD, DOUBLED})
_SENTENCES: Final = {
    "AC01": "There is no account with this number.",
    "AC04": "The account is closed.",
    "AC06": "The account is frozen.",
    "AM03": "The account is kept in another currency.",
    DOUBLED: "Money with this UETR came before, by another message; two of the staff say whose it is.",
    HELD: "The payer may be on a watch list; it stays until two of the staff give it to its owner.",
}


def arrived(way: NetworkRail, told: Incoming) -> tuple[EventOutcome, str]:
    """Credits the creditor with what came, once for a network reference; else SUSPENSE, and back it goes,
    but for a payer who may be on a watch list: that money goes nowhere. Nor does, without the staff, money
    whose UETR is that of other money.

    Raises ``Misfit`` for money without a reference or an amount.
    """
    if not told.network_reference or len(told.network_reference) > 64 or not told.amount.is_positive:
        raise Misfit("Money without a reference or an amount.")
    account, reason = _owner(told)
    if told.uetr:
        locks.hold_until_commit(f"uetr:{way.code}:{told.uetr.lower()}")
    try:
        with transaction.atomic():
            payment = _kept(way, told)
    except IntegrityError:
        return EventOutcome.IGNORED, "This money was taken in before."
    if may_be_listed(payment):
        reason = HELD
    elif _is_doubled(payment):
        reason = DOUBLED
    elif account is not None:
        reason = _credit(way, payment, account)
    if reason:
        _suspend(way, payment, told, reason)
    outbox.emit(RECEIVED_TOPIC, {"reference": payment.reference, "status": payment.status})
    return EventOutcome.APPLIED, payment.reference


def mark_returned(way: NetworkRail, reference: str) -> None:
    """The network has the message that gives the money back: SUSPENSE is debited, the nostro credited."""
    payment = locked(reference)
    if payment.status != IncomingStatus.SUSPENDED:
        return
    way_out = postings.sent_back(
        reference=payment.reference,
        suspense=account_for(books.SUSPENSE, payment.money),
        nostro=books.nostro(way, payment.money),
        amount=payment.money,
    )
    ledger.post(way_out)
    move(payment, IncomingStatus.RETURNED)


def goes_back(payment: IncomingPayment) -> bool:
    """Whether a message that gives it back waits, is under way, or was taken by the network."""
    asked = NetworkMessage.objects.filter(
        rail=payment.rail, purpose=MessagePurpose.GIVE_BACK, references__contains=[payment.reference]
    )
    return asked.exclude(status=MessageStatus.REFUSED).exists()


def may_be_listed(payment: IncomingPayment) -> bool:
    """Whether its payer is on a watch list, or may be and nobody has decided yet."""
    agent, number = payer_of(payment)
    return listing.may_be_listed(name=payment.debtor_name, number=number, agent=agent, country="")


def require_unlisted(payment: IncomingPayment) -> None:
    """Raises ``NameUndecided``."""
    if may_be_listed(payment):
        raise errors.NameUndecided(subject=listing.subject_of(*payer_of(payment)))


def _is_doubled(payment: IncomingPayment) -> bool:
    """Whether other money of the rail bears its UETR, which names one payment in the world (RFC 9562)."""
    others = IncomingPayment.objects.filter(rail=payment.rail, uetr=payment.uetr).exclude(uetr="")
    return others.exclude(pk=payment.pk).exists()


def payer_of(payment: IncomingPayment) -> tuple[str, str]:
    """Bank and number of whoever paid, as a screening names them; the payment's own where it says neither."""
    return payment.debtor_agent or payment.rail, payment.debtor_number or payment.reference


def locked(reference: str) -> IncomingPayment:
    return IncomingPayment.objects.select_for_update().get(reference=reference)


def move(
    payment: IncomingPayment,
    status: IncomingStatus,
    *,
    by: User | None = None,
    reason: str = "",
    sentence: str = "",
) -> None:
    """The next step of an incoming payment, on its timeline."""
    payment.status = status
    payment.save(update_fields=["status", "creditor_account"])
    IncomingStep.objects.create(
        payment=payment, status=status, actor=by, reason=reason[:40], sentence=sentence[:300]
    )


def _owner(told: Incoming) -> tuple[Account | None, str]:
    """The account the money is for, or why nobody can have it (ISO 20022 ExternalReturnReason1Code)."""
    try:
        number = numbering.read_number(told.creditor_number)
    except InvalidAccountNumber:
        return None, "AC01"
    if numbering.is_collecting(number) and (behind := accounts.behind(number)):
        number = behind.account.number
    account = Account.objects.filter(number=number).first()
    if account is None:
        return None, "AC01"
    if account.status == AccountStatus.CLOSED:
        return None, "AC04"
    return (account, "") if account.currency == told.amount.currency else (None, "AM03")


def _message(told: Incoming) -> str:
    """What the payer wrote, after what a collection number stands for, as payments inside the bank say it."""
    number = "".join(told.creditor_number.split())
    known = accounts.behind(number) if numbering.is_collecting(number) else None
    return f"{known.reference} {told.remittance}".strip()[:500] if known else told.remittance


def _kept(way: NetworkRail, told: Incoming) -> IncomingPayment:
    return IncomingPayment.objects.create(
        reference=ids.reference("INC"),
        rail=way.code,
        network_reference=told.network_reference,
        status=IncomingStatus.SUSPENDED,
        amount=told.amount.amount,
        currency=told.amount.currency,
        debtor_name=told.debtor_name[:140],
        debtor_number=told.debtor_number[:64],
        debtor_agent=told.debtor_agent[:35],
        creditor_name=told.creditor_name[:140],
        creditor_number=told.creditor_number[:64],
        end_to_end_id=told.end_to_end_id[:35],
        uetr=told.uetr[:36].lower(),
        remittance=_message(told),
    )


def _credit(way: NetworkRail, payment: IncomingPayment, account: Account) -> str:
    """Empty where the account has it; else why it cannot."""
    try:
        _book(way, payment, account.number)
    except ledger.errors.AccountClosed:
        return "AC04"
    except ledger.errors.AccountFrozen:
        return "AC06"
    payment.creditor_account = account
    move(payment, IncomingStatus.CREDITED)
    return ""


def _suspend(way: NetworkRail, payment: IncomingPayment, told: Incoming, reason: str) -> None:
    _book(way, payment, account_for(books.SUSPENSE, payment.money))
    move(payment, IncomingStatus.SUSPENDED, reason=reason, sentence=_SENTENCES[reason])
    message = None if reason in _FOR_STAFF else way.give_back(told, reason)
    if message is not None:
        named = type(message)(message.key, message.kind, message.content, (payment.reference,))
        keep_outgoing(way.code, [named], MessagePurpose.GIVE_BACK)


def _book(way: NetworkRail, payment: IncomingPayment, to: str) -> None:
    amount: Money = payment.money
    ledger.post(
        postings.received(
            reference=payment.reference,
            nostro=books.nostro(way, amount),
            to=to,
            amount=amount,
            narrative=f"From {payment.debtor_name} {payment.remittance}".strip(),
        )
    )
