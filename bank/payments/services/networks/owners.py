"""Money in suspense whose owner was found: credited once two of the staff agree (see ``commands.py``)."""

from django.db import transaction
from django.db.models import QuerySet

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts.models import Account
from bank.accounts.rules import AccountStatus
from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.payments import errors, postings
from bank.payments.models import IncomingPayment
from bank.payments.rules import IncomingStatus, RecallStatus
from bank.payments.services.charges import account_for
from bank.payments.services.networks import arrivals, books
from bank.runtime import outbox


def check_owner(reference: str, number: str) -> tuple[IncomingPayment, Account]:
    """The money, its row locked till the database transaction ends, and the account it may go to.

    Raises ``NotFound``, ``NotInSuspense``, ``GoesBack`` where the network was asked to take it back,
    ``InvalidAccountNumber``, ``CurrenciesDiffer``, ``NameUndecided``.
    """
    payments = IncomingPayment.objects.select_for_update(of=("self",))
    payment, account = _found(payments, reference, number)
    arrivals.require_unlisted(payment)
    return payment, account


def owner_shown(reference: str, number: str) -> tuple[IncomingPayment, Account]:
    """As ``check_owner``, for pages that only show it: nothing is locked and nobody screened."""
    return _found(IncomingPayment.objects.all(), reference, number)


def _found(
    payments: QuerySet[IncomingPayment], reference: str, number: str
) -> tuple[IncomingPayment, Account]:
    payment = payments.filter(reference=reference).first()
    if payment is None:
        raise NotFound(what="incoming payment")
    if payment.status != IncomingStatus.SUSPENDED:
        raise errors.NotInSuspense(reference=reference, status=payment.status.lower())
    if arrivals.goes_back(payment):
        raise errors.GoesBack(reference=reference)
    account = Account.objects.filter(number=numbering.read_number(number)).first()
    if account is None or account.status == AccountStatus.CLOSED:
        raise NotFound(what="account")
    if account.currency != payment.currency:
        raise errors.CurrenciesDiffer(
            currency=payment.currency, number=account.number, account_currency=account.currency
        )
    return payment, account


@transaction.atomic
def credit_owner(*, reference: str, number: str, why: str, actor: User) -> IncomingPayment:
    """Debits SUSPENSE and credits the account with all of the money, once. Raises as ``check_owner``, and
    the ledger's ``AccountFrozen``.
    """
    payment, account = check_owner(reference, number)
    ledger.post(
        postings.found_owner(
            reference=payment.reference,
            suspense=account_for(books.SUSPENSE, payment.money),
            creditor=account.number,
            amount=payment.money,
            narrative=f"From {payment.debtor_name} {payment.remittance}".strip(),
            turn=payment.recalls.filter(status=RecallStatus.GRANTED).count(),
        )
    )
    payment.creditor_account = account
    arrivals.move(payment, IncomingStatus.CREDITED, by=actor, reason="OWNER_FOUND", sentence=why)
    audit.record(
        "INCOMING_CREDITED", actor=actor, subject_type="incoming_payment", subject_id=payment.reference,
        detail={"account": account.number, "amount": str(payment.money), "why": why},
    )  # fmt: skip
    outbox.emit(arrivals.RECEIVED_TOPIC, {"reference": payment.reference, "status": payment.status})
    return payment
