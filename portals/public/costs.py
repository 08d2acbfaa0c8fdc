"""What an account costs in a year of ordinary use, by the fee schedule of a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from bank.kernel.money import Money
from bank.products import rules
from bank.products import selectors as products
from bank.products.rules import FeeEvent

#: How often a year, and how much each time: a salary account as most people use one.
YEAR_OF_USE = (
    (FeeEvent.OWN_TRANSFER, 12, 5_000),
    (FeeEvent.INTERNAL_TRANSFER, 12, 3_000),
    (FeeEvent.INTERBANK_TRANSFER, 12, 10_000),
    (FeeEvent.MOBILE_MONEY, 24, 1_500),
    (FeeEvent.BILL_PAYMENT, 24, 2_500),
    (FeeEvent.ATM_WITHDRAWAL, 24, 5_000),
)


@dataclass(frozen=True, slots=True)
class Use:
    """One habit of the year: so many times so much, what each costs and all of them, duty included."""

    name: str
    times: int
    amount: Money
    each: Money
    total: Money


@dataclass(frozen=True, slots=True)
class YearlyCost:
    uses: list[Use]
    excise_pct: Decimal

    @property
    def total(self) -> Money:
        return sum((use.total for use in self.uses), Money.zero(settings.BANK_BASE_CURRENCY))


def year_of_use(schedule: Iterable[Any], excise_pct: Decimal) -> YearlyCost:
    """The example year at these prices, spread evenly over its months; an event without a price is free."""
    currency = settings.BANK_BASE_CURRENCY
    prices = {rule.event: rule for rule in schedule if rule.currency == currency and not rule.segment}
    names = dict(products.FEE_NAMES)
    uses = []
    for event, times, amount in YEAR_OF_USE:
        rule = prices.get(event)
        each = _price(rule, Money.of(amount, currency), excise_pct)
        paid = max(times - 12 * rule.free_per_month, 0) if rule else times
        uses.append(Use(str(names[event]), times, Money.of(amount, currency), each, each * paid))
    return YearlyCost(uses, excise_pct)


def _price(rule: Any, amount: Money, excise_pct: Decimal) -> Money:
    if rule is None:
        return Money.zero(amount.currency)
    price = rules.fee(products.fee_terms(rule), amount)
    return price + rules.percent_of(excise_pct, price)
