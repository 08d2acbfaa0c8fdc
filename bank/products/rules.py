"""What things cost and earn, in plain Python.

Rates are in percent, annual where interest is meant. Fees and taxes are rounded half to even at
the currency's minor unit; interest stays an exact fraction until it is capitalised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any

from bank.kernel import daycount
from bank.kernel.calendars import convention_named
from bank.kernel.money import Money, rounded
from bank.products.errors import UnusableTerms

HIGHEST_RATE_PCT = Decimal(100)
DAY_COUNTS = ("ACT_365F", "ACT_360", "ACT_ACT_ISDA", "THIRTY_U_360", "THIRTY_E_360", "THIRTY_E_360_ISDA")
"""The conventions an account may earn by; the kernel knows more."""
MOST_FREE = 1_000
SHORTEST_DORMANCY = 60
LONGEST_DORMANCY = 3650
PERIOD_SUMS = (
    "minimum_opening",
    "minimum_balance",
    "monthly_fee",
    "below_minimum_fee",
    "waived_from_balance",
    "single_debit_limit",
)
"""The terms of an account that are amounts."""


class ProductKind(StrEnum):
    SAVINGS = "SAVINGS"
    CURRENT = "CURRENT"
    FIXED_DEPOSIT = "FIXED_DEPOSIT"
    RECURRING_DEPOSIT = "RECURRING_DEPOSIT"
    CALL_DEPOSIT = "CALL_DEPOSIT"
    NOTICE_DEPOSIT = "NOTICE_DEPOSIT"
    LOAN = "LOAN"


ACCOUNT_KINDS = frozenset({ProductKind.SAVINGS, ProductKind.CURRENT})
"""What an account can be opened of; the others are priced here and kept by apps of their own."""

DEPOSIT_ROLES = {
    ProductKind.FIXED_DEPOSIT: "FIXED_DEPOSITS",
    ProductKind.RECURRING_DEPOSIT: "RECURRING_DEPOSITS",
    ProductKind.CALL_DEPOSIT: "CALL_DEPOSITS",
    ProductKind.NOTICE_DEPOSIT: "CALL_DEPOSITS",
}
"""The GL role of each deposit's control account, where its product names none other."""


class Frequency(StrEnum):
    DAILY = "DAILY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    YEARLY = "YEARLY"


class BalanceBasis(StrEnum):
    """Which balance earns: each day's own, or for all days of a period its lowest or its average one."""

    DAILY = "DAILY"
    MINIMUM = "MINIMUM"
    AVERAGE = "AVERAGE"


class InterestMode(StrEnum):
    """When a deposit pays its interest. COMPOUNDED adds it to the deposit each quarter."""

    AT_MATURITY = "AT_MATURITY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    COMPOUNDED = "COMPOUNDED"


class GlPurpose(StrEnum):
    """What a product needs a GL role for."""

    CONTROL = "CONTROL"
    INTEREST_EXPENSE = "INTEREST_EXPENSE"


class FeeKind(StrEnum):
    """FLAT: one sum. PERCENT: of the amount. TIERED: the band the amount falls into prices all of it.
    SLAB: each band prices the part of the amount inside it.
    """

    FLAT = "FLAT"
    PERCENT = "PERCENT"
    TIERED = "TIERED"
    SLAB = "SLAB"


class FeeEvent(StrEnum):
    OWN_TRANSFER = "OWN_TRANSFER"
    INTERNAL_TRANSFER = "INTERNAL_TRANSFER"
    INTERBANK_TRANSFER = "INTERBANK_TRANSFER"
    EFT = "EFT"
    RTGS = "RTGS"
    INTERNATIONAL_WIRE = "INTERNATIONAL_WIRE"
    BILL_PAYMENT = "BILL_PAYMENT"
    MOBILE_MONEY = "MOBILE_MONEY"
    CARD_ISSUE_DEBIT = "CARD_ISSUE_DEBIT"
    CARD_ISSUE_CREDIT = "CARD_ISSUE_CREDIT"
    CARD_ISSUE_PREPAID = "CARD_ISSUE_PREPAID"
    CARD_REPLACEMENT_DEBIT = "CARD_REPLACEMENT_DEBIT"
    CARD_REPLACEMENT_CREDIT = "CARD_REPLACEMENT_CREDIT"
    CARD_REPLACEMENT_PREPAID = "CARD_REPLACEMENT_PREPAID"
    ATM_WITHDRAWAL = "ATM_WITHDRAWAL"
    ATM_OFF_US_BALANCE = "ATM_OFF_US_BALANCE"
    CHEQUE_BOOK = "CHEQUE_BOOK"
    CHEQUE_STOP = "CHEQUE_STOP"
    CHEQUE_RETURNED = "CHEQUE_RETURNED"


