"""Money in suspense, given to its owner or sent back to its payer when two of the staff agree."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.cif import selectors as cif
from bank.identity.models import User
from bank.kernel.errors import InvalidInput, NotAllowed
from bank.kernel.money import Money
from bank.payments.models import IncomingPayment
from bank.payments.services import networks
from bank.workflows import kinds as commands
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

CREDIT_SUSPENDED: Final = "payments.credit_suspended"
RETURN_SUSPENDED: Final = "payments.return_suspended"
CREDIT_RIGHT: Final = "payments.change_incomingpayment"
#: Why money goes back (ISO 20022 ExternalReturnReason1Code), as staff may say it.
RETURN_REASONS: Final = {
    "AC01": _("There is no account with this number"),
    "AC04": _("The account is closed"),
    "AC06": _("The account may not be credited"),
    "AM03": _("The account is kept in another currency"),
    "AM05": _("It was paid twice"),
    "BE01": _("Name and account do not belong together"),
    "CUST": _("The customer does not want it"),
    "MD07": _("The customer has died"),
    "RR04": _("The law does not allow it"),
}


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
    payment, account = networks.owner_shown(asked.reference, asked.number)
    told = " ".join(filter(None, (payment.creditor_name, payment.creditor_number))) or gettext("Nobody")
    return [
        Change(gettext("For"), told, f"{account.customer.display_name} {account.number}"),
        Change(gettext("Amount"), gettext("In suspense"), str(payment.money)),
        Change(gettext("From"), "", f"{payment.debtor_name} {payment.debtor_number}".strip()),
    ]


def _no_party(asked: CreditSuspended, user: User) -> None:
    """Nobody finds an owner for money among accounts of their own. Raises ``NotAllowed``."""
    _payment, account = networks.owner_shown(asked.reference, asked.number)
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


@dataclass(frozen=True, slots=True)
class ReturnSuspended:
    """Incoming money in suspense, by its reference, goes back for a reason of ``RETURN_REASONS``."""

    reference: str
    reason: str


def _check_return(asked: ReturnSuspended) -> None:
    if asked.reason not in RETURN_REASONS:
        raise InvalidInput(problem=f"Money goes back for one of {', '.join(RETURN_REASONS)}.")
    networks.check_return(asked.reference, asked.reason)


def _return_difference(asked: ReturnSuspended) -> list[Change]:
    """To whom the money goes back, and by what message."""
    payment, message = networks.check_return(asked.reference, asked.reason)
    payer = f"{payment.debtor_name} {payment.debtor_number} {payment.debtor_agent}"
    return [
        Change(gettext("Amount"), gettext("In suspense"), str(payment.money)),
        Change(gettext("Goes back to"), "", " ".join(payer.split())),
        Change(gettext("It came for"), "", f"{payment.creditor_name} {payment.creditor_number}".strip()),
        Change(gettext("Why"), "", f"{asked.reason} {RETURN_REASONS[asked.reason]}"),
        Change(gettext("Message"), "", f"{payment.rail} {message.kind}"),
    ]


def _return(asked: ReturnSuspended, deed: Deed) -> None:
    networks.return_suspended(
        reference=asked.reference, reason=asked.reason, why=deed.reason, actor=deed.checker
    )


def _returned_amount(asked: ReturnSuspended) -> Money:
    return IncomingPayment.objects.get(reference=asked.reference).money


commands.command(
    RETURN_SUSPENDED,
    _("Money in suspense back to its payer"),
    ReturnSuspended,
    maker_right=CREDIT_RIGHT,
    about=("INCOMING_PAYMENT", "reference"),
    check=_check_return,
    difference=_return_difference,
    apply=_return,
    amount=_returned_amount,
)
