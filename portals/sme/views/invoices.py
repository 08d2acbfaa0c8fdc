"""Invoices: found, written, looked at, sent, taken back, repeated, exported."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.cif.selectors import may_pay
from bank.invoicing import reserving, selectors, services
from bank.invoicing.rules import Kind, Shown, State
from bank.invoicing.services import LineAsked
from bank.kernel.errors import BankError
from bank.runtime import formats
from bank.web.companies.desk import Desk, at_desk
from bank.web.views import holdings, paging
from bank.web.views.pages import posted, spoken
from portals.sme import papers, sheets, wording
from portals.sme.forms.invoices import (
    CreditForm,
    DebtorForm,
    InvoiceFilter,
    InvoiceForm,
    ReasonForm,
    RecurForm,
    SellerForm,
)

_PAGE = 30


@at_desk
@require_GET
def invoices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All of them, newest first, or those the filters select."""
    search = InvoiceFilter(request.GET or None)
    given = search.cleaned_data if search.is_valid() else {}
    page = paging.by_id(request, _selected(desk, given), size=_PAGE)
    today = selectors.today()
    context = {
        "rows": [wording.invoice_task(one, desk, today) for one in page.rows],
        "newer": page.newer,
        "older": page.older,
        "search": search,
        "is_filtered": any(given.values()),
        "here": request.path,
        "reset": request.path if any(given.values()) else "",
        "export": f"{desk.at('invoices-csv')}?{request.GET.urlencode()}",
        "totals": selectors.totals_of(selectors.open_invoices(desk.company)),
        "seller": selectors.seller_of(desk.company),
        "may_write": selectors.may_write(desk.user, desk.company),
        "unmatched": selectors.unmatched(desk.company).count(),
    }
    return desk.show(request, "sme/invoices.html", **context)


@at_desk
@require_GET
def export(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """What the page's filters select, as CSV."""
    search = InvoiceFilter(request.GET or None)
    found = _selected(desk, search.cleaned_data if search.is_valid() else {})
    return sheets.invoices(found, selectors.today())


@at_desk
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A draft: to whom, and line by line what for. Without a seller's account that is asked first."""
    selectors.require_write(desk.user, desk.company)
    seller = selectors.seller_of(desk.company)
    if seller is None:
        return desk.go("invoice-settings")
    asks_for_room = "more" in request.POST
    form = InvoiceForm(
        posted(request),
        debtors=selectors.debtors_of(desk.company),
        rates=selectors.vat_rates(selectors.today()),
        currency=seller.account.currency,
        initial={"terms_days": seller.terms_days, "debtor": request.GET.get("debtor", "")},
    )
    if asks_for_room:
        form = InvoiceForm(
            _with_rows(request, form.count),
            debtors=selectors.debtors_of(desk.company),
            rates=selectors.vat_rates(selectors.today()),
            currency=seller.account.currency,
        )
        form.errors.clear()
    refusals: list[str] = []
    if request.method == "POST" and not asks_for_room and form.is_valid():
        try:
            return desk.go("invoice", _draft(desk, form).pk)
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "sme/invoice_new.html", form=form, refusals=refusals)


@at_desk
@require_GET
def invoice(request: HttpRequest, desk: Desk, invoice_id: UUID) -> HttpResponse:
    """One document, what was paid of it and why we think so, and what may be done with it."""
    found = selectors.invoice_for(desk.company, invoice_id)
    return desk.show(request, "sme/invoice.html", **_context(desk, found))


@at_desk
@require_GET
def pdf(request: HttpRequest, desk: Desk, invoice_id: UUID) -> HttpResponse:
    """The document as a PDF; a draft has none."""
    found = selectors.invoice_for(desk.company, invoice_id)
    if found.state == State.DRAFT:
        return desk.go("invoice", found.pk)
    return papers.invoice_pdf(found)


@at_desk
@require_POST
def issue(request: HttpRequest, desk: Desk, invoice_id: UUID) -> HttpResponse:
    """Gives it its number and sends it."""
    found = selectors.invoice_for(desk.company, invoice_id)
    try:
        sent = services.issue(user=desk.user, invoice=found)
        words = gettext("%(number)s is issued.") % {"number": sent.number}
        if sent.debtor_email:
            words += " " + gettext("It is on its way to %(email)s.") % {"email": sent.debtor_email}
        messages.success(request, words)
    except BankError as error:
        messages.error(request, spoken(error))
    return desk.go("invoice", found.pk)


