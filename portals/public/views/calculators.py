"""Calculators: the answers are in the address, the sums are the bank's own, no script is needed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from bank import ledger
from bank.kernel.errors import NotFound
from bank.products import selectors as products
from bank.products.rules import ProductKind, TaxKind
from bank.products.selectors import Offer
from portals.public import calculators, offers
from portals.public.forms.calculators import FixedForm, LoanForm, RecurringForm, SavingsForm
from portals.public.pages import public_page, show


@public_page
def index(request: HttpRequest) -> HttpResponse:
    return show(request, "calculators.html", tools=_tools(""))


@public_page
def loan(request: HttpRequest) -> HttpResponse:
    """Equal instalments at the catalogue's rate; the highest where the score decides."""
    day = ledger.business_date()
    form = LoanForm(request.GET, loans=_sold(ProductKind.LOAN))
    plan = None
    if form.is_valid():
        price = form.cleaned_data["price"]
        plan = calculators.loan(
            principal=form.cleaned_data["amount"],
            rate_pct=price.highest_rate_pct,
            fee_pct=price.fee_pct,
            months=form.cleaned_data["months"],
            start=day,
        )
    return _shown(request, "loan", form, plan=plan)


@public_page
def savings(request: HttpRequest) -> HttpResponse:
    """A savings account with a sum each month, by the tiers of the catalogue."""
    day = ledger.business_date()
    (known, *_more) = _sold(ProductKind.SAVINGS)
    form = SavingsForm(request.GET)
    growth = None
    if form.is_valid():
        growth = calculators.savings(
            terms=products.interest_terms(offers.own_terms(known)[0]),
            opening=form.cleaned_data["opening"],
            monthly=form.cleaned_data["monthly"],
            months=form.cleaned_data["months"],
            start=day,
            tax_pct=_withholding(),
        )
    return _shown(request, "savings", form, growth=growth, product=offers.card(known))


@public_page
def fixed(request: HttpRequest) -> HttpResponse:
    """A sum left for a term."""
    (known, *_more) = _sold(ProductKind.FIXED_DEPOSIT)
    form = FixedForm(request.GET, offer=known, label=gettext("Amount you leave with us"))
    growth = None
    if form.is_valid():
        given = form.cleaned_data
        growth = calculators.fixed(
            rate=given["rate"],
            principal=given["amount"],
            start=ledger.business_date(),
            tax_pct=_withholding(),
        )
    return _shown(request, "fixed", form, growth=growth, product=offers.card(known))


@public_page
def recurring(request: HttpRequest) -> HttpResponse:
    """The same sum each month for a term."""
    (known, *_more) = _sold(ProductKind.RECURRING_DEPOSIT)
    form = RecurringForm(request.GET, offer=known, label=gettext("Amount each month"))
    growth = None
    if form.is_valid():
        given = form.cleaned_data
        growth = calculators.recurring(
            rate=given["rate"],
            instalment=given["amount"],
            start=ledger.business_date(),
            tax_pct=_withholding(),
        )
    return _shown(request, "recurring", form, growth=growth, product=offers.card(known))


def _shown(request: HttpRequest, tool: str, form: Any, **context: Any) -> HttpResponse:
    shared = {"form": form, "tools": _tools(tool), "tool": tool}
    return show(request, f"calculate_{tool}.html", **shared, **context)


def _sold(kind: ProductKind) -> list[Offer]:
    """The products of a kind on sale today; ``NotFound`` where the bank sells none."""
    known = [one for one in products.offered(ledger.business_date()) if one.product.kind == kind]
    if not known:
        raise NotFound(what="product")
    return known


def _withholding() -> Any:
    return products.tax_rates_pct(ledger.business_date()).get(TaxKind.WITHHOLDING, 0)


def _tools(current: str) -> list[dict[str, Any]]:
    words = {
        "loan": (gettext("Loan"), gettext("What a loan costs a month and in all."), "loans"),
        "savings": (gettext("Savings"), gettext("What becomes of a sum each month."), "insights"),
        "fixed": (gettext("Fixed deposit"), gettext("What a sum left alone pays at the end."), "lock"),
        "recurring": (
            gettext("Recurring deposit"),
            gettext("What the same sum every month adds up to."),
            "calendar",
        ),
    }
    return [
        {
            "url": reverse(f"public:calculate-{name}"),
            "label": label,
            "lead": lead,
            "icon": icon,
            "current": name == current,
        }
        for name, (label, lead, icon) in words.items()
    ]
