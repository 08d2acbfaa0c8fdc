"""Account numbers: thirteen digits of which the last checks the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.accounts import rules
from bank.accounts.errors import InvalidAccountNumber

NUMBERS = st.builds(
    rules.account_number, st.integers(0, 999).map(lambda branch: f"{branch:03d}"), st.integers(0, 10**9 - 1)
)


def test_the_scheme() -> None:
    assert rules.account_number("001", 1) == "0010000000011"
    assert rules.spaced("0010000000011") == "0010 0000 00011"


@given(number=NUMBERS)
def test_a_number_reads_back_however_it_is_spaced(number: str) -> None:
    assert len(number) == 13
    assert rules.read_number(rules.spaced(number)) == number
    assert rules.read_number(f" {number[:4]}-{number[4:]} ") == number


@given(number=NUMBERS, place=st.integers(0, 12), step=st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, step: int) -> None:
    wrong = str((int(number[place]) + step) % 10)
    with pytest.raises(InvalidAccountNumber):
        rules.read_number(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "1", "12345678901234", "001000001000x", "٠٠١٠٠٠٠٠١٠٠٠٩", "0010000000012", "001 000"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidAccountNumber):
        rules.read_number(text)


def test_freezes_and_dormancy_together() -> None:
    def both(*scopes: str, dormant: bool = False) -> tuple[str, str]:
        status, booked_as = rules.standing(frozenset(scopes), is_dormant=dormant)
        return status.value, booked_as.value

    assert both() == ("ACTIVE", "ACTIVE")
    assert both("DEBIT") == ("FROZEN_DEBIT", "FROZEN_DEBIT")
    assert both("CREDIT") == ("FROZEN_CREDIT", "FROZEN_CREDIT")
    assert both("DEBIT", "ALL") == both("DEBIT", "CREDIT") == ("FROZEN", "FROZEN")
    assert both(dormant=True) == ("DORMANT", "FROZEN_DEBIT")
    assert both("CREDIT", dormant=True) == ("FROZEN", "FROZEN")