@at_desk
@require_POST
def discard(request: HttpRequest, desk: Desk, invoice_id: UUID) -> HttpResponse:
    """Throws a draft away."""
    found = selectors.invoice_for(desk.company, invoice_id)
    services.discard_draft(user=desk.user, invoice=found)
    messages.info(request, gettext("The draft is thrown away."))
    return desk.go("invoices")


@at_desk
@require_POST
def credit(request: HttpRequest, desk: Desk, invoice_id: UUID) -> HttpResponse:
    """Issues a credit note over all of it, or over an amount."""
    found = selectors.invoice_for(desk.company, invoice_id)
    form = CreditForm(request.POST, currency=found.currency)
    if form.is_valid():
        try:
            given = form.cleaned_data
            lines = _credit_lines(found, given["amount"], given["reason"])
            note = services.credit(user=desk.user, invoice=found, reason=given["reason"], lines=lines)
            messages.success(request, gettext("%(number)s is issued.") % {"number": note.number})
            return desk.go("invoice", note.pk)
        except BankError as error:
            form.add_error(None, spoken(error))
    return desk.show(request, "sme/invoice.html", **_context(desk, found, credit_form=form))


@at_desk
@require_POST
def write_off(request: HttpRequest, desk: Desk, invoice_id: UUID) -> HttpResponse:
    """Gives up on what is open."""
    found = selectors.invoice_for(desk.company, invoice_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.write_off(user=desk.user, invoice=found, reason=form.cleaned_data["reason"])
            messages.info(request, gettext("It is written off."))
            return desk.go("invoice", found.pk)
        except BankError as error:
            form.add_error(None, spoken(error))
    return desk.show(request, "sme/invoice.html", **_context(desk, found, off_form=form))


@at_desk
@require_POST
def recur(request: HttpRequest, desk: Desk, invoice_id: UUID) -> HttpResponse:
    """Begins or ends making it again and again."""
    found = selectors.invoice_for(desk.company, invoice_id)
    running = selectors.recurrences_of(desk.company).filter(model=found).first()
    form = RecurForm(request.POST)
    try:
        if running is not None:
            services.end_recurrence(user=desk.user, recurrence=running)
            messages.info(request, gettext("No more are made."))
        elif form.is_valid():
            made = services.recur(user=desk.user, invoice=found, every=form.cleaned_data["every"])
            day = {"day": formats.day(made.next_date)}
            messages.success(request, gettext("The next one is made on %(day)s.") % day)
    except BankError as error:
        messages.error(request, spoken(error))
    return desk.go("invoice", found.pk)


@at_desk
@require_http_methods(["GET", "POST"])
def customers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whom the company invoices, and the form for another."""
    form = DebtorForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.add_debtor(user=desk.user, customer=desk.company, **form.cleaned_data)
            messages.success(request, gettext("The customer is kept."))
            return desk.go("customers")
        except BankError as error:
            refusals = [spoken(error)]
    context = {
        "form": form,
        "refusals": refusals,
        "debtors": selectors.debtors_of(desk.company),
        "may_write": selectors.may_write(desk.user, desk.company),
    }
    return desk.show(request, "sme/customers.html", **context)


@at_desk
@require_POST
def remove_customer(request: HttpRequest, desk: Desk, debtor_id: int) -> HttpResponse:
    """Takes a customer off the list."""
    services.remove_debtor(user=desk.user, customer=desk.company, debtor_id=debtor_id)
    messages.info(request, gettext("The customer is off the list; their invoices stay."))
    return desk.go("customers")


@at_desk
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Where invoices are paid, on what terms, and when reminders go out."""
    selectors.require_write(desk.user, desk.company)
    accounts, seller = holdings.of_company(desk.company), selectors.seller_of(desk.company)
    form = SellerForm(posted(request), accounts=accounts, initial=_seller_initial(desk, seller))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            _set_up(desk, form.cleaned_data)
            messages.success(request, gettext("The terms are kept."))
            return desk.go("invoices" if seller else "invoice-new")
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "sme/invoice_settings.html", form=form, refusals=refusals, seller=seller)


