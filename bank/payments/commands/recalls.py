"""Another bank's wish to have money back, answered when two of the staff agree."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.cif import selectors as cif
from bank.identity.models import User
from bank.kernel.errors import InvalidInput, NotAllowed
from bank.kernel.money import Money
from bank.payments.models import IncomingRecall
from bank.payments.rules import NoToRecall
from bank.payments.services import networks
from bank.runtime import formats
from bank.workflows import kinds as commands
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

ANSWER_RECALL: Final = "payments.answer_recall"
RECALL_RIGHT: Final = "payments.change_incomingrecall"
NO_ANSWERS: Final = {
    NoToRecall.CUSTOMER.value: _("The customer does not agree"),
    NoToRecall.SILENT.value: _("The customer does not answer"),
    NoToRecall.FUNDS.value: _("The money is no longer there"),
    NoToRecall.CLOSED.value: _("The account is closed"),
    NoToRecall.LAW.value: _("The law does not allow it"),
    NoToRecall.BANK.value: _("The bank decided so"),
}


@dataclass(frozen=True, slots=True)
class AnswerRecall:
    """The wish by its number; ``refusal`` is a code of ``NO_ANSWERS``, empty where the money goes back."""

    number: int
    refusal: str = ""


def _check(asked: AnswerRecall) -> None:
    recall = networks.open_recall(asked.number)
    if asked.refusal and asked.refusal not in NO_ANSWERS:
        raise InvalidInput(problem=f"A recall is refused for one of {', '.join(NO_ANSWERS)}.")
    if not asked.refusal:
        networks.check_grant(recall)


def _difference(asked: AnswerRecall) -> list[Change]:
    """What came, for whom, why it is asked back; what is available there is today's."""
    recall = networks.open_recall(asked.number)
    payment, account = recall.payment, recall.payment.creditor_account
    said = str(NO_ANSWERS[asked.refusal]) if asked.refusal else gettext("The money goes back")
    changes = [
        Change(gettext("Recall %(recall)s") % {"recall": recall.recall_id}, gettext("Open"), said),
        Change(gettext("Amount"), "", str(payment.money)),
        Change(gettext("From"), "", f"{payment.debtor_name} {payment.debtor_agent}".strip()),
        Change(gettext("Why it is asked back"), "", f"{recall.reason} {recall.sentence}".strip()),
    ]
    if account is None:
        return changes
    available = ledger.balance(account.number).available or Money.zero(account.currency)
    return [
        *changes,
        Change(gettext("Credited to"), "", f"{account.customer.display_name} {account.number}"),
        Change(gettext("Available there"), "", formats.money(available), is_forecast=True),
    ]


def _amount(asked: AnswerRecall) -> Money:
    return IncomingRecall.objects.select_related("payment").get(pk=asked.number).payment.money


def _no_party(asked: AnswerRecall, user: User) -> None:
    """Nobody decides on money that came to an account of their own. Raises ``NotAllowed``."""
    account = networks.open_recall(asked.number).payment.creditor_account
    if account is not None and cif.may_view(user, account.customer):
        raise NotAllowed(what="decide on money that came to you")


def _apply(asked: AnswerRecall, deed: Deed) -> None:
    """Who proposed it may be no party either. Raises ``NotAllowed``."""
    _no_party(asked, deed.maker)
    if asked.refusal:
        networks.refuse_recall(
            number=asked.number, reason=NoToRecall(asked.refusal), why=deed.reason, actor=deed.checker
        )
    else:
        networks.grant_recall(number=asked.number, why=deed.reason, actor=deed.checker)


commands.command(
    ANSWER_RECALL,
    _("Answer to a recall of another bank"),
    AnswerRecall,
    maker_right=RECALL_RIGHT,
    about=("INCOMING_RECALL", "number"),
    check=_check,
    difference=_difference,
    apply=_apply,
    amount=_amount,
    allows=_no_party,
)
