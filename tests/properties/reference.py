"""The ledger said in plain Python: what every call must answer, and what it must leave behind.

For one caller at a time, in memory, without SQL: short enough to be believed. Amounts are minor units,
credit above zero. Entries are read as :class:`bank.ledger.Entry` states them and nothing else of the
ledger is used.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from bank.ledger import Entry, Posting

LARGEST_POSTING: Final = 10**17
LARGEST_BALANCE: Final = 4 * 10**18

PRECEDENCE: Final = (
    *("INVALID_ENTRY", "AMOUNT_OUT_OF_RANGE", "UNBALANCED_ENTRY", "IDEMPOTENCY_CONFLICT"),
    *("UNKNOWN_ACCOUNT", "CONTROL_ACCOUNT", "CURRENCY_MISMATCH", "ACCOUNT_NOT_GUARDED"),
    *("BOOKING_DATE_CLOSED", "BOOKING_DATE_IN_FUTURE"),
    *("UNKNOWN_ENTRY", "REVERSAL_OF_REVERSAL", "ALREADY_REVERSED", "NOT_THE_REVERSAL"),
    *("UNKNOWN_HOLD", "HOLD_NOT_OPEN", "HOLD_NOT_DEBITED", "HOLD_EXCEEDED"),
    *("ACCOUNT_CLOSED", "ACCOUNT_FROZEN", "BALANCE_OUT_OF_RANGE", "INSUFFICIENT_FUNDS"),
)
"""The order of ``bank/ledger/errors.py``: of all that is wrong, the first is answered."""


@dataclass
class Account:
    code: str
    currency: str
    guarded: bool = True
    control: bool = False
    overdraft: int | None = 0
    status: str = "ACTIVE"
    booked: int = 0
    held: int = 0
    version: int = 0

    @property
    def available(self) -> int | None:
        return None if self.overdraft is None else self.booked - self.held + self.overdraft


@dataclass
class Hold:
    account: str
    amount: int
    expires_at: datetime | None
    captured: int = 0
    state: str = "OPEN"

    @property
    def left(self) -> int:
        return self.amount - self.captured


@dataclass(frozen=True)
class Line:
    """A posting of the journal, with the running balance and version that its account then has."""

    key: str
    account: str
    amount: int
    after: int | None
    version: int | None
    booking_date: date
    value_date: date
    at: datetime


@dataclass(frozen=True)
class HeldChange:
    account: str
    amount: int
    at: datetime


@dataclass(frozen=True)
class StateChange:
    account: str
    status: str
    overdraft: int | None
    at: datetime


@dataclass(frozen=True)
class Answer:
    """A refusal's code, or None where the ledger did it; ``replayed`` when it had answered before.

    ``position`` is that of the entry which a batch was refused for.
    """

    refusal: str | None
    replayed: bool = False
    position: int | None = None


@dataclass
class State:
    """Everything a refused batch must leave as it was."""

    accounts: dict[str, Account] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    answered: dict[str, tuple[object, str | None]] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)


def gravest(found: Iterable[str]) -> str | None:
    return min(found, key=PRECEDENCE.index, default=None)


def malformed(entry: Entry) -> str | None:
    """What is wrong with an entry in itself."""
    return gravest(_faults(entry))


def _faults(entry: Entry) -> Iterator[str]:
    amounts = [posting.amount.minor for posting in entry.postings]
    if not 0 < len(entry.key) <= 120 or not 0 < len(entry.code) <= 40 or "\0" in entry.key + entry.narrative:
        yield "INVALID_ENTRY"
    if len(amounts) < 2 or 0 in amounts:
        yield "INVALID_ENTRY"
    if any(abs(amount) > LARGEST_POSTING for amount in amounts):
        yield "AMOUNT_OUT_OF_RANGE"
    for currency in {posting.amount.currency for posting in entry.postings}:
        if sum(p.amount.minor for p in entry.postings if p.amount.currency == currency):
            yield "UNBALANCED_ENTRY"


class Reference:
    """The book. ``key_of_entry`` and ``key_of_hold`` translate the ledger's ids, once it has told them."""

    def __init__(self, today: date, opened_at: datetime) -> None:
        self.state = State()
        self.days = [(today, opened_at)]
        self.now = opened_at
        self.entries: dict[str, Entry] = {}
        self.lines: list[Line] = []
        self.held_changes: list[HeldChange] = []
        self.state_changes: list[StateChange] = []
        self.key_of_entry: dict[int, str] = {}
        self.key_of_hold: dict[int, str] = {}

    @property
    def today(self) -> date:
        return self.days[-1][0]

    @property
    def accounts(self) -> dict[str, Account]:
        return self.state.accounts

    # --- accounts and days

    def open(self, account: Account) -> None:
        self.accounts[account.code] = account
        self._note(account)

    def set_status(self, code: str, wanted: str) -> Answer:
        account = self.accounts.get(code)
        if account is None or not account.guarded:
            return Answer("UNKNOWN_ACCOUNT")
        if account.status == wanted:
            return Answer(None)
        if account.status == "CLOSED":
            return Answer("ACCOUNT_CLOSED")
        if wanted == "CLOSED" and (account.booked or account.held):
            return Answer("ACCOUNT_NOT_EMPTY")
        account.status = wanted
        self._note(account)
        return Answer(None)

    def set_limit(self, code: str, overdraft: int | None, currency: str | None) -> Answer:
        account = self.accounts.get(code)
        if overdraft is not None and overdraft < 0:
            return Answer("INVALID_ENTRY")
        if account is None or not account.guarded or currency not in (None, account.currency):
            return Answer("UNKNOWN_ACCOUNT")
        if account.status == "CLOSED":
            return Answer("ACCOUNT_CLOSED")
        if overdraft is not None and account.booked - account.held + overdraft < 0:
            return Answer("OVERDRAFT_IN_USE")
        account.overdraft = overdraft
        self._note(account)
        return Answer(None)

    def roll(self, to: date) -> Answer:
        if to <= self.today:
            return Answer("BUSINESS_DATE_BACKWARDS")
        self.days.append((to, self.now))
        return Answer(None)

    def _note(self, account: Account) -> None:
        self.state_changes.append(StateChange(account.code, account.status, account.overdraft, self.now))

    # --- posting

    def post(self, entry: Entry, *, keep: bool = False) -> Answer:
        """One entry; with ``keep`` a refusal decided on the book stays under its key."""
        fault = malformed(entry)
        return Answer(fault) if fault else self._answer(entry, keep)

    def post_each(self, entries: Sequence[Entry]) -> list[Answer]:
        return [self.post(entry, keep=True) for entry in entries]

    def post_all(self, entries: Sequence[Entry]) -> list[Answer] | Answer:
        """All, or the first refusal: of what is malformed, else of keys used before, else on the book."""
        for position, entry in enumerate(entries):
            if fault := malformed(entry):
                return Answer(fault, position=position)
        for position, entry in enumerate(entries):
            if fault := self._key_refusal(entry, entries[:position]):
                return Answer(fault, position=position)
        before, length = copy.deepcopy(self.state), (len(self.lines), len(self.held_changes))
        answers = []
        for position, entry in enumerate(entries):
            answers.append(self._answer(entry, keep=False))
            if refusal := answers[-1].refusal:
                self.state = before
                del self.lines[length[0] :], self.held_changes[length[1] :]
                return Answer(refusal, position=position)
        return answers

    def _key_refusal(self, entry: Entry, earlier: Sequence[Entry]) -> str | None:
        first = next((other for other in earlier if other.key == entry.key), entry)
        content, refusal = self.state.answered.get(entry.key, (first, None))
        return refusal if content == entry else "IDEMPOTENCY_CONFLICT"

    def _answer(self, entry: Entry, keep: bool) -> Answer:
        if entry.key in self.state.answered:
            content, refusal = self.state.answered[entry.key]
            return Answer(refusal, replayed=True) if content == entry else Answer("IDEMPOTENCY_CONFLICT")
        refusal = gravest(self._refusals(entry))
        if refusal is None:
            self._book(entry)
        if refusal is None or keep:
            self.state.answered[entry.key] = (entry, refusal)
        return Answer(refusal)

    def _refusals(self, entry: Entry) -> Iterator[str]:
        for posting in entry.postings:
            yield from self._leg_refusals(posting.account, posting.amount.currency)
        if entry.booking_date and entry.booking_date != self.today:
            yield "BOOKING_DATE_CLOSED" if entry.booking_date < self.today else "BOOKING_DATE_IN_FUTURE"
        if entry.reverses is not None:
            yield from self._reversal_refusals(entry.reverses)
        if entry.captures is not None:
            yield from self._capture_refusals(entry)
        for code in {posting.account for posting in entry.postings} & self.accounts.keys():
            legs = [posting.amount.minor for posting in entry.postings if posting.account == code]
            yield from self._state_refusals(self.accounts[code], legs, self._let_go(entry, code))

    def _leg_refusals(self, code: str, currency: str) -> Iterator[str]:
        account = self.accounts.get(code)
        if account is None:
            yield "UNKNOWN_ACCOUNT"
        elif account.control:
            yield "CONTROL_ACCOUNT"
        elif account.currency != currency:
            yield "CURRENCY_MISMATCH"

    def _reversal_refusals(self, entry_id: int) -> Iterator[str]:
        key = self.key_of_entry.get(entry_id)
        if key is None:
            yield "UNKNOWN_ENTRY"
        elif self.entries[key].reverses is not None:
            yield "REVERSAL_OF_REVERSAL"
        elif key in self.state.reversed:
            yield "ALREADY_REVERSED"

    def _capture_refusals(self, entry: Entry) -> Iterator[str]:
        hold = self._hold(entry.captures)
        if hold is None:
            yield "UNKNOWN_HOLD"
            return
        taken = self._taken(entry, hold)
        if hold.state != "OPEN" or (hold.expires_at and hold.expires_at <= self.now):
            yield "HOLD_NOT_OPEN"
        if taken <= 0:
            yield "HOLD_NOT_DEBITED"
        if taken > hold.left:
            yield "HOLD_EXCEEDED"

    def _state_refusals(self, account: Account, legs: list[int], let_go: int) -> Iterator[str]:
        if not account.guarded:
            return
        change = sum(legs)
        if account.status == "CLOSED":
            yield "ACCOUNT_CLOSED"
        if account.status == "FROZEN" or (account.status == "FROZEN_DEBIT" and min(legs) < 0):
            yield "ACCOUNT_FROZEN"
        if abs(account.booked + change) > LARGEST_BALANCE:
            yield "BALANCE_OUT_OF_RANGE"
        if account.available is not None and change < 0 and account.available + let_go + change < 0:
            yield "INSUFFICIENT_FUNDS"

    def _book(self, entry: Entry) -> None:
        hold = self._hold(entry.captures)
        if hold:
            self._capture(entry, hold)
        booking_date, value_date = self.today, entry.value_date or self.today
        for posting in entry.postings:
            account, amount = self.accounts[posting.account], posting.amount.minor
            account.booked += amount
            account.version += 1
            seen = (account.booked, account.version) if account.guarded else (None, None)
            self.lines.append(
                Line(entry.key, account.code, amount, *seen, booking_date, value_date, self.now)
            )
        if entry.reverses is not None:
            self.state.reversed.add(self.key_of_entry[entry.reverses])
        self.entries[entry.key] = entry

    def contra(self, entry_id: int, key: str) -> Entry | None:
        """The entry that ``ledger.reverse`` must book; None for an entry that is not there."""
        original = self.entries.get(self.key_of_entry.get(entry_id, ""))
        if original is None:
            return None
        valued = next(line.value_date for line in self.lines if line.key == original.key)
        postings = tuple(Posting(posting.account, -posting.amount) for posting in original.postings)
        return Entry(key, postings, "REVERSAL", value_date=valued, reverses=entry_id)

    # --- holds

    def place_hold(
        self, key: str, code: str, amount: int, currency: str, expires_at: datetime | None
    ) -> Answer:
        if amount <= 0:
            return Answer("INVALID_ENTRY")
        if amount > LARGEST_POSTING:
            return Answer("AMOUNT_OUT_OF_RANGE")
        content = (code, amount, currency, expires_at)
        if key in self.state.answered:
            same = self.state.answered[key][0] == content
            return Answer(None, replayed=True) if same else Answer("IDEMPOTENCY_CONFLICT")
        refusal = gravest(self._hold_refusals(code, amount, currency))
        if refusal is None:
            self.accounts[code].held += amount
            self.state.holds[key] = Hold(code, amount, expires_at)
            self.state.answered[key] = (content, None)
            self.held_changes.append(HeldChange(code, amount, self.now))
        return Answer(refusal)

    def _hold_refusals(self, code: str, amount: int, currency: str) -> Iterator[str]:
        yield from self._leg_refusals(code, currency)
        account = self.accounts.get(code)
        if account and not account.guarded:
            yield "ACCOUNT_NOT_GUARDED"
        elif account:
            yield from self._state_refusals(account, [-amount], 0)

    def release(self, hold_id: int) -> tuple[Answer, bool]:
        """The answer, and whether anything was let go."""
        hold = self._hold(hold_id)
        if hold is None:
            return Answer("UNKNOWN_HOLD"), False
        if hold.state == "OPEN":
            self._end(hold, "RELEASED")
            return Answer(None), True
        return Answer(None if hold.state == "RELEASED" else "HOLD_NOT_OPEN"), False

    def expire(self) -> int:
        due = [
            h
            for h in self.state.holds.values()
            if h.state == "OPEN" and h.expires_at and h.expires_at <= self.now
        ]
        for hold in due:
            self._end(hold, "EXPIRED")
        return len(due)

    def _end(self, hold: Hold, state: str) -> None:
        self.accounts[hold.account].held -= hold.left
        self.held_changes.append(HeldChange(hold.account, -hold.left, self.now))
        hold.state = state

    def _capture(self, entry: Entry, hold: Hold) -> None:
        let_go = self._let_go(entry, hold.account)
        self.accounts[hold.account].held -= let_go
        self.held_changes.append(HeldChange(hold.account, -let_go, self.now))
        if let_go == hold.left:
            hold.state = "CAPTURED"
        hold.captured += self._taken(entry, hold)

    def _hold(self, hold_id: int | None) -> Hold | None:
        return self.state.holds.get(self.key_of_hold.get(hold_id or 0, ""))

    def _taken(self, entry: Entry, hold: Hold) -> int:
        return -sum(p.amount.minor for p in entry.postings if p.account == hold.account)

    def _let_go(self, entry: Entry, code: str) -> int:
        """How much less is held on an account once the entry has captured its hold."""
        hold = self._hold(entry.captures)
        if hold is None or hold.account != code:
            return 0
        return hold.left if entry.final else self._taken(entry, hold)

    # --- looking back

    def booked_at(self, code: str, at: datetime) -> int:
        return sum(line.amount for line in self.lines if line.account == code and line.at <= at)

    def booked_by(self, code: str, day: date, axis: str) -> int:
        """By the end of a day, counting by booking date or by value date."""
        dated = [(line.booking_date if axis == "BOOKING" else line.value_date, line) for line in self.lines]
        return sum(line.amount for on, line in dated if line.account == code and on <= day)

    def held_at(self, code: str, at: datetime) -> int:
        return sum(
            change.amount for change in self.held_changes if change.account == code and change.at <= at
        )

    def state_at(self, code: str, at: datetime) -> StateChange:
        return [change for change in self.state_changes if change.account == code and change.at <= at][-1]

    def end_of(self, day: date) -> datetime:
        """The instant the next business day opened; now, while none has."""
        return next((opened_at for on, opened_at in self.days if on > day), self.now)

    def summary(self) -> dict[str, tuple[Any, ...]]:
        """What every account must show."""
        return {
            code: (
                a.booked,
                a.held,
                a.available if a.guarded else None,
                a.status,
                a.version if a.guarded else None,
            )
            for code, a in self.accounts.items()
            if not a.control
        }
