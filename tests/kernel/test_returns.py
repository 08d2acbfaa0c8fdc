"""Yearly rates of flows of money: published examples, and that the rate found is one."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank.kernel import returns
from bank.kernel.errors import InvalidInput


def test_a_deposit_of_a_year_and_its_loss() -> None:
    paid, back = (date(2025, 1, 1), Decimal(-1000)), date(2026, 1, 1)
    assert round(returns.xirr([paid, (back, Decimal(1100))]), 12) == Decimal("0.1")
    assert round(returns.xirr([paid, (back, Decimal(900))]), 12) == Decimal("-0.1")
    assert round(returns.xirr([paid, (back, Decimal("0.001"))]), 9) == Decimal("-0.999999")
    assert returns.xirr([paid, (back, Decimal(1000))]) == 0


@pytest.mark.parametrize("amounts", [[1], [-1], [5, 6], [-5, -6], [0, 0]])
def test_flows_of_one_sign_have_no_rate(amounts: list[int]) -> None:
    flows = [(date(2025, 1, 1 + place), Decimal(amount)) for place, amount in enumerate(amounts)]
    assert returns.xirr(flows) is None


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InvalidInput):
        returns.xirr([])
    with pytest.raises(InvalidInput):
        returns.apr_us(
            advance=Decimal(5000),
            payment=Decimal(100),
            number=24,
            periods=1,
            fraction=Decimal(0),
            per_year=Decimal(12),
        )


def test_the_published_american_and_european_examples() -> None:
    rate = returns.apr_us(
        advance=Decimal(5000),
        payment=Decimal(230),
        number=24,
        periods=1,
        fraction=Decimal(0),
        per_year=Decimal(12),
    )
    assert round(rate, 2) == Decimal("9.69")
    rate = returns.rate_of([(Decimal(0), Decimal(1000)), (Decimal("1.5"), Decimal(-1200))])
    assert round(rate * 100, 2) == Decimal("12.92")


@settings(max_examples=25)
@given(
    st.integers(1, 10**6),
    st.decimals("-0.9", 20, places=4),
    st.integers(1, 4000),
)
def test_the_rate_that_grew_the_money_is_found(paid: int, rate: Decimal, days: int) -> None:
    grown = Decimal(paid) * (1 + rate) ** (Decimal(days) / 365)
    flows = [(Decimal(0), Decimal(-paid)), (Decimal(days) / 365, grown)]
    assert abs(returns.rate_of(flows) - rate) < Decimal("1e-9") * (1 + abs(rate))
