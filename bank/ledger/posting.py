"""Posting: entries in, outcomes out, in one round trip whatever their number."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal, overload

from django.db import transaction

from bank.kernel import clock
from bank.ledger import content, engine, errors, selectors
from bank.ledger.entries import Entry, Outcome, Posting

Mode = Literal["ALL_OR_NOTHING", "EACH"]

_ONE: Final = (
    "SELECT id, booked_on, replayed, refusal, params FROM ledger_post_one("
    "%s, %s::uuid, %s, %s::date, %s::date, %s, %s, %s::jsonb, %s, %s, %s,"
    " %s::text[], %s::text[], %s::bigint[], %s, %s)"
)


@overload
def post(entries: Entry, *, outcome: Mode = ...) -> Outcome: ...
@overload
def post(entries: Iterable[Entry], *, outcome: Mode = ...) -> Sequence[Outcome]: ...
def post(
    entries: Entry | Iterable[Entry], *, outcome: Mode = "ALL_OR_NOTHING"
) -> Outcome | Sequence[Outcome]:
    """Books journal entries, in the order given."""
    if isinstance(entries, Entry):
        return post_one(entries, keep_refusal=outcome == "EACH")
    with transaction.atomic():
        return [post_one(entry, keep_refusal=outcome == "EACH") for entry in entries]


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


def post_one(entry: Entry, *, keep_refusal: bool) -> Outcome:
    """Books one entry; see :func:`post`."""
    content.check_words(entry)
    amounts = content.minor_amounts(entry.postings)
    meta = content.meta_text(entry.meta)
    entry_id, booked_on, replayed, code, params = engine.row(
        _ONE,
        (
            entry.key,
            content.entry_digest(entry, amounts, meta),
            entry.code,
            entry.booking_date,
            entry.value_date,
            entry.narrative,
            entry.reference,
            meta,
            entry.reverses,
            entry.captures,
            entry.final,
            engine.text_array([posting.account for posting in entry.postings]),
            engine.plain_array([posting.amount.currency for posting in entry.postings]),
            engine.plain_array(amounts),
            clock.now(),
            keep_refusal,
        ),
    )
    refusal = errors.refusal(code, params) if code else None
    if refusal and not keep_refusal:
        raise refusal
    return Outcome(entry_id, booked_on, replayed, refusal)
