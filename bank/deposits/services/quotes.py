"""What a deposit would earn: the contract in full before it is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bank.deposits import errors, rules, selectors
from bank.deposits.rules import LineKind
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.products import growth
from bank.products import selectors as products
from bank.products.models import Product, ProductVersion, TermRate
from bank.products.rules import DepositRules, ProductKind, Tier, percent_of


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A day of the schedule. Of INTEREST ``amount`` is before ``tax``; of MATURITY it is all that is paid."""

    kind: LineKind
    day: date
    amount: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """A deposit as it would be opened on ``start``. ``paid_in`` is all that goes in over the term.

    A call or notice deposit has neither term nor maturity, and nothing is foretold of its interest.
    """

    product: Product
    version: ProductVersion
    rules: DepositRules
    amount: Money
    rate_pct: Decimal
    day_count: str
    mode: str
    start: date
    tax_pct: Decimal
    paid_in: Money
    interest: Money
    tax: Money
    tenor_months: int | None = None
    maturity: date | None = None
    lines: tuple[PlannedLine, ...] = ()

    @property
    def net_interest(self) -> Money:
        return self.interest - self.tax

    @property
    def total(self) -> Money:
        """All that comes back."""
        return self.paid_in + self.net_interest


def quote(
    *,
    product_code: str,
    amount: Money,
    on: date,
    months: int | None = None,
    mode: str | None = None,
    segment: str = "",
) -> Quote:
    """What a deposit of ``amount`` (of a recurring one: each instalment) opened ``on`` a day comes to.

    The rate, the ways of paying interest and the smallest sum are those of the version sold that
    day; without ``mode`` interest is paid the way the product names first. Maturity is moved to a
    business day by the product's rule and interest counted up to it. Raises ``NotFound``,
    ``NotADeposit``, ``TermNotOffered``, ``InterestNotOffered``, ``DepositTooSmall``.
    """
    product = products.product(product_code)
    if product.kind not in rules.KINDS:
        raise errors.NotADeposit(product=product.name)
    version = products.current_version(product, on)
    own = _rules(version)
    chosen = mode or own.modes[0]
    if chosen not in own.modes:
        raise errors.InterestNotOffered(product=product.name)
    if product.kind in rules.OPEN_KINDS:
        return _open_quote(product, version, own, amount, chosen, on, segment)
    rate = _rate(product, version, amount, months)
    if product.kind == ProductKind.RECURRING_DEPOSIT:
        return _recurring_quote(product, version, own, rate, amount, chosen, on)
    return _fixed_quote(product, version, own, rate, amount, chosen, on)


def _rules(version: ProductVersion) -> DepositRules:
    row = getattr(version, "deposit_terms", None)
    if row is None:
        raise NotFound(what="product")
    return products.deposit_rules(row)


def _rate(product: Product, version: ProductVersion, amount: Money, months: int | None) -> TermRate:
    row = version.term_rates.filter(currency=amount.currency, tenor_months=months or 0).first()
    if row is None:
        raise errors.TermNotOffered(product=product.name, currency=amount.currency)
    _check_smallest(product, amount, row.minimum)
    return row


def _check_smallest(product: Product, amount: Money, minimum: Decimal) -> None:
    smallest = Money(minimum, amount.currency)
    if amount < smallest:
        raise errors.DepositTooSmall(product=product.name, minimum=smallest)


def _fixed_quote(
    product: Product,
    version: ProductVersion,
    own: DepositRules,
    rate: TermRate,
    amount: Money,
    mode: str,
    on: date,
) -> Quote:
    maturity = growth.maturity_date(on, rate.tenor_months, own.convention)
    tax_pct = selectors.withholding(on).rate_pct
    contract = rules.Terms(
        amount, rate.annual_rate_pct, rate.day_count, mode, on, maturity, rate.tenor_months
    )
    credits = list(rules.credits(contract, tax_pct))
    nothing = Money.zero(amount.currency)
    stays = credits if mode == "COMPOUNDED" else credits[-1:]
    at_end = amount + sum((one.net for one in stays), nothing)
    return Quote(
        product=product, version=version, rules=own, amount=amount, rate_pct=rate.annual_rate_pct,
        day_count=rate.day_count, mode=mode, start=on, tax_pct=tax_pct, paid_in=amount,
        interest=sum((one.gross for one in credits), nothing), tax=sum((one.tax for one in credits), nothing),
        tenor_months=rate.tenor_months, maturity=maturity,
        lines=(
            *(PlannedLine(LineKind.INTEREST, one.day, one.gross, one.tax) for one in credits),
            PlannedLine(LineKind.MATURITY, maturity, at_end, nothing),
        ),
    )  # fmt: skip


def _recurring_quote(
    product: Product,
    version: ProductVersion,
    own: DepositRules,
    rate: TermRate,
    amount: Money,
    mode: str,
    on: date,
) -> Quote:
    maturity = growth.maturity_date(on, rate.tenor_months, own.convention)
    tax_pct = selectors.withholding(on).rate_pct
    end = growth.recurring_deposit(
        instalment=amount, annual_rate_pct=rate.annual_rate_pct, day_count=rate.day_count, start=on,
        months=rate.tenor_months, tax_pct=tax_pct, maturity=maturity,
    )[-1]  # fmt: skip
    return Quote(
        product=product, version=version, rules=own, amount=amount, rate_pct=rate.annual_rate_pct,
        day_count=rate.day_count, mode=mode, start=on, tax_pct=tax_pct, paid_in=end.paid_in,
        interest=end.interest, tax=end.tax, tenor_months=rate.tenor_months, maturity=maturity,
        lines=(
            *_instalments(amount, on, rate.tenor_months),
            PlannedLine(LineKind.INTEREST, maturity, end.interest, end.tax),
            PlannedLine(LineKind.MATURITY, maturity, end.value, Money.zero(amount.currency)),
        ),
    )  # fmt: skip


def _instalments(amount: Money, start: date, months: int) -> Iterator[PlannedLine]:
    nothing = Money.zero(amount.currency)
    for number in range(months):
        yield PlannedLine(LineKind.INSTALMENT, growth.months_after(start, number), amount, nothing)


def _open_quote(
    product: Product,
    version: ProductVersion,
    own: DepositRules,
    amount: Money,
    mode: str,
    on: date,
    segment: str,
) -> Quote:
    terms = products.terms(version, amount.currency, segment)
    _check_smallest(product, amount, terms.minimum_opening)
    tiers = products.interest_terms(terms).tiers
    nothing = Money.zero(amount.currency)
    return Quote(
        product=product, version=version, rules=own, amount=amount, rate_pct=_reached(tiers, amount),
        day_count=terms.day_count, mode=mode, start=on, tax_pct=selectors.withholding(on).rate_pct,
        paid_in=amount, interest=nothing, tax=nothing,
    )  # fmt: skip


def _reached(tiers: tuple[Tier, ...], amount: Money) -> Decimal:
    """The rate the last shilling of ``amount`` earns."""
    reached = [tier.annual_rate_pct for tier in tiers if tier.from_balance < amount.amount]
    return reached[-1] if reached else Decimal(0)


def yearly_interest(made: Quote) -> Money:
    """A year's interest at the quoted rate, before tax: an example for deposits without a term."""
    return percent_of(made.rate_pct, made.amount)