class FeeBearer(StrEnum):
    """Who pays the fees of a period. A fee the bank bears is its own cost, and the duty on it is due."""

    CUSTOMER = "CUSTOMER"
    BANK = "BANK"


class TaxKind(StrEnum):
    EXCISE = "EXCISE"
    WITHHOLDING = "WITHHOLDING"


class TierMethod(StrEnum):
    """WHOLE: the tier a balance reaches pays on all of it. MARGINAL: each tier pays on its own part."""

    WHOLE = "WHOLE"
    MARGINAL = "MARGINAL"


@dataclass(frozen=True, slots=True)
class Band:
    """A range of amounts up to and including ``up_to`` (``None``: without end) and its price."""

    up_to: Decimal | None
    flat: Decimal = Decimal(0)
    rate_pct: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """How one event is priced in one currency. ``minimum`` and ``maximum`` bound every kind but FLAT.

    The first ``free_per_month`` an account has in a calendar month cost nothing.
    """

    kind: str
    currency: str
    flat: Decimal = Decimal(0)
    rate_pct: Decimal = Decimal(0)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    bands: tuple[Band, ...] = field(default=())
    free_per_month: int = 0


@dataclass(frozen=True, slots=True)
class FeeQuote:
    """What an event costs: the bank's fee, the excise duty on it, and the GL roles they are booked under.

    ``free_per_month`` says how many an account has for nothing, ``free_left`` how many of them are left,
    this one included, where it is one.
    """

    fee: Money
    excise: Money
    income_role: str
    excise_role: str
    event: str = ""
    free_per_month: int = 0
    free_left: int = 0

    def for_nothing(self, left: int) -> "FeeQuote":
        """The same event as one of the free ones."""
        nothing = Money.zero(self.fee.currency)
        return replace(self, fee=nothing, excise=nothing, free_left=left)

    @property
    def total(self) -> Money:
        return self.fee + self.excise


@dataclass(frozen=True, slots=True)
class Tier:
    """Balances from ``from_balance`` earn ``annual_rate_pct``."""

    from_balance: Decimal
    annual_rate_pct: Decimal


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """How a balance earns, and what it costs below zero. ``day_count`` is a convention the kernel knows."""

    day_count: str
    method: str
    tiers: tuple[Tier, ...]
    basis: str = BalanceBasis.DAILY
    debit_rate_pct: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class TermPrice:
    """What a deposit of ``tenor_months`` earns from ``minimum`` on (of a recurring one: each instalment)."""

    tenor_months: int
    minimum: Decimal
    annual_rate_pct: Decimal


@dataclass(frozen=True, slots=True)
class DepositRules:
    """What a deposit's product says besides its rates.

    ``early_steps`` are pairs of (more than so many months left, points taken off the yearly rate),
    the longest first; ``early_share_pct`` is the share of the rate that is left where a recurring
    deposit ends early. ``missed_pct`` of an instalment is charged where it stays out beyond
    ``grace_days``. Money under notice of ``notice_days`` leaves earlier at the cost of the interest
    for those days, if ``early_withdrawal`` says so, else not at all.
    """

    modes: tuple[str, ...] = (InterestMode.AT_MATURITY.value,)
    convention: str = "FOLLOWING"
    cooling_days: int = 0
    early_steps: tuple[tuple[int, Decimal], ...] = ()
    early_share_pct: Decimal = Decimal(100)
    grace_days: int = 0
    missed_pct: Decimal = Decimal(0)
    notice_days: int = 0
    early_withdrawal: bool = True

    def early_points(self, months_left: int) -> Decimal:
        """What closing with so many months left takes off the yearly rate, in percentage points."""
        return next((points for above, points in self.early_steps if months_left > above), Decimal(0))


