"""Plots: exact shapes, round scales, and the same numbers as a table."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bank.web import svg

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


def plot(*series: svg.Series, kind: svg.Kind = svg.Kind.BARS) -> svg.Plot:
    return svg.Plot(
        title="In & out",
        labels=["Jan", "Feb"][: len(series[0].values)],
        series=series,
        kind=kind,
        currency="KES",
    )


def numbers(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


def bars(drawing: str) -> list[dict[str, str]]:
    root = ElementTree.fromstring(drawing)
    return [dict(rect.attrib) for rect in root.iter("rect")]


def test_stacked_bars_stand_on_each_other() -> None:
    drawn = bars(
        plot(svg.Series("Principal", numbers("30", "40")), svg.Series("Interest", numbers("10", "0"))).svg
    )
    assert [(bar["y"], bar["height"]) for bar in drawn] == [
        ("250", "750"),
        ("0", "250"),
        ("0", "1000"),
        ("0", "0"),
    ]


def test_what_goes_out_hangs_below_zero() -> None:
    one = plot(svg.Series("In", numbers("100")), svg.Series("Out", numbers("-100")))
    assert (one.scale.low, one.scale.high) == (Decimal(-100), Decimal(100))
    assert [(bar["y"], bar["height"]) for bar in bars(one.svg)] == [("0", "500"), ("500", "500")]


def test_a_line_runs_from_edge_to_edge() -> None:
    drawing = plot(svg.Series("Balance", numbers("0", "10")), kind=svg.Kind.AREA).svg
    assert 'class="curve tone-1" d="M0 1000L1000 0"' in drawing
    assert 'class="area tone-1" d="M0 1000L0 1000L1000 0L1000 1000Z"' in drawing


def test_one_value_makes_a_level_line() -> None:
    assert 'd="M0 0L1000 0"' in plot(svg.Series("Balance", numbers("10")), kind=svg.Kind.AREA).svg


def test_the_table_tells_every_number_exactly() -> None:
    one = plot(svg.Series("In", numbers("1234.5", "0")), svg.Series("Out", numbers("-0.05", "7")))
    assert one.rows == [("Jan", ["1,234.50", "\u22120.05"]), ("Feb", ["0.00", "7.00"])]


def test_words_are_escaped_and_the_drawing_has_no_style() -> None:
    one = plot(svg.Series("<b>In</b>", numbers("1", "2")))
    assert "<b>" not in one.svg
    assert "&lt;b&gt;" in one.svg
    assert not re.search(r"style=|<text", one.svg)


def test_ticks_are_short_and_in_the_readers_language() -> None:
    with translation.override("en"):
        assert plot(svg.Series("In", numbers("2500", "-1500"))).ticks == [
            "3K",
            "2K",
            "1K",
            "0",
            "\u22121K",
            "\u22122K",
        ]


def test_long_axes_keep_the_first_and_the_last_label_and_two_between() -> None:
    labels = [str(n) for n in range(48)]
    one = svg.Plot(
        title="Loan", labels=labels, series=[svg.Series("Interest", [Decimal(n) for n in range(48)])]
    )
    assert one.x_labels == ["0", "16", "31", "47"]


@pytest.mark.parametrize(("labels", "values"), [([], []), (["Jan"], [1, 2])])
def test_a_plot_that_does_not_add_up_is_refused(labels: list[str], values: list[int]) -> None:
    with pytest.raises(ValueError, match="plot"):
        svg.Plot(title="Wrong", labels=labels, series=[svg.Series("In", [Decimal(n) for n in values])])


@given(st.lists(AMOUNTS, min_size=1, max_size=30))
def test_scales_hold_every_value_in_few_even_steps(values: list[Decimal]) -> None:
    scale = svg.scale_around(values)
    assert scale.low <= min(values)
    assert max(values) <= scale.high
    assert 2 <= len(scale.ticks()) <= 7
    assert scale.ticks()[-1] == scale.low
    assert all(0 <= scale.at(value) <= svg.SIZE for value in values)


def test_a_sparkline_says_what_it_shows() -> None:
    drawing = svg.sparkline(numbers("5", "5", "5"), "From 5 to 5")
    assert 'aria-label="From 5 to 5"' in drawing
    assert ElementTree.fromstring(drawing) is not None
