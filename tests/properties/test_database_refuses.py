"""What the database itself refuses, asked in plain SQL by the owner of the tables, past all of our code."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg2
import pytest

from bank import ledger
from bank.kernel.money import Money
from tests.properties.proof import prove_book

KES: Final = "RAW-KES"
OTHER: Final = "RAW-OTHER"
JPY: Final = "RAW-JPY"
CASH: Final = "1001.KES"
CASH_JPY: Final = "1001.JPY"
APPEND_ONLY: Final = (
    *("ledger_entry", "ledger_posting", "ledger_block", "ledger_seal", "ledger_refusal"),
    *("ledger_hold_event", "ledger_account_change"),
)
KEPT: Final = ("ledger_account", "ledger_balance", "ledger_hold")


@dataclass
class Owner:
    """A connection of its own to the book, as the owner of its tables; nothing it does is committed."""

    connection: Any

    def does(self, *statements: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def account(self, code: str) -> int:
        return self.does(f"SELECT id FROM ledger_account WHERE code = '{code}'")[0][0]

    def refused(self, *statements: str, state: str = "UB002") -> None:
        """Asserts that the last of the statements, or its commit, is refused with this SQLSTATE."""
        with pytest.raises(psycopg2.Error) as refusal:
            self.does(*statements, "SET CONSTRAINTS ALL IMMEDIATE")
        assert refusal.value.pgcode == state
        self.connection.rollback()


@pytest.fixture
def owner(book: str) -> Iterator[Owner]:
    """Two accounts in shillings, one in yen, 100 minor units on each; a hold, a refusal, a seal."""
    with suppress(ledger.errors.AccountExists):
        _furnish()
    before = _contents()
    connection = psycopg2.connect(book)
    yield Owner(connection)
    connection.close()
    assert _contents() == before
    prove_book()


def _furnish() -> None:
    for code, currency in ((KES, "KES"), (OTHER, "KES"), (JPY, "JPY")):
        ledger.open_account(
            code=code, name=code, currency=currency, control=ledger.gl("CURRENT_DEPOSITS", currency)
        )
        amount = Money.from_minor(100, currency)
        ledger.post(
            ledger.transfer(
                key=f"raw:{code}", debit=f"1001.{currency}", credit=code, amount=amount, code="RAW"
            )
        )
    ledger.place_hold(key="raw:hold", account=KES, amount=Money.from_minor(30, "KES"))
    too_much = ledger.transfer(
        key="raw:refused", debit=KES, credit=OTHER, amount=Money.of(900, "KES"), code="RAW"
    )
    assert ledger.post(too_much, outcome="EACH").refusal
    ledger.seal()


def _contents() -> list[Any]:
    return [*ledger.balances([KES, OTHER, JPY, CASH]).items(), *ledger.trial_balance()]


@pytest.mark.parametrize("table", [*APPEND_ONLY, *KEPT, "ledger_claim"])
def test_nothing_is_emptied(owner: Owner, table: str) -> None:
    owner.refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", [*APPEND_ONLY, *KEPT])
def test_nothing_is_deleted(owner: Owner, table: str) -> None:
    owner.refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", [*APPEND_ONLY, "ledger_claim"])
def test_nothing_that_happened_is_changed(owner: Owner, table: str) -> None:
    column = owner.does(
        "SELECT column_name FROM information_schema.columns"
        f" WHERE table_name = '{table}' ORDER BY ordinal_position"
    )[0][0]
    owner.refused(f"UPDATE {table} SET {column} = {column}")


def test_an_answered_key_is_not_given_back(owner: Owner) -> None:
    for key in ("raw:RAW-KES", "raw:hold", "raw:refused"):
        owner.refused(f"DELETE FROM ledger_claim WHERE key = '{key}'")


def test_what_an_account_is_never_changes(owner: Owner) -> None:
    for change in (
        "currency = 'USD'",
        "code = 'RAW-NEW'",
        "guarded = false",
        "control_id = NULL",
        "kind = 'ASSET'",
    ):
        owner.refused(f"UPDATE ledger_account SET {change} WHERE code = '{KES}'")


# --- entries made by hand


def entry(owner: Owner, *legs: tuple[str, int], count: int | None = None) -> list[str]:
    """The statements that book an entry by hand, as carefully as the engine does: balances first, with
    running balance and version of guarded accounts."""
    entry_id = owner.does("SELECT nextval('ledger_claim_id_seq')")[0][0]
    statements = [
        "INSERT INTO ledger_claim (id, key, digest)"
        f" VALUES ({entry_id}, 'raw:by hand:{entry_id}', gen_random_uuid())",
        "INSERT INTO ledger_entry (id, code, booking_date, value_date, booked_at, narrative, reference, legs)"
        f" SELECT {entry_id}, 'RAW', date, date, now(), '', '', {count or len(legs)}"
        " FROM ledger_business_day WHERE closed_at IS NULL",
    ]
    rows = []
    for number, (code, amount) in enumerate(legs, 1):
        account = owner.account(code)
        guarded = owner.does(f"SELECT booked, version FROM ledger_balance WHERE account_id = {account}")
        booked, version = (
            (guarded[0][0] + amount, guarded[0][1] + 1) if guarded else ("NULL", entry_id << 20 | number)
        )
        if guarded:
            statements.append(
                f"UPDATE ledger_balance SET booked = {booked}, version = {version}"
                f" WHERE account_id = {account}"
            )
        rows.append(f"({entry_id}, {number}, {account}, {version}, {amount}, {booked})")
    return [*statements, _postings(rows)]


def _postings(rows: list[str]) -> str:
    columns = "entry_id, leg, account_id, version, amount, balance_after"
    return f"INSERT INTO ledger_posting ({columns}) VALUES {', '.join(rows)}"


def test_a_sound_entry_by_hand_is_taken(owner: Owner) -> None:
    """So that what is refused below is refused for its fault and nothing else."""
    owner.does(*entry(owner, (OTHER, -10), (CASH, 10)), "SET CONSTRAINTS ALL IMMEDIATE")


def test_an_entry_that_does_not_balance(owner: Owner) -> None:
    owner.refused(*entry(owner, (OTHER, -10), (CASH, 11)))


def test_an_entry_that_balances_only_across_currencies(owner: Owner) -> None:
    owner.refused(*entry(owner, (OTHER, -10), (JPY, 10)))
    owner.refused(*entry(owner, (OTHER, -10), (CASH, 4), (CASH_JPY, 6)))


def test_an_entry_that_lacks_a_posting(owner: Owner) -> None:
    owner.refused(*entry(owner, (OTHER, -10), (CASH, 10), count=3))


def test_a_single_leg_and_then_another(owner: Owner) -> None:
    *before, postings = entry(owner, (OTHER, -10), (CASH, 10))
    first, second = postings.split("VALUES ")[1].split("), ")
    owner.refused(*before, _postings([f"{first})"]), _postings([second]))


def test_postings_added_to_an_entry_of_the_past(owner: Owner) -> None:
    old = owner.does("SELECT id FROM ledger_claim WHERE key = 'raw:RAW-KES'")[0][0]
    cash = owner.account(CASH)
    owner.refused(
        _postings(
            [
                f"({old}, {leg}, {cash}, {old << 20 | leg}, {amount}, NULL)"
                for leg, amount in ((3, 5), (4, -5))
            ]
        )
    )


def test_postings_without_an_entry(owner: Owner) -> None:
    nowhere, cash = 10**15, owner.account(CASH)
    owner.refused(
        _postings([f"({nowhere}, {leg}, {cash}, {leg}, {amount}, NULL)" for leg, amount in ((1, 5), (2, -5))])
    )


def test_postings_to_control_accounts_and_to_none(owner: Owner) -> None:
    owner.refused(*entry(owner, ("2001.KES", -10), (CASH, 10)))
    owner.refused(
        *[
            statement.replace(f" {owner.account(CASH)},", " 999999999,")
            for statement in entry(owner, (OTHER, -10), (CASH, 10))
        ]
    )


def test_a_posting_of_nothing(owner: Owner) -> None:
    owner.refused(*entry(owner, (OTHER, 0), (CASH, 0)), state="UB002")


@pytest.mark.parametrize(
    "fault", ["no balance", "stale balance", "no running balance", "version ahead", "version of nobody"]
)
def test_a_posting_that_its_account_does_not_know(owner: Owner, fault: str) -> None:
    """A guarded account's posting must be the one its balance row has come to."""
    claim, head, balance, postings = entry(owner, (OTHER, -10), (CASH, 10))
    changed: dict[str, Callable[[], list[str]]] = {
        "no balance": lambda: [claim, head, postings],
        "stale balance": lambda: [claim, head, balance.replace("booked = 90", "booked = 100"), postings],
        "no running balance": lambda: [claim, head, balance, postings.replace(", 90)", ", NULL)")],
        "version ahead": lambda: [claim, head, balance, postings.replace(", 2, -10", ", 3, -10")],
        "version of nobody": lambda: [claim, head, postings.replace(", 2, -10", ", 0, -10")],
    }
    owner.refused(*changed[fault]())


