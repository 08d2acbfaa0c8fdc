"""Holds: money set aside, taken in parts, let go, and each of it once."""

from datetime import timedelta

import pytest

from bank import ledger
from bank.kernel import clock
from bank.kernel.money import Money
from tests.ledger.book import available, booked, kes, opened, paid, refused

SETTLEMENT = "2100.KES"


@pytest.fixture(autouse=True)
def accounts() -> None:
    opened("A", "B", funds=100)


def hold(amount: int = 60, key: str = "h", **details: object) -> int:
    return ledger.place_hold(key=key, account="A", amount=kes(amount), **details).hold_id  # type: ignore[arg-type]


def clearing(amount: int | str, key: str) -> ledger.Entry:
    return paid("A", SETTLEMENT, kes(amount), key=key, code="CLEARING")


def test_a_hold_lowers_what_is_available_and_not_what_is_booked() -> None:
    hold(60)
    found = ledger.balance("A")
    assert (found.booked, found.held, found.available) == (kes(100), kes(60), kes(40))
    with refused("INSUFFICIENT_FUNDS"):
        ledger.post(paid("A", "B", kes(41), key="t"))
    with refused("INSUFFICIENT_FUNDS"):
        hold(41, key="h2")


def test_the_same_key_places_one_hold() -> None:
    first = ledger.place_hold(key="h", account="A", amount=kes(60))
    again = ledger.place_hold(key="h", account="A", amount=kes(60))
    assert (again.hold_id, again.replayed) == (first.hold_id, True)
    with refused("IDEMPOTENCY_CONFLICT"):
        ledger.place_hold(key="h", account="A", amount=kes(61))
    with refused("IDEMPOTENCY_CONFLICT"):
        ledger.post(paid("A", "B", kes(1), key="h"))


def test_captures_in_parts_take_from_the_hold_and_not_from_what_is_available() -> None:
    held = hold(60)
    ledger.capture_hold(hold_id=held, entry=clearing(25, "c1"))
    assert (booked("A"), available("A"), ledger.balance("A").held) == ("75.00", "40.00", kes(35))
    ledger.capture_hold(hold_id=held, entry=clearing(35, "c2"))
    assert (booked("A"), available("A"), ledger.balance("A").held) == ("40.00", "40.00", kes(0))
    with refused("HOLD_NOT_OPEN"):
        ledger.capture_hold(hold_id=held, entry=clearing(1, "c3"))
    with refused("HOLD_NOT_OPEN"):
        ledger.release_hold(hold_id=held)


def test_a_final_capture_lets_go_of_the_rest() -> None:
    held = hold(60)
    ledger.capture_hold(hold_id=held, entry=clearing(25, "c1"), final=True)
    assert (booked("A"), available("A")) == ("75.00", "75.00")
    with refused("HOLD_NOT_OPEN"):
        ledger.capture_hold(hold_id=held, entry=clearing(1, "c2"))


def test_a_capture_again_answers_with_the_first_entry() -> None:
    held = hold(60)
    first = ledger.capture_hold(hold_id=held, entry=clearing(60, "c"))
    again = ledger.capture_hold(hold_id=held, entry=clearing(60, "c"))
    assert (again.entry_id, again.replayed) == (first.entry_id, True)
    with refused("IDEMPOTENCY_CONFLICT"):
        ledger.capture_hold(hold_id=held, entry=clearing(60, "c"), final=True)


def test_a_hold_covers_its_capture_to_the_last_cent() -> None:
    held = hold(100)
    ledger.capture_hold(hold_id=held, entry=clearing(100, "c"))
    assert booked("A") == "0.00"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (clearing("60.01", "c"), "HOLD_EXCEEDED"),
        (paid("B", SETTLEMENT, kes(1), key="c"), "HOLD_NOT_DEBITED"),
        (paid("B", "A", kes(1), key="c"), "HOLD_NOT_DEBITED"),
        (paid("A", "NOBODY", kes(1), key="c"), "UNKNOWN_ACCOUNT"),
    ],
)
def test_captures_that_do_not_fit_their_hold(entry: ledger.Entry, code: str) -> None:
    held = hold(60)
    with refused(code):
        ledger.capture_hold(hold_id=held, entry=entry)
    with refused(code if code == "UNKNOWN_ACCOUNT" else "UNKNOWN_HOLD"):
        ledger.capture_hold(hold_id=10**12, entry=entry)


def test_a_refused_capture_leaves_its_hold_as_it_was() -> None:
    held = hold(60)
    ledger.set_status("B", ledger.Status.FROZEN)
    with refused("ACCOUNT_FROZEN"):
        ledger.capture_hold(hold_id=held, entry=paid("A", "B", kes(10), key="c"))
    assert ledger.release_hold(hold_id=held)


def test_releasing_happens_once_and_may_be_repeated() -> None:
    held = hold(60)
    assert ledger.release_hold(hold_id=held) is True
    assert ledger.release_hold(hold_id=held) is False
    assert available("A") == "100.00"
    with refused("HOLD_NOT_OPEN"):
        ledger.capture_hold(hold_id=held, entry=clearing(1, "c"))
    with refused("UNKNOWN_HOLD"):
        ledger.release_hold(hold_id=10**12)


def test_holds_expire_once_their_time_is_over() -> None:
    now = clock.now()
    over = hold(20, key="h1", expires_at=now - timedelta(seconds=1))
    lasting = hold(30, key="h2", expires_at=now + timedelta(hours=1))
    hold(10, key="h3")
    with refused("HOLD_NOT_OPEN"):
        ledger.capture_hold(hold_id=over, entry=clearing(1, "c"))
    assert (ledger.expire_holds(), ledger.expire_holds()) == (1, 0)
    assert ledger.balance("A").held == kes(40)
    assert ledger.release_hold(hold_id=lasting)
    with refused("HOLD_NOT_OPEN"):
        ledger.release_hold(hold_id=over)


@pytest.mark.parametrize(
    ("account", "amount", "code"),
    [
        ("NOBODY", kes(1), "UNKNOWN_ACCOUNT"),
        ("A\0", kes(1), "UNKNOWN_ACCOUNT"),
        ("2001.KES", kes(1), "CONTROL_ACCOUNT"),
        ("1001.KES", kes(1), "ACCOUNT_NOT_GUARDED"),
        ("A", Money.of(1, "USD"), "CURRENCY_MISMATCH"),
        ("A", kes(0), "INVALID_ENTRY"),
        ("A", kes(-1), "INVALID_ENTRY"),
        ("A", kes(10**16), "AMOUNT_OUT_OF_RANGE"),
    ],
)
def test_holds_that_cannot_be_placed(account: str, amount: Money, code: str) -> None:
    with refused(code):
        ledger.place_hold(key="bad", account=account, amount=amount)


@pytest.mark.parametrize("status", [ledger.Status.FROZEN, ledger.Status.FROZEN_DEBIT])
def test_a_freeze_refuses_new_holds(status: ledger.Status) -> None:
    ledger.set_status("A", status)
    with refused("ACCOUNT_FROZEN"):
        hold(1)


def test_an_account_with_a_hold_cannot_be_closed() -> None:
    ledger.post(paid("A", "B", kes(100), key="t"))
    ledger.set_limit("A", kes(10))
    hold(5)
    with refused("ACCOUNT_NOT_EMPTY"):
        ledger.set_status("A", ledger.Status.CLOSED)
