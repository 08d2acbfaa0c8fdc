"""Periods that are refused, and text no spreadsheet takes for a formula (security row 50)."""

from datetime import date

import pytest

from bank.statements import errors, formats, rules

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("from_date", "to_date", "refusal"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), errors.PeriodReversed),
        (date(2026, 11, 1), date(2026, 11, 22), errors.PeriodInFuture),
        (date(2025, 1, 1), date(2025, 4, 30), errors.PeriodBeforeOpening),
        (date(2010, 1, 1), date(2026, 1, 1), errors.PeriodTooLong),
    ],
)
def test_periods_refused(from_date: date, to_date: date, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.check_period(from_date, to_date, TODAY, date(2025, 5, 1))


@pytest.mark.parametrize("from_date", [TODAY, date(2026, 1, 1)])
def test_periods_up_to_today_are_taken(from_date: date) -> None:
    rules.check_period(from_date, TODAY, TODAY, date(2026, 3, 1))


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\u00a0=1",
        "＝1",
        "\n@x",
        "\x00=1",
        "\u200b=1",
    ],
)
def test_row_50_formulas_become_text(text: str) -> None:
    safe = rules.spreadsheet_text(text)
    assert safe.startswith("'")
    assert safe.isprintable()


@pytest.mark.parametrize("text", ["Rent", "Naivas - Westlands", "a=b", "Łukasz", "", "王小明", "O'Neill"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert rules.spreadsheet_text(text) == text


@pytest.mark.parametrize("text", ["pdf", "DOCX", "", "PDF ", "../CSV"])
def test_formats_refused(text: str) -> None:
    with pytest.raises(errors.UnknownFormat):
        formats.named(text)
