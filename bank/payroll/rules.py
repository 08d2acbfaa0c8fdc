"""A month's wage in plain Python, by Kenya's rules as the bank's rows of rates state them.

Every figure comes with the words that explain it. Amounts are rounded half up to the cent, statutory
part by part. Whole months are paid: who joins within a month is paid for it in full or by an item.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bank.kernel.money import Money, Rounding, rounded

CURRENCY: Final = "KES"


class Code(StrEnum):
    """A statutory rate."""

    PAYE = "PAYE"
    NSSF = "NSSF"
    SHIF = "SHIF"
    HOUSING_LEVY = "HOUSING_LEVY"


class ItemKind(StrEnum):
    """What an item does to a wage."""

    ALLOWANCE = "ALLOWANCE"
    UNTAXED = "UNTAXED"
    DEDUCTION = "DEDUCTION"


class RunState(StrEnum):
    """SENT: its payment file waits for a code or signatures. PAID: the file was paid, line by line."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Rates:
    """The rows in force on the last day of a month, by code."""

    paye: dict[str, object]
    nssf: dict[str, object]
    shif: dict[str, object]
    levy: dict[str, object]


@dataclass(frozen=True, slots=True)
class Item:
    """An allowance or a deduction of one month."""

    title: str
    kind: ItemKind
    money: Money


@dataclass(frozen=True, slots=True)
class Wage:
    """What somebody earns in a month, what is taken off and what the employer adds. ``steps`` explains."""

    gross: Money
    taxable: Money
    nssf: Money
    shif: Money
    levy: Money
    paye: Money
    deductions: Money
    net: Money
    employer_nssf: Money
    employer_levy: Money
    steps: list[dict[str, str]] = field(default_factory=list)

    @property
    def cost(self) -> Money:
        """What the employer pays in all."""
        return self.gross + self.employer_nssf + self.employer_levy


def wage(salary: Money, items: Sequence[Item], rates: Rates) -> Wage:
    """Works out one person's month.

    Taxed and untaxed allowances are added to the salary. NSSF (both tiers), SHIF and the housing levy are
    reckoned on gross pay and taken off before income tax (Tax Laws (Amendment) Act 2024); personal relief
    comes off the tax, which is never below zero. Other deductions come last.
    """
    taxed = _sum(items, ItemKind.ALLOWANCE)
    untaxed = _sum(items, ItemKind.UNTAXED)
    deductions = _sum(items, ItemKind.DEDUCTION)
    gross = salary + taxed + untaxed
    nssf = _nssf(gross, rates.nssf)
    shif = max(_share(gross, rates.shif["percent"]), _money(rates.shif["minimum"]))
    levy = _share(gross, rates.levy["percent"])
    employer_levy = _share(gross, rates.levy["employer_percent"])
    base = gross - untaxed - nssf - shif - levy
    taxable = max(base, Money.zero(CURRENCY))
    paye, tax_steps = _paye(taxable, rates.paye)
    net = gross - nssf - shif - levy - paye - deductions
    steps = [
        _step("Salary", salary),
        *(_step(one.title, -one.money if one.kind == ItemKind.DEDUCTION else one.money) for one in items),
        _step("NSSF", -nssf, _nssf_words(rates.nssf)),
        _step(
            "SHIF",
            -shif,
            f"{rates.shif['percent']} % of {_said(gross)}, at least {_said(_money(rates.shif['minimum']))}",
        ),
        _step("Housing levy", -levy, f"{rates.levy['percent']} % of {_said(gross)}"),
        _step("Taxable pay", taxable),
        *tax_steps,
        _step("Net pay", net),
    ]
    return Wage(gross, taxable, nssf, shif, levy, paye, deductions, net, nssf, employer_levy, steps)


def _paye(taxable: Money, rates: dict[str, object]) -> tuple[Money, list[dict[str, str]]]:
    """Tax band by band, less the relief; ``bands`` are [width or null, per cent]."""
    left, whole = taxable.amount, Decimal(0)
    steps = []
    bands = rates["bands"]
    assert isinstance(bands, list)
    for width, percent in bands:
        part = left if width is None else min(left, Decimal(width))
        if part > 0:
            whole += part * Decimal(percent) / 100
            steps.append(_step("Income tax band", rounded(part, CURRENCY), f"at {percent} %"))
        left -= part
    relief = _money(rates["relief"])
    tax = max(rounded(whole, CURRENCY, Rounding.HALF_UP) - relief, Money.zero(CURRENCY))
    return tax, [*steps, _step("Personal relief", relief), _step("PAYE", -tax)]


def _nssf(gross: Money, rates: dict[str, object]) -> Money:
    """Tier I up to the lower limit, tier II from there to the upper one: the same share of both."""
    pensionable = min(gross, _money(rates["upper"]))
    return _share(pensionable, rates["percent"])


def _nssf_words(rates: dict[str, object]) -> str:
    return (
        f"{rates['percent']} % up to {rates['lower']} (tier I) and from there to {rates['upper']} (tier II)"
    )


def _share(money: Money, percent: object) -> Money:
    return rounded(money.amount * Decimal(str(percent)) / 100, money.currency, Rounding.HALF_UP)


def _money(amount: object) -> Money:
    return Money.of(str(amount), CURRENCY)


def _sum(items: Sequence[Item], kind: ItemKind) -> Money:
    return sum((one.money for one in items if one.kind == kind), start=Money.zero(CURRENCY))


def _step(what: str, money: Money, why: str = "") -> dict[str, str]:
    return {"what": what, "amount": str(money.amount), "why": why}


def _said(money: Money) -> str:
    """An amount within words, its thousands set apart."""
    return f"{money.currency} {money.amount:,.2f}"
