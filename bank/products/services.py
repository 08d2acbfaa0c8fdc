"""Writes to the catalogue: new prices and terms are new rows; nothing in force is overwritten."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from django.db import transaction
from django.db.models import Model

from bank.audit import services as audit
from bank.identity.models import User
from bank.products import defaults, offers, rules, selectors
from bank.products.errors import UnusableTerms
from bank.products.models import (
    DepositTerms,
    FeeBand,
    FeeRule,
    InterestTier,
    LoanTerms,
    Product,
    ProductGlRole,
    ProductTerms,
    ProductVersion,
    TaxRule,
    TermRate,
)

Row = TypeVar("Row", bound=Model)


class _Described(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...


@transaction.atomic
def publish_version(
    *,
    product: Product,
    effective_from: date,
    terms: Sequence[ProductTerms],
    tiers: Mapping[str, Sequence[rules.Tier]],
    gl_roles: Mapping[str, str],
    actor: User | None = None,
) -> ProductVersion:
    """Sells a product under new terms from a day on. The books are not touched.

    ``tiers`` are by currency; accounts already open keep the version they have. Raises
    ``UnusableTerms`` for tiers that overlap or carry absurd rates, for missing GL roles or a
    negative opening deposit.
    """
    if missing := set(rules.GlPurpose) - set(gl_roles):
        raise UnusableTerms(problem=f"A GL role is missing for {', '.join(sorted(missing))}.")
    for ladder in tiers.values():
        rules.check_tiers(ladder)
    if any(row.minimum_opening < 0 for row in terms):
        raise UnusableTerms(problem="The smallest opening deposit may not be negative.")
    if any(not 0 <= row.debit_rate_pct <= rules.HIGHEST_RATE_PCT for row in terms):
        raise UnusableTerms(problem="An overdraft's rate must be between 0 and 100 per cent a year.")
    version = _new_version(product, effective_from)
    ProductGlRole.objects.bulk_create(
        ProductGlRole(version=version, purpose=purpose, role=role) for purpose, role in gl_roles.items()
    )
    for row in terms:
        row.version = version
        row.save()
        InterestTier.objects.bulk_create(
            InterestTier(terms=row, from_balance=tier.from_balance, annual_rate_pct=tier.annual_rate_pct)
            for tier in tiers.get(row.currency, ())
        )
    _record("PRODUCT_VERSION_PUBLISHED", actor, "PRODUCT", product.code, effective_from)
    return version


@transaction.atomic
def change_terms(
    *,
    product: Product,
    currency: str,
    segment: str,
    effective_from: date,
    changes: Mapping[str, Any],
    tiers: Sequence[rules.Tier] | None = None,
    actor: User | None = None,
) -> ProductVersion:
    """Sells an account under other terms in one currency and segment from a day on; all else is kept.

    The new version is a copy of the one that would be in force on that day, with ``changes`` by
    field name (amounts in ``currency``) and, where given, other tiers. Terms that were not there
    are added: the product is then offered in that currency. Accounts keep their version until
    they are migrated. The books are not touched. Raises ``UnusableTerms``,
    ``EffectiveDateUnusable``.
    """
    Product.objects.select_for_update().get(pk=product.pk)
    old = selectors.version_before(product, effective_from)
    row = selectors.own_terms(old, currency, segment) or ProductTerms(currency=currency, segment=segment)
    rules.check_period_terms({**{name: getattr(row, name) for name in rules.PERIOD_SUMS}, **changes})
    if tiers is not None:
        rules.check_tiers(tiers)
    new = _follow(old, effective_from, old.terms.exclude(currency=currency, segment=segment))
    _copy_terms(row, new, changes, tiers)
    _record("PRODUCT_VERSION_PUBLISHED", actor, "PRODUCT", product.code, effective_from)
    return new


@transaction.atomic
def change_deposit(
    *,
    product: Product,
    currency: str,
    effective_from: date,
    rates: Sequence[rules.TermPrice] = (),
    minimum: Decimal | None = None,
    tiers: Sequence[rules.Tier] = (),
    terms: rules.DepositRules,
    actor: User | None = None,
) -> ProductVersion:
    """Offers a deposit at other rates in one currency, and under other rules, from a day on.

    ``rates`` are those of a deposit with terms; one without has ``tiers`` from ``minimum`` on. What
    runs keeps its version; other currencies and the GL roles are kept. The books are not touched.
    Raises ``UnusableTerms``, ``EffectiveDateUnusable``.
    """
    Product.objects.select_for_update().get(pk=product.pk)
    old = selectors.version_before(product, effective_from)
    held = old.term_rates.filter(currency=currency).first()
    new = _follow(old, effective_from, old.terms.exclude(currency=currency, segment=""))
    new.term_rates.filter(currency=currency).delete()
    _put_deposit_terms(new, terms)
    if product.kind in {rules.ProductKind.FIXED_DEPOSIT, rules.ProductKind.RECURRING_DEPOSIT}:
        rules.check_term_rates(rates)
        _put_rates(new, currency, rates, held.day_count if held else "ACT_365F")
    else:
        rules.check_tiers(tiers)
        row = selectors.own_terms(old, currency, "") or ProductTerms(currency=currency)
        _copy_terms(row, new, {"minimum_opening": minimum}, tiers)
    _record("PRODUCT_VERSION_PUBLISHED", actor, "PRODUCT", product.code, effective_from)
    return new


@transaction.atomic
def change_gl_role(
    *, product: Product, purpose: str, role: str, effective_from: date, actor: User | None = None
) -> ProductVersion:
    """Has what is opened of a product from a day on booked under another role of the chart.

    An account keeps its control account for life; interest it earns is booked under the role of the
    version it is moved to. The books are not touched. Raises ``EffectiveDateUnusable``.
    """
    Product.objects.select_for_update().get(pk=product.pk)
    old = selectors.version_before(product, effective_from)
    new = _follow(old, effective_from, old.terms.all())
    new.gl_roles.filter(purpose=purpose).update(role=role)
    _record("PRODUCT_VERSION_PUBLISHED", actor, "PRODUCT", product.code, effective_from)
    return new


def _follow(old: ProductVersion, effective_from: date, kept: Iterable[ProductTerms]) -> ProductVersion:
    """The version after ``old`` with its roles, its rates by term, its deposit's rules and ``kept`` terms."""
    new = _new_version(old.product, effective_from)
    _copy(ProductGlRole, old.gl_roles.all(), version=new)
    _copy(TermRate, old.term_rates.all(), version=new)
    for row in kept:
        _copy_terms(row, new, {}, None)
    rules_row = DepositTerms.objects.filter(version=old).first()
    if rules_row is not None:
        _put_deposit_terms(new, selectors.deposit_rules(rules_row))
    return new


