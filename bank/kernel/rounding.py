"""Exact division of whole numbers, and the rule that decides which neighbour to take.

Everything that rounds money in the bank comes down to :func:`round_ratio`, on integers, so
no step of it depends on a decimal context or on binary fractions.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple

from bank.kernel.errors import InvalidInput, UnknownConvention


class Rounding(StrEnum):
    """Rounding modes. The halves differ only in what they do with an exact tie."""

    UP = "UP"  #: away from zero
    DOWN = "DOWN"  #: towards zero
    CEILING = "CEILING"
    FLOOR = "FLOOR"
    HALF_UP = "HALF_UP"  #: ties away from zero
    HALF_DOWN = "HALF_DOWN"  #: ties towards zero
    HALF_EVEN = "HALF_EVEN"  #: ties to the even neighbour: the bank's default (IEEE 754 §4.3.1)
    HALF_ODD = "HALF_ODD"
    HALF_CEILING = "HALF_CEILING"
    HALF_FLOOR = "HALF_FLOOR"
    ZERO_FIVE_UP = "05UP"  #: away from zero if the last kept digit would be 0 or 5, else towards it
    UNNECESSARY = "UNNECESSARY"  #: refuses what is not exact


#: Other names in use (IEEE 754, .NET, JavaScript, PHP), all letters and digits only.
_ALIASES: Final[dict[str, Rounding]] = {
    **{mode.value.replace("_", ""): mode for mode in Rounding},
    **dict.fromkeys(("AWAYFROMZERO", "EXPAND", "ROUNDUP"), Rounding.UP),
    **dict.fromkeys(("TOWARDZERO", "TOWARDSZERO", "TOZERO", "TRUNC", "TRUNCATE"), Rounding.DOWN),
    **dict.fromkeys(("CEIL", "POSITIVEINFINITY", "TOPOSITIVEINFINITY"), Rounding.CEILING),
    **dict.fromkeys(("NEGATIVEINFINITY", "TONEGATIVEINFINITY"), Rounding.FLOOR),
    **dict.fromkeys(("HALFAWAYFROMZERO", "HALFEXPAND"), Rounding.HALF_UP),
    **dict.fromkeys(("HALFTOWARDZERO", "HALFTOWARDSZERO", "HALFTRUNC"), Rounding.HALF_DOWN),
    **dict.fromkeys(("EVEN", "TOEVEN", "TIESTOEVEN", "BANKER", "BANKERS"), Rounding.HALF_EVEN),
    **dict.fromkeys(("HALFPOSITIVEINFINITY", "HALFCEIL"), Rounding.HALF_CEILING),
    **dict.fromkeys(("HALFNEGATIVEINFINITY",), Rounding.HALF_FLOOR),
    **dict.fromkeys(("EXACT", "NONE"), Rounding.UNNECESSARY),
}


class _Between(NamedTuple):
    """An inexact value between two whole neighbours."""

    floor: int
    half: int  #: the fraction against one half: -1 below, 0 a tie, +1 above
    positive: bool


_Choice = Callable[[_Between], bool]


def _nearest(tie: _Choice) -> _Choice:
    """The nearer neighbour; ``tie`` decides between two that are equally near."""
    return lambda value: value.half > 0 or (value.half == 0 and tie(value))


def _is_positive(value: _Between) -> bool:
    return value.positive


def _is_negative(value: _Between) -> bool:
    return not value.positive


def _zero_five_up(value: _Between) -> bool:
    towards_zero = value.floor if value.positive else value.floor + 1
    return (abs(towards_zero) % 5 == 0) is value.positive


#: Whether the value is rounded to its upper neighbour.
_TAKES_UPPER: Final[dict[Rounding, _Choice]] = {
    Rounding.UP: _is_positive,
    Rounding.DOWN: _is_negative,
    Rounding.CEILING: lambda _: True,
    Rounding.FLOOR: lambda _: False,
    Rounding.HALF_UP: _nearest(_is_positive),
    Rounding.HALF_DOWN: _nearest(_is_negative),
    Rounding.HALF_EVEN: _nearest(lambda value: value.floor % 2 == 1),
    Rounding.HALF_ODD: _nearest(lambda value: value.floor % 2 == 0),
    Rounding.HALF_CEILING: _nearest(lambda _: True),
    Rounding.HALF_FLOOR: _nearest(lambda _: False),
    Rounding.ZERO_FIVE_UP: _zero_five_up,
}


def mode_named(name: str) -> Rounding:
    """The mode of this name, in any of the usual spellings. Raises UnknownConvention."""
    squeezed = re.sub(r"[^A-Z0-9]", "", name.upper())
    mode = _ALIASES.get(squeezed) or _ALIASES.get(squeezed.removeprefix("ROUND"))
    if mode is None:
        raise UnknownConvention(kind="rounding mode", name=name)
    return mode


def round_ratio(mode: str, numerator: int, denominator: int) -> int:
    """``numerator / denominator`` as a whole number, rounded by ``mode``.

    Raises InvalidInput for a zero denominator, and for an inexact result under UNNECESSARY;
    UnknownConvention for a mode that does not exist.
    """
    rule = mode_named(mode)
    if denominator == 0:
        raise InvalidInput(problem="The denominator must not be zero.")
    floor, remainder = divmod(numerator, denominator)
    if remainder == 0:
        return floor
    if rule is Rounding.UNNECESSARY:
        raise InvalidInput(problem=f"{numerator}/{denominator} is not a whole number.")
    excess = 2 * abs(remainder) - abs(denominator)
    value = _Between(floor, (excess > 0) - (excess < 0), (numerator > 0) == (denominator > 0))
    return floor + _TAKES_UPPER[rule](value)
