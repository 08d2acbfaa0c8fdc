"""Asks the ledger and the reference the same, and holds what they answer and leave side by side."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final, TypeVar

import pytest
from django.db import connection, transaction
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from bank import ledger
from bank.kernel.money import Money
from bank.ledger import Entry, Outcome, engine
from tests.properties import plans
from tests.properties.plans import SLOTS, Leg, Plan
from tests.properties.proof import differences, prove_book
from tests.properties.reference import Account, Answer, Reference

FUNDS: Final = {"ASHA": 600, "BARAKA": 300, "CHEBET": 500, "EMI": 500, "FUMI": 200, "GHANIM": 800}

Result = TypeVar("Result")


class Time:
    """The present as every call of a run sees it; a second passes between two steps."""

    def __init__(self, start: datetime) -> None:
        self.present = start

    def now(self) -> datetime:
        return self.present

    def pass_(self, seconds: int = 1) -> None:
        self.present += timedelta(seconds=seconds)


def together(entries: list[Entry]) -> list[tuple[Outcome | None, str | None]]:
    """The entries posted at once, a thread and a connection each: outcomes, or codes of refusals."""

    def post(entry: Entry) -> tuple[Outcome | None, str | None]:
        try:
            return ledger.post(entry), None
        except ledger.errors.LedgerError as refusal:
            return None, refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(entries)) as pool:
        return list(pool.map(post, entries))


class Both(RuleBasedStateMachine):
    """The ledger and its reference; what to ask of them is for rules to say."""

    runs = count()
    time: Time

    @initialize()
    def open_bank(self) -> None:
        """Accounts of this run's own, on a book where earlier runs have been; no hold of theirs is due."""
        self.time.pass_(60)
        ledger.expire_holds()
        engine.rows("ANALYZE ledger_entry, ledger_posting, ledger_seal, ledger_day_total")
        self.name = f"T{next(self.runs)}"
        self.codes = {slot: f"{self.name}-{slot}" for slot in SLOTS}
        self.keys = count()
        self.sent: list[Entry] = []
        self.booked: list[int] = []
        self.holds: list[int] = []
        self.moments: list[datetime] = []
        self.model = Reference(ledger.business_date(), self.time.now())
        self.model.open(Account(plans.CONTROL, "KES", guarded=False, control=True))
        self.controls = {c: ledger.balance(c).booked for slot in SLOTS.values() if (c := slot.control)}
        with transaction.atomic():
            for slot in SLOTS:
                self.open_account(slot)
        self.send_batch(
            [self.entry(self.payment_in(slot, funds)) for slot, funds in FUNDS.items()], False, False
        )

    def open_account(self, slot: str) -> None:
        currency, control, overdraft = SLOTS[slot]
        guarded = control is not None
        limit = Money.from_minor(overdraft or 0, currency)
        ledger.open_account(
            code=self.codes[slot],
            name=slot,
            currency=currency,
            control=control,
            guarded=guarded,
            overdraft=limit,
            floor=overdraft is not None,
        )
        self.model.open(
            Account(self.codes[slot], currency, guarded, overdraft=overdraft if guarded else None)
        )

    # --- asking both

    def fresh_key(self) -> str:
        return f"{self.name}:{next(self.keys)}"

    def entry(self, plan: Plan) -> Entry:
        self.sent.append(plan.entry(self.fresh_key(), self.codes, self.model.today))
        return self.sent[-1]

    def picked(self, found: list[Result], pick: int) -> Result:
        """One of what there is: the newest more often than the oldest."""
        return found[-1 - pick % min(len(found), 1 + pick % 12)]

    @staticmethod
    def refused(act: Callable[[], Result], expected: Answer) -> Result | None:
        """The result, or None where both refuse, with one code."""
        if expected.refusal is None:
            return act()
        with pytest.raises(ledger.errors.LedgerError) as refusal:
            act()
        assert refusal.value.code == expected.refusal
        assert expected.position is None or refusal.value.params["position"] == expected.position
        return None

    def note(self, entry: Entry, expected: Answer, outcome: Outcome | None) -> None:
        assert (outcome and outcome.refusal and outcome.refusal.code) == (
            expected.refusal if outcome else None
        )
        if outcome is None or outcome.entry_id is None:
            return
        assert outcome.replayed == expected.replayed
        assert outcome.booking_date == next(
            line.booking_date for line in self.model.lines if line.key == entry.key
        )
        if outcome.replayed:
            assert self.model.key_of_entry[outcome.entry_id] == entry.key
        else:
            assert outcome.entry_id not in self.model.key_of_entry
            self.model.key_of_entry[outcome.entry_id] = entry.key
            self.booked.append(outcome.entry_id)

    def send(self, entry: Entry, *, each: bool = False) -> None:
        expected = self.model.post(entry, keep=each)
        if each:
            self.note(entry, expected, ledger.post(entry, outcome="EACH"))
        else:
            self.note(entry, expected, self.refused(lambda: ledger.post(entry), expected))

    def post(self, plan: Plan) -> None:
        self.send(self.entry(plan))

    def send_batch(self, batch: list[Entry], each: bool, streamed: bool) -> None:
        given: Any = iter(batch) if streamed else batch
        if each:
            answers: Any = self.model.post_each(batch)
            outcomes: Any = ledger.post(given, outcome="EACH")
        else:
            answers = self.model.post_all(batch)
            outcomes = self.refused(
                lambda: ledger.post(given), answers if isinstance(answers, Answer) else Answer(None)
            )
        if outcomes is not None:
            assert len(outcomes) == len(batch)
            for entry, answer, outcome in zip(batch, answers, outcomes, strict=True):
                self.note(entry, answer, outcome)

    def hold(self, key: str, code: str, amount: Money, expires_at: datetime | None) -> None:
        expected = self.model.place_hold(key, code, amount.minor, amount.currency, expires_at)
        place = partial(ledger.place_hold, key=key, account=code, amount=amount, expires_at=expires_at)
        placed = self.refused(place, expected)
        assert placed is None or placed.replayed == expected.replayed
        if placed and not placed.replayed:
            self.model.key_of_hold[placed.hold_id] = key
            self.holds.append(placed.hold_id)

    def undo(self, entry_id: int, same_key: bool) -> None:
        key = f"{self.name}:reverse:{entry_id}" if same_key else self.fresh_key()
        contra = self.model.contra(entry_id, key)
        expected = self.model.post(contra) if contra else Answer("UNKNOWN_ENTRY")
        outcome = self.refused(partial(ledger.reverse, entry_id=entry_id, key=key), expected)
        if contra:
            self.note(contra, expected, outcome)

    def pay_in(self, slot: str) -> None:
        self.post(self.payment_in(slot, 80))

    @staticmethod
    def payment_in(slot: str, amount: int) -> Plan:
        currency = SLOTS[slot].currency
        return Plan((Leg(f"POOL.{currency}", -amount, currency), Leg(slot, amount, currency)))

    def assert_then(self, found: ledger.AccountBalance, code: str, booked: int, at: datetime) -> None:
        state = self.model.state_at(code, at)
        assert found.booked.minor == booked
        assert found.held.minor == self.model.held_at(code, at)
        assert (found.status, found.overdraft and found.overdraft.minor) == (state.status, state.overdraft)

    # --- what always holds

    def tick(self, seconds: int = 1) -> None:
        self.time.pass_(seconds)
        self.model.now = self.time.now()

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        found = ledger.balances(self.codes.values())
        shown = {
            code: (
                b.booked.minor,
                b.held.minor,
                None if b.available is None else b.available.minor,
                b.status,
                b.version,
            )
            for code, b in found.items()
        }
        assert shown == self.model.summary()
        assert set(differences().values()) <= {0}
        self.moments.append(self.time.now())
        self.tick()

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:
            self.assert_the_end()

    def assert_the_end(self) -> None:
        """Every posting of the run as its account's statement tells it, control accounts, the whole book."""
        for code in self.codes.values():
            self.assert_statement(code)
        for control, before in self.controls.items():
            under = [self.codes[slot] for slot, found in SLOTS.items() if found.control == control]
            change = ledger.balance(control).booked - before
            assert change.minor == sum(self.model.accounts[code].booked for code in under)
        prove_book()

    def assert_statement(self, code: str) -> None:
        lines = reversed(ledger.statement_lines(code, limit=10**6))
        found = [
            (
                self.model.key_of_entry[line.entry_id],
                line.amount.minor,
                line.balance_after and line.balance_after.minor,
                line.booking_date,
                line.value_date,
                line.booked_at,
            )
            for line in lines
        ]
        expected = [
            (line.key, line.amount, line.after, line.booking_date, line.value_date, line.at)
            for line in self.model.lines
            if line.account == code
        ]
        if not self.model.accounts[code].guarded:
            found, expected = sorted(found), sorted(expected)
        assert found == expected
