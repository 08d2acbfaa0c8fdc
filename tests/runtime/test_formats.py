"""Figures and days in the language of the reader."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from bank.kernel.money import Money
from bank.runtime import formats

DAY = date(2026, 11, 19)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"), timezone.override("Africa/Nairobi"):
        yield


@pytest.mark.parametrize(
    ("amount", "currency", "plain", "signed"),
    [
        ("1250", "KES", "KES\u00a01,250.00", "+KES\u00a01,250.00"),
        ("-1250.5", "KES", "\u2212KES\u00a01,250.50", "\u2212KES\u00a01,250.50"),
        ("0", "KES", "KES\u00a00.00", "KES\u00a00.00"),
        ("125000", "JPY", "JPY\u00a0125,000", "+JPY\u00a0125,000"),
        ("12.345", "BHD", "BHD\u00a012.345", "+BHD\u00a012.345"),
        ("-999999999999999999.99", "USD", "\u2212USD\u00a0999,999,999,999,999,999.99", None),
    ],
)
def test_money_has_its_code_its_decimals_and_a_true_minus(
    amount: str, currency: str, plain: str, signed: str | None
) -> None:
    value = Money.of(amount, currency)
    assert formats.money(value) == plain
    assert formats.money(value, signed=True) == (signed or plain)


def test_money_follows_the_language() -> None:
    value = Money.of("-1250.50", "KES")
    with translation.override("sw"):
        assert formats.money(value) == "\u2212KES\u00a01,250.50"
    with translation.override("fr"):
        assert formats.money(value) == "\u22121\u202f250,50\u00a0KES"
        assert not formats.money_parts(value).currency_leads


def test_an_unknown_language_falls_back_to_english() -> None:
    with translation.override("tlh"):
        assert formats.money(Money.of("1250", "KES")) == "KES\u00a01,250.00"


def test_money_parts_put_the_decimal_mark_with_the_minor_units() -> None:
    parts = formats.money_parts(Money.of("-6161.39", "KES"))
    assert (parts.sign, parts.currency, parts.major, parts.minor) == ("\u2212", "KES", "6,161", ".39")
    assert formats.money_parts(Money.of("7", "JPY")).minor == ""


@given(st.integers(min_value=1 - 10**18, max_value=10**18 - 1), st.sampled_from(["KES", "JPY", "BHD"]))
def test_no_digit_is_lost_on_the_way_to_the_reader(minor: int, currency: str) -> None:
    text = formats.amount(Money.from_minor(minor, currency))
    digits = int("".join(c for c in text if c.isdigit()))
    assert digits == abs(minor)
    assert text.startswith(formats.MINUS) == (minor < 0)


def test_plain_numbers_and_rates() -> None:
    assert formats.number(12345) == "12,345"
    assert formats.number(Decimal("-12345.678")) == "\u221212,345.678"
    assert formats.percent(Decimal("0.055")) == "5.50%"
    assert formats.percent(Decimal("-0.12"), 0) == "\u221212%"


def test_days() -> None:
    assert formats.day(DAY) == "19 Nov 2026"
    assert formats.short_day(DAY) == "19 Nov"
    assert formats.long_day(DAY) == "Thursday, 19 November 2026"
    assert formats.month(DAY) == "November 2026"
    assert formats.short_month(DAY) == "Nov 2026"
    with translation.override("sw"):
        assert formats.long_day(DAY) == "Alhamisi, 19 Novemba 2026"


def test_an_instant_is_told_in_local_time() -> None:
    late = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    assert formats.moment(late) == "20 Nov 2026, 01:30"
    assert formats.day(late) == "20 Nov 2026"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1100012345678", "1100 0123 45678"),
        ("1100 0123-45678".replace("-", " "), "1100 0123 45678"),
        ("CZ6508000000192000145399", "CZ65 0800 0000 1920 0014 5399"),
        ("7", "7"),
        ("", ""),
    ],
)
def test_account_numbers_are_grouped(typed: str, shown: str) -> None:
    assert formats.account_number(typed) == shown.replace(" ", "\u00a0")
