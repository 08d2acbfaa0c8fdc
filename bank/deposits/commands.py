"""What needs a second pair of eyes about deposits: closing one early because the customer asked in person;
what waits for a company's signatures, or for the other holders of an account."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.accounts import joint
from bank.deposits import selectors, services
from bank.deposits.services import asking, signed, together
from bank.deposits.services.opening import OPENING
from bank.kernel.money import Money
from bank.products import keeping
from bank.runtime import formats
from bank.signing import kinds as signing
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change


@dataclass(frozen=True, slots=True)
class CloseEarly:
    """The deposit with that number, closed at the cost of the day it is approved on."""

    number: str


def _check(asked: CloseEarly) -> None:
    services.quote_early(deposit=selectors.by_number(asked.number))


def _difference(asked: CloseEarly) -> list[Change]:
    deposit = selectors.by_number(asked.number)
    offered = services.quote_early(deposit=deposit)
    return [
        Change(gettext("Status"), str(deposit.get_status_display()), gettext("Closed early")),
        Change(gettext("Paid out"), gettext("Nothing"), formats.money(offered.payout)),
        Change(gettext("Interest given up"), gettext("Nothing"), formats.money(offered.cost)),
    ]


def _payout(asked: CloseEarly) -> Money:
    return services.quote_early(deposit=selectors.by_number(asked.number)).payout


def _apply(asked: CloseEarly, deed: Deed) -> None:
    services.close_for(deposit=selectors.by_number(asked.number), reason=deed.reason, actor=deed.checker)


CLOSE_EARLY = kinds.command(
    "deposits.close_early",
    _("Early closing of a deposit"),
    CloseEarly,
    maker_right="deposits.change_deposit",
    checker_role="BRANCH_MANAGER",
    lifetime=timedelta(hours=24),
    amount=_payout,
    about=("DEPOSIT", "number"),
    check=_check,
    difference=_difference,
    apply=_apply,
)
signing.register(signing.Kind(OPENING, _("Opening of a deposit"), signed.open_signed, signed.give_up))
for name, title in (
    (asking.OPENING, _("Opening of a deposit")),
    (asking.CLOSING, _("Early closing of a deposit")),
    (asking.PAY_IN, _("Payment into a deposit")),
    (asking.WITHDRAWAL, _("Withdrawal from a deposit")),
    (asking.INSTALMENT, _("Late instalment of a deposit")),
    (asking.INSTRUCTION, _("What happens at a deposit's maturity")),
):
    joint.register(joint.Kind(name, title, together.DEEDS[name], together.leave_it))
keeping.counts("deposits", selectors.running_under)
