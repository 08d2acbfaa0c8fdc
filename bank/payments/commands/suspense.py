"""Money in suspense, given to its owner when two of the staff agree."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.cif import selectors as cif
from bank.identity.models import User
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.payments.models import IncomingPayment
from bank.payments.services import networks
from bank.workflows import kinds as commands
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

CREDIT_SUSPENDED: Final = "payments.credit_suspended"
CREDIT_RIGHT: Final = "payments.change_incomingpayment"


@dataclass(frozen=True, slots=True)
class CreditSuspended:
    """Incoming money in suspense, by its reference, goes to the account with this number."""

    reference: str
    number: str


def _amount(asked: CreditSuspended) -> Money:
    return IncomingPayment.objects.get(reference=asked.reference).money


def _check(asked: CreditSuspended) -> None:
    networks.check_owner(asked.reference, asked.number)


def _difference(asked: CreditSuspended) -> list[Change]:
    """The account with its holder, beside the name and number the money came with."""
    payment, account = networks.check_owner(asked.reference, asked.number)
    told = " ".join(filter(None, (payment.creditor_name, payment.creditor_number))) or gettext("Nobody")
    return [
        Change(gettext("For"), told, f"{account.customer.display_name} {account.number}"),
        Change(gettext("Amount"), gettext("In suspense"), str(payment.money)),
        Change(gettext("From"), "", f"{payment.debtor_name} {payment.debtor_number}".strip()),
    ]


def _no_party(asked: CreditSuspended, user: User) -> None:
    """Nobody finds an owner for money among accounts of their own. Raises ``NotAllowed``."""
    _payment, account = networks.check_owner(asked.reference, asked.number)
    if cif.may_view(user, account.customer):
        raise NotAllowed(what="decide on money for an account of yours")


def _apply(asked: CreditSuspended, deed: Deed) -> None:
    """Who proposed it may be no party either. Raises ``NotAllowed``."""
    _no_party(asked, deed.maker)
    networks.credit_owner(reference=asked.reference, number=asked.number, why=deed.reason, actor=deed.checker)


commands.command(
    CREDIT_SUSPENDED,
    _("Money in suspense to its owner"),
    CreditSuspended,
    maker_right=CREDIT_RIGHT,
    about=("INCOMING_PAYMENT", "reference"),
    check=_check,
    difference=_difference,
    apply=_apply,
    amount=_amount,
    allows=_no_party,
)
