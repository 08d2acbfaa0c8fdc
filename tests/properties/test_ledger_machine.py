"""The real ledger against the reference: whatever is asked of both, they answer alike and end alike.

Replays: the examples are the same in every run. ``PROPERTY_EXAMPLES=2000`` hunts for others; what fails
is printed as a program, with the blob that reproduces it.
"""

import os
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from bank import ledger
from bank.kernel import clock
from bank.kernel.money import Money
from bank.ledger import engine
from tests.properties import plans
from tests.properties.machine import Both, Time, together
from tests.properties.plans import SLOTS, Leg, Plan

HUNT: Final = os.environ.get("PROPERTY_EXAMPLES")
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


class LedgerMachine(Both):
    """What is asked."""

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
