"""The teller's pages: my counter, cash in and out, the vault, the count. Each works without script."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.accounts.rules import Signing
from bank.counter import commands, selectors, services
from bank.counter.admin.forms import AmountForm, CountForm, DepositForm, OpenForm, WithdrawalForm
from bank.counter.models import PAPERS, DrawerSession, Slip
from bank.counter.rules import Bound, Move
from bank.identity import duty
from bank.identity.models import User
from bank.identity.role_rules import Act
from bank.kernel import ids
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.runtime import formats
from bank.web import cells
from bank.web.staff import Column, Panel, note_look
from bank.workflows.models import Command

VIEW: Final = "counter.view_drawersession"
VAULT_PAGES: Final = {"take": Move.FROM_VAULT, "hand-in": Move.TO_VAULT}
CASH_PAGES: Final = {"deposit": Move.DEPOSIT, "withdrawal": Move.WITHDRAWAL}
_TITLES: Final = {
    Move.DEPOSIT: _("Cash deposit"),
    Move.WITHDRAWAL: _("Cash withdrawal"),
    Move.FROM_VAULT: _("Take cash from the vault"),
    Move.TO_VAULT: _("Hand cash in to the vault"),
}
_BUTTONS: Final = {Move.DEPOSIT: _("Take in %s"), Move.WITHDRAWAL: _("Pay out %s")}
_ASK: Final = _("Ask for approval of %s")


def home(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """My drawer, what moved in it, what waits; and below it every drawer that is open."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    session = selectors.session_of(_user(request))
    shown: dict[str, Any] = {
        "title": gettext("Counter"),
        "session": session,
        "may": request.user.has_perm(commands.CASH_RIGHT),
        "panels": [_open_drawers(request)],
        "tiles": [],
    }
    if session is not None:
        minimum = selectors.bound(Bound.DRAWER_MINIMUM)
        shown |= {
            "tiles": _tiles(session),
            "is_over": session.business_date != ledger.business_date(),
            "is_low": session.money < minimum,
            "minimum": minimum,
            "panels": [*_waiting(session), _moves(request, session), _open_drawers(request)],
        }
    return TemplateResponse(request, "backoffice/counter/home.html", context | shown)


