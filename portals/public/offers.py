"""The products of the catalogue in words: what each is, for whom, from which sum, at which rate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from bank.kernel.money import Money
from bank.products.rules import ProductKind
from bank.products.selectors import Offer
from bank.runtime import formats

EVERYDAY, SAVE, BORROW, COMPANY = "EVERYDAY", "SAVE", "BORROW", "COMPANY"
FAMILIES = {
    EVERYDAY: (gettext_lazy("Every day"), gettext_lazy("Salary in, bills out, money sent in seconds.")),
    SAVE: (gettext_lazy("Save"), gettext_lazy("Interest from the first shilling, or a rate that stays.")),
    BORROW: (gettext_lazy("Borrow"), gettext_lazy("Equal instalments, every cost named before you sign.")),
    COMPANY: (gettext_lazy("For companies"), gettext_lazy("Accounts and credit for organisations.")),
}
ICONS = {
    ProductKind.SAVINGS: "insights",
    ProductKind.CURRENT: "accounts",
    ProductKind.FIXED_DEPOSIT: "lock",
    ProductKind.RECURRING_DEPOSIT: "calendar",
    ProductKind.CALL_DEPOSIT: "insights",
    ProductKind.NOTICE_DEPOSIT: "calendar",
    ProductKind.LOAN: "loans",
}
PERSONS = {"", "RETAIL"}
Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """A product as lists show it; ``figure`` is the one number people compare it by."""

    code: str
    kind: str
    family: str
    icon: str
    name: str
    description: str
    figure: str
    note: str
    facts: Facts

    @property
    def url(self) -> str:
        return reverse("public:product", args=[self.code.lower()])


@dataclass(frozen=True, slots=True)
class Version:
    """What held from a day until (if it ended or will end) another."""

    since: date
    until: date | None
    rates: list[str]
    is_current: bool
    is_coming: bool


def card(known: Offer) -> Card:
    figure, note = _figure(known)
    product = known.product
    return Card(
        code=product.code,
        kind=product.kind,
        family=family(known),
        icon=ICONS[ProductKind(product.kind)],
        name=gettext(product.name),
        description=gettext(product.description) if product.description else "",
        figure=figure,
        note=note,
        facts=facts(known),
    )


def families(cards: Iterable[Card]) -> list[dict[str, Any]]:
    """The cards under the headings a visitor looks for; empty ones are left out."""
    known = list(cards)
    groups = [
        {
            "code": code.lower(),
            "title": title,
            "lead": lead,
            "cards": [one for one in known if one.family == code],
        }
        for code, (title, lead) in FAMILIES.items()
    ]
    return [group for group in groups if group["cards"]]


def family(known: Offer) -> str:
    """Under which heading a product stands: what no person can have is for companies."""
    rows: list[Any] = [*known.terms, *known.prices]
    if rows and not any(row.segment in PERSONS for row in rows):
        return COMPANY
    if known.product.kind == ProductKind.LOAN:
        return BORROW
    return EVERYDAY if known.product.kind == ProductKind.CURRENT else SAVE


def facts(known: Offer) -> Facts:
    """What one compares, by label; products of one kind have the same labels in the same order."""
    if known.prices:
        return _loan_facts(known.prices[0])
    if known.rates:
        return _deposit_facts(known)
    return _account_facts(known)


def best_rate(known: Offer) -> Decimal:
    """The highest yearly rate a deposit or account in the bank's own currency pays, as a fraction."""
    rows = [row.annual_rate_pct for row in known.rates]
    rows += [tier.annual_rate_pct for row in own_terms(known) for tier in row.interest_tiers.all()]
    return max(rows, default=Decimal(0)) / 100


def own_terms(known: Offer) -> list[Any]:
    """An account's terms in the bank's own currency, those for persons first."""
    rows = [row for row in known.terms if row.currency == settings.BANK_BASE_CURRENCY]
    return sorted(rows, key=lambda row: row.segment not in PERSONS)


def versions(history: list[Offer], today: date) -> list[Version]:
    """A product's history in words, the latest first, each until the day before the next."""
    told = []
    ends_before: date | None = None
    is_told = False
    for one in history:
        since = one.version.effective_from
        until = one.version.effective_until or (ends_before - timedelta(days=1) if ends_before else None)
        current = not is_told and since <= today and (until is None or until >= today)
        is_told = is_told or current
        told.append(Version(since, until, _rates_in_words(one), current, since > today))
        ends_before = since
    return told


