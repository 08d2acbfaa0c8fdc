"""Day counts: what fraction of a year lies between two dates, exactly.

Paragraphs are those of the 2006 ISDA Definitions, section 4.16, and of the ICMA rule book. All
results are fractions of whole numbers; the caller rounds once, at the end.
"""

import calendar as gregorian
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import count, pairwise
from typing import Final

from bank.kernel import calendars
from bank.kernel.errors import InvalidInput, UnknownConvention


class DayCount(StrEnum):
    ONE_ONE = "ONE_ONE"
    ACT_ACT_ISDA = "ACT_ACT_ISDA"
    ACT_ACT_ICMA = "ACT_ACT_ICMA"
    ACT_ACT_AFB = "ACT_ACT_AFB"
    ACT_ACT_YEAR = "ACT_ACT_YEAR"
    ACT_365_ACT = "ACT_365_ACT"
    ACT_365L = "ACT_365L"
    ACT_360 = "ACT_360"
    ACT_364 = "ACT_364"
    ACT_365F = "ACT_365F"
    ACT_365_25 = "ACT_365_25"
    NL_360 = "NL_360"
    NL_365 = "NL_365"
    THIRTY_360_ISDA = "THIRTY_360_ISDA"
    THIRTY_360_PSA = "THIRTY_360_PSA"
    THIRTY_U_360 = "THIRTY_U_360"
    THIRTY_U_360_EOM = "THIRTY_U_360_EOM"
    THIRTY_E_360_ISDA = "THIRTY_E_360_ISDA"
    THIRTY_E_360 = "THIRTY_E_360"
    THIRTY_E_365 = "THIRTY_E_365"
    THIRTY_EPLUS_360 = "THIRTY_EPLUS_360"
    BUS_252 = "BUS_252"


@dataclass(frozen=True, slots=True)
class _Span:
    start: date
    end: date
    frequency: str | int | None
    period_end: date | None

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def coupon_end(self) -> date:
        return self.period_end or self.end


def fraction(
    convention: str,
    start: date,
    end: date,
    *,
    frequency: str | int | None = None,
    period_end: date | None = None,
) -> Fraction:
    """The exact fraction of a year from ``start`` to ``end`` by ``convention``.

    ``frequency`` (``"P6M"``, ``"SEMI_ANNUAL"``, or coupons a year) is needed by ACT_ACT_ICMA and
    used by ACT_365L. ``period_end`` is the end of the coupon period for these two, and the
    termination date for THIRTY_E_360_ISDA. Raises UnknownConvention, and InvalidInput for dates
    in the wrong order or a frequency that is missing or unknown.
    """
    if end < start:
        raise InvalidInput(problem="The end date must not lie before the start date.")
    rule = _RULES[named(convention)]
    return Fraction(rule(_Span(start, end, frequency, period_end)))


def days(convention: str, start: date, end: date) -> int:
    """The numerator of the convention: actual days, or days of twelve thirty-day months."""
    if end < start:
        raise InvalidInput(problem="The end date must not lie before the start date.")
    span = _Span(start, end, None, None)
    rule = named(convention)
    if rule in _THIRTY_DAYS:
        return _THIRTY_DAYS[rule](span)
    if rule is DayCount.BUS_252:
        return _business_days(span)
    if rule is DayCount.ONE_ONE:
        return 1
    return span.days - (_leap_days(start, end) if rule in (DayCount.NL_360, DayCount.NL_365) else 0)


# --- actual days ----------------------------------------------------------------------------------


def _is_leap(year: int) -> bool:
    return gregorian.isleap(year)


def _leap_days(start: date, end: date) -> int:
    """29ths of February after ``start``, up to and including ``end``."""
    leap_years = filter(_is_leap, range(start.year, end.year + 1))
    return sum(start < date(year, 2, 29) <= end for year in leap_years)


