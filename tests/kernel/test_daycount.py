from datetime import date
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bank.kernel import daycount
from bank.kernel.daycount import DayCount
from bank.kernel.errors import InvalidInput, UnknownConvention

DAYS = st.dates(date(1960, 1, 1), date(2080, 12, 31))


def fraction(convention: str, start: str, end: str, **more: str) -> Fraction:
    period_end = date.fromisoformat(more["period_end"]) if "period_end" in more else None
    return daycount.fraction(
        convention,
        date.fromisoformat(start),
        date.fromisoformat(end),
        frequency=more.get("frequency"),
        period_end=period_end,
    )


@pytest.mark.parametrize(
    ("convention", "start", "end", "expected"),
    [
        ("ONE_ONE", "2026-01-01", "2026-03-01", Fraction(1)),
        ("ACT_ACT_ISDA", "2003-11-01", "2004-05-01", Fraction(61, 365) + Fraction(121, 366)),
        ("ACT_ACT_AFB", "2003-11-01", "2004-05-01", Fraction(182, 366)),
        ("ACT_ACT_AFB", "2002-08-15", "2003-07-15", Fraction(334, 365)),
        ("ACT_ACT_AFB", "2004-02-29", "2008-02-29", Fraction(4)),
        ("ACT_ACT_YEAR", "2011-12-28", "2013-02-28", 1 + Fraction(62, 365)),
        ("ACT_365_ACT", "2012-02-28", "2012-03-28", Fraction(29, 366)),
        ("ACT_365_ACT", "2012-02-29", "2012-03-28", Fraction(28, 365)),
        ("ACT_365L", "2012-02-28", "2012-03-28", Fraction(29, 366)),
        ("ACT_360", "2026-01-01", "2026-07-01", Fraction(181, 360)),
        ("ACT_364", "2026-01-01", "2026-07-01", Fraction(181, 364)),
        ("ACT_365F", "2026-01-01", "2026-07-01", Fraction(181, 365)),
        ("ACT_365_25", "2026-01-01", "2026-07-01", Fraction(724, 1461)),
        ("NL_360", "2012-02-28", "2012-03-28", Fraction(28, 360)),
        ("NL_365", "2012-02-29", "2016-02-29", Fraction(4)),
        ("THIRTY_360_ISDA", "2012-05-29", "2012-08-31", Fraction(92, 360)),
        ("THIRTY_360_ISDA", "2012-05-31", "2012-08-31", Fraction(90, 360)),
        ("THIRTY_360_PSA", "2011-02-28", "2012-02-29", Fraction(359, 360)),
        ("THIRTY_U_360", "2011-02-28", "2012-02-29", Fraction(1)),
        ("THIRTY_U_360_EOM", "2012-02-29", "2012-03-31", Fraction(30, 360)),
        ("THIRTY_E_360", "2012-05-29", "2012-08-31", Fraction(91, 360)),
        ("THIRTY_E_360_ISDA", "2011-08-31", "2012-02-29", Fraction(180, 360)),
        ("THIRTY_E_365", "2011-02-28", "2012-02-29", Fraction(360, 365)),
        ("THIRTY_EPLUS_360", "2012-05-29", "2012-12-31", Fraction(212, 360)),
        ("BUS_252", "2026-01-05", "2026-01-12", Fraction(5, 252)),
    ],
)
def test_each_convention(convention: str, start: str, end: str, expected: Fraction) -> None:
    assert fraction(convention, start, end) == expected


#: ISDA, "EMU and market conventions: recent developments" (1998): the published examples.
ISDA_EXAMPLES = [
    ("2003-11-01", "2004-05-01", "P6M", Fraction(182, 2 * 182)),
    ("1999-02-01", "1999-07-01", "P12M", Fraction(150, 365)),
    ("1999-07-01", "2000-07-01", "P12M", Fraction(1)),
    ("2002-08-15", "2003-07-15", "P6M", Fraction(181, 2 * 181) + Fraction(153, 2 * 184)),
    ("2003-07-15", "2004-01-15", "P6M", Fraction(1, 2)),
    ("1999-07-30", "2000-01-30", "P6M", Fraction(1, 2)),
    ("2000-01-30", "2000-06-30", "P6M", Fraction(152, 2 * 182)),
    ("1999-11-30", "2000-04-30", "P3M", Fraction(1, 4) + Fraction(61, 4 * 92)),
]


