"""Reads of the catalogue: what is offered, what it costs, what it earns, on a given day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.products import rules
from bank.products.errors import EffectiveDateUnusable, ProductNotOffered
from bank.products.models import (
    FEE_EVENTS,
    DatedSet,
    DepositTerms,
    FeeBand,
    FeeRule,
    LoanTerms,
    Product,
    ProductGlRole,
    ProductTerms,
    ProductVersion,
    TaxRule,
    TermRate,
)

FEE_NAMES = FEE_EVENTS


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as it is sold on a day.

    ``terms`` has one row per currency and segment of an account; a deposit has ``rates`` by term
    instead, a loan ``prices`` by segment.
    """

    product: Product
    version: ProductVersion
    terms: list[ProductTerms]
    rates: list[TermRate] = field(default_factory=list)
    prices: list[LoanTerms] = field(default_factory=list)


def product(code: str) -> Product:
    """The product with that code; ``NotFound`` where there is none."""
    known = Product.objects.filter(code=code).first()
    if known is None:
        raise NotFound(what="product")
    return known


def current_version(product: Product, on: date) -> ProductVersion:
    """The version sold on a day; ``NotFound`` before the first or after the last."""
    version = product.versions.in_force(on).first()
    if version is None:
        raise NotFound(what="product")
    return version


def version_before(product: Product, on: date) -> ProductVersion:
    """The version a change on that day would follow. Raises ``EffectiveDateUnusable`` where a version
    begins on that very day, or none holds on it: a new one would leave a gap or hide another.
    """
    if product.versions.filter(effective_from=on).exists():
        raise EffectiveDateUnusable(
            problem="Other terms of this product begin on that day already; choose another day."
        )
    version = product.versions.in_force(on).first()
    if version is None:
        raise EffectiveDateUnusable(
            problem="The product is not sold on that day; terms follow one another without a gap."
        )
    return version


def own_terms(version: ProductVersion, currency: str, segment: str) -> ProductTerms | None:
    """The row for exactly that currency and segment, if the version has one."""
    return version.terms.filter(currency=currency, segment=segment).first()


def accounts_under(version: ProductVersion, currency: str = "") -> QuerySet[Any]:
    """The open accounts that keep a version, in all currencies or in one."""
    under = version.accounts.exclude(status="CLOSED")
    return under.filter(currency=currency) if currency else under


def accounts_in(currency: str) -> int:
    """How many open accounts there are in a currency: those a price in it is for."""
    kept = ProductVersion.objects.filter(accounts__currency=currency)
    return kept.exclude(accounts__status="CLOSED").values("accounts").distinct().count()


def terms(version: ProductVersion, currency: str, segment: str) -> ProductTerms:
    """The version's parameters in a currency for a segment, those of the segment before those for all.

    Raises ``ProductNotOffered`` where there are none.
    """
    rows = version.terms.filter(currency=currency, segment__in=("", segment)).order_by("-segment")
    row = rows.prefetch_related("interest_tiers").first()
    if row is None:
        raise ProductNotOffered(product=version.product.name, currency=currency)
    return row


def interest_terms(row: ProductTerms) -> rules.InterestTerms:
    """How balances under these terms earn, in the form the rules take."""
    tiers = tuple(rules.Tier(tier.from_balance, tier.annual_rate_pct) for tier in row.interest_tiers.all())
    return rules.InterestTerms(
        day_count=row.day_count,
        method=row.tier_method,
        tiers=tiers,
        basis=row.balance_basis,
        debit_rate_pct=row.debit_rate_pct,
    )


def tiers_as_text(row: ProductTerms) -> str:
    """The interest tiers of terms, one a line."""
    return rules.write_tiers(interest_terms(row).tiers)


def gl_role(version: ProductVersion, purpose: str) -> str:
    """The GL role a version uses for a purpose; ``NotFound`` where the product lacks it."""
    role = (
        ProductGlRole.objects.filter(version=version, purpose=purpose).values_list("role", flat=True).first()
    )
    if role is None:
        raise NotFound(what="GL role for this product")
    return role


