"""A collection given back: who paid is whole at once, the company pays it back as far as it can."""

from django.db import transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts import services as charges
from bank.accounts.rules import AccountStatus
from bank.debits import postings, rules, selectors
from bank.debits.models import Collection
from bank.debits.rules import CollectionStatus, RefundKind
from bank.debits.services import trail
from bank.identity.models import User
from bank.kernel.errors import BankError, NotAllowed
from bank.kernel.money import Money
from bank.ledger.errors import InsufficientFunds


@transaction.atomic
def refund(*, user: User, reference: str) -> Collection:
    """Gives a CORE collection back to who paid it, within eight weeks and without a question. Once.

    Raises ``NotFound``, ``NotAllowed``, ``WrongCollectionStatus``, ``RefundTooLate``, and the ledger's
    refusals of the account.
    """
    found = trail.collection_locked(user, reference)
    if not selectors.pays(user, found.mandate):
        raise NotAllowed(what="ask this direct debit back")
    kind, today = RefundKind.NO_QUESTION, ledger.business_date()
    rules.check_refund(found.status, found.collected_date, found.mandate.kind, kind, today)
    give_back(found, kind, user)
    return found


def give_back(found: Collection, kind: RefundKind, actor: User) -> None:
    """Credits who paid; debits the company, and SUSPENSE with what the company has not, which is an arrear
    of its account until it is collected. The caller holds the rows and has checked that it was taken.
    """
    found.status, found.refund_kind = CollectionStatus.REFUNDED, kind.value
    found.refunded_date, found.reason = ledger.business_date(), rules.REFUND_REASONS[kind]
    found.refund_entry_id, claim = _give_back(found)
    found.claim = claim.amount
    found.save()
    if claim.is_positive:
        charges.claim_debit(account=found.mandate.creditor_account, claim=claim, reference=found.reference)
    trail.tell_collection("REFUNDED", found, actor, kind=kind.value, claim=str(claim))


def can_refund(collection: Collection, kind: RefundKind) -> bool:
    """Whether it could be asked back in this way today."""
    try:
        rules.check_refund(
            collection.status,
            collection.collected_date,
            collection.mandate.kind,
            kind,
            ledger.business_date(),
        )
    except BankError:
        return False
    return True


def _give_back(found: Collection) -> tuple[int | None, Money]:
    """Books it; what was spent between looking and booking is claimed as a whole."""
    there = _there(found)
    try:
        with transaction.atomic():
            return _post(found, there), found.money - there
    except InsufficientFunds:
        return _post(found, Money.zero(found.money.currency)), found.money


def _there(found: Collection) -> Money:
    """What of the sum the company's account has."""
    account, zero = found.mandate.creditor_account, Money.zero(found.money.currency)
    if account.status not in {AccountStatus.ACTIVE, AccountStatus.FROZEN_CREDIT}:
        return zero
    return min(max(accounts.position(account).available, zero), found.money)


def _post(found: Collection, taken: Money) -> int | None:
    entry = postings.refunded(
        key=f"debit:{found.reference}:refund:{taken.amount}",
        reference=found.reference,
        debtor=found.mandate.debtor_account.number,
        creditor=found.mandate.creditor_account.number,
        taken=taken,
        claims=ledger.gl(postings.CLAIMS, taken.currency),
        claim=found.money - taken,
        words=f"{found.mandate.creditor.display_name}, mandate {found.mandate.creditor_reference}",
    )
    return ledger.post(entry).entry_id
