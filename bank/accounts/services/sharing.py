"""Joint holders, and collection numbers that stand for an account."""

from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import rules, selectors
from bank.accounts.errors import CollectionUnusable, JointUnusable
from bank.accounts.models import Account, CollectionNumber, JointHolder
from bank.accounts.rules import AccountRole, AccountStatus, Signing
from bank.accounts.services import numbering, trail
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.rules import CustomerKind, CustomerStatus
from bank.identity.models import User
from bank.kernel.money import Money


def check_joint(account: Account, customer: Customer, signing: str) -> None:
    """Raises ``JointUnusable`` unless both are persons, the account stands for itself and is open, and the
    signing is EITHER or BOTH.
    """
    if signing not in {Signing.EITHER, Signing.BOTH}:
        raise JointUnusable(problem="Holders sign EITHER alone or BOTH together.")
    if account.role != AccountRole.MAIN or account.status == AccountStatus.CLOSED:
        raise JointUnusable(problem="Only an open account that is no part of another is held jointly.")
    if {account.customer.kind, customer.kind} != {CustomerKind.PERSON}:
        raise JointUnusable(problem="Persons hold accounts jointly; companies have signatories.")
    if customer.pk == account.customer_id or customer.status != CustomerStatus.ACTIVE:
        raise JointUnusable(problem="The other holder is another customer in good standing.")
    if selectors.joint_holders(account).filter(customer=customer).exists():
        raise JointUnusable(problem="This customer holds the account already.")


@transaction.atomic
def add_holder(
    *, account: Account, customer: Customer, signing: str, actor: User | None = None
) -> JointHolder:
    """Makes a person a holder of an account: they see it, and pay from it as ``signing`` says.

    The books are not touched. Raises ``JointUnusable``.
    """
    locked = Account.objects.select_for_update(of=("self",)).select_related("customer").get(pk=account.pk)
    check_joint(locked, customer, signing)
    made = JointHolder.objects.create(account=locked, customer=customer, since_date=ledger.business_date())
    locked.signing = signing
    locked.save(update_fields=["signing"])
    trail.record("HOLDER_ADDED", locked, actor, cif=customer.cif, signing=signing)
    return made


def check_leaving(account: Account, customer: Customer) -> None:
    """Raises ``JointUnusable`` for who does not hold the account jointly."""
    if not selectors.joint_holders(account).filter(customer=customer).exists():
        raise JointUnusable(problem="This customer does not hold the account jointly.")


@transaction.atomic
def end_holder(*, account: Account, customer: Customer, actor: User | None = None) -> None:
    """A joint holder leaves; with the last one the account is its first holder's alone again.

    Called by the approved command: it takes a signature off the account. Raises ``JointUnusable`` for
    who is none.
    """
    locked = Account.objects.select_for_update().get(pk=account.pk)
    check_leaving(locked, customer)
    held = selectors.joint_holders(locked)
    held.filter(customer=customer).update(until_date=ledger.business_date())
    if not held.exists():
        locked.signing = Signing.SOLE.value
        locked.save(update_fields=["signing"])
    trail.record("HOLDER_ENDED", locked, actor, cif=customer.cif)


@transaction.atomic
def open_collection_number(*, user: User, number: str, reference: str) -> CollectionNumber:
    """A number of its own that credits one of the user's accounts, with ``reference`` on every line.

    The books are not touched. Asked again for the same reference it answers with the number there is.
    Raises ``NotFound``, the mandate's refusals, ``CollectionUnusable``.
    """
    account = selectors.account_for(user, number)
    cif.require_pay(user, account.customer, Money.zero(account.currency))
    line = " ".join(reference.split())
    if not line or len(line) > rules.NICKNAME_LETTERS or not line.isprintable():
        raise CollectionUnusable(problem="A reference has 1 to 40 letters, all of them printable.")
    if account.status == AccountStatus.CLOSED or account.role == AccountRole.POT:
        raise CollectionUnusable(problem="Numbers stand for an open account, not for a pot.")
    there = selectors.collection_numbers(account).filter(reference=line).first()
    return there or _open(account, line, user)


def _open(account: Account, reference: str, user: User) -> CollectionNumber:
    number = rules.account_number(rules.COLLECTING, numbering.next_serial())
    try:
        with transaction.atomic():
            made = CollectionNumber.objects.create(
                number=number, account=account, reference=reference, opened_date=ledger.business_date()
            )
    except IntegrityError:
        return selectors.collection_numbers(account).get(reference=reference)
    trail.record("COLLECTION_NUMBER_OPENED", account, user, number=number, reference=reference)
    return made


@transaction.atomic
def close_collection_number(*, user: User, number: str) -> CollectionNumber:
    """What is paid to the number from now on is refused. Raises ``NotFound``, the mandate's refusals."""
    known = selectors.collection_number_for(user, number)
    cif.require_pay(user, known.account.customer, Money.zero(known.account.currency))
    known.closed_date = ledger.business_date()
    known.save(update_fields=["closed_date"])
    trail.record("COLLECTION_NUMBER_CLOSED", known.account, user, number=known.number)
    return known