def test_the_floor(owner: Owner) -> None:
    owner.refused(*entry(owner, (OTHER, -101), (CASH, 101)), state="23514")
    owner.refused(*entry(owner, (KES, -71), (CASH, 71)), state="23514")
    for change in ("booked = -1", "held = 101", "held = -1", "overdraft = -71", "overdraft = -1"):
        owner.refused(
            f"UPDATE ledger_balance SET {change} WHERE account_id = {owner.account(KES)}", state="23514"
        )


def test_a_second_reversal(owner: Owner) -> None:
    old = owner.does("SELECT id FROM ledger_claim WHERE key = 'raw:RAW-JPY'")[0][0]
    reversing = [
        [
            statement.replace("legs)", "legs, reverses_id)").replace(", 2 FROM", f", 2, {old} FROM")
            for statement in entry(owner, (JPY, amount), (CASH_JPY, -amount))
        ]
        for amount in (-1, 1)
    ]
    owner.refused(*reversing[0], *reversing[1], state="23505")


def test_a_key_twice(owner: Owner) -> None:
    owner.refused(
        "INSERT INTO ledger_claim (key, digest) VALUES ('raw:RAW-KES', gen_random_uuid())", state="23505"
    )


def test_a_hold_captured_beyond_itself(owner: Owner) -> None:
    owner.refused("UPDATE ledger_hold SET captured = 31", state="23514")


def test_two_open_business_days(owner: Owner) -> None:
    owner.refused(
        "INSERT INTO ledger_business_day (date, opened_at, last_claim) VALUES ('2999-01-01', now(), 0)",
        state="23505",
    )
