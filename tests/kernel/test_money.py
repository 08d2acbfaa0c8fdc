import contextlib
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.kernel import currencies, money
from bank.kernel.errors import BankError, InvalidInput, UnknownConvention, UnknownCurrency
from bank.kernel.money import Money

CURRENCIES = st.sampled_from(["KES", "USD", "JPY", "KWD", "CLF"])
MINORS = st.integers(min_value=-(10**17), max_value=10**17)


def kes(amount: str | int) -> Money:
    return Money.of(amount, "KES")


class TestMachineForm:
    @pytest.mark.parametrize(
        ("amount", "currency", "minor"),
        [
            ("12.34", "KES", 1234),
            ("12.340", "KES", 1234),
            ("-0.05", "KES", -5),
            ("0", "KES", 0),
            (12, "JPY", 12),
            ("1.234", "KWD", 1234),
            (Decimal("1E+3"), "JPY", 1000),
            ("999999999999999999.999", "KWD", 999999999999999999999),
        ],
    )
    def test_it_reads(self, amount: str | int | Decimal, currency: str, minor: int) -> None:
        assert Money.of(amount, currency).minor == minor

    @pytest.mark.parametrize(
        ("amount", "code"),
        [
            *((text, "INVALID_AMOUNT") for text in ("", " ", "1e5", "NaN", "Infinity", "0x1", "1_000", "+1")),
            *(
                (text, "INVALID_AMOUNT")
                for text in (".5", "5.", " 1", "1 ", "01", "1,000", "١٢", "--1", "1\n")
            ),
            *((bad, "INVALID_AMOUNT") for bad in (1.5, True, None, Decimal("NaN"), Decimal("-Infinity"))),
            *((text, "TOO_MANY_DECIMALS") for text in ("0.001", "12.345", Decimal("1E-30"))),
            *((big, "AMOUNT_OUT_OF_RANGE") for big in ("1" + "0" * 18, 10**18, Decimal("1E+30"), "9" * 999)),
        ],
    )
    def test_it_refuses(self, amount: Any, code: str) -> None:
        with pytest.raises(BankError) as refused:
            Money.of(amount, "KES")
        assert refused.value.code == code

    @pytest.mark.parametrize("code", ["", "kes", "XXX", "XAU", "KESS", "ABC"])
    def test_it_refuses_a_currency_that_is_none(self, code: str) -> None:
        with pytest.raises(UnknownCurrency):
            Money.of("1", code)

    def test_zero_has_no_sign(self) -> None:
        assert str(kes("-0.00")) == str(-Money.zero("KES")) == "KES 0.00"


