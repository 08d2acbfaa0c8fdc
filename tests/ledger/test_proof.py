"""The verifier: silent on a good book, and exact about the first fault of a bad one.

Faults are planted by a superuser with every trigger asleep, as somebody with the disk in hand could.
"""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from bank import ledger
from bank.ledger import proof
from bank.ledger.models import Proof
from tests.ledger.book import FEES, kes, opened, paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def proven_book() -> None:
    """These books are spoilt on purpose; nobody proves them afterwards."""


@pytest.fixture(autouse=True)
def book(db: None) -> None:
    opened("A", "B", funds=1000)
    ledger.post([paid("A", "B", kes(10), key=f"t{i}", narrative="rent") for i in range(5)])
    ledger.post(paid("A", FEES, kes(5), key="fee"))
    entry = ledger.entry_by_key("t3")
    assert entry is not None
    ledger.reverse(entry_id=entry.id, key="undo")
    hold = ledger.place_hold(key="h", account="A", amount=kes(50)).hold_id
    ledger.capture_hold(hold_id=hold, entry=paid("A", "2100.KES", kes(20), key="c"))
    ledger.seal()
    ledger.post(paid("A", "B", kes(1), key="unsealed"))
    assert proof.prove() is None


def entry_id(key: str) -> int:
    found = ledger.entry_by_key(key)
    assert found is not None
    return found.id


def plant(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params or None)
        cursor.execute("RESET session_replication_role")


def fault() -> str:
    finding = proof.prove()
    assert finding is not None
    return f"{finding.check}: {finding.fault}"


