"""Scheduled payments and standing orders: the list, a new one with its dates, one with its history."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from bank.kernel.errors import BankError
from bank.kernel.money import parse_amount
from bank.payments import directory
from bank.payments import selectors as payments
from bank.runtime import formats
from bank.standing import selectors, services
from bank.standing.models import StandingOrder
from bank.standing.rules import RUNNING, Frequency, OrderStatus
from bank.standing.services import Terms
from bank.web.orders import confirming, naming, standing_forms
from bank.web.orders.confirming import Answers, Asked, Kind
from bank.web.orders.desk import Desk, at_desk
from bank.web.orders.standing_forms import ChangeForm, StandingForm
from bank.web.views.pages import posted, spoken

_get_or_post = require_http_methods(["GET", "POST"])
#: What a button on the page of one order does.
_ACTS: Final = {
    "skip": services.skip_next,
    "pause": services.pause,
    "resume": services.resume,
    "end": services.end,
}


@require_http_methods(["GET"])
@at_desk
def standing_orders(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """What will be paid, soonest first; below it what is over."""
    found = [one for one in selectors.orders_for(desk.user) if desk.holds(one.debtor_account)]
    running = [_row(one) for one in found if one.status in {*RUNNING, OrderStatus.WAITING}]
    over = [_row(one) for one in found if one.status not in {*RUNNING, OrderStatus.WAITING}][:30]
    return desk.show(request, "standing_orders.html", running=running, over=over)


@_get_or_post
@at_desk
def new(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """The form; its button "Show the dates" lays out the next six, the other goes on to the check."""
    form = StandingForm(posted(request), accounts=desk.payable, initial=_filled(request, desk))
    refusals: list[str] = []
    preview: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            if "preview" in request.POST:
                preview = _preview(desk, form.terms())
            else:
                back = f"{desk.root}regular/new/"
                address = confirming.begin(request, desk, SET_UP, back, asked=form.answers())
                return redirect(address)
        except BankError as error:
            refusals = [spoken(error)]
    kept = standing_forms.payees(payments.beneficiaries(desk.user, desk.company))
    context = {
        "form": form, "refusals": refusals, "preview": preview, "payees": kept, "banks": directory.names(),
    }  # fmt: skip
    return desk.show(request, "standing_new.html", **context)


@_get_or_post
@at_desk
def standing_order(request: HttpRequest, desk: Desk, reference: str) -> HttpResponseBase:
    """One order: what it says, when it is next paid, what became of every date; and the form to change it."""
    order = _order(desk, reference)
    form = ChangeForm(posted(request), initial=_as_it_is(order))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            amount = parse_amount(form.cleaned_data["amount"], order.currency)
            asked = {"sum": [str(amount.amount), order.currency], "message": form.cleaned_data["message"]}
            back = f"{desk.root}regular/{order.reference}/"
            return redirect(confirming.begin(request, desk, CHANGE, back, of=order.reference, **asked))
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "standing_order.html", form=form, refusals=refusals, **_shown(order))


@require_POST
@at_desk
def act(request: HttpRequest, desk: Desk, reference: str, act: str) -> HttpResponseBase:
    """Skips the next date, pauses, resumes or ends it."""
    order = _order(desk, reference)
    if act not in _ACTS:
        raise Http404
    try:
        _ACTS[act](user=desk.user, reference=order.reference)
        messages.success(request, _said(act))
    except BankError as error:
        messages.error(request, spoken(error))
    return redirect(f"{desk.root}regular/{order.reference}/")


def _order(desk: Desk, reference: str) -> StandingOrder:
    order = selectors.order_for(desk.user, reference)
    desk.require(order.debtor_account, "standing order")
    return order


def _said(act: str) -> str:
    return {
        "skip": gettext("The next payment is left out."),
        "pause": gettext("Nothing is paid until you resume it."),
        "resume": gettext("It is paid again from its next date on."),
        "end": gettext("The standing order has ended."),
    }[act]


def _row(order: StandingOrder) -> dict[str, Any]:
    return {
        "order": order,
        "tone": order.status if order.status != OrderStatus.ENDED else "CLOSED",
        "what": _amount(services.terms_of(order)),
    }


def _shown(order: StandingOrder) -> dict[str, Any]:
    upcoming: list[tuple[Any, Any]] = []
    if order.status in {*RUNNING, OrderStatus.WAITING} and order.next_due is not None:
        upcoming = order.schedule.preview(selectors.calendar(), order.next_index)
    return {
        **_row(order),
        "is_running": order.status in RUNNING,
        "upcoming": _dates(upcoming),
        "runs": selectors.runs_of(order),
        "events": selectors.events_of(order),
    }


def _preview(desk: Desk, terms: Terms) -> list[dict[str, str]]:
    services.prepare(user=desk.user, terms=terms)
    return _dates(terms.schedule.preview(selectors.calendar()))


def _dates(pairs: list[tuple[Any, Any]]) -> list[dict[str, str]]:
    """Due days and, where they differ, the business days they are paid on."""
    return [
        {"due": formats.long_day(due), "paid": "" if due == paid else formats.long_day(paid)}
        for due, paid in pairs
    ]


def _amount(terms: Terms) -> str:
    if terms.amount is not None:
        return formats.money(terms.amount)
    assert terms.keep is not None
    return gettext("Everything above %(sum)s") % {"sum": formats.money(terms.keep)}


def _as_it_is(order: StandingOrder) -> dict[str, Any]:
    money = order.money or order.kept
    assert money is not None
    return {"amount": formats.amount(money), "message": order.remittance}


def _filled(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """What the address fills the form with: an account, a saved payee, an earlier payment's payee."""
    given: dict[str, Any] = {"debtor": request.GET.get("from", "")}
    for one in payments.beneficiaries(desk.user, desk.company):
        if str(one.pk) == request.GET.get("payee", ""):
            given |= {"name": one.name, "number": one.number, "bank": one.agent if one.country else ""}
    return given