def _selected(desk: Desk, given: dict[str, Any]) -> QuerySet[Any]:
    found = selectors.invoices_of(desk.company)
    if words := given.get("q"):
        found = selectors.searched(found, words)
    unpaid = found.filter(state=State.ISSUED.value, gross__gt=F("paid") + F("credited"))
    match given.get("state"):
        case "DRAFT":
            return found.filter(state=State.DRAFT.value)
        case "OPEN":
            return unpaid.filter(kind=Kind.INVOICE.value)
        case "OVERDUE":
            return unpaid.filter(kind=Kind.INVOICE.value, due_date__lt=selectors.today())
        case "PAID":
            return found.filter(state=State.ISSUED.value, gross=F("paid") + F("credited"))
        case "CLOSED":
            return found.filter(state__in=(State.CANCELLED.value, State.WRITTEN_OFF.value))
    return found


def _with_rows(request: HttpRequest, count: int) -> Any:
    data = request.POST.copy()
    data["rows"] = str(count)
    data.pop("more", None)
    return data


def _draft(desk: Desk, form: InvoiceForm) -> Any:
    given = form.cleaned_data
    return services.draft_invoice(
        user=desk.user,
        customer=desk.company,
        debtor=selectors.debtor_for(desk.company, given["debtor"]),
        lines=form.asked(),
        terms_days=given["terms_days"],
        note=given["note"],
    )


def _credit_lines(found: Any, amount: Any, reason: str) -> list[LineAsked] | None:
    """One line over the amount, taxed as the invoice's first line is."""
    if amount is None:
        return None
    return [LineAsked(reason, Decimal(1), amount, found.lines.first().vat_code)]


def _context(desk: Desk, found: Any, **forms: Any) -> dict[str, Any]:
    today = selectors.today()
    shown = found.shown_on(today)
    is_open = found.kind == Kind.INVOICE and shown in (Shown.ISSUED, Shown.PARTLY_PAID, Shown.OVERDUE)
    allocations = found.allocations.filter(undone_at=None).select_related("receipt")
    return {
        "invoice": found,
        "title": papers.title_of(found) if found.number else gettext("Draft of an invoice"),
        "lines": list(found.lines.all()),
        "net": found.money("net"),
        "vat": found.money("vat"),
        "state": wording.state_of(found, today),
        "is_draft": found.state == State.DRAFT,
        "is_open": is_open,
        "is_invoice": found.kind == Kind.INVOICE and found.state != State.DRAFT,
        "link": papers.pay_link(found) if found.token else "",
        "allocations": [{"of": one, "why": wording.reasons(one.reasons)} for one in allocations],
        "notes": [wording.invoice_task(one, desk, today) for one in found.credit_notes.all()],
        "reminders": list(found.reminders.all()),
        "under_way": [_under_way(one) for one in reserving.of(found)] if is_open else [],
        "recurrence": selectors.recurrences_of(desk.company).filter(model=found).first(),
        "may_write": selectors.may_write(desk.user, desk.company),
        "may_pay": may_pay(desk.user, desk.company),
        "credit_form": CreditForm(currency=found.currency),
        "off_form": ReasonForm(prefix=None),
        "recur_form": RecurForm(),
    } | forms


def _under_way(one: reserving.Reservation) -> dict[str, Any]:
    """A payment by the link that is not there yet: whose, how much, what it waits for, and till when nobody
    else is let pay its part."""
    if one.until is None:
        says = gettext("being sent")
    elif one.is_looked_at:
        says = gettext("the bank looks at it first")
    else:
        says = gettext("waits to be signed")
    if one.is_kept and one.until is not None:
        says += " · " + gettext("kept for it until %(time)s") % {"time": formats.clock_time(one.until)}
    return {"payer": one.order.debtor_name, "money": one.money, "says": says}


def _seller_initial(desk: Desk, seller: Any) -> dict[str, Any]:
    if seller is None:
        return {}
    days = ", ".join(map(str, selectors.reminder_days(desk.company)))
    return {
        "account": seller.account.number,
        "tax_number": seller.tax_number,
        "terms_days": seller.terms_days,
        "reminders": days,
    }


def _set_up(desk: Desk, given: dict[str, Any]) -> None:
    services.set_up(
        user=desk.user,
        customer=desk.company,
        account_number=given["account"].number,
        tax_number=given["tax_number"],
        terms_days=given["terms_days"],
    )
    services.set_reminders(user=desk.user, customer=desk.company, days=given["reminders"])
