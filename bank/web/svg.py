"""Plots drawn on the server: bars, lines and sparklines in SVG, with the same numbers as a table.

The drawing holds shapes alone and stretches to the width it gets; every word (ticks, ends of
the axis, legend) is HTML beside it, so that text never shrinks with the plot. Colours come from
CSS classes, which lets a plot follow the theme, the portal, forced colours and paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from babel import numbers
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bank.kernel.money import Money
from bank.runtime import formats

SIZE = 1000
INTERVALS = 4
BAR_SHARE = Decimal("0.82")
X_LABELS = 6
FEW = 3
"""Into how many parts an axis with more labels than that is cut."""


class Kind(StrEnum):
    BARS = "BARS"
    LINE = "LINE"
    AREA = "AREA"


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity over the plot's labels, in the plot's unit."""

    label: str
    values: Sequence[Decimal]


@dataclass(frozen=True, slots=True)
class Band:
    """A range around a line, from its first label on as far as it is known: low and high by label."""

    low: str
    high: str
    values: Sequence[tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class Scale:
    """Round numbers around the values; ``step`` divides the span evenly."""

    low: Decimal
    high: Decimal
    step: Decimal

    def at(self, value: Decimal) -> Decimal:
        """The height of ``value`` counted from the top of the drawing."""
        return (self.high - value) / (self.high - self.low) * SIZE

    def ticks(self) -> list[Decimal]:
        """Top to bottom."""
        count = int((self.high - self.low) / self.step)
        return [self.high - self.step * i for i in range(count + 1)]


@dataclass(frozen=True, slots=True)
class Plot:
    """What the ``{% plot %}`` component draws. ``currency`` empty means plain numbers.

    Bars of several series are stacked: above zero what is positive, below it what is negative.
    """

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    kind: Kind = Kind.BARS
    currency: str = ""
    note: str = ""
    label_heading: str = ""
    band: Band | None = None

    def __post_init__(self) -> None:
        if not self.series or not self.labels:
            raise ValueError("A plot needs at least one series and one label.")
        if any(len(one.values) != len(self.labels) for one in self.series):
            raise ValueError("Every series of a plot needs one value per label.")

    @property
    def svg(self) -> SafeString:
        return format_html(
            '<svg class="plot__svg" viewBox="0 0 {0} {0}" preserveAspectRatio="none" role="img" '
            'aria-label="{1}">{2}{3}</svg>',
            SIZE,
            self.summary,
            _grid(self.scale),
            self._bars() if self.kind is Kind.BARS else self._curves(),
        )

    @property
    def summary(self) -> str:
        """The plot in one sentence, for those who do not see it."""
        return _("%(title)s: %(count)d values from %(first)s to %(last)s. The numbers are in the table.") % {
            "title": self.title,
            "count": len(self.labels),
            "first": self.labels[0],
            "last": self.labels[-1],
        }

    @property
    def scale(self) -> Scale:
        """Bars and areas stand on zero; lines, which compare, use the height for the difference."""
        if self.kind is Kind.BARS:
            return scale_around([Decimal(0), *_stacked(self.series)])
        edges = [edge for pair in self.band.values for edge in pair] if self.band else []
        return scale_around([*_flat(self.series), *edges, *([Decimal(0)] if self.kind is Kind.AREA else [])])

    @property
    def ticks(self) -> list[str]:
        """Written as shortly as tells them apart."""
        ticks = self.scale.ticks()
        written = ([_compact(tick, digits) for tick in ticks] for digits in (1, 2, 3))
        return next((one for one in written if len(set(one)) == len(one)), [self.written(t) for t in ticks])

    @property
    def x_labels(self) -> list[str]:
        """Few enough labels to stand side by side, evenly apart, always with the first and the last."""
        last = len(self.labels) - 1
        if last < X_LABELS:
            return list(self.labels)
        return [self.labels[round(last * place / FEW)] for place in range(FEW + 1)]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table: each label with the value of every series, written out in full."""
        columns = [one.values for one in self.series]
        pairs = zip(self.labels, zip(*columns, strict=True), strict=True)
        rows = [(label, [self.written(value) for value in values]) for label, values in pairs]
        return [(label, [*cells, *self._edges(place)]) for place, (label, cells) in enumerate(rows)]

    @property
    def heads(self) -> list[str]:
        """Above the columns of the table."""
        edges = [self.band.low, self.band.high] if self.band else []
        return [*(one.label for one in self.series), *edges]

    def _edges(self, place: int) -> list[str]:
        if self.band is None:
            return []
        if place >= len(self.band.values):
            return ["–", "–"]
        return [self.written(edge) for edge in self.band.values[place]]

    def written(self, value: Decimal) -> str:
        if self.currency:
            return formats.amount(Money(value, self.currency))
        return formats.number(value)

    def _bars(self) -> SafeString:
        pitch = Decimal(SIZE) / len(self.labels)
        scale = self.scale
        shapes = []
        for i, (label, values) in enumerate(zip(self.labels, self._columns(), strict=True)):
            left = pitch * i + pitch * (1 - BAR_SHARE) / 2
            for tone, (one, (start, end)) in enumerate(zip(self.series, _segments(values), strict=True), 1):
                title = f"{label}, {one.label}: {self.written(end - start)}"
                shapes.append(_bar(left, pitch * BAR_SHARE, scale.at(start), scale.at(end), tone, title))
        return SafeString("".join(shapes))

    def _columns(self) -> list[tuple[Decimal, ...]]:
        return list(zip(*(one.values for one in self.series), strict=True))

    def _curves(self) -> SafeString:
        scale, filled = self.scale, self.kind is Kind.AREA
        drawn = (
            _curve(_points(one.values, scale), scale.at(_base(scale)), tone, filled)
            for tone, one in enumerate(self.series, 1)
        )
        return SafeString(self._band() + "".join(drawn))

    def _band(self) -> SafeString:
        """The range as a surface under the lines."""
        if self.band is None or not self.band.values:
            return SafeString("")
        pitch, scale = Decimal(SIZE) / max(1, len(self.labels) - 1), self.scale
        lows = [(pitch * i, scale.at(low)) for i, (low, _high) in enumerate(self.band.values)]
        highs = [(pitch * i, scale.at(high)) for i, (_low, high) in enumerate(self.band.values)]
        path = "L".join(f"{_short(x)} {_short(y)}" for x, y in [*highs, *reversed(lows)])
        return format_html('<path class="area tone-1" d="M{}Z"/>', path)


def sparkline(values: Sequence[Decimal], description: str) -> SafeString:
    """A line without axes for a tile; ``description`` tells the same in words."""
    low, high = min(values), max(values)
    scale = Scale(low, high if high > low else low + 1, Decimal(1))
    return format_html(
        '<svg class="spark" viewBox="0 0 {0} {0}" preserveAspectRatio="none" role="img" '
        'aria-label="{1}">{2}</svg>',
        SIZE,
        description,
        _curve(_points(values, scale), Decimal(SIZE), 1, filled=True),
    )


def scale_around(values: Sequence[Decimal]) -> Scale:
    """A scale around all values in at most five even steps of 1, 2, 2.5 or 5 times a power of ten."""
    low, high = min(values), max(values)
    if low == high:
        low, high = min(low, Decimal(0)), max(high, Decimal(0)) or low + 1
    step = _round_step((high - low) / INTERVALS)
    return Scale(
        low=(low / step).to_integral_value(ROUND_FLOOR) * step,
        high=(high / step).to_integral_value(ROUND_CEILING) * step,
        step=step,
    )


def _round_step(rough: Decimal) -> Decimal:
    power = Decimal(1).scaleb(rough.adjusted())
    return next(
        multiple * power
        for multiple in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
        if multiple * power >= rough
    )


def _segments(values: Sequence[Decimal]) -> list[tuple[Decimal, Decimal]]:
    """Where each value of a stack starts and ends; the two signs grow away from zero."""
    up = down = Decimal(0)
    segments = []
    for value in values:
        if value < 0:
            segments.append((down, down + value))
            down += value
        else:
            segments.append((up, up + value))
            up += value
    return segments


def _stacked(series: Sequence[Series]) -> list[Decimal]:
    columns = zip(*(one.values for one in series), strict=True)
    return [end for column in columns for _start, end in _segments(column)]


def _flat(series: Sequence[Series]) -> list[Decimal]:
    return [value for one in series for value in one.values]


def _base(scale: Scale) -> Decimal:
    return min(max(Decimal(0), scale.low), scale.high)


def _points(values: Sequence[Decimal], scale: Scale) -> list[tuple[Decimal, Decimal]]:
    """One point per value across the whole width; a lone value becomes a level line."""
    if len(values) == 1:
        values = [values[0], values[0]]
    pitch = Decimal(SIZE) / (len(values) - 1)
    return [(pitch * i, scale.at(value)) for i, value in enumerate(values)]


def _curve(points: Sequence[tuple[Decimal, Decimal]], base: Decimal, tone: int, filled: bool) -> SafeString:
    path = "L".join(f"{_short(x)} {_short(y)}" for x, y in points)
    area = format_html(
        '<path class="area tone-{}" d="M0 {}L{}L{} {}Z"/>', tone, _short(base), path, SIZE, _short(base)
    )
    line = format_html('<path class="curve tone-{}" d="M{}"/>', tone, path)
    return area + line if filled else line


def _bar(left: Decimal, width: Decimal, start: Decimal, end: Decimal, tone: int, title: str) -> SafeString:
    return format_html(
        '<rect class="bar tone-{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        tone,
        _short(left),
        _short(min(start, end)),
        _short(width),
        _short(abs(end - start)),
        title,
    )


def _grid(scale: Scale) -> SafeString:
    lines = ((SIZE, _short(scale.at(tick)), "zero" if tick == 0 else "grid") for tick in scale.ticks())
    return format_html_join("", '<path class="{2}" d="M0 {1}H{0}"/>', lines)


def _short(value: Decimal) -> str:
    """One decimal of a thousandth of the plot is finer than any screen."""
    return f"{value:.1f}".removesuffix(".0")


def _compact(value: Decimal, digits: int) -> str:
    sign, locale = formats.MINUS if value < 0 else "", formats.locale()
    return sign + str(numbers.format_compact_decimal(abs(value), locale=locale, fraction_digits=digits))
