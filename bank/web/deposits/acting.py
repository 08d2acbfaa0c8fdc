"""What opening, closing and moving money of a deposit have in common: a check page and a code for one act."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from bank.accounts.services import joint
from bank.cif.rules import CustomerKind
from bank.deposits import selectors, services
from bank.deposits.models import DepositRequest
from bank.deposits.rules import Instruction
from bank.deposits.services import Order
from bank.identity.errors import StepUpFailed
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money
from bank.runtime import formats
from bank.web.deposits.forms import INSTRUCTIONS, MODES
from bank.web.orders.desk import Desk
from bank.web.views import confirmation, drafts
from bank.web.views.confirmation import ConfirmForm
from bank.web.views.drafts import Draft
from bank.web.views.holdings import Holding
from bank.web.views.pages import renew_session, spoken

JOURNEY = "deposit"
OPEN, CLOSE, PAY_IN, WITHDRAW, LATE = "open", "close", "pay_in", "withdraw", "late"
Row = tuple[str, str]


def own_deposit(desk: Desk, number: str) -> Any:
    """A deposit of whoever the door is about; ``NotFound`` for any other."""
    found = selectors.deposit_for(desk.user, number)
    if not is_here(desk, found.customer):
        raise NotFound(what="deposit")
    return found


def is_here(desk: Desk, customer: Any) -> bool:
    """Whether a customer's deposits belong in this door: a person's, or this company's."""
    if desk.company is not None:
        return bool(customer.pk == desk.company.pk)
    return bool(customer.kind == CustomerKind.PERSON)


def paying_accounts(desk: Desk, currency: str) -> list[Holding]:
    """The accounts a deposit can be funded from."""
    return [one for one in desk.payable if one.currency == currency]


def ask_code(request: HttpRequest, desk: Desk, draft: Draft) -> None:
    """Reckons the draft's act anew and sends a code for exactly that; raises what it would be refused for."""
    challenge, rows = _ASK[draft.answers["act"]](desk, draft)
    draft.answers["rows"] = rows
    confirmation.note(request, draft, challenge)


def confirm(request: HttpRequest, desk: Desk, draft: Draft, form: ConfirmForm, refusals: list[str]) -> str:
    """Does what the draft says, once. Returns the address it leads to, or says in form or ``refusals`` why
    not."""
    given: dict[str, Any] = {"user": desk.user, "key": draft.id, "code": form.cleaned_data["code"]}
    try:
        done = _do(desk, draft, {**given, "challenge_id": form.challenge_id})
    except StepUpFailed as error:
        form.add_error("code", spoken(error))
        return ""
    except BankError as error:
        refusals.append(spoken(error))
        return ""
    draft.answers["done"] = where(desk, done)
    draft.answers["waits"] = joint.waits(done) or isinstance(done, DepositRequest)
    drafts.keep(request, draft)
    renew_session(request)
    return str(draft.answers["done"])


def waits_said() -> str:
    return gettext("It waits for the other signatures. Nothing has moved yet.")


def where(desk: Desk, done: Any) -> str:
    """The deposit's page; what waits for signatures is found among the deposits, what waits for another
    holder has a page of its own.
    """
    if joint.waits(done):
        return f"{desk.root}together/{done.reference}/"
    return address(desk, "" if isinstance(done, DepositRequest) else done.number)


def address(desk: Desk, *parts: str) -> str:
    """A page of the deposits in this door."""
    return f"{desk.root}deposits/" + "".join(f"{part}/" for part in parts if part)


def words(act: str) -> dict[str, str]:
    """Heading, button and outcome of an act."""
    return {
        OPEN: {
            "title": gettext("Check your deposit"),
            "send": gettext("Open the deposit"),
            "done": gettext("The deposit is open."),
        },
        CLOSE: {
            "title": gettext("Check before you close"),
            "send": gettext("Close the deposit"),
            "done": gettext("The deposit is closed and paid out."),
        },
        PAY_IN: {
            "title": gettext("Check the sum"),
            "send": gettext("Put it in"),
            "done": gettext("The money is in the deposit."),
        },
        WITHDRAW: {
            "title": gettext("Check the withdrawal"),
            "send": gettext("Withdraw"),
            "done": gettext("The money is in your account."),
        },
        LATE: {
            "title": gettext("Check the instalment"),
            "send": gettext("Pay the instalment"),
            "done": gettext("The instalment is in the deposit."),
        },
    }[act]


def order_of(draft: Draft) -> Order:
    kept = draft.answers["order"]
    return Order(**{**kept, "amount": Money.of(*kept["amount"])})


def back_of(desk: Desk, draft: Draft) -> str:
    """The page the check came from."""
    number = draft.answers.get("number")
    return address(desk, number) if number else str(draft.answers["back"])


