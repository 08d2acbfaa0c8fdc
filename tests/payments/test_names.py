"""Confirmation of payee: pairs as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.payments import names
from bank.payments.rules import NameCheck

REGISTERED = "Amina Wanjiru Otieno"


@pytest.mark.parametrize(
    ("written", "registered", "expected"),
    [
        ("Amina Wanjiru Otieno", REGISTERED, "MATCH"),
        ("OTIENO, Amina Wanjiru", REGISTERED, "MATCH"),
        ("Mrs. Amina Otieno", REGISTERED, "MATCH"),
        ("Amína Wanjirú Otieno", REGISTERED, "MATCH"),
        ("Savanna Traders", "Savanna Traders Ltd", "MATCH"),
        ("Njoroge & Sons Limited", "Njoroge and Sons Ltd.", "MATCH"),
        ("Ngugi wa Thiong'o", "NGUGI WA THIONGO", "MATCH"),
        ("Amina Wanjiru Otiano", REGISTERED, "CLOSE_MATCH"),
        ("A Otieno", REGISTERED, "CLOSE_MATCH"),
        ("Otieno", REGISTERED, "CLOSE_MATCH"),
        ("Amina Wanjiru", REGISTERED, "CLOSE_MATCH"),
        ("Brian Kiprotich", REGISTERED, "NO_MATCH"),
        ("A W O", REGISTERED, "NO_MATCH"),
        ("", REGISTERED, "NO_MATCH"),
        ("…", REGISTERED, "NO_MATCH"),
        ("Ltd", "Savanna Traders Ltd", "NO_MATCH"),
    ],
)
def test_names(written: str, registered: str, expected: str) -> None:
    assert names.check(written, registered) == expected


@given(st.text(max_size=60))
def test_a_name_matches_itself_in_any_case(name: str) -> None:
    if names.normalised(name):
        assert names.check(name, name) == NameCheck.MATCH


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_names_get_an_answer_and_a_mask_hides_all_but_initials(one: str, other: str) -> None:
    assert names.check(one, other) in set(NameCheck)
    for word, mask in zip(one.split(), names.masked(one).split(), strict=True):
        assert set(mask[1:]) <= {"•"}
        assert mask[0] == word[0]