@dataclass(frozen=True, slots=True)
class LoanPrice:
    """Within which bounds a loan is given and at which price.

    ``annual_rate_pct`` is the lowest rate and ``highest_rate_pct`` the highest, where the borrower's
    score decides between them; ``fee_pct`` of the loan is taken when it is paid out.
    """

    currency: str
    minimum: Decimal
    maximum: Decimal
    minimum_months: int
    maximum_months: int
    annual_rate_pct: Decimal
    highest_rate_pct: Decimal
    fee_pct: Decimal
    segment: str = ""


def fee(terms: FeeTerms, amount: Money) -> Money:
    """The fee for an event of ``amount``, never negative, in the amount's currency, excise not included."""
    if terms.kind == FeeKind.FLAT:
        return rounded(terms.flat, amount.currency)
    price = Fraction(_raw_price(terms, amount.amount))
    if terms.minimum is not None:
        price = max(price, Fraction(terms.minimum))
    if terms.maximum is not None:
        price = min(price, Fraction(terms.maximum))
    return rounded(price, amount.currency)


def percent_of(rate_pct: Decimal, amount: Money) -> Money:
    """``rate_pct`` per cent of ``amount``: excise duty on a fee, withholding tax on interest."""
    return rounded(Fraction(amount.amount) * Fraction(rate_pct) / 100, amount.currency)


def interest(terms: InterestTerms, balance: Money, start: date, end: date) -> Fraction:
    """What ``balance`` earns from ``start`` to ``end`` (excluded), exact, in major units.

    A balance at or below zero earns nothing. Rounded only when capitalised, so that no day's
    fraction of a cent is lost.
    """
    if not balance.is_positive or not terms.tiers:
        return Fraction(0)
    years = daycount.fraction(terms.day_count, start, end)
    return yearly_interest(terms, balance.amount) * years


def yearly_interest(terms: InterestTerms, balance: Decimal) -> Fraction:
    """A year's interest on a positive balance by its tiers, exact, in major units."""
    reached = [tier for tier in terms.tiers if tier.from_balance < balance] or list(terms.tiers[:1])
    if terms.method == TierMethod.WHOLE:
        return Fraction(balance) * Fraction(reached[-1].annual_rate_pct) / 100
    ends = [tier.from_balance for tier in reached[1:]] + [balance]
    parts = (
        Fraction(end - tier.from_balance) * Fraction(tier.annual_rate_pct) / 100
        for tier, end in zip(reached, ends, strict=True)
    )
    return sum(parts, Fraction(0))


def check_tiers(tiers: Sequence[Tier]) -> None:
    """Raises ``UnusableTerms`` unless tiers begin at zero, rise, and carry rates of 0 to 100 per cent."""
    if tiers and tiers[0].from_balance != 0:
        raise UnusableTerms(problem="The first interest tier must begin at a balance of zero.")
    if any(low.from_balance >= high.from_balance for low, high in pairwise(tiers)):
        raise UnusableTerms(problem="Interest tiers must rise and may not overlap.")
    if any(not 0 <= tier.annual_rate_pct <= HIGHEST_RATE_PCT for tier in tiers):
        raise UnusableTerms(problem="An interest rate must be between 0 and 100 per cent a year.")


def check_period_terms(given: Mapping[str, Any]) -> None:
    """Raises ``UnusableTerms`` for fees, balances and bounds of an account's terms that make no sense.

    ``given`` are fields of the terms by name; what is absent is not looked at.
    """
    sums = [given.get(name) for name in PERIOD_SUMS]
    if any(amount is not None and amount < 0 for amount in sums):
        raise UnusableTerms(problem="Fees, balances and limits may not be negative.")
    if given.get("below_minimum_fee") and not given.get("minimum_balance"):
        raise UnusableTerms(problem="A fee below the balance to keep needs a balance to keep.")
    if given.get("waived_from_payments") == 0 or given.get("single_debit_limit") == 0:
        raise UnusableTerms(problem="Leave a bound empty rather than zero.")
    days = given.get("dormancy_days")
    if days is not None and not SHORTEST_DORMANCY <= days <= LONGEST_DORMANCY:
        raise UnusableTerms(problem="An account turns dormant after 60 to 3650 days, or never.")