def add_months(day: date, months: int, *, month_end: bool = False) -> date:
    """The same day ``months`` later, or the last of that month where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = gregorian.monthrange(year, month)[1]
    return date(year, month, last if month_end else min(day.day, last))


def _act_act_isda(span: _Span) -> Fraction:
    """§4.16(b): days in a leap year over 366, plus days in other years over 365."""
    total = Fraction(0)
    for year in range(span.start.year, span.end.year + 1):
        first, next_first = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1
        in_year = min(span.end.toordinal(), next_first) - max(span.start.toordinal(), first)
        total += Fraction(in_year, next_first - first)
    return total


def _act_act_icma(span: _Span) -> Fraction:
    """§4.16(c), ICMA rules 251.1(iii) and 251.3: days over coupons a year times days of the regular
    period they fall in; irregular periods are cut into regular ones.

    Regular periods are counted from the end of the coupon period backwards, as a schedule with
    its irregular period in front is made. An end on a month's last day which is not the start's
    kind of day cannot tell the roll day, so there they are counted forwards from the start.
    """
    if not span.days:
        return Fraction(0)
    months = _months(span.frequency)
    forwards = span.period_end is None and _is_month_end(span.end) and span.end.day < 31
    anchor = span.start if forwards else span.coupon_end
    step = months if forwards else -months
    boundaries = [anchor]
    for periods in count(1):
        boundaries.append(add_months(anchor, periods * step, month_end=_is_month_end(anchor)))
        if boundaries[-1] >= span.end if forwards else boundaries[-1] <= span.start:
            break
    boundaries.sort()
    pairs = pairwise(boundaries)
    return sum((_share(span, first, last) for first, last in pairs), Fraction(0)) * months / 12


def _share(span: _Span, first: date, last: date) -> Fraction:
    """How much of the regular period from ``first`` to ``last`` the span covers."""
    covered = (min(span.end, last) - max(span.start, first)).days
    return Fraction(max(covered, 0), (last - first).days)


def _act_act_afb(span: _Span) -> Fraction:
    """Actual/Actual (AFB): whole years counted back from the end, and what remains over 366 if a
    29 February is in it, else 365.
    """
    whole, end = 0, span.end
    while (earlier := add_months(span.end, -12 * (whole + 1))) >= span.start:
        whole, end = whole + 1, earlier
    holds_leap_day = any(
        _is_leap(year) and span.start <= date(year, 2, 29) < end
        for year in range(span.start.year, end.year + 1)
    )
    return whole + Fraction((end - span.start).days, 366 if holds_leap_day else 365)


def _act_act_year(span: _Span) -> Fraction:
    """Whole years counted from the start, and what remains over the length of the year it is in."""
    whole = 0
    while add_months(span.start, 12 * (whole + 1)) < span.end:
        whole += 1
    first, last = add_months(span.start, 12 * whole), add_months(span.start, 12 * (whole + 1))
    return whole + Fraction((span.end - first).days, (last - first).days)


def _act_365_actual(span: _Span) -> Fraction:
    """Actual/365 Actual: over 366 when a 29 February lies in the period, after its first day."""
    return Fraction(span.days, 366 if _leap_days(span.start, span.end) else 365)


def _act_365l(span: _Span) -> Fraction:
    """§4.16(i), ICMA rule 251.1(i) part 2: for annual coupons over 366 when the coupon period has a
    29 February, for others when it ends in a leap year; else over 365.
    """
    if not span.days:
        return Fraction(0)
    if span.frequency is None or _months(span.frequency) == 12:
        leap = _leap_days(span.start, span.coupon_end) > 0
    else:
        leap = _is_leap(span.coupon_end.year)
    return Fraction(span.days, 366 if leap else 365)


def _over(denominator: Fraction | int) -> Callable[[_Span], Fraction]:
    return lambda span: Fraction(span.days) / denominator


def _no_leap_over(denominator: int) -> Callable[[_Span], Fraction]:
    return lambda span: Fraction(span.days - _leap_days(span.start, span.end), denominator)


def _business_days(span: _Span, calendar: str = "BRBD") -> int:
    return calendars.table(calendar).business_days_between(span.start, span.end)


# --- months of thirty days ------------------------------------------------------------------------


def _thirty(span: _Span, start_day: int, end_day: int, end_month: int | None = None) -> int:
    months = 12 * (span.end.year - span.start.year) + (end_month or span.end.month) - span.start.month
    return 30 * months + end_day - start_day


def _is_month_end(day: date) -> bool:
    return day.day == gregorian.monthrange(day.year, day.month)[1]


def _is_february_end(day: date) -> bool:
    return day.month == 2 and _is_month_end(day)


def _bond_basis(span: _Span, start_day: int, end_day: int) -> int:
    start_day = min(start_day, 30)
    return _thirty(span, start_day, 30 if end_day == 31 and start_day == 30 else end_day)


def _thirty_360_isda(span: _Span) -> int:
    """§4.16(f), Bond Basis: a 31st is a 30th, at the end only when the start is a 30th or 31st."""
    return _bond_basis(span, span.start.day, span.end.day)


def _thirty_u_360(span: _Span) -> int:
    """30/360 US (SIA): Bond Basis, with the last of February as a 30th when both or the start are."""
    start_day, end_day = span.start.day, span.end.day
    if _is_february_end(span.start):
        start_day, end_day = 30, 30 if _is_february_end(span.end) else end_day
    return _bond_basis(span, start_day, end_day)


def _thirty_360_psa(span: _Span) -> int:
    """30/360 PSA (BMA): Bond Basis, with a start on the last of any month as a 30th; from the end of
    a February to the same day no time passes."""
    return max(0, _bond_basis(span, 30 if _is_month_end(span.start) else span.start.day, span.end.day))


def _thirty_e_360(span: _Span) -> int:
    """§4.16(g), Eurobond Basis: every 31st is a 30th."""
    return _thirty(span, min(span.start.day, 30), min(span.end.day, 30))


def _thirty_e_360_isda(span: _Span) -> int:
    """§4.16(h): every last of the month is a 30th, but not that of February on termination."""
    start_day = 30 if _is_february_end(span.start) else min(span.start.day, 30)
    terminates = span.period_end == span.end
    end_day = 30 if _is_february_end(span.end) and not terminates else min(span.end.day, 30)
    return _thirty(span, start_day, end_day)


def _thirty_e_plus_360(span: _Span) -> int:
    """30E+/360: a 31st at the start is a 30th, at the end the first of the next month."""
    if span.end.day == 31:
        return _thirty(span, min(span.start.day, 30), 1, span.end.month + 1)
    return _thirty(span, min(span.start.day, 30), span.end.day)


def _thirty_e_365(span: _Span) -> int:
    """30E/365: every last of the month is a 30th."""
    days_of = (30 if _is_month_end(day) else day.day for day in (span.start, span.end))
    return _thirty(span, *days_of)


_THIRTY_DAYS: Final[dict[DayCount, Callable[[_Span], int]]] = {
    DayCount.THIRTY_360_ISDA: _thirty_360_isda,
    DayCount.THIRTY_360_PSA: _thirty_360_psa,
    DayCount.THIRTY_U_360: _thirty_u_360,
    DayCount.THIRTY_U_360_EOM: _thirty_u_360,
    DayCount.THIRTY_E_360_ISDA: _thirty_e_360_isda,
    DayCount.THIRTY_E_360: _thirty_e_360,
    DayCount.THIRTY_E_365: _thirty_e_365,
    DayCount.THIRTY_EPLUS_360: _thirty_e_plus_360,
}


def _thirty_over(convention: DayCount) -> Callable[[_Span], Fraction]:
    year = 365 if convention is DayCount.THIRTY_E_365 else 360
    return lambda span: Fraction(_THIRTY_DAYS[convention](span), year)


_RULES: Final[dict[DayCount, Callable[[_Span], Fraction]]] = {
    DayCount.ONE_ONE: lambda _: Fraction(1),  # §4.16(a)
    DayCount.ACT_ACT_ISDA: _act_act_isda,
    DayCount.ACT_ACT_ICMA: _act_act_icma,
    DayCount.ACT_ACT_AFB: _act_act_afb,
    DayCount.ACT_ACT_YEAR: _act_act_year,
    DayCount.ACT_365_ACT: _act_365_actual,
    DayCount.ACT_365L: _act_365l,
    DayCount.ACT_365F: _over(365),  # §4.16(d)
    DayCount.ACT_360: _over(360),  # §4.16(e)
    DayCount.ACT_364: _over(364),
    DayCount.ACT_365_25: _over(Fraction(1461, 4)),
    DayCount.NL_360: _no_leap_over(360),
    DayCount.NL_365: _no_leap_over(365),
    DayCount.BUS_252: lambda span: Fraction(_business_days(span), 252),
    **{convention: _thirty_over(convention) for convention in _THIRTY_DAYS},
}


# --- names ----------------------------------------------------------------------------------------

_ALIASES: Final[dict[str, DayCount]] = {
    **{re.sub("[^A-Z0-9]", "", convention): convention for convention in DayCount},
    **dict.fromkeys(("11",), DayCount.ONE_ONE),
    **dict.fromkeys(("ACTACT", "ACTACTHISTORICAL", "ACT365ISDA"), DayCount.ACT_ACT_ISDA),
    **dict.fromkeys(("ACTACTISMA", "ACTACTBOND"), DayCount.ACT_ACT_ICMA),
    **dict.fromkeys(("ACTACTEURO",), DayCount.ACT_ACT_AFB),
    **dict.fromkeys(("ACT365", "ACT365FIXED", "A365", "A365F"), DayCount.ACT_365F),
    **dict.fromkeys(("ACT365LEAP", "ISMAYEAR"), DayCount.ACT_365L),
    **dict.fromkeys(("A360", "FRENCH"), DayCount.ACT_360),
    **dict.fromkeys(("NL365NOLEAP", "ACT365NL", "ACT365NOLEAP", "NL"), DayCount.NL_365),
    **dict.fromkeys(("THIRTY360", "THIRTYTHIRTY", "BONDBASIS", "360360"), DayCount.THIRTY_360_ISDA),
    **dict.fromkeys(("THIRTY360US", "THIRTY360USA", "THIRTYUS360"), DayCount.THIRTY_U_360),
    **dict.fromkeys(("THIRTY360BMA",), DayCount.THIRTY_360_PSA),
    **dict.fromkeys(("EUROBONDBASIS", "THIRTY360EUROPEAN", "THIRTYS360"), DayCount.THIRTY_E_360),
    **dict.fromkeys(("THIRTY360GERMAN", "THIRTYE360GERMAN"), DayCount.THIRTY_E_360_ISDA),
    **dict.fromkeys(("BUS252BRBD", "BUSINESS252"), DayCount.BUS_252),
}


def named(name: str) -> DayCount:
    """The convention of this name: ``ACT_365F``, ``Act/365F``, ``Actual/365 (Fixed)``, ``30E/360``.

    Raises UnknownConvention.
    """
    squeezed = re.sub("[^A-Z0-9]", "", name.upper().replace("+", "PLUS").replace("ACTUAL", "ACT"))
    convention = _ALIASES.get(squeezed) or _ALIASES.get(re.sub("^30", "THIRTY", squeezed))
    if convention is None:
        raise UnknownConvention(kind="day count", name=name)
    return convention


_MONTHS_NAMED: Final = {
    **dict.fromkeys(("ANNUAL", "ANNUALLY", "YEARLY", "P1Y", "1Y"), 12),
    **dict.fromkeys(("SEMIANNUAL", "SEMIANNUALLY", "HALFYEARLY"), 6),
    **dict.fromkeys(("EVERYFOURTHMONTH",), 4),
    **dict.fromkeys(("QUARTERLY",), 3),
    **dict.fromkeys(("BIMONTHLY",), 2),
    **dict.fromkeys(("MONTHLY",), 1),
}


def _months(frequency: str | int | None) -> int:
    """Months between coupons. A bare number is coupons a year."""
    text = re.sub("[^A-Z0-9]", "", str(frequency).upper())
    if text in _MONTHS_NAMED:
        return _MONTHS_NAMED[text]
    if (months := re.fullmatch(r"P?([1-9][0-9]?)M", text)) and 12 % (found := int(months[1])) == 0:
        return found
    if text in ("1", "2", "3", "4", "6", "12"):
        return 12 // int(text)
    raise InvalidInput(problem="Give the coupon frequency, such as P12M, P6M or P3M.")