def _do(desk: Desk, draft: Draft, confirmed: dict[str, Any]) -> Any:
    act = draft.answers["act"]
    if act == OPEN:
        return services.open_deposit(order=order_of(draft), **confirmed)[0]
    deposit = own_deposit(desk, draft.answers["number"])
    if act == CLOSE:
        return services.close_early(deposit=deposit, **confirmed)[0]
    if act == LATE:
        return services.pay_late(deposit=deposit, number=draft.answers["line"], **confirmed)[0]
    if act == PAY_IN:
        return services.pay_in(deposit=deposit, amount=_given(draft), **confirmed)[0]
    return services.withdraw(deposit=deposit, amount=_sum(draft), **confirmed)[0]


def _ask_open(desk: Desk, draft: Draft) -> tuple[Any, list[Row]]:
    order, user = order_of(draft), desk.user
    made = services.prepare(user=user, order=order)
    quoted = made.quote
    rows = [
        (gettext("Deposit"), gettext(quoted.product.name)),
        (gettext("Amount"), formats.money(quoted.amount)),
        (gettext("From"), f"{made.funding.label}, {formats.account_number(made.funding.number)}"),
        (gettext("Rate a year"), formats.percent(quoted.rate_pct / 100)),
        (gettext("Interest is paid"), str(MODES[quoted.mode])),
    ]
    if quoted.maturity is not None:
        rows += [
            (gettext("Matures on"), formats.day(quoted.maturity)),
            (gettext("Interest after tax"), formats.money(quoted.net_interest)),
            (gettext("At maturity"), _said(order.instruction)),
        ]
    return services.start_opening(user=user, order=order), rows


def _ask_close(desk: Desk, draft: Draft) -> tuple[Any, list[Row]]:
    deposit = own_deposit(desk, draft.answers["number"])
    offered = services.quote_early(deposit=deposit)
    rows = [
        (gettext("Deposit"), f"{gettext(deposit.product.name)}, {formats.account_number(deposit.number)}"),
        (gettext("Interest you give up"), formats.money(offered.cost)),
        (gettext("You receive"), formats.money(offered.payout)),
        (gettext("To"), f"{offered.target.label}, {formats.account_number(offered.target.number)}"),
    ]
    return services.start_closing(user=desk.user, deposit=deposit), rows


def _ask_pay_in(desk: Desk, draft: Draft) -> tuple[Any, list[Row]]:
    deposit, amount = own_deposit(desk, draft.answers["number"]), _given(draft)
    source = deposit.funding_account
    rows = [
        (gettext("Into"), f"{gettext(deposit.product.name)}, {formats.account_number(deposit.number)}"),
        (gettext("Amount"), formats.money(amount)),
        (gettext("From"), f"{source.label}, {formats.account_number(source.number)}"),
    ]
    return services.start_pay_in(user=desk.user, deposit=deposit, amount=amount), rows


def _ask_withdraw(desk: Desk, draft: Draft) -> tuple[Any, list[Row]]:
    deposit, amount = own_deposit(desk, draft.answers["number"]), _sum(draft)
    offered = services.quote_withdrawal(deposit=deposit, amount=amount)
    rows = [
        (gettext("From"), f"{gettext(deposit.product.name)}, {formats.account_number(deposit.number)}"),
        (gettext("You receive"), formats.money(offered.amount)),
        (gettext("To"), f"{offered.target.label}, {formats.account_number(offered.target.number)}"),
    ]
    if offered.cost.is_positive:
        rows.append((gettext("Cost of leaving before notice"), formats.money(offered.cost)))
    if offered.ending is not None:
        rows.append((gettext("Afterwards"), gettext("The deposit is closed.")))
    return services.start_withdrawal(user=desk.user, deposit=deposit, amount=amount), rows


def _ask_late(desk: Desk, draft: Draft) -> tuple[Any, list[Row]]:
    deposit, given = own_deposit(desk, draft.answers["number"]), {"number": draft.answers["line"]}
    line, source = services.prepare_late(user=desk.user, deposit=deposit, **given)
    rows = [
        (gettext("Into"), f"{gettext(deposit.product.name)}, {formats.account_number(deposit.number)}"),
        (gettext("Due on"), formats.day(line.due_date)),
        (gettext("Amount"), formats.money(deposit.of(line.amount))),
        (gettext("From"), f"{source.label}, {formats.account_number(source.number)}"),
    ]
    return services.start_late(user=desk.user, deposit=deposit, **given), rows


_ASK = {
    OPEN: _ask_open, CLOSE: _ask_close, PAY_IN: _ask_pay_in, WITHDRAW: _ask_withdraw, LATE: _ask_late,
}  # fmt: skip


def _given(draft: Draft) -> Money:
    return Money.of(*draft.answers["sum"])


def _sum(draft: Draft) -> Money | None:
    """The sum named; ``None`` where everything is meant."""
    return _given(draft) if "sum" in draft.answers else None


def _said(instruction: str) -> str:
    return str(dict(INSTRUCTIONS)[Instruction(instruction).value])
