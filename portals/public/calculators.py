"""What the calculators show: the bank's own rules worked through for an example, as figures and a plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from bank.kernel import annuity
from bank.kernel.annuity import MONTHS_A_YEAR, Instalment
from bank.kernel.money import Money
from bank.products import growth, rules
from bank.products.growth import Point
from bank.products.rules import ProductKind
from bank.products.selectors import Offer
from bank.runtime import formats
from bank.web import svg
from portals.public import offers

#: More bars than this are drawn by the year.
_MOST_BARS = 60


@dataclass(frozen=True, slots=True)
class LoanPlan:
    """A loan worked through: what is paid when, and what it costs in all."""

    principal: Money
    rate_pct: Decimal
    fee: Money
    instalments: list[Instalment]
    days: list[date]
    effective_rate_pct: Decimal

    @property
    def payment(self) -> Money:
        return self.instalments[0].payment

    @property
    def interest(self) -> Money:
        return sum((row.interest for row in self.instalments), Money.zero(self.principal.currency))

    @property
    def cost(self) -> Money:
        return self.interest + self.fee

    @property
    def repaid(self) -> Money:
        return self.principal + self.cost

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"day": day, "payment": row.payment, "principal": row.principal,
             "interest": row.interest, "balance": row.balance}
            for day, row in zip(self.days, self.instalments, strict=True)
        ]  # fmt: skip

    @property
    def plot(self) -> svg.Plot:
        steps = [
            (day, row.principal, row.interest) for day, row in zip(self.days, self.instalments, strict=True)
        ]
        labels, sums = _grouped(steps)
        return svg.Plot(
            title=gettext("What each instalment pays"),
            note=gettext("Year by year") if len(steps) > _MOST_BARS else gettext("Month by month"),
            labels=labels,
            series=[
                svg.Series(gettext("Principal"), [principal for principal, _ in sums]),
                svg.Series(gettext("Interest"), [interest for _, interest in sums]),
            ],
            currency=self.principal.currency,
        )


@dataclass(frozen=True, slots=True)
class Growth:
    """Money put aside, followed to its end."""

    points: list[Point]
    rate_pct: Decimal | None
    tax_pct: Decimal

    @property
    def start(self) -> Point:
        return self.points[0]

    @property
    def term(self) -> str:
        return offers.term(len(self.points) - 1)

    @property
    def end(self) -> Point:
        return self.points[-1]

    @property
    def rows(self) -> list[Point]:
        return self.points[1:]

    @property
    def plot(self) -> svg.Plot:
        points = self.rows
        if len(points) > _MOST_BARS:
            points = [
                point for number, point in enumerate(points, 1) if number % 12 == 0 or point is points[-1]
            ]
        return svg.Plot(
            title=gettext("How it grows"),
            note=gettext("After withholding tax of %s on interest") % formats.percent(self.tax_pct / 100),
            labels=[formats.short_month(point.day) for point in points],
            series=[
                svg.Series(gettext("Paid in"), [point.paid_in.amount for point in points]),
                svg.Series(gettext("Interest after tax"), [point.net_interest.amount for point in points]),
            ],
            currency=self.end.value.currency,
        )


def loan(*, principal: Money, rate_pct: Decimal, fee_pct: Decimal, months: int, start: date) -> LoanPlan:
    """A loan of equal instalments, the first a month after it is paid out, the fee taken from it."""
    fee = rules.percent_of(fee_pct, principal)
    instalments = annuity.schedule(principal, rate_pct, months)
    payments = [row.payment for row in instalments]
    return LoanPlan(
        principal=principal,
        rate_pct=rate_pct,
        fee=fee,
        instalments=instalments,
        days=[growth.months_after(start, row.number) for row in instalments],
        effective_rate_pct=annuity.effective_annual_rate_pct(principal - fee, payments),
    )


def savings(
    *, terms: rules.InterestTerms, opening: Money, monthly: Money, months: int, start: date, tax_pct: Decimal
) -> Growth:
    points = growth.savings(
        terms, opening=opening, monthly=monthly, start=start, months=months, tax_pct=tax_pct
    )
    return Growth(points, None, tax_pct)


def fixed(*, rate: Any, principal: Money, start: date, tax_pct: Decimal) -> Growth:
    """A fixed deposit at one of the catalogue's rates by term."""
    points = growth.fixed_deposit(
        principal=principal,
        annual_rate_pct=rate.annual_rate_pct,
        day_count=rate.day_count,
        start=start,
        months=rate.tenor_months,
        tax_pct=tax_pct,
    )
    return Growth(points, rate.annual_rate_pct, tax_pct)


def recurring(*, rate: Any, instalment: Money, start: date, tax_pct: Decimal) -> Growth:
    """A recurring deposit at one of the catalogue's rates by term."""
    points = growth.recurring_deposit(
        instalment=instalment,
        annual_rate_pct=rate.annual_rate_pct,
        day_count=rate.day_count,
        start=start,
        months=rate.tenor_months,
        tax_pct=tax_pct,
    )
    return Growth(points, rate.annual_rate_pct, tax_pct)


def _grouped(
    steps: Sequence[tuple[date, Money, Money]],
) -> tuple[list[str], list[tuple[Decimal, Decimal]]]:
    """Labels and sums of principal and interest, by month, or by calendar year where there are many."""
    yearly = len(steps) > _MOST_BARS
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for day, principal, interest in steps:
        label = str(day.year) if yearly else formats.short_month(day)
        before = sums.get(label, (Decimal(0), Decimal(0)))
        sums[label] = (before[0] + principal.amount, before[1] + interest.amount)
    return list(sums), list(sums.values())


def example_loan(price: Any, start: date) -> LoanPlan:
    """The representative example of a loan: half the largest sum, over the middle of its terms."""
    half = Money.of((price.maximum / 2).quantize(Decimal(1)), price.currency)
    months = max(price.minimum_months, price.maximum_months // 2)
    return loan(
        principal=half, rate_pct=price.highest_rate_pct, fee_pct=price.fee_pct, months=months, start=start
    )


def example_deposit(known: Offer, start: date, tax_pct: Decimal) -> Growth:
    """What a deposit pays for a year (or its shortest term) from an ordinary sum."""
    rate = next((row for row in known.rates if row.tenor_months == MONTHS_A_YEAR), known.rates[0])
    if known.product.kind == ProductKind.RECURRING_DEPOSIT:
        instalment = Money(rate.minimum * 5, rate.currency)
        return recurring(rate=rate, instalment=instalment, start=start, tax_pct=tax_pct)
    return fixed(rate=rate, principal=Money(rate.minimum * 4, rate.currency), start=start, tax_pct=tax_pct)


def page_for(known: Offer) -> str:
    """The address of the calculator that reckons with this product, its own terms filled in."""
    pages = {
        ProductKind.SAVINGS: reverse("public:calculate-savings"),
        ProductKind.FIXED_DEPOSIT: reverse("public:calculate-fixed"),
        ProductKind.RECURRING_DEPOSIT: reverse("public:calculate-recurring"),
        ProductKind.LOAN: f"{reverse('public:calculate-loan')}?product={known.product.code}",
    }
    return pages.get(ProductKind(known.product.kind), "")