def deposit_rules(row: DepositTerms) -> rules.DepositRules:
    """A deposit's rules in the form the decisions take."""
    return rules.DepositRules(
        modes=tuple(row.modes),
        convention=row.convention,
        cooling_days=row.cooling_days,
        early_steps=tuple((int(months), Decimal(points)) for months, points in row.early_steps),
        early_share_pct=row.early_share_pct,
        grace_days=row.grace_days,
        missed_pct=row.missed_pct,
        notice_days=row.notice_days,
        early_withdrawal=row.early_withdrawal,
    )


def catalogue(on: date) -> list[Offer]:
    """Every account sold on a day with its terms and interest tiers, by name. Six queries, however many."""
    return [one for one in offered(on) if one.product.kind in rules.ACCOUNT_KINDS]


def offered(on: date) -> list[Offer]:
    """Everything sold on a day, accounts, deposits and loans, by name. Six queries, however many."""
    sold = Prefetch("versions", _in_full(ProductVersion.objects.in_force(on)), "sold")
    products = Product.objects.order_by("name").prefetch_related(sold)
    return [_offer(known, versions[0]) for known in products if (versions := list(_sold(known)))]


def offer(code: str, on: date) -> Offer:
    """One product as it is sold on a day; ``NotFound`` where it is not."""
    known = product(code)
    version = _in_full(known.versions.in_force(on)).first()
    if version is None:
        raise NotFound(what="product")
    return _offer(known, version)


def history(code: str) -> list[Offer]:
    """A product in every version it ever had or is known to get, the latest first."""
    known = product(code)
    versions = _in_full(known.versions.order_by("-effective_from"))
    return [_offer(known, version) for version in versions]


def change_dates() -> list[date]:
    """The days from which something had or will have another price, the latest first. One query."""
    priced = (FeeRule.objects, TaxRule.objects)
    days = ProductVersion.objects.values_list("effective_from", flat=True)
    return sorted(
        days.union(*(rows.values_list("effective_from", flat=True) for rows in priced)), reverse=True
    )


def _in_full(versions: DatedSet) -> DatedSet:
    terms = Prefetch("terms", ProductTerms.objects.order_by("currency", "segment"))
    return versions.prefetch_related(terms, "terms__interest_tiers", "term_rates", "loan_terms")


def _sold(known: Any) -> Iterable[ProductVersion]:
    versions: Iterable[ProductVersion] = known.sold
    return versions


def _offer(known: Product, version: ProductVersion) -> Offer:
    return Offer(
        known,
        version,
        list(version.terms.all()),
        list(version.term_rates.all()),
        list(version.loan_terms.all()),
    )


def fee_schedule(on: date) -> list[FeeRule]:
    """The prices in force on a day with their bands, for the page that shows them. Two queries."""
    rows = FeeRule.objects.in_force(on).prefetch_related("bands")
    latest: dict[tuple[str, str, str], FeeRule] = {}
    for row in rows:
        latest.setdefault((row.event, row.currency, row.segment), row)
    return sorted(latest.values(), key=lambda row: (row.event, row.currency, row.segment))


def quote_fee(*, event: str, amount: Money, on: date, segment: str = "") -> rules.FeeQuote:
    """What an event of ``amount`` costs: fee and excise duty, both in the amount's currency.

    An event without a price in that currency is free of charge. What an account has for nothing is
    counted where accounts are (``accounts.selectors.price``). One query, two for banded fees.
    """
    return quote_fees(event=event, amounts=[amount], on=on, segment=segment)[0]


def quote_fees(*, event: str, amounts: Iterable[Money], on: date, segment: str = "") -> list[rules.FeeQuote]:
    """``quote_fee`` for many amounts at once; each currency's price is read once."""
    prices: dict[str, _Price] = {}
    quotes = []
    for amount in amounts:
        if amount.currency not in prices:
            prices[amount.currency] = _price(event, amount.currency, on, segment)
        quotes.append(prices[amount.currency].quote(amount))
    return quotes


def gives_free_ones() -> bool:
    """Whether any event has some a month for nothing, on whatever day."""
    return bool(FeeRule.objects.filter(free_per_month__gt=0).exists())


def fee(event: str, amount: Money, on: date) -> Money:
    """The bank's fee for an event of ``amount``, excise duty not included."""
    return quote_fee(event=event, amount=amount, on=on).fee


