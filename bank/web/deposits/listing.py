"""Deposits: what one has, and what one could have; a quote's answers are in the address."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from bank import ledger
from bank.deposits import rules, selectors, services
from bank.deposits.rules import LineKind, Status
from bank.deposits.selectors import Standing
from bank.deposits.services import Quote
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money
from bank.products import selectors as products
from bank.products.rules import ProductKind
from bank.products.selectors import Offer
from bank.runtime import formats
from bank.web.deposits import acting
from bank.web.deposits.forms import MODES, QuoteForm
from bank.web.orders.desk import Desk, at_desk
from bank.web.views import drafts
from bank.web.views.pages import spoken

LINES = {
    LineKind.INTEREST: gettext_lazy("Interest"),
    LineKind.INSTALMENT: gettext_lazy("Instalment"),
    LineKind.MATURITY: gettext_lazy("Paid out"),
}


@at_desk
@require_GET
def deposits(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Those that run, with how far they are, then those that ended."""
    found = [one for one in selectors.deposits_for(desk.user) if acting.is_here(desk, one.deposit.customer)]
    running = [_card(desk, one) for one in found if not one.deposit.is_over]
    over = [_over(desk, one.deposit) for one in found if one.deposit.is_over]
    totals: dict[str, Money] = {}
    for one in found:
        nothing = Money.zero(one.balance.currency)
        totals[one.balance.currency] = totals.get(one.balance.currency, nothing) + one.balance
    total = next(iter(totals.values()), None)
    return desk.show(
        request, "deposits/deposits.html", running=running, over=over, waiting=_waiting(desk),
        offers_url=acting.address(desk, "new"), total=total if running else None,
    )  # fmt: skip