def term(months: int) -> str:
    """``6 months``, ``1 year``, ``3 years``."""
    if months % 12 == 0:
        return ngettext("%(count)d year", "%(count)d years", months // 12) % {"count": months // 12}
    return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}


def rate(pct: Decimal) -> str:
    return formats.percent(pct / 100)


def loan_rate(price: Any) -> str:
    """``15.00%``, or ``10.00% to 14.00%`` where the score decides."""
    if price.annual_rate_pct == price.highest_rate_pct:
        return rate(price.annual_rate_pct)
    return gettext("%(low)s to %(high)s") % {
        "low": rate(price.annual_rate_pct),
        "high": rate(price.highest_rate_pct),
    }


def _figure(known: Offer) -> tuple[str, str]:
    if known.prices:
        price = known.prices[0]
        ranges = price.annual_rate_pct != price.highest_rate_pct
        note = gettext("a year, at the lowest") if ranges else gettext("a year")
        return rate(price.annual_rate_pct), note
    best = best_rate(known)
    if best:
        return formats.percent(best), gettext("a year at most")
    return gettext("No monthly fee"), ""


def _account_facts(known: Offer) -> Facts:
    rows = own_terms(known) or known.terms
    opening = Money(rows[0].minimum_opening, rows[0].currency)
    currencies = sorted({row.currency for row in known.terms}, key=lambda one: (one != opening.currency, one))
    best = best_rate(known)
    return {
        gettext("For"): _for_whom(row.segment for row in known.terms),
        gettext("Interest"): gettext("Up to %s a year") % formats.percent(best) if best else gettext("None"),
        gettext("Smallest amount"): gettext("%s to open") % formats.money(opening),
        gettext("Term"): gettext("Open-ended"),
        gettext("Fees"): gettext("No monthly fee; payments by the schedule"),
        gettext("Currencies"): ", ".join(currencies),
    }


def _deposit_facts(known: Offer) -> Facts:
    recurring = known.product.kind == ProductKind.RECURRING_DEPOSIT
    smallest = formats.money(Money(min(row.minimum for row in known.rates), known.rates[0].currency))
    months = [row.tenor_months for row in known.rates]
    return {
        gettext("For"): _for_whom([""]),
        gettext("Interest"): gettext("%(low)s to %(high)s a year") % _ends(known.rates),
        gettext("Smallest amount"): gettext("%s a month") % smallest if recurring else smallest,
        gettext("Term"): gettext("%(low)s to %(high)s")
        % {"low": term(min(months)), "high": term(max(months))},
        gettext("Fees"): gettext("None"),
        gettext("Currencies"): known.rates[0].currency,
    }


def _loan_facts(price: Any) -> Facts:
    smallest, largest = Money(price.minimum, price.currency), Money(price.maximum, price.currency)
    return {
        gettext("For"): _for_whom([price.segment]),
        gettext("Interest"): gettext("%s a year") % loan_rate(price),
        gettext("Smallest amount"): formats.money(smallest),
        gettext("Largest amount"): formats.money(largest),
        gettext("Term"): gettext("%(low)s to %(high)s")
        % {"low": term(price.minimum_months), "high": term(price.maximum_months)},
        gettext("Fees"): gettext("%s of the loan, once") % rate(price.fee_pct),
        gettext("Currencies"): price.currency,
    }


def _ends(rows: Iterable[Any]) -> dict[str, str]:
    pcts = [row.annual_rate_pct for row in rows]
    return {"low": rate(min(pcts)), "high": rate(max(pcts))}


def _for_whom(segments: Iterable[str]) -> str:
    known = set(segments)
    if "" in known:
        return gettext("Everyone")
    words = {
        "RETAIL": gettext("People"),
        "SME": gettext("Small businesses"),
        "CORPORATE": gettext("Companies"),
    }
    return ", ".join(word for code, word in words.items() if code in known)


def _rates_in_words(known: Offer) -> list[str]:
    if known.prices:
        price = known.prices[0]
        return [
            gettext("%s a year") % loan_rate(price),
            gettext("%s of the loan, once") % rate(price.fee_pct),
        ]
    if known.rates:
        return [f"{term(row.tenor_months)}: {rate(row.annual_rate_pct)}" for row in known.rates]
    return [line for row in own_terms(known)[:1] for line in _tiers_in_words(row)] or [gettext("No interest")]


def _tiers_in_words(row: Any) -> list[str]:
    return [
        gettext("From %(sum)s: %(rate)s")
        % {"sum": formats.money(Money(tier.from_balance, row.currency)), "rate": rate(tier.annual_rate_pct)}
        for tier in row.interest_tiers.all()
    ]
