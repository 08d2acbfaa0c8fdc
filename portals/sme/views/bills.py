"""Bills: noted with their paper, paid several at a time by one payment file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.cif import selectors as mandates
from bank.documents import selectors as documents
from bank.documents import serving
from bank.invoicing import selectors, services
from bank.invoicing.rules import BillState
from bank.kernel.errors import BankError
from bank.web.companies.desk import Desk, at_desk
from bank.web.views import holdings
from bank.web.views.pages import posted, spoken
from portals.sme import wording
from portals.sme.forms.bills import BillForm, PayBillsForm, VendorForm

_MANY = 100


@at_desk
@require_http_methods(["GET", "POST"])
def bills(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is to be paid, the first due first, to tick and pay together; below it what is done."""
    accounts = [one for one in holdings.of_company(desk.company) if one.may_send]
    form = PayBillsForm(posted(request), accounts=accounts)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            file = services.pay_bills(
                user=desk.user, customer=desk.company, bill_ids=request.POST.getlist("bill"),
                account_number=form.cleaned_data["account"].number,
            )  # fmt: skip
            return desk.go("file", file.reference)
        except BankError as error:
            refusals = [spoken(error)]
    today, every = selectors.today(), selectors.bills_of(desk.company)
    context = {
        "form": form,
        "refusals": refusals,
        "to_pay": [wording.bill_task(one, desk, today) for one in every.filter(state=BillState.OPEN.value)],
        "others": [
            wording.bill_task(one, desk, today)
            for one in every.exclude(state=BillState.OPEN.value).order_by("-due_date")[:_MANY]
        ],
        "may_pay": mandates.may_pay(desk.user, desk.company),
        "may_write": selectors.may_write(desk.user, desk.company),
    }
    return desk.show(request, "sme/bills.html", **context)


@at_desk
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Notes a bill."""
    selectors.require_write(desk.user, desk.company)
    accounts = holdings.of_company(desk.company)
    form = BillForm(
        posted(request), request.FILES or None, vendors=selectors.vendors_of(desk.company), accounts=accounts
    )
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = _add(desk, form.cleaned_data)
            messages.success(request, gettext("The bill is kept."))
            return desk.go("bill", made.pk)
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "sme/bill_new.html", form=form, refusals=refusals)


@at_desk
@require_GET
def bill(request: HttpRequest, desk: Desk, bill_id: UUID) -> HttpResponse:
    """One bill."""
    found = selectors.bill_for(desk.company, bill_id)
    code, label = wording.BILL_SHOWN[BillState(found.state)]
    context = {
        "bill": found,
        "state": {"status": code, "status_label": str(label)},
        "is_open": found.state == BillState.OPEN,
        "may_write": selectors.may_write(desk.user, desk.company),
    }
    return desk.show(request, "sme/bill.html", **context)


@at_desk
@require_GET
def paper(request: HttpRequest, desk: Desk, bill_id: UUID) -> HttpResponse:
    """The bill as it was handed in."""
    found = selectors.bill_for(desk.company, bill_id)
    if found.document_id is None:
        raise Http404
    document = documents.document_for(f"bill:{found.pk}", found.document_id)
    return serving.respond(document=document, viewer=desk.user)


@at_desk
@require_POST
def void(request: HttpRequest, desk: Desk, bill_id: UUID) -> HttpResponse:
    """Takes out a bill that should not be there."""
    found = selectors.bill_for(desk.company, bill_id)
    services.void_bill(user=desk.user, bill=found)
    messages.info(request, gettext("The bill is void."))
    return desk.go("bills")


@at_desk
@require_http_methods(["GET", "POST"])
def vendors(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whom the company owes, with the check of their names, and the form for another."""
    form = VendorForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.add_vendor(user=desk.user, customer=desk.company, **form.cleaned_data)
            messages.success(request, gettext("The vendor is kept."))
            return desk.go("vendors")
        except BankError as error:
            refusals = [spoken(error)]
    context = {
        "form": form,
        "refusals": refusals,
        "vendors": selectors.vendors_of(desk.company),
        "may_write": selectors.may_write(desk.user, desk.company),
    }
    return desk.show(request, "sme/vendors.html", **context)


@at_desk
@require_POST
def remove_vendor(request: HttpRequest, desk: Desk, vendor_id: int) -> HttpResponse:
    """Takes a vendor off the list."""
    services.remove_vendor(user=desk.user, customer=desk.company, vendor_id=vendor_id)
    messages.info(request, gettext("The vendor is off the list; their bills stay."))
    return desk.go("vendors")


def _add(desk: Desk, given: dict[str, Any]) -> Any:
    paper = given["paper"]
    return services.add_bill(
        user=desk.user,
        customer=desk.company,
        vendor=selectors.vendor_for(desk.company, given["vendor"]),
        number=given["number"],
        amount=given["money"],
        bill_date=given["bill_date"],
        due_date=given["due_date"],
        upload=paper.file if paper else None,
        filename=paper.name if paper else "",
    )
