"""Money: an exact decimal amount in one currency, never a float.

``Money.of`` reads the strict form machines use, :func:`parse_amount` what people type.
Amounts are always whole multiples of the currency's minor unit; what is not is rounded
first, visibly, with :func:`rounded`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final, Self

from bank.kernel import currencies
from bank.kernel.errors import (
    AmountOutOfRange,
    CurrencyMismatch,
    InvalidAmount,
    InvalidInput,
    TooManyDecimals,
)
from bank.kernel.rounding import Rounding, mode_named, round_ratio

__all__ = [
    "MAX_INTEGER_DIGITS",
    "AmountOutOfRange",
    "CurrencyMismatch",
    "InvalidAmount",
    "Money",
    "Rounding",
    "TooManyDecimals",
    "allocate",
    "mode_named",
    "parse_amount",
    "round_ratio",
    "rounded",
]

#: What every table of the bank can hold: NUMERIC(21, 3).
MAX_INTEGER_DIGITS: Final = 18

#: No currency has more than four decimals (ISO 4217); wide enough that nothing is ever lost in it.
_EXACT: Final = Context(prec=60)
_QUANTA: Final = tuple(Decimal((0, (1,), -places)) for places in range(5))
_ZEROS: Final = tuple(Decimal((0, (0,), -places)) for places in range(5))

#: So many minor units are within MAX_INTEGER_DIGITS in every currency.
_ALWAYS_HELD: Final = 10**MAX_INTEGER_DIGITS

_MACHINE_FORM: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)

Ratio = int | Decimal | Fraction | str


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency. Equal amounts of one currency are equal and hash alike.

    Arithmetic and comparison are defined within one currency (else CurrencyMismatch), and
    multiplication by whole numbers only: anything else needs a rounding, see :func:`rounded`.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        places = currencies.exponent(self.currency)
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise InvalidAmount(problem="The amount must be a finite decimal number.")
        if self.amount.adjusted() >= MAX_INTEGER_DIGITS and self.amount:
            raise AmountOutOfRange(digits=MAX_INTEGER_DIGITS)
        exact = self.amount.quantize(_QUANTA[places], context=_EXACT) if self.amount else _ZEROS[places]
        if exact != self.amount:
            raise TooManyDecimals(amount=f"{self.amount:f}", currency=self.currency, exponent=places)
        object.__setattr__(self, "amount", exact)

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Self:
        """Money from the machine form: ``"12.34"``, ``12``, ``Decimal("12.34")``.

        Refuses floats, NaN, infinity, exponents, signs other than ``-``, blanks and grouping
        (InvalidAmount), more decimals than the currency has (TooManyDecimals), more than 18
        digits before the point (AmountOutOfRange).
        """
        currencies.exponent(currency)
        return cls(_machine_decimal(amount), currency)

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Self:
        """Money from a count of minor units: ``from_minor(1234, "KES")`` is KES 12.34."""
        places = currencies.exponent(currency)
        amount = Decimal(minor).scaleb(-places)
        if type(minor) is int and -_ALWAYS_HELD < minor < _ALWAYS_HELD:
            return cls._trusted(amount, currency)
        return cls(amount, currency)

    @classmethod
    def _trusted(cls, amount: Decimal, currency: str) -> Self:
        """Money of an amount known to be whole minor units and in range: the ledger makes millions."""
        made = object.__new__(cls)
        object.__setattr__(made, "amount", amount)
        object.__setattr__(made, "currency", currency)
        return made

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(Decimal(0), currency)

    @property
    def minor(self) -> int:
        """The amount as a count of the currency's minor units."""
        return int(self.amount.scaleb(currencies.exponent(self.currency)))

    @property
    def is_zero(self) -> bool:
        return not self.amount

    @property
    def is_positive(self) -> bool:
        return self.amount > 0

    @property
    def is_negative(self) -> bool:
        return self.amount < 0

    def allocate(self, ratios: Sequence[Ratio]) -> list[Self]:
        """Share this money out by ``ratios`` so that the parts sum to it exactly; see :func:`allocate`."""
        return [type(self).from_minor(share, self.currency) for share in allocate(self.minor, ratios)]

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
        return other.amount

    def __add__(self, other: "Money") -> Self:
        if not isinstance(other, Money):
            return NotImplemented
        return type(self)(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> Self:
        if not isinstance(other, Money):
            return NotImplemented
        return type(self)(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Self:
        return self._trusted(-self.amount if self.amount else self.amount, self.currency)

    def __abs__(self) -> Self:
        return -self if self.is_negative else self

    def __mul__(self, factor: int) -> Self:
        if isinstance(factor, bool) or not isinstance(factor, int):
            return NotImplemented
        return type(self).from_minor(self.minor * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:f}"


def _machine_decimal(amount: object) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise InvalidAmount(problem="Give the amount as text such as 12.34, not as a binary number.")
    if isinstance(amount, str) and not _MACHINE_FORM.fullmatch(amount):
        raise InvalidAmount(problem="Write the amount in digits with a point before the decimals: 1250.50.")
    if isinstance(amount, str | int) and len(str(amount)) > 2 * MAX_INTEGER_DIGITS:
        raise AmountOutOfRange(digits=MAX_INTEGER_DIGITS)
    return Decimal(amount)


def rounded(value: Decimal | Fraction, currency: str, mode: str = Rounding.HALF_EVEN) -> Money:
    """The money nearest to an exact ``value`` by ``mode``: the one place where fractions of a minor
    unit are given up. Raises InvalidAmount for NaN and infinity, UnknownConvention for the mode.
    """
    if isinstance(value, Decimal) and not value.is_finite():
        raise InvalidAmount(problem="The amount must be a finite decimal number.")
    scaled = Fraction(value) * 10 ** currencies.exponent(currency)
    return Money.from_minor(round_ratio(mode, scaled.numerator, scaled.denominator), currency)


def allocate(amount: int, ratios: Sequence[Ratio]) -> list[int]:
    """Share out ``amount`` minor units by ``ratios``: whole shares that sum to it exactly.

    Largest-remainder (Hamilton) method: every share is rounded down, then the units left over
    go one each to the largest fractions, the earlier share first among equals. No share is ever
    a whole unit away from its exact value, and a ratio of zero gets nothing. Raises InvalidInput
    without ratios, for a negative one, or when all are zero.
    """
    weights = [_ratio(ratio) for ratio in ratios]
    total = sum(weights)
    if not weights or min(weights) < 0 or total == 0:
        raise InvalidInput(problem="Give at least one ratio above zero, and none below.")
    exact = [amount * weight / total for weight in weights]
    shares = [share.numerator // share.denominator for share in exact]
    left_over = amount - sum(shares)
    by_fraction = sorted(range(len(exact)), key=lambda i: shares[i] - exact[i])
    for index in by_fraction[:left_over]:
        shares[index] += 1
    return shares


def _ratio(ratio: Ratio) -> Fraction:
    try:
        return Fraction(ratio)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError) as error:
        raise InvalidInput(problem=f"{ratio!r} is not a ratio.") from error


# --- amounts as people type them ----------------------------------------------------------------

_SHILLING_MARKS: Final = {"KES": ("KSHS", "KSH", "SHS", "SH"), "TZS": ("TSHS", "TSH"), "UGX": ("USHS", "USH")}
_SIGNS: Final = {"USD": ("US$", "$"), "EUR": ("€",), "GBP": ("£",), "INR": ("₹", "RS"), "JPY": ("¥", "JP¥")}
_INDIAN_GROUPING: Final = frozenset({"INR", "PKR", "BDT", "NPR", "LKR"})
_BLANKS: Final = re.compile(r"[\s\u00a0\u2009\u202f]+")
_WESTERN: Final = re.compile(r"[0-9]{1,3}(?:([, '’])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+", re.ASCII)
_INDIAN: Final = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}", re.ASCII)


def parse_amount(text: str, currency: str) -> Money:
    """Money from what a person typed: ``1,250``, ``1 250.00``, ``KES 1,250.00``, ``KSh 1,250/-``.

    English and Swahili both group thousands with commas or blanks and put a point before the
    decimals, so a lone comma before one or two digits is refused rather than guessed. No sign
    is accepted. Raises InvalidAmount (or its TooManyDecimals, AmountOutOfRange) with a sentence
    that says how to write it.
    """
    places = currencies.exponent(currency)
    number = _without_marks(text, currency)
    if not number:
        raise InvalidAmount(problem="Enter an amount, such as 1,250.00.")
    if number[0] in "-+−":
        raise InvalidAmount(problem="Enter the amount without a plus or minus sign.")
    whole, point, decimals = number.partition(".")
    if not _is_grouped(whole, currency) or (point and not re.fullmatch(r"[0-9]+", decimals, re.ASCII)):
        example = "1,250" if places == 0 else f"1,250.{'50'.ljust(places, '0')}"
        raise InvalidAmount(
            problem=f"Write the amount in digits, with a point before the decimals: {example}."
        )
    if len(decimals) > places:
        raise TooManyDecimals(amount=number, currency=currency, exponent=places)
    digits = re.sub(r"[^0-9]", "", whole).lstrip("0") or "0"
    return Money.of(f"{digits}.{decimals}" if decimals else digits, currency)


def _without_marks(text: str, currency: str) -> str:
    """The number alone: no currency code or sign, no ``/=`` or ``/-`` after whole shillings."""
    number = _BLANKS.sub(" ", text).strip()
    number = re.sub(r"/[=-]$", "", number).rstrip()
    for mark in (currency, *_SHILLING_MARKS.get(currency, ()), *_SIGNS.get(currency, ())):
        if number.upper().startswith(mark):
            return number[len(mark) :].removeprefix(". ").lstrip()
        if number.upper().endswith(mark):
            return number[: -len(mark)].rstrip()
    return number


def _is_grouped(whole: str, currency: str) -> bool:
    indian = currency in _INDIAN_GROUPING and _INDIAN.fullmatch(whole)
    return bool(indian or _WESTERN.fullmatch(whole))