def read_tiers(text: str) -> tuple[Tier, ...]:
    """Tiers as people write them, one a line: the balance it begins at, and the rate in per cent.

    Raises ``UnusableTerms`` for what cannot be read, and as ``check_tiers`` does.
    """
    tiers = []
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            start, rate = (Decimal(word.replace(",", "")) for word in line.replace(":", " ").split())
        except (ValueError, InvalidOperation):
            raise UnusableTerms(
                problem="Write a tier a line: the balance it begins at, a blank, the per cent a year."
            ) from None
        if not (start.is_finite() and rate.is_finite()):
            raise UnusableTerms(problem="Balances and rates of tiers are plain numbers.")
        tiers.append(Tier(start, rate))
    check_tiers(tiers)
    return tuple(tiers)


def read_bands(text: str) -> tuple[Band, ...]:
    """Bands as people write them, one a line: up to (the last: a hyphen), flat sum, per cent.

    Raises ``UnusableTerms`` for what cannot be read.
    """
    lines = [line.replace(",", "").split() for line in text.splitlines() if line.strip()]
    try:
        return tuple(
            Band(None if end == "-" else Decimal(end), Decimal(flat), Decimal(rate))
            for end, flat, rate in lines
        )
    except (ValueError, InvalidOperation):
        raise UnusableTerms(
            problem="Write a band a line: up to (a hyphen in the last), the flat sum, the per cent."
        ) from None


def write_bands(bands: Sequence[Band]) -> str:
    """Bands as ``read_bands`` takes them."""
    return "\n".join(
        f"{'-' if band.up_to is None else plain(band.up_to)} {plain(band.flat)} {plain(band.rate_pct)}"
        for band in bands
    )


def check_tax(rate_pct: Decimal) -> None:
    """Raises ``UnusableTerms`` for a rate below zero or above 100 per cent."""
    if not (rate_pct.is_finite() and 0 <= rate_pct <= HIGHEST_RATE_PCT):
        raise UnusableTerms(problem="A tax rate must be between 0 and 100 per cent.")


def write_tiers(tiers: Sequence[Tier]) -> str:
    """Tiers as ``read_tiers`` takes them."""
    return "\n".join(f"{plain(tier.from_balance)} {plain(tier.annual_rate_pct)}" for tier in tiers)


def plain(number: Decimal) -> str:
    """A decimal without the zeros that say nothing: ``1000`` and ``3.5``."""
    return f"{number.normalize():f}"


def check_fee(terms: FeeTerms) -> None:
    """Raises ``UnusableTerms`` for negative prices, absurd rates, crossed bounds, overlapping bands."""
    amounts = [terms.flat, terms.minimum, terms.maximum, *(band.flat for band in terms.bands)]
    if any(amount is not None and amount < 0 for amount in amounts):
        raise UnusableTerms(problem="A fee may not be negative.")
    rates = [terms.rate_pct, *(band.rate_pct for band in terms.bands)]
    if any(not 0 <= rate <= HIGHEST_RATE_PCT for rate in rates):
        raise UnusableTerms(problem="A fee's rate must be between 0 and 100 per cent.")
    if terms.minimum is not None and terms.maximum is not None and terms.minimum > terms.maximum:
        raise UnusableTerms(problem="The smallest fee may not exceed the largest.")
    if not 0 <= terms.free_per_month <= MOST_FREE:
        raise UnusableTerms(problem="Between 0 and 1,000 a month are free.")
    if terms.kind in {FeeKind.TIERED, FeeKind.SLAB}:
        _check_bands(terms.bands)


