"""What was sent, and the receipt of each payment."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from bank.cif import selectors as mandates
from bank.kernel.errors import BankError, NotFound
from bank.payments import directory, selectors, services
from bank.payments.rules import PaymentStatus
from bank.web.orders.paying_forms import TemplateForm
from bank.web.orders.ways import ways
from bank.web.views import holdings, paging
from bank.web.views.pages import customer_page, spoken, user_of
from portals.personal.forms.payments import PaymentFilter
from portals.personal.nav import show

_PAGE = 30


@customer_page
@require_GET
def payments(request: HttpRequest) -> HttpResponse:
    """Payments sent, newest first, with filters in the address."""
    form = PaymentFilter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    found = _filtered(selectors.payments_for(user_of(request)), given)
    page = paging.by_id(request, found, size=_PAGE)
    context = {
        "form": form,
        "payments": page.rows,
        "older": page.older,
        "newer": page.newer,
        "is_filtered": any(given.values()),
        "here": request.path,
        "reset": request.path if any(given.values()) else "",
        "has_two_accounts": len(holdings.own(user_of(request))) > 1,
    }
    return show(request, "payments.html", **context)


@customer_page
@require_GET
def payment(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt: what was sent, to whom, from where, what it cost and what became of it."""
    known = selectors.payment_for(user_of(request), reference)
    context = {
        "payment": known,
        "bank": directory.name_of(known.creditor_agent, known.creditor_country),
        "title": _title(known),
        "steps": selectors.timeline(known),
        "may_keep": known.rail != "MPESA" and not _is_kept(request, known),
        "ways": ways(known.routing or []),
        "may_cancel": selectors.may_cancel(known),
        "may_recall": selectors.is_recallable(known),
        "is_held": selectors.is_held(known),
        "keep_form": _template(request, known),
    }
    return show(request, "payment.html", **context)


@customer_page
@require_POST
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Takes a payment back that waits to leave."""
    return _undo(request, reference, services.cancel, gettext("The payment was cancelled."))


@customer_page
@require_POST
def recall(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks the other bank for the money; it may say no."""
    asked = gettext("The other bank was asked to send the money back.")
    return _undo(request, reference, services.recall, asked)


@customer_page
@require_POST
def keep(request: HttpRequest, reference: str) -> HttpResponse:
    """Keeps a payment as a template, to be made again from the list of payees."""
    known = selectors.payment_for(user_of(request), reference)
    form = TemplateForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Give the template a name of up to 60 letters."))
        return redirect("personal:payment", known.reference)
    to = services.Elsewhere(known.creditor_agent, known.creditor_country) if known.creditor_country else None
    try:
        services.keep_template(
            user=user_of(request), cif_number=known.debtor_account.customer.cif,
            name=form.cleaned_data["name"], debtor_number=known.debtor_number,
            creditor_name=known.creditor_name, creditor_number=known.creditor_number, amount=known.money,
            remittance=known.remittance, to=to,
        )  # fmt: skip
    except NotFound:
        raise
    except BankError as error:
        messages.error(request, spoken(error))
        return redirect("personal:payment", known.reference)
    messages.success(request, gettext("It is kept as a template."))
    return redirect("personal:payees")


def _template(request: HttpRequest, known: Any) -> TemplateForm | None:
    """The form that keeps it, for whoever may pay for the customer whose account it is."""
    if not mandates.may_pay(user_of(request), known.debtor_account.customer):
        return None
    return TemplateForm(initial={"name": known.creditor_name[:60]})


def _undo(request: HttpRequest, reference: str, verb: Callable[..., Any], done: str) -> HttpResponse:
    try:
        verb(user=user_of(request), reference=reference)
        messages.success(request, done)
    except NotFound:
        raise
    except BankError as error:
        messages.error(request, spoken(error))
    return redirect("personal:payment", reference)


def _filtered(payments: QuerySet[Any], given: dict[str, Any]) -> QuerySet[Any]:
    if words := given.get("q"):
        in_text = Q(creditor_name__icontains=words) | Q(remittance__icontains=words)
        payments = payments.filter(
            in_text | Q(reference__iexact=words) | Q(creditor_number=words.replace(" ", ""))
        )
    if status := given.get("status"):
        payments = payments.filter(status=status)
    return payments


def _title(known: Any) -> str:
    if known.status == PaymentStatus.RETURNED:
        return gettext("Back from %(name)s") % {"name": known.creditor_name}
    if known.status in {PaymentStatus.REJECTED, PaymentStatus.CANCELLED}:
        return gettext("Not sent to %(name)s") % {"name": known.creditor_name}
    if known.status == PaymentStatus.AWAITING_APPROVAL:
        return gettext("Not sent to %(name)s yet") % {"name": known.creditor_name}
    if known.status == PaymentStatus.ACCEPTED:
        return gettext("On its way to %(name)s") % {"name": known.creditor_name}
    return gettext("Sent to %(name)s") % {"name": known.creditor_name}


def _is_kept(request: HttpRequest, known: Any) -> bool:
    user = user_of(request)
    numbers = {one.number for one in selectors.beneficiaries(user)}
    own = {account.number for account in holdings.own(user)}
    return known.creditor_number in numbers | own