def tax(kind: str, on: date) -> TaxRule:
    """The tax in force on a day; ``NotFound`` where none is."""
    rule = TaxRule.objects.filter(kind=kind).in_force(on).first()
    if rule is None:
        raise NotFound(what="tax")
    return rule


def fee_rule(event: str, currency: str, segment: str, on: date) -> FeeRule | None:
    """The price of an event that holds on a day for exactly that segment, if there is one."""
    rows = FeeRule.objects.filter(event=event, currency=currency, segment=segment)
    found: FeeRule | None = rows.in_force(on).first()
    return found


def has_fee_from(event: str, currency: str, segment: str, on: date) -> bool:
    """Whether a price of that event begins on that very day."""
    rows = FeeRule.objects.filter(event=event, currency=currency, segment=segment, effective_from=on)
    return bool(rows.exists())


def has_tax_from(kind: str, on: date) -> bool:
    """Whether a rate of that tax begins on that very day."""
    return bool(TaxRule.objects.filter(kind=kind, effective_from=on).exists())


def tax_rates_pct(on: date) -> dict[str, Decimal]:
    """Every tax in force on a day, by kind, in per cent; a kind that is missing is not taken. One query."""
    rates: dict[str, Decimal] = {}
    for row in TaxRule.objects.in_force(on):
        rates.setdefault(row.kind, row.rate_pct)
    return rates


@dataclass(frozen=True, slots=True)
class _Price:
    """A fee rule with the excise that goes on top; without ``terms`` the event is free."""

    terms: rules.FeeTerms | None = None
    excise_pct: Decimal = Decimal(0)
    income_role: str = ""
    excise_role: str = ""
    event: str = ""

    def quote(self, amount: Money) -> rules.FeeQuote:
        price = rules.fee(self.terms, amount) if self.terms else Money.zero(amount.currency)
        excise = rules.percent_of(self.excise_pct, price)
        free = self.terms.free_per_month if self.terms else 0
        return rules.FeeQuote(price, excise, self.income_role, self.excise_role, self.event, free)


_PRICE = """
SELECT r.*, t.rate_pct AS excise_pct, t.gl_role AS excise_role
FROM products_feerule r LEFT JOIN LATERAL (
    SELECT rate_pct, gl_role FROM products_taxrule
    WHERE kind = %(excise)s AND effective_from <= %(on)s
        AND (effective_until IS NULL OR effective_until >= %(on)s)
    ORDER BY effective_from DESC LIMIT 1
) t ON true
WHERE r.event = %(event)s AND r.currency = %(currency)s AND r.segment IN ('', %(segment)s)
    AND r.effective_from <= %(on)s AND (r.effective_until IS NULL OR r.effective_until >= %(on)s)
ORDER BY r.segment DESC, r.effective_from DESC LIMIT 1
"""


def _price(event: str, currency: str, on: date, segment: str) -> _Price:
    """Plain SQL, since every payment waits for it."""
    asked = {"event": event, "currency": currency, "on": on, "segment": segment}
    found = FeeRule.objects.raw(_PRICE, {**asked, "excise": rules.TaxKind.EXCISE.value})
    rule: Any = next(iter(found), None)
    if rule is None:
        return _Price()
    excise = (rule.excise_pct or Decimal(0), rule.income_role, rule.excise_role or "")
    return _Price(fee_terms(rule), *excise, event)


def fee_terms(rule: FeeRule) -> rules.FeeTerms:
    """A price in the form the rules take; its bands are read only where its kind has any."""
    banded = rule.kind in {rules.FeeKind.TIERED, rules.FeeKind.SLAB}
    return rules.FeeTerms(
        kind=rule.kind,
        currency=rule.currency,
        flat=rule.flat,
        rate_pct=rule.rate_pct,
        minimum=rule.minimum,
        maximum=rule.maximum,
        bands=tuple(_band(band) for band in rule.bands.all()) if banded else (),
        free_per_month=rule.free_per_month,
    )


def _band(band: FeeBand) -> rules.Band:
    return rules.Band(band.up_to, band.flat, band.rate_pct)