def _ask_set_up(desk: Desk, answers: Answers) -> Asked:
    terms = standing_forms.terms_of(answers["asked"])
    made = services.prepare(user=desk.user, terms=terms)
    schedule, first = terms.schedule, terms.schedule.preview(selectors.calendar())
    labels = StandingOrder(
        frequency=schedule.frequency, month_rule=schedule.month_rule, holiday_rule=schedule.holiday_rule
    )
    rows = [
        (gettext("To"), f"{terms.creditor_name or made.debtor.customer.display_name}"),
        (gettext("Account"), _place(made.terms, answers["asked"])),
        (gettext("From"), f"{made.debtor.label}, {formats.account_number(made.debtor.number)}"),
        (gettext("Amount"), _amount(terms)),
        (gettext("How often"), str(labels.get_frequency_display())),
        (gettext("Next payments"), ", ".join(formats.day(paid) for _due, paid in first)),
        (gettext("On a weekend or holiday"), str(labels.get_holiday_rule_display())),
        (gettext("Ends"), _ends(terms)),
    ]
    if terms.remittance:
        rows.append((gettext("Message"), terms.remittance))
    is_once = schedule.frequency == Frequency.ONCE
    send = gettext("Schedule the payment") if is_once else gettext("Set up the standing order")
    challenge = services.start_order(user=desk.user, terms=terms)
    return Asked(challenge, rows, send, naming.warnings(made.name_check, made.name_hint))


def _place(terms: Terms, asked: dict[str, Any]) -> str:
    if terms.to is None:
        return formats.account_number(terms.creditor_number)
    return f"{terms.creditor_number}, {asked['place']['bank']}"


def _ends(terms: Terms) -> str:
    if terms.schedule.frequency == Frequency.ONCE:
        return gettext("After this payment")
    if terms.schedule.until:
        return formats.day(terms.schedule.until)
    if terms.schedule.times:
        return gettext("After %(n)s payments") % {"n": terms.schedule.times}
    return gettext("When you end it")


def _do_set_up(desk: Desk, answers: Answers, proof: dict[str, Any]) -> tuple[str, str]:
    terms = standing_forms.terms_of(answers["asked"])
    order = services.create_order(user=desk.user, terms=terms, **proof)
    waits = order.status == OrderStatus.WAITING
    said = gettext("It waits for the others' signatures.") if waits else gettext("It is set up.")
    return f"{desk.root}regular/{order.reference}/", said


def _ask_change(desk: Desk, answers: Answers) -> Asked:
    order = _order(desk, answers["of"])
    money = confirming.money_of(answers)
    rows = [
        (gettext("To"), order.creditor_name),
        (gettext("Account"), formats.account_number(order.creditor_number)),
        (gettext("Until now"), _amount(services.terms_of(order))),
        (gettext("From the next payment on"), formats.money(money)),
        (gettext("Message"), answers["message"] or gettext("None")),
    ]
    challenge = services.start_change(
        user=desk.user, reference=order.reference, amount=money, remittance=answers["message"]
    )
    return Asked(challenge, rows, gettext("Change it"))


def _do_change(desk: Desk, answers: Answers, proof: dict[str, Any]) -> tuple[str, str]:
    order = services.change_order(
        user=desk.user,
        reference=_order(desk, answers["of"]).reference,
        amount=confirming.money_of(answers),
        remittance=answers["message"],
        challenge_id=proof["challenge_id"],
        code=proof["code"],
    )
    return f"{desk.root}regular/{order.reference}/", gettext("The standing order is changed.")


SET_UP = confirming.register(
    Kind("standing", lambda: gettext("Check your standing order"), _ask_set_up, _do_set_up)
)
CHANGE = confirming.register(
    Kind("standing-change", lambda: gettext("Check the change"), _ask_change, _do_change)
)
