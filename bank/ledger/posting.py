"""Posting: entries in, outcomes out.

An entry, or a list of them whatever its length, goes in one round trip. What is not a list (a
generator, a file read line by line) is streamed, so that memory stays flat: a COPY and a call.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, Literal, TypeVar, overload

from django.db import connection, transaction

from bank.kernel import clock
from bank.ledger import engine, errors, grouping, selectors, wire
from bank.ledger.entries import Entry, Outcome, Outcomes, Posting

Mode = Literal["ALL_OR_NOTHING", "EACH"]
Made = TypeVar("Made")

_FEW_LEGS: Final = 16
"""Up to here an entry by itself is cheaper to book leg by leg than set-based."""

_RESULT: Final = "SELECT booked_on, ids, replayed, replay_dates, refused, refusals, params"
_MANY: Final = (
    f"{_RESULT} FROM ledger_post_many(%s::int[], %s::text[], %s::uuid[], %s::text[], %s::date[], %s::date[],"
    " %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::boolean[],"
    " %s::text[], %s::text[], %s::text[], %s, %s)"
)
STAGED: Final = f"{_RESULT} FROM ledger_post_intake(%s, %s)"
"""Books what stands in the intake: ``each``, and the time."""
_COPY: Final = f"COPY ledger_intake ({', '.join(wire.STAGED)}) FROM STDIN"


@overload
def post(entries: Entry, *, outcome: Mode = ...) -> Outcome: ...
@overload
def post(entries: Iterable[Entry], *, outcome: Mode = ...) -> Outcomes: ...
def post(entries: Entry | Iterable[Entry], *, outcome: Mode = "ALL_OR_NOTHING") -> Outcome | Outcomes:
    """Books journal entries, as if one after the other in the order given.

    ``ALL_OR_NOTHING`` books all of them or raises the first refusal (``params["position"]`` tells
    which) and leaves no trace, so that the keys can be used again. ``EACH`` raises nothing: every
    entry has its own outcome, and a refusal decided on the book is kept under its key and answered
    again. A key that was used with the same content answers with its first outcome (``replayed``),
    with other content IdempotencyConflict; two callers with one key at once get the same outcome.

    Inside a database transaction of the caller a refusal leaves that usable. Raises, in order of
    precedence, the errors of :mod:`bank.ledger.errors`; amounts are those of each account's currency.
    """
    each = outcome == "EACH"
    if isinstance(entries, Entry):
        if len(entries.postings) <= _FEW_LEGS:
            return _post_one(entries, keep_refusal=each)
        return _post_list([entries], each=each)[0]
    if isinstance(entries, Sequence):
        return _post_list(entries, each=each)
    return _post_stream(entries, each=each)


def reverse(
    *,
    entry_id: int,
    key: str,
    narrative: str = "",
    reference: str = "",
    code: str = "REVERSAL",
    value_date: date | None = None,
) -> Outcome:
    """Books the contra entry of a journal entry: every posting with the other sign, on today's books.

    It has value on the original's value date unless another is given, so that interest counts as if
    nothing had happened. At most once per entry. Raises UnknownEntry, ReversalOfReversal,
    AlreadyReversed, and what :func:`post` raises (the money may be gone, the account frozen).
    """
    original = selectors.entry(entry_id)
    return post(
        Entry(
            key=key,
            postings=tuple(Posting(line.account, -line.amount) for line in original.postings),
            code=code,
            value_date=value_date or original.value_date,
            narrative=narrative or f"Reversal of {original.narrative or original.code}"[:200],
            reference=reference or original.reference,
            reverses=entry_id,
        )
    )


def outcomes_of(answer: Sequence[Any], *, each: bool) -> Outcomes:
    """What the database answered of well-formed entries. Without ``each`` raises the first refusal."""
    return _Batch((), each=each).outcomes(answer)


def _post_one(entry: Entry, *, keep_refusal: bool) -> Outcome:
    try:
        sent = wire.fields(entry)
    except errors.LedgerError as malformed:
        if keep_refusal:
            return Outcome(None, None, False, malformed)
        raise
    order = wire.record((*sent, str(clock.now()), "t" if keep_refusal else "f"))
    may_share = entry.reverses is None and entry.captures is None and engine.stands_alone()
    entry_id, booked_on, replayed, code, params = (grouping.post if may_share else grouping.post_alone)(order)
    if not code:
        return Outcome(int(entry_id), date.fromisoformat(booked_on), replayed == "t")
    refusal = errors.refusal(code, params)
    if not keep_refusal:
        raise refusal
    return Outcome(None, None, replayed == "t", refusal)


class _Batch:
    """Entries on their way, numbered from 1; with an outcome for each, what is malformed stays behind."""

    def __init__(self, entries: Iterable[Entry], *, each: bool) -> None:
        self.entries = entries
        self.each = each
        self.total = 0
        self.malformed: dict[int, errors.LedgerError] = {}

    def made(self, make: Callable[[int, Entry], Made]) -> Iterator[Made]:
        """Of each entry and its number what ``make`` makes of it."""
        for entry in self.entries:
            self.total += 1
            try:
                yield make(self.total, entry)
            except errors.LedgerError as refusal:
                refusal.params["position"] = self.total - 1
                if not self.each:
                    raise
                self.malformed[self.total - 1] = refusal

    def outcomes(self, answer: Sequence[Any]) -> Outcomes:
        booked_on, ids, replayed, replay_dates, refused, refusals, params = answer
        refused_by = dict(self.malformed)
        for number, code, details in zip(refused or (), refusals or (), params or (), strict=True):
            refused_by[number - 1] = errors.refusal(code, details)
            refused_by[number - 1].params["position"] = number - 1
        if refused_by and not self.each:
            raise refused_by[min(refused_by)]
        replayed_on = {n - 1: day for n, day in zip(replayed or (), replay_dates or (), strict=True)}
        in_order = dict(sorted(refused_by.items()))
        return Outcomes(self._placed(ids or ()), booked_on, replayed_on, in_order)

    def _placed(self, ids: Sequence[int]) -> "array[int]":
        if not self.malformed:
            return array("q", ids)
        rest = iter(ids)
        return array("q", (0 if i in self.malformed else next(rest) for i in range(self.total)))


def _numbered(number: int, entry: Entry) -> tuple[int, wire.Fields]:
    return number, wire.fields(entry)


def _post_list(entries: Sequence[Entry], *, each: bool) -> Outcomes:
    batch = _Batch(entries, each=each)
    numbered = list(batch.made(_numbered))
    if not numbered:
        return batch.outcomes((None,) * 7)
    params = (*wire.columns(numbered), each, clock.now())
    return batch.outcomes(engine.row(_MANY, params))


def _post_stream(entries: Iterable[Entry], *, each: bool) -> Outcomes:
    batch = _Batch(entries, each=each)
    stream = wire.CopyStream(batch.made(wire.staged))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_open_intake()")
        try:
            cursor.copy_expert(_COPY, stream)
        except Exception as error:
            raise stream.stopped_by or error from None
        return batch.outcomes(engine.row(STAGED, (each, clock.now())))
