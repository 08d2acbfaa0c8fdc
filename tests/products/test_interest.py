"""What balances earn: exact fractions, by tier and day count."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bank.kernel.money import Money
from bank.products import rules
from bank.products.rules import InterestTerms, Tier, TierMethod

TIERS = (Tier(Decimal(0), Decimal("3.5")), Tier(Decimal(100_000), Decimal(4)))
BALANCES = st.integers(min_value=1, max_value=10**11).map(lambda minor: Money.from_minor(minor, "KES"))


def _terms(method: str = TierMethod.MARGINAL) -> InterestTerms:
    return InterestTerms(day_count="ACT_365F", method=method, tiers=TIERS)


def _yearly(amount: int, method: str) -> Fraction:
    return rules.yearly_interest(_terms(method), Decimal(amount))


def test_marginal_tiers_pay_each_on_its_part() -> None:
    assert _yearly(100_000, TierMethod.MARGINAL) == 3_500
    assert _yearly(150_000, TierMethod.MARGINAL) == 3_500 + 2_000


def test_a_whole_tier_pays_on_all_of_it() -> None:
    assert _yearly(100_000, TierMethod.WHOLE) == 3_500
    assert _yearly(150_000, TierMethod.WHOLE) == 6_000


def test_one_day_at_three_and_a_half_per_cent() -> None:
    day = date(2026, 6, 1)
    earned = rules.interest(_terms(), Money.of("10000", "KES"), day, day + timedelta(days=1))
    assert earned == Fraction(350, 365)


def test_nothing_is_earned_at_or_below_zero_or_without_a_rate() -> None:
    day = date(2026, 6, 1)
    for balance in ("0", "-5"):
        assert rules.interest(_terms(), Money.of(balance, "KES"), day, day + timedelta(days=30)) == 0
    free = InterestTerms(day_count="ACT_365F", method=TierMethod.MARGINAL, tiers=())
    assert rules.interest(free, Money.of("5", "KES"), day, day + timedelta(days=30)) == 0


@given(balance=BALANCES, days=st.integers(2, 400), split=st.integers(1, 399))
def test_days_add_up(balance: Money, days: int, split: int) -> None:
    """Accruing day by day and over the whole period is the same: nothing is rounded on the way."""
    start = date(2025, 1, 1)
    middle, end = start + timedelta(days=min(split, days - 1)), start + timedelta(days=days)
    parts = rules.interest(_terms(), balance, start, middle) + rules.interest(_terms(), balance, middle, end)
    assert parts == rules.interest(_terms(), balance, start, end)


@given(one=BALANCES, other=BALANCES)
def test_a_larger_balance_never_earns_less(one: Money, other: Money) -> None:
    small, large = sorted((one, other))
    for method in TierMethod:
        terms = _terms(method)
        assert rules.yearly_interest(terms, small.amount) <= rules.yearly_interest(terms, large.amount)