class TestArithmetic:
    def test_it_adds_compares_and_multiplies(self) -> None:
        assert kes("1.10") + kes("2.20") - kes("0.30") == kes(3)
        assert 3 * kes("0.10") == kes("0.30")
        assert kes(1) < kes(2) <= kes(2)
        assert sorted([kes(2), kes(1)])[0] == kes(1)
        assert abs(kes(-1)).is_positive
        assert len({kes("1.5"), kes("1.50")}) == 1

    @pytest.mark.parametrize("act", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
    def test_currencies_do_not_mix(self, act: str) -> None:
        with pytest.raises(money.CurrencyMismatch):
            getattr(kes(1), act)(Money.of(1, "USD"))

    def test_equal_numbers_of_two_currencies_differ(self) -> None:
        assert kes(1) != Money.of(1, "USD")

    @pytest.mark.parametrize("factor", [1.5, Decimal("1.5"), True, "2"])
    def test_only_whole_numbers_multiply(self, factor: Any) -> None:
        with pytest.raises(TypeError):
            kes(1) * factor

    @pytest.mark.parametrize("other", [1, Decimal(1), "1"])
    def test_a_bare_number_is_not_money(self, other: Any) -> None:
        with pytest.raises(TypeError):
            kes(1) + other

    def test_it_cannot_grow_past_what_can_be_stored(self) -> None:
        with pytest.raises(money.AmountOutOfRange):
            Money.of(10**17, "KES") * 10

    @given(MINORS, CURRENCIES)
    def test_minor_units_round_trip(self, minor: int, currency: str) -> None:
        assert Money.from_minor(minor, currency).minor == minor
        assert Money.of(str(Money.from_minor(minor, currency).amount), currency).minor == minor


class TestAsPeopleType:
    @pytest.mark.parametrize(
        ("text", "currency", "amount"),
        [
            ("1,250", "KES", "1250"),
            ("1 250.00", "KES", "1250"),
            ("1\u202f250", "KES", "1250"),
            ("KES 1,250.00", "KES", "1250"),
            ("kes1250", "KES", "1250"),
            ("1250 KES", "KES", "1250"),
            ("KSh 1,250/-", "KES", "1250"),
            ("Ksh. 1,250/=", "KES", "1250"),
            ("TSh 5,000", "TZS", "5000"),
            ("1,00,000.50", "INR", "100000.50"),
            ("$1,000,000.5", "USD", "1000000.5"),
            ("€20", "EUR", "20"),
            ("1.250", "KWD", "1.25"),
            ("¥1,000", "JPY", "1000"),
            ("007", "KES", "7"),
        ],
    )
    def test_it_reads(self, text: str, currency: str, amount: str) -> None:
        assert money.parse_amount(text, currency) == Money.of(amount, currency)

    @pytest.mark.parametrize(
        "text",
        [
            *("", "  ", "KES", "abc", "-5", "+5", "−5", "1,25", "1,2500", "12,34,567", "1,250,5", "1.250,00"),
            *("1 2 3", ".50", "KES .50", "5.", "1.5.0", "1e3", "USD 5", "٥", "５", "1/2", "5%", "1,250 000"),
        ],
    )
    def test_it_asks_again_rather_than_guess(self, text: str) -> None:
        with pytest.raises(money.InvalidAmount) as refused:
            money.parse_amount(text, "KES")
        assert refused.value.message.endswith(".")

    def test_it_does_not_drop_decimals(self) -> None:
        for text, currency in (("1.250", "KES"), ("10.0", "JPY")):
            with pytest.raises(money.TooManyDecimals):
                money.parse_amount(text, currency)

    @given(st.integers(min_value=0, max_value=10**17), CURRENCIES)
    def test_what_is_written_is_read_back(self, minor: int, currency: str) -> None:
        value = Money.from_minor(minor, currency)
        for written in (f"{value.amount:,}", str(value), f"{value.amount:,}".replace(",", " ")):
            assert money.parse_amount(written, currency) == value

    @given(st.text())
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        with contextlib.suppress(money.InvalidAmount):
            assert not money.parse_amount(text, "KES").is_negative


class TestRounding:
    #: numerator over two, quotient: every mode at the ties -3/2, -1/2, 1/2, 3/2.
    TIES = {
        "UP": (-2, -1, 1, 2),
        "DOWN": (-1, 0, 0, 1),
        "CEILING": (-1, 0, 1, 2),
        "FLOOR": (-2, -1, 0, 1),
        "HALF_UP": (-2, -1, 1, 2),
        "HALF_DOWN": (-1, 0, 0, 1),
        "HALF_EVEN": (-2, 0, 0, 2),
        "HALF_ODD": (-1, -1, 1, 1),
        "HALF_CEILING": (-1, 0, 1, 2),
        "HALF_FLOOR": (-2, -1, 0, 1),
        "05UP": (-1, -1, 1, 1),
    }

    @pytest.mark.parametrize("mode", TIES)
    def test_ties(self, mode: str) -> None:
        assert tuple(money.round_ratio(mode, n, 2) for n in (-3, -1, 1, 3)) == self.TIES[mode]

    @pytest.mark.parametrize(
        "mode", ["CEILING", "DOWN", "FLOOR", "HALF_DOWN", "HALF_EVEN", "HALF_UP", "UP", "05UP"]
    )
    @given(
        n=st.integers(min_value=-(10**12), max_value=10**12),
        d=st.sampled_from([1, 2, 4, 5, 8, 10, 100, 1000, -2, -10]),
    )
    def test_it_agrees_with_pythons_decimals(self, mode: str, n: int, d: int) -> None:
        expected = int((Decimal(n) / Decimal(d)).quantize(Decimal(1), rounding=f"ROUND_{mode}"))
        assert money.round_ratio(mode, n, d) == expected

    @given(st.sampled_from(sorted(TIES)), st.integers(), st.integers().filter(bool))
    def test_it_is_never_a_whole_unit_off(self, mode: str, n: int, d: int) -> None:
        assert abs(money.round_ratio(mode, n, d) - Fraction(n, d)) < 1

    @pytest.mark.parametrize(
        ("spelling", "mode"),
        [
            ("half-even", "HALF_EVEN"),
            ("ROUND_HALF_EVEN", "HALF_EVEN"),
            ("HalfEven", "HALF_EVEN"),
            ("ToEven", "HALF_EVEN"),
            ("ROUND_05UP", "05UP"),
            ("ceil", "CEILING"),
            ("ROUND_HALF_POSITIVE_INFINITY", "HALF_CEILING"),
            ("ROUND_UP", "UP"),
        ],
    )
    def test_modes_have_many_names(self, spelling: str, mode: str) -> None:
        assert money.mode_named(spelling) == mode

    def test_what_cannot_be_rounded_is_refused(self) -> None:
        with pytest.raises(UnknownConvention):
            money.round_ratio("SIDEWAYS", 1, 2)
        with pytest.raises(InvalidInput):
            money.round_ratio("UP", 1, 0)
        with pytest.raises(InvalidInput):
            money.round_ratio("UNNECESSARY", 1, 2)
        with pytest.raises(money.InvalidAmount):
            money.rounded(Decimal("NaN"), "KES")
        assert money.round_ratio("UNNECESSARY", 4, 2) == 2

    @pytest.mark.parametrize(
        ("value", "currency", "mode", "amount"),
        [
            (Decimal("2.345"), "KES", "HALF_EVEN", "2.34"),
            (Decimal("2.355"), "KES", "HALF_EVEN", "2.36"),
            (Decimal("2.345"), "KES", "HALF_UP", "2.35"),
            (Fraction(1, 3), "KWD", "HALF_EVEN", "0.333"),
            (Fraction(-1, 2), "JPY", "HALF_UP", "-1"),
        ],
    )
    def test_money_is_rounded_to_its_minor_unit(
        self, value: Decimal | Fraction, currency: str, mode: str, amount: str
    ) -> None:
        assert money.rounded(value, currency, mode) == Money.of(amount, currency)


class TestAllocation:
    @pytest.mark.parametrize(
        ("amount", "ratios", "shares"),
        [
            (100, [1, 1, 1], [34, 33, 33]),
            (101, [1, 1, 1], [34, 34, 33]),
            (5, [7, 3], [4, 1]),
            (5, [0, 7, 3], [0, 4, 1]),
            (101, [3, 7], [30, 71]),
            (1, ["0.33", "0.66"], [0, 1]),
            (0, [1, 2], [0, 0]),
            (-5, [7, 3], [-3, -2]),
        ],
    )
    def test_by_largest_remainder(self, amount: int, ratios: list[Any], shares: list[int]) -> None:
        assert money.allocate(amount, ratios) == shares

    @given(MINORS, st.lists(st.integers(min_value=0, max_value=10**6), min_size=1).filter(any))
    def test_shares_sum_up_and_stay_within_a_unit(self, amount: int, ratios: list[int]) -> None:
        shares = money.allocate(amount, ratios)
        assert sum(shares) == amount
        for share, ratio in zip(shares, ratios, strict=True):
            assert abs(share - Fraction(amount * ratio, sum(ratios))) < 1
            assert ratio or not share

    @pytest.mark.parametrize("ratios", [[], [0], [0, 0], [1, -1], ["x"], [Decimal("NaN")]])
    def test_ratios_that_share_nothing_out_are_refused(self, ratios: list[Any]) -> None:
        with pytest.raises(InvalidInput):
            money.allocate(100, ratios)

    def test_money_shares_itself_out(self) -> None:
        assert Money.of("100", "KES").allocate([1, 2]) == [kes("33.33"), kes("66.67")]


class TestCurrencies:
    @pytest.mark.parametrize(
        ("code", "exponent"),
        [("KES", 2), ("JPY", 0), ("UGX", 0), ("KWD", 3), ("RSD", 2), ("IQD", 3), ("CLF", 4)],
    )
    def test_minor_units(self, code: str, exponent: int) -> None:
        assert currencies.exponent(code) == exponent

    def test_names(self) -> None:
        assert currencies.name("KES") == "Kenyan Shilling"
        assert currencies.name("KES", "sw") == "Shilingi ya Kenya"
        for call in (currencies.name, currencies.exponent):
            with pytest.raises(UnknownCurrency):
                call("XAU")