@pytest.mark.parametrize(("start", "end", "frequency", "expected"), ISDA_EXAMPLES)
def test_icma_examples(start: str, end: str, frequency: str, expected: Fraction) -> None:
    assert fraction("ACT_ACT_ICMA", start, end, frequency=frequency) == expected


def test_icma_part_of_a_coupon_period() -> None:
    part = fraction("ACT_ACT_ICMA", "2026-01-15", "2026-03-01", frequency="P6M", period_end="2026-07-15")
    assert part == Fraction(45, 2 * 181)


@pytest.mark.parametrize(
    ("frequency", "period_end", "denominator"),
    [
        ("P12M", "2016-02-28", 365),
        ("P12M", "2016-02-29", 366),
        ("P6M", "2016-01-28", 366),
        ("P6M", "2015-12-31", 365),
    ],
)
def test_act_365l_goes_by_the_coupon_period(frequency: str, period_end: str, denominator: int) -> None:
    found = fraction("ACT_365L", "2015-03-01", "2015-12-01", frequency=frequency, period_end=period_end)
    assert found == Fraction(275, denominator)


def test_the_last_of_february_on_termination() -> None:
    assert fraction("30E/360 ISDA", "2011-08-31", "2012-02-29", period_end="2012-02-29") == Fraction(179, 360)


@pytest.mark.parametrize(
    ("name", "convention"),
    [
        ("Act/Act ISDA", DayCount.ACT_ACT_ISDA),
        ("Actual/365 (Fixed)", DayCount.ACT_365F),
        ("Act/365.25", DayCount.ACT_365_25),
        ("Act/365 Actual", DayCount.ACT_365_ACT),
        ("30/360", DayCount.THIRTY_360_ISDA),
        ("30U/360 EOM", DayCount.THIRTY_U_360_EOM),
        ("30E+/360", DayCount.THIRTY_EPLUS_360),
        ("1/1", DayCount.ONE_ONE),
        ("Bus/252 BRBD", DayCount.BUS_252),
    ],
)
def test_conventions_have_many_names(name: str, convention: DayCount) -> None:
    assert daycount.named(name) is convention


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(UnknownConvention):
        fraction("ACT_999", "2026-01-01", "2026-01-02")
    with pytest.raises(InvalidInput):
        fraction("ACT_360", "2026-01-02", "2026-01-01")
    for frequency in ({}, {"frequency": "P5M"}, {"frequency": "sometimes"}):
        with pytest.raises(InvalidInput):
            fraction("ACT_ACT_ICMA", "2026-01-01", "2026-07-01", **frequency)


CONVENTIONS = st.sampled_from([rule for rule in DayCount if rule is not DayCount.ONE_ONE])


@given(CONVENTIONS, DAYS)
def test_no_time_is_no_fraction(convention: DayCount, day: date) -> None:
    """But for 30E+/360 from a 31st: its start counts as the 30th, its end as the first of the next month."""
    assume(convention is not DayCount.THIRTY_EPLUS_360 or day.day < 31)
    assert daycount.fraction(convention, day, day, frequency="P6M") == 0


@given(CONVENTIONS, DAYS, st.integers(min_value=0, max_value=4000))
def test_a_fraction_is_near_the_years_that_passed(convention: DayCount, start: date, days: int) -> None:
    end = date.fromordinal(start.toordinal() + days)
    found = daycount.fraction(convention, start, end, frequency="P3M")
    assert abs(found - Fraction(days, 365)) < Fraction(days, 20) / 365 + Fraction(1, 40)


@given(
    st.sampled_from([DayCount.ACT_ACT_ISDA, DayCount.ACT_360, DayCount.ACT_365F, DayCount.NL_365]),
    DAYS,
    DAYS,
    DAYS,
)
def test_fractions_of_neighbouring_periods_add_up(convention: DayCount, a: date, b: date, c: date) -> None:
    first, middle, last = sorted((a, b, c))
    parts = daycount.fraction(convention, first, middle) + daycount.fraction(convention, middle, last)
    assert parts == daycount.fraction(convention, first, last)
