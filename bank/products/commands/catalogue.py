"""Other terms of an account, other prices of events, other taxes.

Whoever decides sees each figure as it is and as it would be, from when, and for how many accounts.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.kernel.errors import InvalidInput, NotFound
from bank.kernel.money import Money
from bank.products import rules, selectors, services
from bank.products.errors import EffectiveDateUnusable, NothingChanges, UnusableTerms
from bank.products.models import FEE_EVENTS, FEE_KINDS, SEGMENTS, ProductTerms, ProductVersion
from bank.runtime import formats
from bank.workflows import kinds
from bank.workflows.kinds import Deed, Kind
from bank.workflows.rules import Change

_LIFETIME = timedelta(days=7)
MAKER_RIGHT: Final = "products.change_product"
CHECKER_ROLE: Final = "TREASURY"
EXAMPLES: Final = (1_000, 10_000, 100_000)
_WORDS: Final[dict[str, Iterable[str]]] = {
    "fee_bearer": rules.FeeBearer,
    "tier_method": rules.TierMethod,
    "day_count": rules.DAY_COUNTS,
    "balance_basis": rules.BalanceBasis,
    "accrual_frequency": rules.Frequency,
    "capitalisation_frequency": rules.Frequency,
}
_TOO_MUCH: Final = Decimal(10**15)
_LONGEST_NOTICE: Final = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """An account's terms in one currency and segment (blank: all); amounts in that currency.

    ``tiers`` is one a line: the balance it begins at and the per cent a year.
    """

    product: str
    currency: str
    segment: str
    effective_from: date
    minimum_opening: Decimal
    minimum_balance: Decimal
    monthly_fee: Decimal
    below_minimum_fee: Decimal
    waived_from_balance: Decimal | None
    waived_from_payments: int | None
    fee_bearer: str
    dormancy_days: int | None
    single_debit_limit: Decimal | None
    tiers: str
    tier_method: str
    day_count: str
    balance_basis: str
    capitalisation_frequency: str
    debit_rate_pct: Decimal
    accrual_frequency: str = rules.Frequency.DAILY.value


@dataclass(frozen=True, slots=True)
class SetFee:
    """The price of an event; ``bands`` of a banded fee one a line: up to, flat sum, per cent."""

    event: str
    currency: str
    segment: str
    kind: str
    flat: Decimal
    rate_pct: Decimal
    minimum: Decimal | None
    maximum: Decimal | None
    bands: str
    effective_from: date
    free_per_month: int = 0


@dataclass(frozen=True, slots=True)
class SetTax:
    kind: str
    rate_pct: Decimal
    effective_from: date


TERMS_FIELDS: Final = (
    *("minimum_opening", "minimum_balance", "monthly_fee", "below_minimum_fee", "waived_from_balance"),
    *("waived_from_payments", "fee_bearer", "dormancy_days", "single_debit_limit", "tier_method"),
    *("day_count", "balance_basis", "accrual_frequency", "capitalisation_frequency", "debit_rate_pct"),
)


def check_day(on: date) -> None:
    """Raises ``EffectiveDateUnusable`` for a day that is over, or further off than two years."""
    today = ledger.business_date()
    if on < today:
        raise EffectiveDateUnusable(problem="The day is over. Terms begin on the business date or later.")
    if on > today + _LONGEST_NOTICE:
        raise EffectiveDateUnusable(problem="The day is more than two years away.")


def check_figures(asked: Any) -> None:
    """Raises ``UnusableTerms`` for what is a decimal and no number."""
    figures = [value for value in asdict(asked).values() if isinstance(value, Decimal)]
    if not all(figure.is_finite() and abs(figure) < _TOO_MUCH for figure in figures):
        raise UnusableTerms(problem="A figure is no number, or more than the catalogue can keep.")


def _check_words(asked: ChangeTerms) -> None:
    """Raises ``InvalidInput`` for a word the catalogue does not know, ``UnusableTerms`` for a rate."""
    for name, known in _WORDS.items():
        if getattr(asked, name) not in set(known):
            raise InvalidInput(problem=f"{getattr(asked, name)} is not known; use {', '.join(known)}.")
    if not 0 <= asked.debit_rate_pct <= rules.HIGHEST_RATE_PCT:
        raise UnusableTerms(problem="The rate of an overdraft must be between 0 and 100 per cent a year.")


def _check_terms(asked: ChangeTerms) -> None:
    check_day(asked.effective_from)
    check_figures(asked)
    _check_segment(asked.segment)
    product = selectors.product(asked.product)
    if product.kind not in rules.ACCOUNT_KINDS:
        raise InvalidInput(problem="Only accounts have terms of this kind.")
    rules.check_period_terms(asdict(asked))
    _check_words(asked)
    tiers = rules.read_tiers(asked.tiers)
    version = selectors.version_before(product, asked.effective_from)
    for purpose in rules.GlPurpose:
        ledger.gl(role_of(version, purpose), asked.currency)
    row = selectors.own_terms(version, asked.currency, asked.segment)
    if row is not None and tiers == selectors.interest_terms(row).tiers and not _changed(row, asked):
        raise NothingChanges


def role_of(version: ProductVersion, purpose: str) -> str:
    """Raises ``UnusableTerms`` where the product lacks a GL role."""
    try:
        return selectors.gl_role(version, purpose)
    except NotFound:
        raise UnusableTerms(problem=f"A GL role is missing for {purpose}.") from None


def _changed(row: ProductTerms, asked: ChangeTerms) -> list[str]:
    return [name for name in TERMS_FIELDS if getattr(row, name) != getattr(asked, name)]


def _terms_difference(asked: ChangeTerms) -> list[Change]:
    product = selectors.product(asked.product)
    version = selectors.version_before(product, asked.effective_from)
    row = selectors.own_terms(version, asked.currency, asked.segment)
    old = row or ProductTerms(currency=asked.currency, segment=asked.segment)
    changes = [
        Change(_label(name), figure(getattr(old, name), name), figure(getattr(asked, name), name))
        for name in _changed(old, asked)
    ]
    return [*changes, *interest_changes(row, asked.tiers, asked.currency), *_for_whom(version, asked)]


def interest_changes(row: ProductTerms | None, written: str, currency: str) -> list[Change]:
    """The tiers of terms and those ``written``, where they differ, and a year's interest on samples."""
    tiers = rules.read_tiers(written)
    held = selectors.interest_terms(row) if row else rules.InterestTerms("ACT_365F", "MARGINAL", ())
    if tiers == held.tiers:
        return []
    wanted = rules.InterestTerms(held.day_count, held.method, tiers)
    changes = [Change(gettext("Interest tiers"), rules.write_tiers(held.tiers), rules.write_tiers(tiers))]
    for sample in EXAMPLES:
        said = [_year_of(terms, sample, currency) for terms in (held, wanted)]
        label = gettext("A year's interest on %(sum)s") % {"sum": formats.number(sample)}
        changes.append(Change(label, *said))
    return changes


