"""One deposit: what is in it, what is foreseen, and everything that can be done with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank import ledger
from bank.accounts.services import joint
from bank.deposits import rules, selectors, services
from bank.deposits.rules import LineStatus, Status
from bank.deposits.selectors import Standing
from bank.identity.attempts import Scope
from bank.kernel.errors import BankError
from bank.products.rules import ProductKind
from bank.runtime import formats
from bank.statements import deposit_certificates
from bank.statements.deposit_statements import Document
from bank.web.deposits import acting
from bank.web.deposits.forms import InstructionForm, StatementForm, SumForm
from bank.web.deposits.listing import LINES, progress
from bank.web.orders.desk import Desk, at_desk
from bank.web.views import confirmation, drafts, holdings
from bank.web.views.pages import paced, posted, spoken

_TONES = {
    Status.ACTIVE: "ACTIVE", Status.HELD: "PENDING", Status.MATURED: "PAID", Status.RENEWED: "PAID",
    Status.CLOSED_EARLY: "CLOSED", Status.CLOSED: "CLOSED",
}  # fmt: skip
_LINE_TONES = {
    LineStatus.PENDING: ("DRAFT", gettext_lazy("To come")),
    LineStatus.PAID: ("PAID", gettext_lazy("Done")),
    LineStatus.MISSED: ("REJECTED", gettext_lazy("Missed")),
    LineStatus.LAPSED: ("CLOSED", gettext_lazy("No longer due")),
}


@at_desk
@require_GET
def deposit(request: HttpRequest, desk: Desk, number: str) -> HttpResponseBase:
    """The deposit with its schedule."""
    return _page(request, desk, acting.own_deposit(desk, number))


@at_desk
@require_POST
def instruction(request: HttpRequest, desk: Desk, number: str) -> HttpResponseBase:
    """Changes what happens at maturity, and the account to be paid to."""
    found = acting.own_deposit(desk, number)
    form = _instruction_form(request, desk, found)
    if not form.is_valid():
        return _page(request, desk, found, instruction_form=form)
    try:
        done = services.change_instruction(
            deposit=found,
            instruction=form.cleaned_data.get("instruction") or found.instruction,
            payout_number=form.cleaned_data["payout"].number,
            actor=desk.user,
        )
    except BankError as error:
        messages.error(request, spoken(error))
        return redirect(acting.address(desk, found.number))
    waits = joint.waits(done)
    messages.success(request, acting.waits_said() if waits else gettext("Your instruction is kept."))
    return redirect(acting.where(desk, done))


@at_desk
@require_POST
def move(request: HttpRequest, desk: Desk, number: str) -> HttpResponseBase:
    """A sum into or out of a call or notice deposit, or notice of one: which, the button says."""
    found = acting.own_deposit(desk, number)
    act = request.POST.get("act", "")
    if act == "withdraw_all":
        return _begin(request, desk, found, acting.WITHDRAW)
    form = _sum_form(request, desk, found)
    if not form.is_valid():
        return _page(request, desk, found, sum_form=form)
    amount = form.cleaned_data["money"]
    if act == "notice":
        return _give_notice(request, desk, found, amount)
    kind = acting.PAY_IN if act == "pay_in" else acting.WITHDRAW
    return _begin(request, desk, found, kind, sum=[str(amount.amount), amount.currency])


@at_desk
@require_POST
def late(request: HttpRequest, desk: Desk, number: str, line: int) -> HttpResponseBase:
    """Begins to pay an instalment that stayed out: a code is asked for."""
    return _begin(request, desk, acting.own_deposit(desk, number), acting.LATE, line=line)


@at_desk
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, desk: Desk, number: str) -> HttpResponseBase:
    """What closing early costs, before anything is asked; on POST a code is."""
    found = acting.own_deposit(desk, number)
    if request.method == "POST":
        return _begin(request, desk, found, acting.CLOSE)
    offered = services.quote_early(deposit=found)
    figures = [
        {"label": gettext("In the deposit"), "money": offered.ending.balance},
        {"label": gettext("Interest earned so far"), "money": offered.full_interest},
        {"label": gettext("Interest you give up"), "money": -offered.cost},
        {"label": gettext("Interest paid before"), "money": -found.of(found.paid_interest)},
        {"label": _tax_label(offered), "money": -offered.ending.tax_now},
        {"label": gettext("You receive"), "money": offered.payout, "total": True},
    ]
    shown = [row for row in figures if row.get("total") or not row["money"].is_zero]
    context = {"offered": offered, "figures": shown, "reduced": offered.reduced_pct / 100}
    context["deposit_url"] = acting.address(desk, found.number)
    return desk.show(request, "deposits/close.html", deposit=found, **context)


@at_desk
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def check(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponseBase:
    """Everything once more, and the code that does it."""
    draft = drafts.find(request, acting.JOURNEY, draft_id)
    if draft is None or "challenge" not in draft.answers:
        return redirect(acting.address(desk))
    if done := draft.answers.get("done"):
        return redirect(done)
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    words = acting.words(draft.answers["act"])
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and (leads_to := acting.confirm(request, desk, draft, form, refusals)):
        messages.success(request, acting.waits_said() if draft.answers["waits"] else words["done"])
        return redirect(leads_to)
    context = {"form": form, "refusals": refusals, "draft": draft, "rows": draft.answers["rows"], **words}
    back, challenge = acting.back_of(desk, draft), draft.answers["challenge"]
    context["code_url"] = acting.address(desk, "check", draft.id, "code")
    return desk.show(request, "deposits/check.html", back=back, challenge=challenge, **context)


@at_desk
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponseBase:
    """Another code for the same; the one before it is void."""
    draft = drafts.find(request, acting.JOURNEY, draft_id)
    if draft is None:
        return redirect(acting.address(desk))
    try:
        acting.ask_code(request, desk, draft)
        messages.success(request, gettext("A new code is on its way. The one before it no longer works."))
    except BankError as error:
        messages.error(request, spoken(error))
    return redirect(acting.address(desk, "check", draft.id))


@at_desk
@require_GET
def certificate(request: HttpRequest, desk: Desk, number: str) -> HttpResponseBase:
    """The certificate as a PDF, always as an attachment under a plain name."""
    found = acting.own_deposit(desk, number)
    document = deposit_certificates.certificate(user=desk.user, deposit=found)
    answer = HttpResponse(document, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="deposit-{found.number}.pdf"'
    return answer


@at_desk
@require_GET
def statement(request: HttpRequest, desk: Desk, number: str) -> HttpResponseBase:
    """The statement the address asks for, always as an attachment; or the page that says why not."""
    found = acting.own_deposit(desk, number)
    form, refusals = _statement_form(found, request.GET), list[str]()
    if form.is_valid():
        try:
            return _attached(form.make(desk.user))
        except BankError as error:
            refusals = [spoken(error)]
    return _page(request, desk, found, statement_form=form, statement_refusals=refusals)


def _attached(document: Document) -> HttpResponse:
    answer = HttpResponse(document.content, content_type=document.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{document.name}"'
    return answer


def _tax_label(offered: Any) -> str:
    if offered.ending.tax_now.is_negative:
        return gettext("Withholding tax given back")
    return gettext("Withholding tax")


def _begin(request: HttpRequest, desk: Desk, found: Any, act: str, **answers: Any) -> HttpResponseBase:
    draft = drafts.begin(request, acting.JOURNEY, act=act, number=found.number, **answers)
    try:
        acting.ask_code(request, desk, draft)
    except BankError as error:
        messages.error(request, spoken(error))
        return redirect(acting.address(desk, found.number))
    return redirect(acting.address(desk, "check", draft.id))


def _give_notice(request: HttpRequest, desk: Desk, found: Any, amount: Any) -> HttpResponseBase:
    try:
        notice = services.give_notice(user=desk.user, deposit=found, amount=amount)
        told = {"sum": formats.money(amount), "day": formats.day(notice.available_date)}
        messages.success(request, gettext("%(sum)s may leave from %(day)s on.") % told)
    except BankError as error:
        messages.error(request, spoken(error))
    return redirect(acting.address(desk, found.number))


def _page(request: HttpRequest, desk: Desk, found: Any, **forms: Any) -> HttpResponseBase:
    standing = selectors.standing(found)
    is_open, is_running = found.kind in rules.OPEN_KINDS, found.status == Status.ACTIVE
    context: dict[str, Any] = {
        "deposit": found,
        "name": gettext(found.product.name),
        "balance": standing.balance,
        "tone": _TONES[Status(found.status)],
        "tiles": _tiles(standing),
        "progress": progress(found),
        "lines": [_line(found, line) for line in selectors.schedule_of(found)],
        "late": [_line(found, line) for line in selectors.late_instalments(found)] if is_running else [],
        "notices": [_notice(found, one) for one in selectors.notices_of(found)],
        "notice_days": selectors.rules_of(found).notice_days,
        "may_close": is_running and not is_open,
        "currency": found.currency,
        "statement_form": _statement_form(found),
        **_places(desk, found),
    }
    if not found.is_over:
        context["instruction_form"] = _instruction_form(request, desk, found, look=True)
    if is_open and is_running:
        context["sum_form"] = _sum_form(request, desk, found, look=True)
    return desk.show(request, "deposits/deposit.html", **{**context, **forms})


def _places(desk: Desk, found: Any) -> dict[str, str]:
    """Where everything about the deposit is done."""
    renewal = selectors.renewal_of(found)
    return {
        "deposits_url": acting.address(desk),
        "close_url": acting.address(desk, found.number, "close"),
        "certificate_url": acting.address(desk, found.number, "certificate"),
        "statement_url": acting.address(desk, found.number, "statement"),
        "regular_url": f"{desk.root}statements/subscriptions/?account={found.number}",
        "move_url": acting.address(desk, found.number, "move"),
        "instruction_url": acting.address(desk, found.number, "instruction"),
        "late_url": acting.address(desk, found.number, "instalments"),
        "renewal_url": acting.address(desk, renewal.number) if renewal else "",
    }


def _instruction_form(request: HttpRequest, desk: Desk, found: Any, *, look: bool = False) -> InstructionForm:
    mine = [one for one in desk.accounts if one.currency == found.currency]
    return InstructionForm(
        None if look else posted(request),
        accounts=[one for one in mine if one.account.customer_id == found.customer_id],
        renewable=found.kind == ProductKind.FIXED_DEPOSIT and found.status == Status.ACTIVE,
        initial={"instruction": found.instruction, "payout": found.payout_account.number},
    )


def _statement_form(found: Any, asked: QueryDict | None = None) -> StatementForm:
    return StatementForm(asked, deposit=found, today=ledger.business_date())


def _sum_form(request: HttpRequest, desk: Desk, found: Any, *, look: bool = False) -> SumForm:
    account = holdings.any_one(desk.user, found.funding_account.number)
    return SumForm(None if look else posted(request), account=account)


def _tiles(standing: Standing) -> list[dict[str, Any]]:
    held = standing.deposit
    earned = held.of(held.accrued)
    found: list[dict[str, Any]] = [
        {"label": gettext("Rate a year"), "value": formats.percent(held.annual_rate_pct / 100)},
        {"label": gettext("Interest so far"), "money": earned, "note": gettext("before tax")},
    ]
    if held.paid_interest:
        tax = {"label": gettext("Tax withheld"), "money": held.of(held.paid_tax)}
        found += [{"label": gettext("Interest paid"), "money": held.of(held.paid_interest)}, tax]
    if held.penalties:
        found.append({"label": gettext("Penalties"), "money": held.of(held.penalties)})
    if held.maturity_date:
        found.append({"label": gettext("Matures on"), "value": formats.day(held.maturity_date)})
    return found


def _line(found: Any, line: Any) -> dict[str, Any]:
    tone, label = _LINE_TONES[LineStatus(line.status)]
    return {
        "number": line.number,
        "label": LINES[line.kind],
        "day": line.due_date,
        "amount": found.of(line.amount),
        "tax": found.of(line.tax) if line.tax else None,
        "tone": tone,
        "status": label,
    }


def _notice(found: Any, one: Any) -> dict[str, Any]:
    return {"amount": found.of(one.unused), "given": one.given_date, "available": one.available_date}