def _copy_terms(
    row: ProductTerms, version: ProductVersion, changes: Mapping[str, Any], tiers: Sequence[rules.Tier] | None
) -> None:
    ladder = tiers
    if ladder is None:
        ladder = selectors.interest_terms(row).tiers if row.pk else ()
    (made,) = _copy(ProductTerms, [row], version=version, **changes)
    InterestTier.objects.bulk_create(InterestTier(terms=made, **asdict(tier)) for tier in ladder)


def _copy(model: type[Row], rows: Iterable[Row], **changes: Any) -> list[Row]:
    """The rows once more, with some of their fields changed."""
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    kept = [{name: getattr(row, name) for name in names if name != "version_id"} for row in rows]
    return [model._default_manager.create(**{**one, **changes}) for one in kept]


@transaction.atomic
def publish_deposit(
    *,
    product: Product,
    effective_from: date,
    currency: str,
    rates: Sequence[rules.TermPrice],
    terms: rules.DepositRules | None = None,
    actor: User | None = None,
) -> ProductVersion:
    """Offers a fixed or recurring deposit at new rates from a day on. The books are not touched.

    Without ``terms`` those of the version before go on. Raises ``UnusableTerms`` for terms that do
    not rise, sums that are not positive, absurd rates.
    """
    rules.check_term_rates(rates)
    version = _new_version(product, effective_from)
    if terms is not None:
        _put_deposit_terms(version, terms)
    _put_deposit_roles(version)
    _put_rates(version, currency, rates)
    _record("PRODUCT_VERSION_PUBLISHED", actor, "PRODUCT", product.code, effective_from)
    return version