OF = "(SELECT id FROM ledger_account WHERE code = '{}')"
FAULTS = {
    "an amount": (
        "UPDATE ledger_posting SET amount = amount + 1 WHERE entry_id = %s AND leg = 1",
        "entries balance: entry {}: does not sum to zero in KES",
    ),
    "a posting gone": (
        "DELETE FROM ledger_posting WHERE entry_id = %s AND leg = 2",
        "entries balance: entry {}: has 1 of its 2 postings",
    ),
    "an entry without postings": (
        "DELETE FROM ledger_posting WHERE entry_id = %s",
        "entries balance: entry {}: has no postings",
    ),
    "an entry gone": (
        "DELETE FROM ledger_entry WHERE id = %s",
        "entries balance: entry {}: has postings and is not in the journal",
    ),
    "a posting to a control account": (
        f"UPDATE ledger_posting SET account_id = {OF.format('2001.KES')} WHERE entry_id = %s AND leg = 1",
        "entries balance: entry {}: posts to an account that does not exist or is a control account",
    ),
    "a running balance": (
        "UPDATE ledger_posting SET balance_after = balance_after + 1 WHERE entry_id = %s AND leg = 1",
        "running balances chain without a gap: account A, version 4 (entry {}): running balance is 97001",
    ),
    "a version": (
        "UPDATE ledger_posting SET version = 99 WHERE entry_id = %s AND leg = 1",
        "running balances chain without a gap: account A, version 5 (entry",
    ),
    "a posting moved to another account": (
        f"UPDATE ledger_posting SET version = 99, account_id = {OF.format('B')}"
        " WHERE entry_id = %s AND leg = 1",
        "running balances chain without a gap: account A, version 5 (entry",
    ),
    "a narrative": (
        "UPDATE ledger_entry SET narrative = 'bribe' WHERE id = %s",
        "every sealed entry says what it said: entry {} has been changed since it was sealed in block 1",
    ),
    "a value date": (
        "UPDATE ledger_entry SET value_date = value_date - 1 WHERE id = %s",
        "sealed turnover equals the sealed postings: account A",
    ),
    "a booking date": (
        "UPDATE ledger_entry SET booking_date = booking_date - 400 WHERE id = %s",
        "running balances chain without a gap: account A, version 4 (entry {}): is booked before",
    ),
    "a key": (
        "DELETE FROM ledger_claim WHERE id = %s",
        "every entry has its key, on a day of the bank: entry {}: has no key",
    ),
    "a seal": (
        "DELETE FROM ledger_seal WHERE entry_id = %s",
        "sealed turnover equals the sealed postings: account A",
    ),
    "a digest": (
        "UPDATE ledger_seal SET digest = sha256('x') WHERE entry_id = %s",
        "every sealed entry says what it said: entry {} has been changed since it was sealed in block 1",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_an_entry_is_named(name: str) -> None:
    sql, expected = FAULTS[name]
    spoilt = entry_id("t2")
    plant(sql, spoilt)
    assert fault().startswith(expected.format(spoilt))


OF_A = f"WHERE account_id = {OF.format('A')}"
ELSEWHERE = {
    "a balance": (
        f"UPDATE ledger_balance SET booked = booked + 1 {OF_A}",
        "balances equal their postings: account A: its balance is",
    ),
    "a balance gone": (
        f"DELETE FROM ledger_balance WHERE account_id = {OF.format('B')}",
        "balances equal their postings: account B",
    ),
    "what is held": (
        f"UPDATE ledger_balance SET held = held - 1 {OF_A}",
        "what is held equals the open holds: account A: 2999 is held, its open holds sum to 3000",
    ),
    "a hold let go": (
        "UPDATE ledger_hold SET state = 'RELEASED'",
        "what is held equals the open holds: account A",
    ),
    "what was captured": (
        "UPDATE ledger_hold_event SET amount = amount - 1 WHERE kind = 'CAPTURED'",
        "holds equal what happened to them: hold",
    ),
    "a control account": (
        f"UPDATE ledger_day_total SET credits = credits + 1 WHERE account_id = {OF.format('2001.KES')}",
        "control accounts equal their sub-ledgers: control account 2001.KES",
    ),
    "turnover": (
        f"UPDATE ledger_day_total SET credits = credits + 1 WHERE account_id = {OF.format('4001.KES')}",
        "sealed turnover equals the sealed postings: account 4001.KES",
    ),
    "a block's hash": (
        "UPDATE ledger_block SET hash = sha256('x')",
        "the hash chain is unbroken: block 1: its hash is not that of its entries",
    ),
    "a link": (
        "UPDATE ledger_block SET previous = sha256('x')",
        "the hash chain is unbroken: block 1: does not follow",
    ),
    "a block gone": ("DELETE FROM ledger_block", "the hash chain is unbroken: block 1: is missing"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_fault_elsewhere_is_named(name: str) -> None:
    sql, expected = ELSEWHERE[name]
    plant(sql)
    assert fault().startswith(expected)


def test_a_reversal_that_is_not_the_mirror_of_its_entry() -> None:
    ledger.post(paid("A", "B", kes(3), key="other"))
    plant("UPDATE ledger_entry SET reverses_id = %s WHERE id = %s", entry_id("t1"), entry_id("other"))
    assert fault().startswith(
        f"reversals mirror what they reverse: entry {entry_id('other')} is not the contra"
    )


def test_the_command_tells_and_keeps_what_it_found() -> None:
    out = StringIO()
    call_command("ledger_verify", stdout=out)
    assert "The book is proven: 11 entries, 22 postings." in out.getvalue()
    plant("UPDATE ledger_entry SET narrative = 'bribe' WHERE id = %s", entry_id("t2"))
    with pytest.raises(SystemExit):
        call_command("ledger_verify", stdout=StringIO(), stderr=(err := StringIO()))
    assert f"entry {entry_id('t2')} has been changed" in err.getvalue()
    kept = list(Proof.objects.order_by("id").values_list("entries", "postings", "fault"))
    assert kept[0] == (11, 22, "")
    assert "has been changed" in kept[1][2]
    with pytest.raises(AssertionError, match="has been changed"):
        proof.assert_book_balances()


def test_a_good_book_is_proven_while_the_bank_goes_on() -> None:
    call_command("ledger_seal", stdout=(out := StringIO()))
    assert "1 entries sealed" in out.getvalue()
    assert proof.prove() is None
