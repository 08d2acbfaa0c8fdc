"""The sums of the trial balance per currency, for the dashboard: debits equal to credits, or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bank import ledger
from bank.kernel import currencies
from bank.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines in one currency and their sums."""

    currency: str
    name: str
    lines: Sequence[ledger.TrialLine]
    debits: Money
    credits: Money

    @property
    def is_balanced(self) -> bool:
        return self.debits == self.credits


def sheets() -> list[Sheet]:
    """One sheet for each currency in which anything was ever booked."""
    lines = ledger.trial_balance()
    return [_sheet(currency, list(group)) for currency, group in groupby(lines, key=lambda one: one.currency)]


def _sheet(currency: str, lines: list[ledger.TrialLine]) -> Sheet:
    nothing = Money.zero(currency)
    return Sheet(
        currency=currency,
        name=currencies.name(currency),
        lines=lines,
        debits=sum((line.debit for line in lines), nothing),
        credits=sum((line.credit for line in lines), nothing),
    )