@at_desk
@require_GET
def offers(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """The deposits on offer, each with its best rate."""
    sold = [
        _offered(desk, one)
        for one in products.offered(ledger.business_date())
        if one.product.kind in rules.KINDS
    ]
    return desk.show(request, "deposits/offers.html", offers=sold, deposits_url=acting.address(desk))


@at_desk
@require_http_methods(["GET", "POST"])
def quote(request: HttpRequest, desk: Desk, code: str) -> HttpResponseBase:
    """What a deposit would come to, by the answers in the address; on POST a code is asked to open it."""
    known, offers_url = _sold(code), acting.address(desk, "new")
    currency = (known.rates or known.terms)[0].currency
    mine = acting.paying_accounts(desk, currency)
    if not mine:
        return desk.show(
            request, "deposits/quote.html", product=known.product, currency=currency, offers_url=offers_url
        )
    modes = products.deposit_rules(known.version.deposit_terms).modes
    form = QuoteForm(request.GET, offer=known, accounts=mine, modes=modes)
    refusals: list[str] = []
    quoted = _quoted(form)
    if request.method == "POST" and quoted is not None:
        order = asdict(form.order()) | {"amount": [str(quoted.amount.amount), quoted.amount.currency]}
        draft = drafts.begin(
            request, acting.JOURNEY, act=acting.OPEN, order=order, back=request.get_full_path()
        )
        try:
            acting.ask_code(request, desk, draft)
            return redirect(acting.address(desk, "check", draft.id))
        except BankError as error:
            refusals = [spoken(error)]
    context = {"form": form, "refusals": refusals, "quote": quoted, **_figures(quoted)}
    return desk.show(
        request, "deposits/quote.html", product=known.product, currency=currency,
        here=request.get_full_path(), early=_early(known),
        offers_url=offers_url, **context,
    )  # fmt: skip


def _figures(quoted: Quote | None) -> dict[str, Any]:
    if quoted is None:
        return {}
    return {
        "lines": _planned(quoted),
        "mode": MODES[quoted.mode],
        "rate": quoted.rate_pct / 100,
        "tax_rate": quoted.tax_pct / 100,
        "minus_tax": -quoted.tax,
        "yearly": services.yearly_interest(quoted),
    }


def _early(known: Offer) -> str:
    """What ending the deposit before its time comes to, in a sentence."""
    own = products.deposit_rules(known.version.deposit_terms)
    if own.early_steps:
        (_most, points), (_least, fewest) = own.early_steps[0], own.early_steps[-1]
        words = gettext(
            "After %(days)d days it can be closed any day: it then earns %(least)s to %(most)s a year less"
            " from the beginning, by the months left. You see the cost first."
        )
        least, most = formats.percent(fewest / 100), formats.percent(points / 100)
        return words % {"days": own.cooling_days, "least": least, "most": most}
    if known.product.kind == ProductKind.RECURRING_DEPOSIT:
        words = gettext(
            "It can be closed any day: it then earns %(share)s of its rate. An instalment may be up to"
            " %(days)d days late; one that is missed costs %(penalty)s of it."
        )
        share, penalty = formats.percent(own.early_share_pct / 100, 0), formats.percent(own.missed_pct / 100)
        return words % {"share": share, "days": own.grace_days, "penalty": penalty}
    if own.notice_days:
        words = gettext(
            "Give notice of %(days)d days and it leaves free of charge;"
            " sooner it costs as many days' interest."
        )
        return words % {"days": own.notice_days}
    return gettext("It is yours on any day, without notice and without a cost.")


def _sold(code: str) -> Offer:
    """The deposit product on sale today; ``NotFound`` for anything else."""
    known = products.offer(code.upper(), ledger.business_date())
    if known.product.kind not in rules.KINDS:
        raise NotFound(what="product")
    return known


def _quoted(form: QuoteForm) -> Quote | None:
    """The quote for the answers; where the bank refuses, the form says why."""
    if not form.is_valid():
        return None
    order = form.order()
    try:
        return services.quote(
            product_code=order.product_code,
            amount=order.amount,
            on=ledger.business_date(),
            months=order.months,
            mode=order.mode,
            segment=form.cleaned_data["account"].account.customer.segment,
        )
    except BankError as error:
        form.add_error("amount", spoken(error))
        return None


def _planned(quoted: Quote) -> list[dict[str, Any]]:
    """The days on which money moves, as the table shows them."""
    return [
        {
            "label": LINES[line.kind],
            "day": line.day,
            "amount": line.amount,
            "tax": line.tax if line.tax.is_positive else None,
        }
        for line in quoted.lines
    ]


def _card(desk: Desk, one: Standing) -> dict[str, Any]:
    held = one.deposit
    return {
        "number": held.number,
        "name": gettext(held.product.name),
        "balance": one.balance,
        "url": acting.address(desk, held.number),
        "status": "PENDING" if held.status == Status.HELD else "",
        "note": _note(one),
        "progress": progress(held),
    }


def _note(one: Standing) -> str:
    held, rate = one.deposit, formats.percent(one.deposit.annual_rate_pct / 100)
    if held.status == Status.HELD:
        return gettext("Matured; tell us which account to pay it to")
    if held.maturity_date is None:
        return gettext("%(rate)s a year · %(sum)s earned this month") % {
            "rate": rate, "sum": formats.money(one.interest)
        }  # fmt: skip
    return gettext("%(rate)s a year · matures on %(day)s") % {
        "rate": rate, "day": formats.day(held.maturity_date)
    }  # fmt: skip


def _waiting(desk: Desk) -> list[dict[str, Any]]:
    """Deposits a company asked for that wait for its signatures."""
    if desk.company is None:
        return []
    return [
        {
            "label": one.summary,
            "note": f"{one.made_by.full_name} · {formats.moment(one.made_at)}",
            "url": f"{desk.root}approvals/{one.approval}/",
            "status": "WAITING",
        }
        for one in selectors.requests_of(desk.company)
    ]


def progress(held: Any) -> dict[str, int] | None:
    """Days of the term that have passed, of all of them."""
    if held.maturity_date is None or held.is_over:
        return None
    total = (held.maturity_date - held.start_date).days
    return {"done": min((ledger.business_date() - held.start_date).days, total), "total": total}


def _over(desk: Desk, held: Any) -> dict[str, Any]:
    return {
        "label": gettext(held.product.name),
        "note": f"{formats.account_number(held.number)} · {formats.day(held.closed_date)}",
        "url": acting.address(desk, held.number),
        "status": "CLOSED",
        "status_label": held.get_status_display(),
    }


def _offered(desk: Desk, known: Offer) -> dict[str, Any]:
    product = known.product
    rates = [row.annual_rate_pct for row in known.rates]
    rates += [tier.annual_rate_pct for row in known.terms for tier in row.interest_tiers.all()]
    smallest = min([row.minimum for row in known.rates] + [row.minimum_opening for row in known.terms])
    currency = (known.rates or known.terms)[0].currency
    return {
        "url": acting.address(desk, "new", product.code.lower()),
        "name": gettext(product.name),
        "description": gettext(product.description),
        "rate": formats.percent(max(rates) / 100),
        "smallest": Money.of(smallest, currency),
        "is_monthly": product.kind == ProductKind.RECURRING_DEPOSIT,
    }
