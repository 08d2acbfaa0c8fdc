"""Equal instalments: published examples, and what must hold for every loan."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.kernel import annuity
from bank.kernel.errors import InvalidInput
from bank.kernel.money import Money
from tests.vectors import load


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


def test_the_textbook_loan() -> None:
    plan = annuity.schedule(kes("24000.00"), Decimal("5.49"), 48)
    assert plan[0].payment == kes("558.05")
    assert plan[0].interest == kes("109.80")
    assert plan[-1].balance.is_zero
    assert abs((plan[-1].payment - plan[0].payment).amount) < 1


def test_a_loan_without_interest_is_divided() -> None:
    plan = annuity.schedule(kes("100.00"), Decimal(0), 3)
    assert [row.payment for row in plan] == [kes("33.33"), kes("33.33"), kes("33.34")]


@given(
    minor=st.integers(100_000, 10**11),
    rate=st.decimals(0, 40, places=2),
    months=st.integers(1, 360),
)
def test_every_shilling_is_repaid_once(minor: int, rate: Decimal, months: int) -> None:
    principal = Money.from_minor(minor, "KES")
    plan = annuity.schedule(principal, rate, months)
    repaid = sum((row.principal for row in plan), Money.zero("KES"))
    assert repaid == principal
    assert len({row.payment for row in plan[:-1] if not row.balance.is_zero}) <= 1
    assert plan[-1].balance.is_zero
    assert all(not row.balance.is_negative for row in plan)


@pytest.mark.parametrize(
    ("amount", "rate", "months"),
    [("0", "10", 12), ("100", "-1", 12), ("100", "101", 12), ("100", "10", 0), ("100", "10", 601)],
)
def test_what_no_loan_can_be_is_refused(amount: str, rate: str, months: int) -> None:
    with pytest.raises(InvalidInput):
        annuity.schedule(kes(amount), Decimal(rate), months)


def test_the_yearly_rate_counts_the_fee() -> None:
    payments = [row.payment for row in annuity.schedule(kes("100000"), Decimal(12), 12)]
    assert annuity.effective_annual_rate_pct(kes("100000"), payments) == Decimal("12.68")
    assert annuity.effective_annual_rate_pct(kes("98000"), payments) > Decimal("16")
    assert annuity.effective_annual_rate_pct(kes("200000"), payments) == 0


def test_the_directives_own_example() -> None:
    published = load("apr_xirr/give/eu_apr.json")["examples"]
    for example in published:
        (lent, _), (repaid, years) = example["flows_years"]
        months = int(Decimal(str(years)) * 12)
        payments = [kes("0")] * (months - 1) + [kes(str(-repaid))]
        rate = annuity.effective_annual_rate_pct(kes(str(lent)), payments)
        assert rate == Decimal(str(example["published_apr_pct"]))
