"""Another price or other rules of a deposit, from a day on. What runs keeps what it was opened under."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.kernel.errors import InvalidInput
from bank.kernel.money import Money
from bank.products import keeping, ladders, rules, selectors, services
from bank.products.commands import catalogue
from bank.products.errors import NothingChanges, UnusableTerms
from bank.products.models import CONVENTIONS, INTEREST_MODES, DepositTerms, ProductVersion
from bank.products.rules import DepositRules, GlPurpose, TermPrice
from bank.runtime import formats
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

_SAMPLE: Final = 100_000
_LONGEST: Final = 1_200
"""Months or days beyond which nobody means what they wrote."""


@dataclass(frozen=True, slots=True)
class ChangeDeposit:
    """A deposit's rates in one currency and its rules in all.

    ``rates`` of a deposit with a term is one a line: the months, the smallest deposit, the per cent a
    year. Of one without it is the balance a tier begins at and the per cent, and ``minimum`` the
    smallest deposit. ``early_steps``: more than so many months left, the points off the rate.
    """

    product: str
    currency: str
    effective_from: date
    rates: str
    minimum: Decimal | None
    modes: str
    convention: str
    cooling_days: int
    early_steps: str
    early_share_pct: Decimal
    grace_days: int
    missed_pct: Decimal
    notice_days: int
    early_withdrawal: bool


@dataclass(frozen=True, slots=True)
class Price:
    """Rates of a deposit as they hold or would hold: terms, or a smallest sum and tiers."""

    terms: tuple[TermPrice, ...] = ()
    minimum: Decimal | None = None
    tiers: tuple[rules.Tier, ...] = ()


def has_terms(kind: str) -> bool:
    """Whether a deposit of this kind has a term and a rate for each, rather than tiers by balance."""
    return kind in {rules.ProductKind.FIXED_DEPOSIT, rules.ProductKind.RECURRING_DEPOSIT}


def held_price(version: ProductVersion, currency: str) -> Price:
    """What a version pays in a currency; nothing where it is not offered in it."""
    if has_terms(version.product.kind):
        rows = version.term_rates.filter(currency=currency)
        return Price(tuple(TermPrice(row.tenor_months, row.minimum, row.annual_rate_pct) for row in rows))
    row = selectors.own_terms(version, currency, "")
    return Price() if row is None else Price((), row.minimum_opening, selectors.interest_terms(row).tiers)


def _price(asked: ChangeDeposit, kind: str) -> Price:
    if has_terms(kind):
        return Price(ladders.read_rates(asked.rates))
    tiers = rules.read_tiers(asked.rates)
    if not tiers or asked.minimum is None or asked.minimum <= 0:
        raise UnusableTerms(problem="A deposit without a term needs a tier and a smallest sum above zero.")
    return Price((), asked.minimum, tiers)


def _rules(asked: ChangeDeposit) -> DepositRules:
    return DepositRules(
        modes=tuple(asked.modes.replace(",", " ").split()),
        convention=asked.convention,
        cooling_days=asked.cooling_days,
        early_steps=ladders.read_steps(asked.early_steps),
        early_share_pct=asked.early_share_pct,
        grace_days=asked.grace_days,
        missed_pct=asked.missed_pct,
        notice_days=asked.notice_days,
        early_withdrawal=asked.early_withdrawal,
    )


def held_rules(version: ProductVersion) -> DepositRules:
    """The rules of a version; plain ones where it has none."""
    row = DepositTerms.objects.filter(version=version).first()
    return DepositRules() if row is None else selectors.deposit_rules(row)


def _check(asked: ChangeDeposit) -> None:
    catalogue.check_day(asked.effective_from)
    catalogue.check_figures(asked)
    product = selectors.product(asked.product)
    if product.kind not in rules.DEPOSIT_ROLES:
        raise InvalidInput(problem="Only deposits have terms of this kind.")
    price, wanted = _price(asked, product.kind), _rules(asked)
    rules.check_deposit(wanted)
    if max(asked.cooling_days, asked.grace_days, asked.notice_days) > _LONGEST:
        raise UnusableTerms(problem="Days of cooling, grace and notice are three years at most.")
    if any(rate.tenor_months > _LONGEST for rate in price.terms):
        raise UnusableTerms(problem="A term is a hundred years at most.")
    version = selectors.version_before(product, asked.effective_from)
    for purpose in GlPurpose:
        ledger.gl(catalogue.role_of(version, purpose), asked.currency)
    if (price, _plain(wanted)) == (held_price(version, asked.currency), _plain(held_rules(version))):
        raise NothingChanges


def _plain(said: DepositRules) -> dict[str, Any]:
    return {name: _said(name, value) for name, value in asdict(said).items()}


def _said(name: str, value: Any) -> str:
    if name == "early_steps":
        return ladders.write_steps(tuple(value)).replace("\n", "; ") or gettext("None")
    if name == "modes":
        return ", ".join(str(dict(INTEREST_MODES).get(mode, mode)) for mode in value)
    if name == "convention":
        return str(dict(CONVENTIONS).get(value, value))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return rules.plain(value) if isinstance(value, Decimal) else str(value)


def _difference(asked: ChangeDeposit) -> list[Change]:
    product = selectors.product(asked.product)
    version = selectors.version_before(product, asked.effective_from)
    before, after = _plain(held_rules(version)), _plain(_rules(asked))
    changes = [
        Change(_label(name), before[name], after[name]) for name in after if before[name] != after[name]
    ]
    return [*_price_changes(version, asked), *changes, *_for_whom(version, asked)]


def _price_changes(version: ProductVersion, asked: ChangeDeposit) -> list[Change]:
    held, wanted = held_price(version, asked.currency), _price(asked, version.product.kind)
    if has_terms(version.product.kind):
        return _term_changes(held.terms, wanted.terms, asked.currency)
    changes = []
    if held.minimum != wanted.minimum:
        smallest = [catalogue.figure(one, "minimum_opening") for one in (held.minimum, wanted.minimum)]
        changes.append(Change(gettext("Smallest deposit"), *smallest))
    row = selectors.own_terms(version, asked.currency, "")
    return [*changes, *catalogue.interest_changes(row, asked.rates, asked.currency)]


def _term_changes(held: tuple[TermPrice, ...], wanted: tuple[TermPrice, ...], currency: str) -> list[Change]:
    """Each term whose rate or smallest sum changes, and what a sample earns in it."""
    old, new = ({one.tenor_months: one for one in rates} for rates in (held, wanted))
    changes = []
    for months in sorted(old.keys() | new.keys()):
        pair = (old.get(months), new.get(months))
        if pair[0] != pair[1]:
            months_said = ngettext("%d month", "%d months", months) % months
            changes.append(Change(months_said, *(_term(one, currency) for one in pair)))
            label = gettext("Interest of %(term)s on %(sum)s") % {
                "term": months_said,
                "sum": formats.number(_SAMPLE),
            }
            changes.append(Change(label, *(_example(one, currency) for one in pair)))
    return changes


def _term(rate: TermPrice | None, currency: str) -> str:
    if rate is None:
        return gettext("Not offered")
    smallest = formats.money(Money.of(rate.minimum, currency))
    return gettext("%(rate)s from %(sum)s") % {
        "rate": formats.percent(rate.annual_rate_pct / 100),
        "sum": smallest,
    }


def _example(rate: TermPrice | None, currency: str) -> str:
    if rate is None:
        return gettext("Not offered")
    share = rate.annual_rate_pct * rate.tenor_months / 12
    return formats.money(rules.percent_of(share, Money.of(_SAMPLE, currency)))


def _for_whom(version: ProductVersion, asked: ChangeDeposit) -> list[Change]:
    keep = keeping.running(version)
    sentence = ngettext(
        "%d running deposit keeps what it was opened under",
        "%d running deposits keep what they were opened under",
        keep,
    )
    return [
        Change(gettext("For"), sentence % keep, gettext("Deposits opened or renewed from that day on")),
        Change(gettext("From"), formats.day(version.effective_from), formats.day(asked.effective_from)),
    ]


def _label(name: str) -> str:
    words = str(DepositTerms._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


def _apply(asked: ChangeDeposit, deed: Deed) -> None:
    product = selectors.product(asked.product)
    price = _price(asked, product.kind)
    services.change_deposit(
        product=product,
        currency=asked.currency,
        effective_from=asked.effective_from,
        rates=price.terms,
        minimum=price.minimum,
        tiers=price.tiers,
        terms=_rules(asked),
        actor=deed.checker,
    )


CHANGE_DEPOSIT = catalogue.kind_of(
    "products.change_deposit",
    _("Other rates or rules of a deposit"),
    ChangeDeposit,
    about=lambda asked: catalogue.subject("PRODUCT", asked.product),
    check=_check,
    difference=_difference,
    apply=_apply,
)
