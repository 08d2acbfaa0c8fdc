"""The real ledger against the reference: whatever is asked of both, they answer alike and end alike.

Replays: the examples are the same in every run. ``PROPERTY_EXAMPLES=2000`` hunts for others; what fails
is printed as a program, with the blob that reproduces it.
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final, TypeVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bank import ledger
from bank.kernel import clock
from bank.kernel.money import Money
from bank.ledger import Entry, Outcome, engine
from tests.properties import plans
from tests.properties.plans import SLOTS, Leg, Plan
from tests.properties.proof import differences, prove_book
from tests.properties.reference import Account, Answer, Reference

HUNT: Final = os.environ.get("PROPERTY_EXAMPLES")
FUNDS: Final = {"ASHA": 600, "BARAKA": 300, "CHEBET": 500, "EMI": 500, "FUMI": 200, "GHANIM": 800}
NEVER: Final = 10**15
PICK: Final = st.integers(0, 10**6)
SLOT: Final = st.sampled_from(sorted(SLOTS))
AMOUNT: Final = st.integers(1, 300)
PARTS: Final = {"half": 1, "rest": 2, "more": 3}
LIVES: Final = (
    ("half", "more", "half, final", "release"),
    ("half", "half", "again", "rest", "rest"),
    ("FROZEN_DEBIT", "half, final", "ACTIVE", "rest"),
    ("half, final", "again", "half"),
    ("release", "half", "release"),
    ("half", "wait", "half", "expire", "half", "release"),
)
"""What may become of a hold: captures of a part, final or not, and what else may happen to it."""
STEPS: Final = sorted({step for life in LIVES for step in life})


Result = TypeVar("Result")


class Time:
    """The present as every call of a run sees it; a second passes between two steps."""

    def __init__(self, start: datetime) -> None:
        self.present = start

    def now(self) -> datetime:
        return self.present

    def pass_(self, seconds: int = 1) -> None:
        self.present += timedelta(seconds=seconds)


class LedgerMachine(RuleBasedStateMachine):
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

    # --- what is asked

    @rule(plan=plans.PLANS, each=st.booleans())
    def post_one(self, plan: Plan, each: bool) -> None:
        self.send(self.entry(plan), each=each)

    @rule(
        batch=st.lists(plans.PLANS, min_size=1, max_size=6),
        each=st.booleans(),
        streamed=st.booleans(),
        again=st.lists(PICK, max_size=2),
        altered=st.booleans(),
        twice=st.booleans(),
    )
    def post_batch(
        self, batch: list[Plan], each: bool, streamed: bool, again: list[int], altered: bool, twice: bool
    ) -> None:
        """Among the entries some sent before, as they were or altered, and one that comes twice."""
        repeated = [self.picked(self.sent, pick) for pick in again]
        if altered:
            repeated = [replace(entry, narrative="altered") for entry in repeated]
        entries = [self.entry(plan) for plan in batch]
        entries[1:1] = repeated
        self.send_batch(entries + entries[: int(twice)], each, streamed)

    @rule(seed=PICK, each=st.booleans(), streamed=st.booleans())
    def post_long_batch(self, seed: int, each: bool, streamed: bool) -> None:
        self.send_batch([self.entry(plan) for plan in plans.long_batch(seed)], each, streamed)

    @rule(seed=PICK, legs=st.sampled_from([3, 16, 17, 63, 64, 70]), each=st.booleans())
    def post_wide(self, seed: int, legs: int, each: bool) -> None:
        self.send(self.entry(plans.wide(seed, legs)), each=each)

    @rule(slot=st.sampled_from(plans.GUARDED), legs=st.sampled_from([41, 48, 49, 95]), each=st.booleans())
    def post_flood(self, slot: str, legs: int, each: bool) -> None:
        self.send(self.entry(plans.flood(slot, legs)), each=each)

    @precondition(lambda self: self.sent)
    @rule(pick=PICK, altered=st.booleans(), each=st.booleans())
    def post_again(self, pick: int, altered: bool, each: bool) -> None:
        entry = self.picked(self.sent, pick)
        self.send(replace(entry, reference="altered") if altered else entry, each=each)

    @rule(plan=plans.PLANS)
    def post_from_three_sides(self, plan: Plan) -> None:
        entry = self.entry(plan)
        expected = self.model.post(entry)
        answers = [code or outcome for outcome, code in together([entry] * 3)]
        if expected.refusal:
            assert answers == [expected.refusal] * 3
        else:
            assert sorted(outcome.replayed for outcome in answers) == [False, True, True]
            assert len({outcome.entry_id for outcome in answers}) == 1
            self.note(entry, expected, next(outcome for outcome in answers if not outcome.replayed))

    @rule(debit=SLOT, credit=SLOT, amount=AMOUNT)
    def race_for_funds(self, debit: str, credit: str, amount: int) -> None:
        """Three debits of one amount: as many are booked as there is money for, whichever come first."""
        currency = SLOTS[debit].currency
        plan = Plan((Leg(debit, -amount, currency), Leg(credit, amount, currency)))
        entries = [self.entry(plan) for _ in range(3)]
        answers = list(zip(entries, together(entries), strict=True))
        won = [(entry, outcome) for entry, (outcome, _) in answers if outcome]
        chained = debit if SLOTS[debit].control else credit
        order = [line.entry_id for line in ledger.statement_lines(self.codes[chained], limit=6)]
        for entry, outcome in sorted(won, key=lambda pair: -order.index(pair[1].entry_id)):
            self.note(entry, self.model.post(entry), outcome)
        for entry, (_, code) in answers:
            assert code is None or code == self.model.post(entry).refusal

    @rule(
        slot=SLOT,
        amount=st.sampled_from([0, 10**17 + 1, 1, 40, 150, 700]),
        currency=st.sampled_from([None, None, None, "JPY"]),
        lasts=st.sampled_from([None, 3, 20]),
        again=st.booleans(),
    )
    def place_hold(
        self, slot: str, amount: int, currency: str | None, lasts: int | None, again: bool
    ) -> None:
        expires_at = self.time.now() + timedelta(seconds=lasts) if lasts else None
        money, key = Money.from_minor(amount, currency or SLOTS[slot].currency), self.fresh_key()
        for _ in range(1 + again):
            self.hold(key, self.codes[slot], money, expires_at)

    def hold(self, key: str, code: str, amount: Money, expires_at: datetime | None) -> None:
        expected = self.model.place_hold(key, code, amount.minor, amount.currency, expires_at)
        place = partial(ledger.place_hold, key=key, account=code, amount=amount, expires_at=expires_at)
        placed = self.refused(place, expected)
        assert placed is None or placed.replayed == expected.replayed
        if placed and not placed.replayed:
            self.model.key_of_hold[placed.hold_id] = key
            self.holds.append(placed.hold_id)

    @rule(
        slot=st.sampled_from(plans.GUARDED),
        eighths=st.integers(1, 8),
        life=st.lists(st.sampled_from(STEPS), max_size=6),
    )
    def live_through_holds(self, slot: str, eighths: int, life: list[str]) -> None:
        """Holds on a part of what there is, from their placing through whatever happens to them."""
        for steps in (*LIVES, life):
            self.pay_in(slot)
            before, available = len(self.holds), self.model.accounts[self.codes[slot]].available or 800
            amount = Money.from_minor(max(available * eighths // 8, 1), SLOTS[slot].currency)
            expires_at = self.time.now() + timedelta(seconds=20)
            self.hold(self.fresh_key(), self.codes[slot], amount, expires_at)
            for step in steps if len(self.holds) > before else ():
                self.live(slot, step)
                self.tick()
            self.balances_are_those_of_the_model()

    def live(self, slot: str, step: str) -> None:
        if step == "release":
            self.release(0, known=True)
        elif step == "expire":
            self.expire(0)
        elif step == "wait":
            self.tick(30)
        elif step == "again":
            self.send(self.sent[-1])
        elif step in ("FROZEN_DEBIT", "ACTIVE"):
            self.set_status(slot, step)
        else:
            part, final = PARTS[step.removesuffix(", final")], step.endswith("final")
            self.capture(0, part, final, f"POOL.{SLOTS[slot].currency}", None, batched=False)

    def pay_in(self, slot: str) -> None:
        self.post(self.payment_in(slot, 80))

    @staticmethod
    def payment_in(slot: str, amount: int) -> Plan:
        currency = SLOTS[slot].currency
        return Plan((Leg(f"POOL.{currency}", -amount, currency), Leg(slot, amount, currency)))

    @precondition(lambda self: self.holds)
    @rule(
        pick=PICK,
        part=st.sampled_from([1, 1, 2, 2, 3, 0, -1]),
        final=st.booleans(),
        to=SLOT,
        flaw=st.sampled_from([*[None] * 20, *sorted(plans.FLAWS)]),
        batched=st.booleans(),
    )
    def capture(self, pick: int, part: int, final: bool, to: str, flaw: str | None, batched: bool) -> None:
        """Half of what is left of a hold, all of it, more, nothing or less than that."""
        hold_id = self.picked(self.holds, pick)
        hold = self.model.state.holds[self.model.key_of_hold[hold_id]]
        slot = hold.account.removeprefix(f"{self.name}-")
        amount = (max(hold.left, 1) * part + 1) // 2 or 1
        to = to if SLOTS[to].currency == SLOTS[slot].currency else f"POOL.{SLOTS[slot].currency}"
        plan = Plan((Leg(slot, -amount, SLOTS[slot].currency), Leg(to, amount, SLOTS[slot].currency)))
        entry = (plans.FLAWS[flaw](plan) if flaw else plan).entry(
            self.fresh_key(), self.codes, self.model.today
        )
        self.sent.append(replace(entry, captures=hold_id, final=final))
        if batched:
            self.send_batch([self.sent[-1], self.entry(plan)], each=final, streamed=False)
            return
        expected = self.model.post(self.sent[-1])
        capture = lambda: ledger.capture_hold(hold_id=hold_id, entry=entry, final=final)  # noqa: E731
        self.note(self.sent[-1], expected, self.refused(capture, expected))

    @rule(plan=plans.sound())
    def capture_unknown_hold(self, plan: Plan) -> None:
        self.send(replace(self.entry(plan), captures=NEVER))

    @precondition(lambda self: self.holds)
    @rule(pick=PICK, known=st.sampled_from([True, True, True, False]))
    def release(self, pick: int, known: bool) -> None:
        hold_id = self.picked(self.holds, pick) if known else NEVER
        expected, let_go = self.model.release(hold_id)
        assert self.refused(lambda: ledger.release_hold(hold_id=hold_id), expected) in (let_go, None)

    @rule(seconds=st.sampled_from([0, 2, 30]))
    def expire(self, seconds: int) -> None:
        self.tick(seconds)
        assert ledger.expire_holds() == self.model.expire()

    @precondition(lambda self: self.booked)
    @rule(pick=PICK, known=st.sampled_from([True, True, True, False]), same_key=st.booleans())
    def reverse(self, pick: int, known: bool, same_key: bool) -> None:
        self.undo(self.picked(self.booked, pick) if known else NEVER, same_key)

    def undo(self, entry_id: int, same_key: bool) -> None:
        key = f"{self.name}:reverse:{entry_id}" if same_key else self.fresh_key()
        contra = self.model.contra(entry_id, key)
        expected = self.model.post(contra) if contra else Answer("UNKNOWN_ENTRY")
        outcome = self.refused(partial(ledger.reverse, entry_id=entry_id, key=key), expected)
        if contra:
            self.note(contra, expected, outcome)

    @rule(
        plan=plans.sound(), same_key=st.lists(st.booleans(), min_size=2, max_size=3), days=st.integers(0, 1)
    )
    def reverse_again_and_again(self, plan: Plan, same_key: list[bool], days: int) -> None:
        """An entry, its reversal, further attempts at it, and one at the reversal; perhaps a day later."""
        self.pay_in("ASHA")
        before = len(self.booked)
        self.post(plan)
        self.roll_business_date(days)
        for entry_id in self.booked[before : before + 1]:
            for same in same_key:
                self.undo(entry_id, same)
            self.undo(self.booked[-1], same_key[0])

    @rule(
        slot=st.sampled_from([*sorted(SLOTS), plans.NOBODY]),
        status=st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "FROZEN_DEBIT", "FROZEN", "CLOSED"]),
    )
    def set_status(self, slot: str, status: str) -> None:
        code = self.codes.get(slot, slot)
        expected = self.model.set_status(code, status)
        self.refused(lambda: ledger.set_status(code, ledger.Status(status)), expected)

    @rule(
        slot=st.sampled_from(sorted(SLOTS)),
        limit=st.sampled_from([None, -1, 0, 0, 50, 400]),
        currency=st.sampled_from([None, None, None, "KWD"]),
    )
    def set_limit(self, slot: str, limit: int | None, currency: str | None) -> None:
        code, currency = self.codes[slot], currency or SLOTS[slot].currency
        overdraft = None if limit is None else Money.from_minor(limit, currency)
        expected = self.model.set_limit(code, limit, overdraft and currency)
        self.refused(lambda: ledger.set_limit(code, overdraft), expected)

    @rule(slot=st.sampled_from(["CHEBET", "FUMI", "HUDA"]))
    def pay_out_and_close(self, slot: str) -> None:
        booked, currency = self.model.accounts[self.codes[slot]].booked, SLOTS[slot].currency
        if booked:
            self.post(Plan((Leg(slot, -booked, currency), Leg(f"POOL.{currency}", booked, currency))))
        self.set_status(slot, "CLOSED")

    @rule(days=st.sampled_from([1, 1, 3, 0, -1]))
    def roll_business_date(self, days: int) -> None:
        to = self.model.today + timedelta(days=days)
        self.refused(lambda: ledger.roll_business_date(to=to), self.model.roll(to))

    @rule()
    def seal(self) -> None:
        """Changes nothing that can be read, however far it comes."""
        ledger.seal()

    @precondition(lambda self: self.moments)
    @rule(pick=PICK, slot=SLOT)
    def look_back_to_an_instant(self, pick: int, slot: str) -> None:
        at, code = self.picked(self.moments, pick), self.codes[slot]
        found = ledger.balance(code, at=at)
        self.assert_then(found, code, self.model.booked_at(code, at), at)

    @rule(pick=PICK, slot=SLOT, axis=st.sampled_from(["BOOKING", "VALUE"]), ahead=st.integers(0, 2))
    def look_back_to_a_day(self, pick: int, slot: str, axis: Any, ahead: int) -> None:
        day, code = self.picked(self.model.days, pick)[0] + timedelta(days=ahead), self.codes[slot]
        found = ledger.balance(code, on=day, by=axis)
        self.assert_then(found, code, self.model.booked_by(code, day, axis), self.model.end_of(day))
        assert set(trial_differences(day, axis)) <= {0}

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


def trial_differences(day: Any, axis: Any) -> list[int]:
    lines = ledger.trial_balance(on=day, by=axis)
    return [
        sum(line.debit.minor - line.credit.minor for line in lines if line.currency == currency)
        for currency in plans.CURRENCIES
    ]


@pytest.mark.slow
def test_the_ledger_does_what_the_reference_says(book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.rows("SET synchronous_commit = off")  # what survives a crash is test_database_killed's to tell
    LedgerMachine.time = Time(clock.now() + timedelta(days=1))
    monkeypatch.setattr(clock, "now", LedgerMachine.time.now)
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=int(HUNT or 24),
            stateful_step_count=30,
            derandomize=not HUNT,
            deadline=None,
            database=None,
            print_blob=True,
            phases=[Phase.generate, *([Phase.shrink] if HUNT else [])],
            suppress_health_check=list(HealthCheck),
        ),
    )