@transaction.atomic
def publish_open_deposit(
    *,
    product: Product,
    effective_from: date,
    currency: str,
    minimum: Decimal,
    tiers: Sequence[rules.Tier],
    terms: rules.DepositRules,
    actor: User | None = None,
) -> ProductVersion:
    """Offers a call or notice deposit, with tiers by balance. The books are not touched.

    Raises ``UnusableTerms`` as ``publish_version`` and for rules that contradict themselves.
    """
    version = publish_version(
        product=product,
        effective_from=effective_from,
        terms=[ProductTerms(currency=currency, minimum_opening=minimum)],
        tiers={currency: tiers},
        gl_roles=_deposit_roles(product),
        actor=actor,
    )
    _put_deposit_terms(version, terms)
    return version


@transaction.atomic
def publish_loan(
    *, product: Product, effective_from: date, prices: Sequence[rules.LoanPrice], actor: User | None = None
) -> ProductVersion:
    """Offers a loan at new terms from a day on. The books are not touched.

    Raises ``UnusableTerms`` for bounds that cross and for absurd rates and fees.
    """
    for price in prices:
        rules.check_loan(price)
    version = _new_version(product, effective_from)
    LoanTerms.objects.bulk_create(LoanTerms(version=version, **asdict(price)) for price in prices)
    _record("PRODUCT_VERSION_PUBLISHED", actor, "PRODUCT", product.code, effective_from)
    return version


@transaction.atomic
def set_fee(
    *,
    event: str,
    terms: rules.FeeTerms,
    income_role: str,
    effective_from: date,
    segment: str = "",
    actor: User | None = None,
) -> FeeRule:
    """Prices an event from a day on, in one currency. The books are not touched. Raises ``UnusableTerms``."""
    rules.check_fee(terms)
    rule = FeeRule.objects.create(
        event=event,
        currency=terms.currency,
        segment=segment,
        kind=terms.kind,
        flat=terms.flat,
        rate_pct=terms.rate_pct,
        minimum=terms.minimum,
        maximum=terms.maximum,
        free_per_month=terms.free_per_month,
        income_role=income_role,
        effective_from=effective_from,
    )
    FeeBand.objects.bulk_create(
        FeeBand(rule=rule, up_to=band.up_to, flat=band.flat, rate_pct=band.rate_pct) for band in terms.bands
    )
    _record("FEE_SET", actor, "FEE", f"{event} {terms.currency}", effective_from)
    return rule


@transaction.atomic
def set_tax(
    *, kind: str, rate_pct: Decimal, gl_role: str, effective_from: date, actor: User | None = None
) -> TaxRule:
    """Sets the rate of a tax from a day on. The books are not touched. Raises ``UnusableTerms``."""
    rules.check_tax(rate_pct)
    rule = TaxRule.objects.create(
        kind=kind, rate_pct=rate_pct, gl_role=gl_role, effective_from=effective_from
    )
    _record("TAX_SET", actor, "TAX", kind, effective_from)
    return rule


def income_role(event: str) -> str:
    """The GL role under which the price of an event is income, where none was set before."""
    return defaults.income_role(rules.FeeEvent(event))


@transaction.atomic
def seed_catalogue() -> None:
    """Puts the opening catalogue in place where it is absent; what is there already stays as it is."""
    for default in defaults.PRODUCTS:
        _seed_product(default)
    for deposit in offers.DEPOSITS:
        if new := _new_product(deposit, deposit.kind):
            publish_deposit(
                product=new,
                effective_from=defaults.EFFECTIVE_FROM,
                currency=defaults.BASE,
                rates=deposit.rates,
                terms=deposit.rules,
            )
        _complete_deposit(deposit)
    for on_call in offers.OPEN_DEPOSITS:
        if new := _new_product(on_call, on_call.kind):
            publish_open_deposit(
                product=new,
                effective_from=defaults.EFFECTIVE_FROM,
                currency=defaults.BASE,
                minimum=Decimal(on_call.minimum),
                tiers=on_call.tiers,
                terms=on_call.rules,
            )
    for loan in offers.LOANS:
        if new := _new_product(loan, rules.ProductKind.LOAN):
            publish_loan(product=new, effective_from=defaults.EFFECTIVE_FROM, prices=[loan.price])
    for event, terms in (*defaults.FEES.items(), *defaults.PRICES_ABROAD):
        if not FeeRule.objects.filter(event=event, currency=terms.currency).exists():
            set_fee(
                event=event,
                terms=terms,
                income_role=defaults.income_role(event),
                effective_from=defaults.EFFECTIVE_FROM,
            )
    for kind, rate_pct in defaults.TAX_RATES_PCT.items():
        if not TaxRule.objects.filter(kind=kind).exists():
            set_tax(
                kind=kind,
                rate_pct=rate_pct,
                gl_role=defaults.TAX_ROLES[kind],
                effective_from=defaults.EFFECTIVE_FROM,
            )


