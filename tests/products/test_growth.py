"""How deposits grow: simple cases one can check by hand, and the ends that must meet."""

from datetime import date
from decimal import Decimal

from bank.kernel.money import Money
from bank.products import growth, rules

START = date(2026, 1, 15)
TAX = Decimal(15)


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


def level(rate: str) -> rules.InterestTerms:
    return rules.InterestTerms(
        "ACT_365F", rules.TierMethod.MARGINAL, (rules.Tier(Decimal(0), Decimal(rate)),)
    )


def test_a_fixed_deposit_pays_simple_interest_once_less_tax() -> None:
    points = growth.fixed_deposit(
        principal=kes("100000"), annual_rate_pct=Decimal(10), day_count="ACT_365F",
        start=START, months=12, tax_pct=TAX,
    )  # fmt: skip
    end = points[-1]
    assert (end.day, len(points)) == (date(2027, 1, 15), 13)
    assert (end.interest, end.tax, end.value) == (kes("10000"), kes("1500"), kes("108500"))
    assert points[0].interest.is_zero


def test_a_term_that_begins_on_a_31st_ends_on_the_last_of_its_month() -> None:
    assert growth.months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)


def test_a_recurring_deposit_earns_on_each_sum_from_its_own_day() -> None:
    points = growth.recurring_deposit(
        instalment=kes("1000"), annual_rate_pct=Decimal("12"), day_count="THIRTY_360_ISDA",
        start=START, months=12, tax_pct=Decimal(0),
    )  # fmt: skip
    assert points[-1].paid_in == kes("12000")
    # 12 + 11 + … + 1 months of 10.00 each.
    assert points[-1].interest == kes("780")


def test_savings_capitalise_each_month_less_tax() -> None:
    points = growth.savings(
        level("3.65"), opening=kes("100000"), monthly=kes("0"), start=date(2026, 1, 1), months=2, tax_pct=TAX
    )
    assert points[1].interest == kes("310.00")
    assert points[1].tax == kes("46.50")
    # February's 28 days earn on 100,263.50.
    assert points[2].interest == kes("590.74")


def test_savings_count_what_is_paid_in_and_nothing_for_the_last_day() -> None:
    points = growth.savings(
        level("0"), opening=kes("500"), monthly=kes("100"), start=START, months=12, tax_pct=TAX
    )
    assert points[-1].value == kes("1600")


def test_no_interest_no_tax_and_never_less_than_was_paid_in() -> None:
    for months in (1, 7, 36):
        points = growth.savings(
            level("4.5"), opening=kes("0"), monthly=kes("250"), start=START, months=months, tax_pct=TAX
        )
        assert all(point.value >= point.paid_in for point in points)
        assert all(point.tax <= point.interest for point in points)
