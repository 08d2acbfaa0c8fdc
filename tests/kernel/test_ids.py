from uuid import RFC_4122

import time_machine
from hypothesis import given
from hypothesis import strategies as st

from bank.kernel import ids


def test_uuids_are_version_7_unique_and_in_order_of_time() -> None:
    with time_machine.travel("2026-10-30T12:00:00.000100Z", tick=False):
        first = ids.uuid7()
    with time_machine.travel("2026-10-30T12:00:00.000900Z", tick=False):
        later = [ids.uuid7() for _ in range(1000)]
    assert {made.version for made in later} == {7}
    assert {made.variant for made in later} == {RFC_4122}
    assert len(set(later)) == 1000
    assert all(first < made for made in later)
    assert first.int >> 80 == 1793361600000


def test_references_are_short_and_hard_to_misread() -> None:
    references = {ids.reference("PAY") for _ in range(1000)}
    assert len(references) == 1000
    assert all(len(reference) == 18 for reference in references)
    assert not set("".join(reference[4:] for reference in references)) & set("ILOU")


@given(st.text(ids.ALPHABET, min_size=12, max_size=12))
def test_a_reference_is_recognised_however_it_is_typed(symbols: str) -> None:
    given_out = f"PAY-{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"
    assert ids.read_reference(given_out) == given_out
    assert ids.read_reference(given_out.lower().replace("-", " ")) == given_out
    assert ids.read_reference("PAY-" + given_out[4:].replace("0", "O").replace("1", "l")) == given_out


def test_what_is_no_reference_stays_what_it_is() -> None:
    assert ids.read_reference("  x1 ") == "X1"