def _deposit_roles(product: Product) -> dict[str, str]:
    control = rules.DEPOSIT_ROLES[rules.ProductKind(product.kind)]
    return {rules.GlPurpose.CONTROL: control, rules.GlPurpose.INTEREST_EXPENSE: "INTEREST_EXPENSE"}


def _put_rates(
    version: ProductVersion, currency: str, rates: Sequence[rules.TermPrice], day_count: str = "ACT_365F"
) -> None:
    TermRate.objects.bulk_create(
        TermRate(
            version=version,
            currency=currency,
            tenor_months=rate.tenor_months,
            minimum=rate.minimum,
            annual_rate_pct=rate.annual_rate_pct,
            day_count=day_count,
        )
        for rate in rates
    )


def _put_deposit_roles(version: ProductVersion) -> None:
    for purpose, role in _deposit_roles(version.product).items():
        ProductGlRole.objects.get_or_create(version=version, purpose=purpose, defaults={"role": role})


def _put_deposit_terms(version: ProductVersion, terms: rules.DepositRules) -> None:
    rules.check_deposit(terms)
    written = {**asdict(terms), "modes": [str(mode) for mode in terms.modes]}
    written["early_steps"] = [[months, str(points)] for months, points in terms.early_steps]
    DepositTerms.objects.update_or_create(version=version, defaults=written)


def _carry_deposit_terms(version: ProductVersion) -> None:
    """A deposit's rules go on with its next version; plain ones where it had none."""
    if version.product.kind not in rules.DEPOSIT_ROLES:
        return
    latest = (
        DepositTerms.objects.filter(version__product=version.product).order_by("-version__number").first()
    )
    kept = rules.DepositRules() if latest is None else selectors.deposit_rules(latest)
    _put_deposit_terms(version, kept)


def _complete_deposit(default: offers.DefaultDeposit) -> None:
    """Gives versions published before deposits had rules the ones they were meant under."""
    for version in ProductVersion.objects.filter(product__code=default.code, deposit_terms=None):
        _put_deposit_terms(version, default.rules)
        _put_deposit_roles(version)


def _seed_product(default: defaults.DefaultProduct) -> None:
    product = _new_product(default, default.kind)
    if product is None:
        return
    terms = [
        ProductTerms(
            currency=currency,
            segment=segment,
            minimum_opening=default.minimum_opening if currency == defaults.BASE else 0,
            dormancy_days=defaults.DORMANCY_DAYS,
        )
        for currency in default.currencies
        for segment in default.segments
    ]
    publish_version(
        product=product,
        effective_from=defaults.EFFECTIVE_FROM,
        terms=terms,
        tiers={defaults.BASE: default.tiers},
        gl_roles=default.gl_roles,
    )


def _new_product(default: _Described, kind: rules.ProductKind) -> Product | None:
    """The product, if it was not there yet."""
    described = {"name": default.name, "description": default.description}
    product, made = Product.objects.get_or_create(
        code=default.code, defaults={**described, "kind": kind, "currency": defaults.BASE}
    )
    return product if made else None


def _new_version(product: Product, effective_from: date) -> ProductVersion:
    number = product.versions.count() + 1
    version = ProductVersion.objects.create(product=product, number=number, effective_from=effective_from)
    _carry_deposit_terms(version)
    return version


def _record(
    action: str, actor: User | None, subject_type: str, subject_id: str, effective_from: date
) -> None:
    detail = {"effective_from": effective_from.isoformat()}
    audit.record(action, actor=actor, subject_type=subject_type, subject_id=subject_id, detail=detail)