def _year_of(terms: rules.InterestTerms, balance: int, currency: str) -> str:
    if not terms.tiers:
        return "0"
    return str(rules.rounded(rules.yearly_interest(terms, Decimal(balance)), currency))


def _for_whom(version: ProductVersion, asked: ChangeTerms) -> list[Change]:
    """From when, for accounts opened from then on, and how many keep what they have until migrated."""
    keep = selectors.accounts_under(version, asked.currency).count()
    sentence = ngettext(
        "%d open account keeps these until it is migrated",
        "%d open accounts keep these until they are migrated",
        keep,
    )
    return [
        Change(gettext("For"), sentence % keep, gettext("Accounts opened from that day on")),
        Change(gettext("From"), formats.day(version.effective_from), formats.day(asked.effective_from)),
    ]


def _apply_terms(asked: ChangeTerms, deed: Deed) -> None:
    services.change_terms(
        product=selectors.product(asked.product),
        currency=asked.currency,
        segment=asked.segment,
        effective_from=asked.effective_from,
        changes={name: getattr(asked, name) for name in TERMS_FIELDS},
        tiers=rules.read_tiers(asked.tiers),
        actor=deed.checker,
    )


def _check_fee(asked: SetFee) -> None:
    check_day(asked.effective_from)
    check_figures(asked)
    _check_segment(asked.segment)
    if asked.event not in set(rules.FeeEvent):
        raise InvalidInput(problem=f"{asked.event} is no event that has a price.")
    if asked.kind not in set(rules.FeeKind):
        raise InvalidInput(problem=f"{asked.kind} is no kind of fee.")
    Money.zero(asked.currency)
    rules.check_fee(_fee_terms(asked))
    if selectors.has_fee_from(asked.event, asked.currency, asked.segment, asked.effective_from):
        raise EffectiveDateUnusable(problem="Another price begins on that day already; choose another day.")
    held = selectors.fee_rule(asked.event, asked.currency, asked.segment, asked.effective_from)
    if held is not None and selectors.fee_terms(held) == _fee_terms(asked):
        raise NothingChanges


def _fee_terms(asked: SetFee) -> rules.FeeTerms:
    return rules.FeeTerms(
        kind=asked.kind,
        currency=asked.currency,
        flat=asked.flat,
        rate_pct=asked.rate_pct,
        minimum=asked.minimum,
        maximum=asked.maximum,
        bands=rules.read_bands(asked.bands),
        free_per_month=asked.free_per_month,
    )