def begin(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """A session opened with a float from the vault."""
    user = _teller(request)

    def run(form: OpenForm) -> None:
        services.open_session(
            teller=user,
            drawer=form.cleaned_data["drawer"].code,
            amount=form.cleaned_data["amount"],
            key=form.once,
        )

    bounds = {
        "minimum": formats.money(selectors.bound(Bound.DRAWER_MINIMUM)),
        "maximum": formats.money(selectors.bound(Bound.DRAWER_MAXIMUM)),
    }
    lead = gettext("A drawer is opened with %(minimum)s to %(maximum)s.") % bounds
    return _simple(request, context, OpenForm, run, gettext("Open a drawer"), lead)


def vault(request: HttpRequest, way: str, context: dict[str, Any]) -> HttpResponse:
    """More cash from the vault, or what is too much handed in to it."""
    user = _teller(request)
    if way not in VAULT_PAGES:
        raise Http404
    move = VAULT_PAGES[way]

    def run(form: AmountForm) -> None:
        services.move_vault_cash(teller=user, move=move, amount=form.cleaned_data["amount"], key=form.once)

    most = duty.limit_of(user, Act.CASH)
    lead = gettext("You take at most %s at once.") % cells.money(most) if move == Move.FROM_VAULT else ""
    return _simple(request, context, AmountForm, run, str(_TITLES[move]), lead)


def _simple(
    request: HttpRequest,
    context: dict[str, Any],
    shape: type[Any],
    run: Callable[[Any], None],
    title: str,
    lead: str,
) -> HttpResponse:
    """A form that is done on POST, or said why not with the answers kept."""
    form = shape(request.POST) if request.method == "POST" else shape(initial={"key": ids.uuid7()})
    if request.method == "POST" and form.is_valid() and _done(form, run):
        messages.success(request, gettext("It is booked."))
        return redirect("admin:counter_desk")
    shown = {"title": title, "lead": lead, "form": form, "back": reverse("admin:counter_desk")}
    return TemplateResponse(request, "backoffice/counter/simple.html", context | shown)


def _done(form: forms.Form, run: Callable[[Any], None]) -> bool:
    try:
        run(form)
    except BankError as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


# --- cash of customers


def cash(request: HttpRequest, way: str, context: dict[str, Any]) -> HttpResponse:
    """A deposit or withdrawal: typed, checked against the account, then done; or proposed above the limit."""
    user = _teller(request)
    if way not in CASH_PAGES:
        raise Http404
    move = CASH_PAGES[way]
    shape = WithdrawalForm if move == Move.WITHDRAWAL else DepositForm
    if request.method != "POST":
        return _cash_page(request, context, move, shape(initial={"key": ids.uuid7()}))
    step = request.POST.get("do", "check")
    if step == "edit":
        return _cash_page(request, context, move, shape(initial=request.POST.dict()))
    form = shape(request.POST)
    account = _account(form) if form.is_valid() else None
    if account is None:
        return _cash_page(request, context, move, form)
    if step == "confirm":
        outcome = _asked(user, move, form)
        if outcome is not None:
            return _after(request, outcome)
    note_look(request, "ACCOUNT", account.number)
    return _cash_page(request, context, move, form, account)


def _account(form: DepositForm) -> Account | None:
    try:
        return accounts.find_by_number(form.cleaned_data["number"])
    except BankError as refusal:
        form.add_error("number", refusal.message)
        return None


def _asked(user: User, move: Move, form: DepositForm) -> Slip | Command | None:
    shown, other = form.papers
    given = form.cleaned_data
    try:
        return commands.ask(
            teller=user,
            move=move,
            number=given["number"],
            amount=given["amount"],
            key=form.once,
            shown=shown,
            other=other,
            why=given["reason"],
        )
    except BankError as refusal:
        form.add_error(None, refusal.message)
        return None


def _after(request: HttpRequest, outcome: Slip | Command) -> HttpResponse:
    if isinstance(outcome, Slip):
        return redirect("admin:counter_slip_receipt", outcome.pk)
    messages.success(
        request,
        gettext("%s waits for somebody else's approval; nothing is booked yet, hand no money over.")
        % outcome.reference,
    )
    return redirect("admin:counter_desk")


def _cash_page(
    request: HttpRequest,
    context: dict[str, Any],
    move: Move,
    form: DepositForm,
    account: Account | None = None,
) -> HttpResponse:
    most, kinds = duty.limit_of(_user(request), selectors.ACTS[move]), dict(PAPERS)
    shown: dict[str, Any] = {
        "title": _TITLES[move],
        "form": form,
        "back": reverse("admin:counter_desk"),
        "is_withdrawal": move == Move.WITHDRAWAL,
        "most": most,
    }
    if account is not None:
        shown |= _checked(_user(request), move, form.cleaned_data["amount"], account)
        shown["papers"] = [f"{kinds[one.paper]} …{one.ending}" for one in form.papers if one.is_noted]
    return TemplateResponse(request, "backoffice/counter/cash.html", context | shown)


def _checked(user: User, move: Move, amount: Money, account: Account) -> dict[str, Any]:
    """What the teller compares with who stands at the counter before any note changes hands."""
    is_alone = commands.is_within(user, move, amount, account)
    day = selectors.bound(Bound.CUSTOMER_DAY)
    return {
        "account": account,
        "position": accounts.position(account),
        "holders": [one.customer.display_name for one in accounts.joint_holders(account)],
        "both_sign": account.signing == Signing.BOTH,
        "status": cells.state(account.status, str(account.get_status_display())),
        "amount": amount,
        "left_today": day - selectors.taken_out(account.customer, ledger.business_date()),
        "needs_approval": not is_alone,
        "button": str(_BUTTONS[move] if is_alone else _ASK) % formats.money(amount),
    }


def receipt(request: HttpRequest, slip: Slip, context: dict[str, Any]) -> HttpResponse:
    """What the customer signs and takes along, on screen and on paper."""
    if not request.user.has_perm("counter.view_slip"):
        raise PermissionDenied
    note_look(request, "SLIP", slip.reference)
    title = str(_TITLES[Move(slip.move)])
    shown = {
        "title": title,
        "slip": slip,
        "back": reverse("admin:counter_desk"),
        "signs": slip.account is not None,
    }
    return TemplateResponse(request, "backoffice/counter/receipt.html", context | shown)


# --- the count


def count(request: HttpRequest, session: DrawerSession | None, context: dict[str, Any]) -> HttpResponse:
    """The drawer counted note by note; without a session it is the teller's own."""
    user = _teller(request)
    if session is not None and not request.user.has_perm(commands.CLOSE_RIGHT):
        raise PermissionDenied
    found = session or selectors.session_of(user)
    if found is None or not found.is_open:
        messages.info(request, gettext("There is no open drawer to count."))
        return redirect("admin:counter_desk")
    form = CountForm(
        request.POST if request.method == "POST" else None,
        initial={"key": ids.uuid7(), "held": found.held},
    )
    counted = None
    if request.method == "POST" and form.is_valid():
        counted = form.count.total
        if request.POST.get("do") == "close" and _closed(request, found, form):
            return redirect("admin:counter_desk")
    return TemplateResponse(
        request, "backoffice/counter/count.html", context | _count_shown(found, form, counted)
    )


def _count_shown(session: DrawerSession, form: CountForm, counted: Money | None) -> dict[str, Any]:
    return {
        "title": gettext("Count drawer %s") % session.drawer.code,
        "form": form,
        "session": session,
        "counted": counted,
        "difference": counted - session.money if counted else None,
        "alone": selectors.bound(Bound.DIFFERENCE_ALONE),
        "back": reverse("admin:counter_desk"),
    }


def _closed(request: HttpRequest, session: DrawerSession, form: CountForm) -> bool:
    try:
        outcome = commands.ask_to_close(
            session=session,
            count=form.count,
            held=form.should,
            reason=form.cleaned_data["reason"],
            by=_user(request),
            key=form.once,
        )
    except BankError as refusal:
        form.add_error(None, refusal.message)
        return False
    if isinstance(outcome, Command):
        said = gettext(
            "The count waits for somebody else's approval as %s; the drawer stays open until then."
        )
        messages.success(request, said % outcome.reference)
    else:
        messages.success(request, gettext("The drawer is closed and its cash is in the vault."))
    return True


# --- what the pages show


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _teller(request: HttpRequest) -> User:
    if not request.user.has_perm(commands.CASH_RIGHT):
        raise PermissionDenied
    return _user(request)


def _tiles(session: DrawerSession) -> list[dict[str, Any]]:
    slips = list(session.slips.all())

    def moved(move: Move) -> Money:
        return sum((one.money for one in slips if one.move == move), Money.zero(session.currency))

    number = {move: sum(one.move == move for one in slips) for move in Move}
    return [
        {"label": gettext("Should be in the drawer"), "money": session.money, "note": session.drawer.code},
        {
            "label": gettext("Paid in"),
            "money": moved(Move.DEPOSIT),
            "note": _receipts(number[Move.DEPOSIT]),
        },
        {
            "label": gettext("Paid out"),
            "money": moved(Move.WITHDRAWAL),
            "note": _receipts(number[Move.WITHDRAWAL]),
        },
    ]


def _receipts(number: int) -> str:
    return ngettext("%d receipt", "%d receipts", number) % number


def _waiting(session: DrawerSession) -> list[Panel]:
    found = list(selectors.waiting(session))
    if not found:
        return []
    rows = [
        (
            cells.anchor(reverse("admin:workflows_command_change", args=(one.pk,)), one.reference),
            one.payload["account"],
            cells.money(one.money),
            one.required_role.replace("_", " ").capitalize(),
            cells.moment(one.deadline),
        )
        for one in found
    ]
    columns = (
        Column(_("Command")),
        Column(_("Account")),
        Column(_("Amount"), figures=True),
        Column(_("Decided by")),
        Column(_("Until")),
    )
    return [Panel(gettext("Waiting for approval"), columns, rows)]


def moves_panel(request: HttpRequest, session: DrawerSession, title: str) -> Panel:
    """Every move of a session, the latest first, with what the drawer held after it."""
    slips = session.slips.select_related("account__customer", "approved_by").order_by("-pk")
    rows = [
        (
            cells.record_link(request, "counter_slip", one.pk, one.reference),
            one.get_move_display(),
            cells.money(one.money),
            cells.money(Money(one.held_after, one.currency)),
            one.account.customer.display_name if one.account else cells.NOTHING,
            cells.moment(one.made_at),
        )
        for one in slips
    ]
    columns = (
        Column(_("Receipt")),
        Column(_("What")),
        Column(_("Amount"), figures=True),
        Column(_("Drawer after it"), figures=True),
        Column(_("Customer")),
        Column(_("When")),
    )
    return Panel(title, columns, rows, empty=_("Nothing moved yet."))


def _moves(request: HttpRequest, session: DrawerSession) -> Panel:
    return moves_panel(request, session, gettext("This session"))


def _open_drawers(request: HttpRequest) -> Panel:
    rows = [
        (
            cells.record_link(request, "counter_drawersession", one.pk, one.drawer.code),
            one.teller.full_name,
            cells.day(one.business_date),
            cells.money(one.money),
        )
        for one in selectors.open_sessions()
    ]
    columns = (
        Column(_("Drawer")),
        Column(_("Teller")),
        Column(_("Business date")),
        Column(_("Should hold"), figures=True),
    )
    return Panel(
        gettext("Open drawers"),
        columns,
        rows,
        empty=_("No drawer is open."),
        more=reverse("admin:counter_drawersession_changelist"),
        more_label=_("All sessions"),
    )