def check_term_rates(rates: Sequence[TermPrice]) -> None:
    """Raises ``UnusableTerms`` for terms that repeat or do not rise, negative sums and absurd rates."""
    tenors = [rate.tenor_months for rate in rates]
    if not rates or any(low >= high for low, high in pairwise([0, *tenors])):
        raise UnusableTerms(problem="The terms of a deposit must rise from one month and may not repeat.")
    if any(rate.minimum <= 0 for rate in rates):
        raise UnusableTerms(problem="The smallest deposit must be above zero.")
    if any(not 0 <= rate.annual_rate_pct <= HIGHEST_RATE_PCT for rate in rates):
        raise UnusableTerms(problem="An interest rate must be between 0 and 100 per cent a year.")


def check_deposit(rules: DepositRules) -> None:
    """Raises ``UnusableTerms`` for unknown ways of paying interest, crossed steps and absurd shares."""
    if not rules.modes or not set(rules.modes) <= set(InterestMode):
        raise UnusableTerms(problem="A deposit pays interest at maturity, monthly, quarterly or compounded.")
    above = [months for months, _points in rules.early_steps]
    if any(high <= low for high, low in pairwise(above)) or any(months < 0 for months in above):
        raise UnusableTerms(problem="The steps for closing early must fall from the longest time left.")
    shares = [rules.early_share_pct, rules.missed_pct, *(points for _months, points in rules.early_steps)]
    if any(not 0 <= share <= HIGHEST_RATE_PCT for share in shares):
        raise UnusableTerms(problem="What closing early costs must be between 0 and 100 per cent.")
    if min(rules.cooling_days, rules.grace_days, rules.notice_days) < 0:
        raise UnusableTerms(problem="Days of cooling, grace and notice are zero or more.")
    convention_named(rules.convention)


def check_loan(price: LoanPrice) -> None:
    """Raises ``UnusableTerms`` for bounds that cross and for absurd rates and fees."""
    if not 0 < price.minimum <= price.maximum:
        raise UnusableTerms(problem="The smallest loan must be above zero and not exceed the largest.")
    if not 1 <= price.minimum_months <= price.maximum_months:
        raise UnusableTerms(problem="The shortest term must be a month or more and not exceed the longest.")
    if not 0 <= price.annual_rate_pct <= price.highest_rate_pct <= HIGHEST_RATE_PCT:
        raise UnusableTerms(problem="The rates of a loan must rise and lie between 0 and 100 per cent.")
    if not 0 <= price.fee_pct < HIGHEST_RATE_PCT:
        raise UnusableTerms(problem="The fee of a loan must be between 0 and 100 per cent of it.")


def _check_bands(bands: Sequence[Band]) -> None:
    if not bands or bands[-1].up_to is not None or any(band.up_to is None for band in bands[:-1]):
        raise UnusableTerms(problem="The last band of a tariff, and only the last, has no upper end.")
    ends = [Decimal(0), *(band.up_to for band in bands if band.up_to is not None)]
    if any(low >= high for low, high in pairwise(ends)):
        raise UnusableTerms(problem="The bands of a tariff must rise and may not overlap.")


def _raw_price(terms: FeeTerms, amount: Decimal) -> Fraction:
    if terms.kind == FeeKind.TIERED:
        band = next(band for band in terms.bands if band.up_to is None or amount <= band.up_to)
        return _share(band, amount)
    if terms.kind == FeeKind.SLAB:
        return sum((_share(band, part) for band, part in _slices(terms.bands, amount)), Fraction(0))
    return Fraction(terms.flat) + Fraction(amount) * Fraction(terms.rate_pct) / 100


def _share(band: Band, amount: Decimal) -> Fraction:
    return Fraction(band.flat) + Fraction(amount) * Fraction(band.rate_pct) / 100


def _slices(bands: Sequence[Band], amount: Decimal) -> list[tuple[Band, Decimal]]:
    """The bands an amount reaches, each with the part of the amount that lies in it."""
    slices, low = [], Decimal(0)
    for band in bands:
        if amount <= low:
            break
        high = amount if band.up_to is None else min(amount, band.up_to)
        slices.append((band, high - low))
        low = high
    return slices