def _fee_difference(asked: SetFee) -> list[Change]:
    held = selectors.fee_rule(asked.event, asked.currency, asked.segment, asked.effective_from)
    old, new = (selectors.fee_terms(held) if held else None), _fee_terms(asked)
    nothing = gettext("Free of charge")
    changes = [
        Change(
            gettext("%(event)s of %(sum)s") % {"event": _event(asked.event), "sum": formats.number(sample)},
            formats.money(rules.fee(old, Money.of(sample, asked.currency))) if old else nothing,
            formats.money(rules.fee(new, Money.of(sample, asked.currency))),
        )
        for sample in EXAMPLES
    ]
    open_accounts = formats.number(selectors.accounts_in(asked.currency))
    whom = gettext("%(count)s open accounts in %(currency)s") % {
        "count": open_accounts,
        "currency": asked.currency,
    }
    began = formats.day(held.effective_from) if held else nothing
    return [
        *changes,
        Change(gettext("How it is reckoned"), _kind(old.kind) if old else nothing, _kind(new.kind)),
        *_free_change(old.free_per_month if old else 0, new.free_per_month),
        Change(gettext("For"), whom, whom),
        Change(gettext("From"), began, formats.day(asked.effective_from)),
    ]


def _free_change(old: int, new: int) -> list[Change]:
    label = gettext("Free each month, by account")
    return [] if old == new else [Change(label, formats.number(old), formats.number(new))]


def _apply_fee(asked: SetFee, deed: Deed) -> None:
    held = selectors.fee_rule(asked.event, asked.currency, asked.segment, asked.effective_from)
    services.set_fee(
        event=asked.event,
        terms=_fee_terms(asked),
        income_role=held.income_role if held else services.income_role(asked.event),
        effective_from=asked.effective_from,
        segment=asked.segment,
        actor=deed.checker,
    )


def _check_tax(asked: SetTax) -> None:
    check_day(asked.effective_from)
    if asked.kind not in set(rules.TaxKind):
        raise InvalidInput(problem=f"{asked.kind} is no tax the bank collects.")
    rules.check_tax(asked.rate_pct)
    if selectors.has_tax_from(asked.kind, asked.effective_from):
        raise EffectiveDateUnusable(problem="Another rate begins on that day already; choose another day.")
    if selectors.tax(asked.kind, asked.effective_from).rate_pct == asked.rate_pct:
        raise NothingChanges


def _tax_difference(asked: SetTax) -> list[Change]:
    held = selectors.tax(asked.kind, asked.effective_from)
    everybody = gettext("Everybody")
    return [
        Change(
            gettext("Per cent"), formats.percent(held.rate_pct / 100), formats.percent(asked.rate_pct / 100)
        ),
        Change(gettext("For"), everybody, everybody),
        Change(gettext("From"), formats.day(held.effective_from), formats.day(asked.effective_from)),
    ]


def _apply_tax(asked: SetTax, deed: Deed) -> None:
    held = selectors.tax(asked.kind, asked.effective_from)
    services.set_tax(
        kind=asked.kind,
        rate_pct=asked.rate_pct,
        gl_role=held.gl_role,
        effective_from=asked.effective_from,
        actor=deed.checker,
    )


def _check_segment(segment: str) -> None:
    if segment and segment not in SEGMENTS:
        raise InvalidInput(problem=f"{segment} is no segment; use {', '.join(SEGMENTS)} or leave it empty.")


def _label(name: str) -> str:
    words = str(ProductTerms._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


def figure(value: Any, name: str) -> str:
    if value is None:
        return gettext("None")
    if isinstance(value, Decimal | int) and name in rules.PERIOD_SUMS:
        return formats.number(Decimal(rules.plain(Decimal(value))))
    return str(value)


def _event(code: str) -> str:
    return str(dict(FEE_EVENTS)[code])


def _kind(code: str) -> str:
    return str(dict(FEE_KINDS)[code])


def kind_of(name: str, title: Any, shape: type[Any], **work: Any) -> Kind:
    terms: dict[str, Any] = {
        "maker_right": MAKER_RIGHT,
        "checker_role": CHECKER_ROLE,
        "lifetime": _LIFETIME,
        **work,
    }
    return kinds.command(name, title, shape, **terms)


def subject(kind: str, *parts: str) -> tuple[str, str]:
    return kind, " ".join(part for part in parts if part)


CHANGE_TERMS = kind_of(
    "products.change_terms",
    _("Other terms for a product"),
    ChangeTerms,
    about=lambda asked: subject("PRODUCT", asked.product),
    check=_check_terms,
    difference=_terms_difference,
    apply=_apply_terms,
)
SET_FEE = kind_of(
    "products.set_fee",
    _("Another price"),
    SetFee,
    about=lambda asked: subject("FEE", asked.event, asked.currency, asked.segment),
    check=_check_fee,
    difference=_fee_difference,
    apply=_apply_fee,
)
SET_TAX = kind_of(
    "products.set_tax",
    _("Another tax rate"),
    SetTax,
    about=lambda asked: subject("TAX", asked.kind),
    check=_check_tax,
    difference=_tax_difference,
    apply=_apply_tax,
)
