"""The kernel's answers to the conformance command: thin, so that what is judged is what is used.

``OPS`` maps an operation to a function from its input to its result; a refusal is a BankError.
"""

from collections.abc import Callable
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, Final

from bank.kernel import bic, calendars, checkdigits, daycount, iban, money, returns
from bank.kernel.errors import BankError, InvalidInput

Input = dict[str, Any]
Result = dict[str, Any]

#: Digits of a day-count fraction; comparisons elsewhere are to ten decimals.
_TWENTY_DIGITS: Final = Context(prec=20)

#: How the conventions are spelled by FpML, QuantLib and Strata, beside our own codes.
_CONVENTION_SPELLINGS: Final = {
    "FOLLOWING": ("following", "Following", "F"),
    "MODIFIED_FOLLOWING": (
        *("modified_following", "ModifiedFollowing", "modifiedFollowing", "Modified Following"),
        *("MODFOLLOWING", "MODIFIEDFOLLOWING", "MF"),
    ),
    "PRECEDING": ("preceding", "Preceding", "P"),
    "MODIFIED_PRECEDING": (
        *("modified_preceding", "ModifiedPreceding", "modifiedPreceding", "Modified Preceding"),
        *("MODPRECEDING", "MODIFIEDPRECEDING", "MP"),
    ),
    "NEAREST": ("nearest", "Nearest"),
    "UNADJUSTED": ("unadjusted", "Unadjusted", "NONE"),
}


def _verdict(check: Callable[[str], str]) -> Callable[[str], Result]:
    """A refusal as a verdict with its reason: whether something is valid is an answer, not a fault."""

    def judge(text: str) -> Result:
        try:
            return {"valid": True, "value": check(text)}
        except BankError as refusal:
            return {"valid": False, "code": refusal.code, "reason": refusal.message}

    return judge


def _iban_validate(given: Input) -> Result:
    return _verdict(iban.validate)(given["iban"])


def _iban_build(given: Input) -> Result:
    return {"iban": iban.build(*given["parts"])}


def _bic_validate(given: Input) -> Result:
    return _verdict(bic.validate)(given["bic"])


def _card_luhn(given: Input) -> Result:
    return {"valid": checkdigits.luhn_valid(given["number"])}


def _aba_validate(given: Input) -> Result:
    return {"valid": checkdigits.aba_valid(given["routing"])}


def _ifsc_validate(given: Input) -> Result:
    return {"valid": checkdigits.ifsc_valid(given["ifsc"])}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise InvalidInput(problem=f"{text!r} is not a date such as 2026-10-30.") from error


def _daycount_fraction(given: Input) -> Result:
    exact = daycount.fraction(
        given["convention"],
        _day(given["start"]),
        _day(given["end"]),
        frequency=given.get("frequency"),
        period_end=_day(given["period_end"]) if given.get("period_end") else None,
    )
    return {
        "fraction": str(_TWENTY_DIGITS.divide(Decimal(exact.numerator), Decimal(exact.denominator))),
        "exact": str(exact),
    }


def _calendar_holidays(given: Input) -> Result:
    holidays = calendars.table(given["calendar"]).holidays(int(given["year"]))
    return {
        "weekday_holidays": [day.isoformat() for day in holidays],
        "names": list(holidays.values()),
    }


def _calendar_add(given: Input) -> Result:
    calendar, day = calendars.table(given["calendar"]), _day(given["date"])
    adjusted = {code: calendar.adjust(day, code).isoformat() for code in _CONVENTION_SPELLINGS}
    spelled = {name: adjusted[code] for code, names in _CONVENTION_SPELLINGS.items() for name in names}
    return {
        "result": calendar.add_business_days(day, int(given["add_business_days"])).isoformat(),
        "is_business_day": calendar.is_business_day(day),
        "adjust": adjusted | spelled,
    }


def _money_round(given: Input) -> Result:
    numerator, denominator = int(given["numerator"]), int(given["denominator"])
    return {"quotient": money.round_ratio(given["mode"], numerator, denominator)}


def _money_allocate(given: Input) -> Result:
    """Shares in the unit of the amount's last decimal: minor units when it has none."""
    amount = Decimal(str(given["amount"]))
    places = max(0, -int(amount.as_tuple().exponent))
    shares = money.allocate(int(amount.scaleb(places)), [Fraction(str(ratio)) for ratio in given["ratios"]])
    if not places:
        return {"shares": shares}
    return {"shares": [str(Decimal(share).scaleb(-places)) for share in shares]}


def _finance_xirr(given: Input) -> Result:
    flows = [(_day(day), Decimal(str(amount))) for day, amount in given["flows"]]
    found = returns.xirr(flows, days_per_year=Decimal(str(given.get("days_per_year") or 365)))
    return {"rate": None if found is None else f"{found:.15f}"}


def _apr_us(given: Input) -> Result:
    rate = returns.apr_us(
        advance=Decimal(str(given["A"])),
        payment=Decimal(str(given["P"])),
        number=int(given["n"]),
        periods=int(given.get("t", 1)),
        fraction=_ratio(given.get("f", "0")),
        per_year=Decimal(str(given["w"])),
    )
    return {"apr_pct": f"{rate:.6f}"}


def _ratio(text: Any) -> Decimal:
    exact = Fraction(str(text))
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _apr_eu(given: Input) -> Result:
    flows = [(Decimal(str(years)), Decimal(str(amount))) for amount, years in given["flows_years"]]
    rate = returns.rate_of(flows)
    if rate is None:
        raise InvalidInput(problem="No yearly rate makes these flows equal.")
    return {"apr_pct": f"{rate * 100:.6f}"}


OPS: Final[dict[str, Callable[[Input], Result]]] = {
    "iban.validate": _iban_validate,
    "iban.build": _iban_build,
    "bic.validate": _bic_validate,
    "card.luhn": _card_luhn,
    "aba.validate": _aba_validate,
    "ifsc.validate": _ifsc_validate,
    "daycount.fraction": _daycount_fraction,
    "calendar.holidays": _calendar_holidays,
    "calendar.add": _calendar_add,
    "money.round": _money_round,
    "money.allocate": _money_allocate,
    "finance.xirr": _finance_xirr,
    "apr.us": _apr_us,
    "apr.eu": _apr_eu,
}
