import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.kernel import bic, checkdigits, iban
from bank.kernel.errors import InvalidBic, InvalidIban


class TestIban:
    @pytest.mark.parametrize(
        ("text", "compact"),
        [
            ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
            ("gb29nwbk60161331926819", "GB29NWBK60161331926819"),
            ("BE68\u00a05390\u00a00754\u00a07034", "BE68539007547034"),
            # of a bank code no list holds, and of a country not yet registered
            ("BE68 5390 0754 7034", "BE68539007547034"),
            ("SN08 SN01 0015 2000 0485 0000 3035", "SN08SN0100152000048500003035"),
        ],
    )
    def test_it_is_read_and_written_for_people(self, text: str, compact: str) -> None:
        assert iban.validate(text) == compact
        assert iban.validate(iban.format(text)) == compact
        assert max(map(len, iban.format(text).split())) == 4

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("", "two letters"),
            ("DE", "two letters"),
            ("DE89-3704-0044-0532-0130-00", "letters and digits only"),
            ("DE89 3704 0044 0532 0130", "as long as"),
            ("XX89 3704 0044 0532 0130 00", "no country"),
            ("KE89 3704 0044 0532 0130 00", "no country"),
            ("DE99 3704 0044 0532 0130 00", "check digits"),
            ("DEAA 3704 0044 0532 0130 00", "two letters and two digits"),
            ("DE8937040044053201300O", "form this country"),
            ("DE03 0000 0000 0000 0000 00", "check digits"),
            ("ＤＥ89370400440532013000", "letters and digits only"),
            ("DE89370400440532013\u0660\u0660\u0660", "letters and digits only"),
            ("\u00dfE89 3704 0044 0532 0130 00", "letters and digits only"),
        ],
    )
    def test_it_says_what_is_wrong(self, text: str, problem: str) -> None:
        with pytest.raises(InvalidIban, match=problem):
            iban.validate(text)

    @pytest.mark.parametrize(
        ("parts", "built"),
        [
            (("DE", "37040044", "532013000"), "DE89370400440532013000"),
            (("GB", "NWBK", "31926819", "601613"), "GB29NWBK60161331926819"),
            (("FR", "20041", "0500013M026", "01005"), "FR1420041010050500013M02606"),
            (("IT", "05428", "000000123456", "11101"), "IT60X0542811101000000123456"),
            (("de", "37040044", "0532013000"), "DE89370400440532013000"),
        ],
    )
    def test_it_is_built_from_parts(self, parts: tuple[str, ...], built: str) -> None:
        assert iban.build(*parts) == built

    @pytest.mark.parametrize(
        "parts", [("DE", "37040044", "53201300012345"), ("KE", "01", "1234567890"), ("DE", "3704004X", "1")]
    )
    def test_parts_that_do_not_fit_are_refused(self, parts: tuple[str, ...]) -> None:
        with pytest.raises(InvalidIban):
            iban.build(*parts)

    @given(st.integers(min_value=0, max_value=21), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    def test_one_mistyped_character_is_noticed(self, place: int, character: str) -> None:
        good = "DE89370400440532013000"
        if (mistyped := good[:place] + character + good[place + 1 :]) != good:
            with pytest.raises(InvalidIban):
                iban.validate(mistyped)

    @given(st.text(max_size=40))
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        with contextlib.suppress(InvalidIban):
            assert iban.validate(text).isascii()


class TestBic:
    @pytest.mark.parametrize("text", ["UMOJKENA", "GENODEM1GLS", "DEUT DE FF 500", "1234DEWWXXX", "NCBVXKPR"])
    def test_it_is_read(self, text: str) -> None:
        assert bic.validate(text.lower()) == text.replace(" ", "")

    @pytest.mark.parametrize(
        "text",
        ["", "GENODEM", "GENODEM1G", "GENODEM1GLSX", "GENODXM1GLS", "GENO1EM1GLS", "GEN-DEM1", "ＵMOJKENA"],
    )
    def test_it_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidBic):
            bic.validate(text)


class TestCheckDigits:
    @pytest.mark.parametrize(
        "number",
        ["4111111111111111", "378282246310005", "30569309025904", "4222222222222", "6304000000000000000"],
    )
    def test_card_numbers(self, number: str) -> None:
        assert checkdigits.luhn_valid(number)
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        assert not checkdigits.luhn_valid(wrong)

    @pytest.mark.parametrize(
        "number",
        [
            "",
            "0",
            "18",
            "79927398713",
            "0" * 16,
            "4111 1111 1111 1111",
            "4111111111111111\n",
            "４111111111111111",
            "x" * 16,
            "00004111111111111111",
        ],
    )
    def test_what_is_no_card_number(self, number: str) -> None:
        assert not checkdigits.luhn_valid(number)

    @given(st.from_regex(r"[0-9]{11,18}", fullmatch=True))
    def test_the_digit_fits_and_no_other_does(self, payload: str) -> None:
        fitting = checkdigits.luhn_digit(payload)
        others = set("0123456789") - {fitting}
        assert checkdigits.luhn_valid(payload + fitting) is bool((payload + fitting).strip("0"))
        assert not any(checkdigits.luhn_valid(payload + digit) for digit in others)

    @pytest.mark.parametrize("routing", ["011000015", "021000021", "121000248", "231381116", "322271627"])
    def test_routing_numbers(self, routing: str) -> None:
        assert checkdigits.aba_valid(routing)

    @pytest.mark.parametrize(
        "routing",
        ["", "011000016", "000000000", "01100001", "0110000150", "01100001X", "987654320", "０11000015"],
    )
    def test_what_is_no_routing_number(self, routing: str) -> None:
        assert not checkdigits.aba_valid(routing)

    def test_a_sum_may_fit_where_no_bank_has_the_prefix(self) -> None:
        assert checkdigits.aba_check_digit_valid("987654320")

    @pytest.mark.parametrize("ifsc", ["HDFC0002854", "IDIB000A001", "BARB0AARANI"])
    def test_indian_branch_codes(self, ifsc: str) -> None:
        assert checkdigits.ifsc_valid(ifsc)

    @pytest.mark.parametrize(
        "ifsc",
        [
            "",
            "HDFC1002854",
            "HDF00002854",
            "hdfc0002854",
            "HDFC000285",
            "HDFC00028545",
            "HDFC000285 ",
            "HDFC0٠02854",
        ],
    )
    def test_what_is_no_indian_branch_code(self, ifsc: str) -> None:
        assert not checkdigits.ifsc_valid(ifsc)
