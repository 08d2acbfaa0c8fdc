"""The catalogue in the words of the public site."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, ngettext

from bank.kernel.money import Money
from bank.products.rules import FeeEvent, FeeKind
from bank.products.selectors import Offer
from bank.runtime import formats

EVERYDAY = (
    FeeEvent.OWN_TRANSFER, FeeEvent.INTERNAL_TRANSFER, FeeEvent.INTERBANK_TRANSFER, FeeEvent.MOBILE_MONEY,
    FeeEvent.BILL_PAYMENT, FeeEvent.ATM_WITHDRAWAL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    """From a balance on, so much interest a year (a fraction of one)."""

    from_balance: Money
    annual: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    currency: str
    minimum_opening: Money
    rates: list[Rate]


@dataclass(frozen=True, slots=True)
class Product:
    """One card: ``best`` is the highest rate in the bank's own currency, zero where nothing is paid."""

    name: str
    description: str
    best: Decimal
    minimum_opening: Money | None
    terms: list[Terms]

    @property
    def currencies(self) -> list[str]:
        return [row.currency for row in self.terms]


@dataclass(frozen=True, slots=True)
class Price:
    """``bands`` are the steps of a fee that goes by the amount: up to which, and how much."""

    event: str
    name: str
    currency: str
    says: str
    since: date
    bands: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """A statement line as the statement component shows it."""

    booking_date: date
    value_date: date
    amount: Money
    balance_after: Money
    description: str
    counterparty: str
    reference: str = ""


def offers(known: Iterable[Offer]) -> list[Product]:
    """The products of a day, what a person can have before what only a company can."""
    return [_product(one) for one in sorted(known, key=lambda one: not _retail(one))]


def _retail(known: Offer) -> list[Any]:
    return [row for row in known.terms if row.segment in {"", "RETAIL"}]


def _product(known: Offer) -> Product:
    """A product with its terms, those in the bank's own currency first."""
    by_currency = {row.currency: terms(row) for row in _retail(known) or known.terms}
    rows = list(by_currency.values())
    rows.sort(key=lambda row: (row.currency != settings.BANK_BASE_CURRENCY, row.currency))
    first = rows[0] if rows else None
    return Product(
        name=gettext(known.product.name),
        description=gettext(known.product.description) if known.product.description else "",
        best=max((rate.annual for rate in first.rates), default=Decimal(0)) if first else Decimal(0),
        minimum_opening=first.minimum_opening if first else None,
        terms=rows,
    )


def prices(schedule: Iterable[Any]) -> list[Price]:
    """The fee schedule in sentences, in the order the bank's services are usually asked for."""
    order = list(FeeEvent)
    rules = sorted(schedule, key=lambda rule: (order.index(rule.event), rule.currency))
    return [
        Price(
            event=rule.event,
            name=str(rule.get_event_display()),
            currency=rule.currency,
            says=_says(rule),
            since=rule.effective_from,
            bands=_bands(rule),
        )
        for rule in rules
    ]


def everyday(known: Sequence[Price]) -> list[Price]:
    """The few prices of the front page, in the bank's own currency; no price means no charge."""
    by_event = {price.event: price for price in known if price.currency == settings.BANK_BASE_CURRENCY}
    return [by_event[event] for event in EVERYDAY if event in by_event]


def example_statement(day: date) -> list[ExampleLine]:
    """What a statement of this bank looks like: invented lines, each with the balance after it."""
    movements = (
        (0, "-1250.00", gettext("Rent share"), "Brian Otieno"),
        (0, "48200.00", gettext("Salary"), "Ostrich Farm Ltd"),
        (1, "-2310.50", gettext("Electricity"), "Kenya Lights"),
        (2, "-500.00", gettext("Mobile money"), "0700 555 014"),
    )
    balance = Money.of("61874.35", settings.BANK_BASE_CURRENCY)
    lines = []
    for ago, amount, what, who in movements:
        moved = Money.of(amount, settings.BANK_BASE_CURRENCY)
        on = day - timedelta(days=ago)
        lines.append(ExampleLine(on, on, moved, balance, what, who))
        balance -= moved
    return lines


def terms(row: Any) -> Terms:
    """An account's conditions in one currency."""
    rates = [
        Rate(Money(tier.from_balance, row.currency), tier.annual_rate_pct / 100)
        for tier in row.interest_tiers.all()
    ]
    return Terms(row.currency, Money(row.minimum_opening, row.currency), rates)


def _says(rule: Any) -> str:
    """The price in words, with how many an account has for nothing each month."""
    price, free = _price_says(rule), rule.free_per_month
    if not free:
        return price
    first = ngettext(
        "%(count)d a month is free, then %(price)s", "%(count)d a month are free, then %(price)s", free
    )
    return first % {"count": free, "price": price}


def _price_says(rule: Any) -> str:
    if rule.kind == FeeKind.FLAT:
        return _flat(Money(rule.flat, rule.currency))
    if rule.kind == FeeKind.PERCENT:
        return _percent(rule)
    return _banded(rule)


def _bands(rule: Any) -> list[tuple[str, str]]:
    """The steps of a fee that is one sum by the band of the amount."""
    if rule.kind != FeeKind.TIERED:
        return []
    return [
        (
            gettext("more") if band.up_to is None else formats.money(Money(band.up_to, rule.currency)),
            _flat(Money(band.flat, rule.currency)),
        )
        for band in rule.bands.all()
    ]


def _flat(sum_: Money) -> str:
    return formats.money(sum_) if sum_.is_positive else gettext("Free")


def _percent(rule: Any) -> str:
    words = [gettext("%(rate)s of the amount") % {"rate": formats.percent(rule.rate_pct / 100)}]
    if rule.minimum is not None:
        words.append(gettext("at least %(sum)s") % {"sum": formats.money(Money(rule.minimum, rule.currency))})
    if rule.maximum is not None:
        words.append(gettext("at most %(sum)s") % {"sum": formats.money(Money(rule.maximum, rule.currency))})
    return ", ".join(words)


def _banded(rule: Any) -> str:
    sums = [Money(band.flat, rule.currency) for band in rule.bands.all()]
    low, high = formats.money(min(sums)), formats.money(max(sums))
    return gettext("%(low)s to %(high)s, by amount") % {"low": low, "high": high}
