"""What can be told from an entry alone: that it is well formed, and the digest of what it says."""

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from bank.kernel.money import Money
from bank.ledger import errors
from bank.ledger.entries import Entry, Posting
from bank.ledger.rules import MAX_LEGS, MAX_MINOR

MAX_KEY: Final = 120
_LONGEST_CODE: Final = 40
_LONGEST_NARRATIVE: Final = 200
_LONGEST_REFERENCE: Final = 80
_BOUNDS: Final = (
    ("code", _LONGEST_CODE),
    ("narrative", _LONGEST_NARRATIVE),
    ("reference", _LONGEST_REFERENCE),
)


def moved(postings: Sequence[Posting]) -> int | None:
    """The first amount, in minor units, of what nearly every entry is: a pair that cancels out. ``None`` for
    whatever is anything else, or not an entry; nothing more than a short cut past :func:`minor_amounts`."""
    if len(postings) != 2:
        return None
    first, second = postings[0].amount, postings[1].amount
    if first.currency != second.currency or first.amount != -second.amount:
        return None
    minor = first.minor
    return minor if 0 < minor <= MAX_MINOR or -MAX_MINOR <= minor < 0 else None


def minor_amounts(postings: Sequence[Posting]) -> list[int]:
    """The postings' amounts in minor units, each within range and not zero, zero in sum per currency.

    Raises InvalidEntry, PostingOutOfRange, UnbalancedEntry, in this order.
    """
    amounts = [posting.amount.minor for posting in postings]
    if not 2 <= len(amounts) <= MAX_LEGS or 0 in amounts:
        raise errors.InvalidEntry(problem="An entry has at least two postings, and none of zero.")
    if max(amounts) > MAX_MINOR or min(amounts) < -MAX_MINOR:
        raise errors.PostingOutOfRange(amount=max((p.amount for p in postings), key=lambda m: abs(m.amount)))
    if sum(amounts) or len({posting.amount.currency for posting in postings}) > 1:
        _check_each_currency(postings, amounts)
    return amounts


def _check_each_currency(postings: Sequence[Posting], amounts: Sequence[int]) -> None:
    totals: dict[str, int] = {}
    for posting, amount in zip(postings, amounts, strict=True):
        currency = posting.amount.currency
        totals[currency] = totals.get(currency, 0) + amount
    for currency, total in totals.items():
        if total:
            raise errors.UnbalancedEntry(currency=currency, difference=Money.from_minor(abs(total), currency))


def minor_above_zero(amount: Money) -> int:
    """An amount in minor units. Raises InvalidEntry unless above zero, PostingOutOfRange."""
    if amount.minor > MAX_MINOR:
        raise errors.PostingOutOfRange(amount=amount)
    if not amount.is_positive:
        raise errors.InvalidEntry(problem="The amount must be above zero.")
    return amount.minor


def is_plainly_worded(entry: Entry, accounts: Sequence[str]) -> bool:
    """Whether an entry's texts fit and can be stored, and have no sign that a COPY takes for its own, told at
    a glance: what :func:`check_words` would pass too, which looks at each and says what is wrong."""
    words = "".join((entry.key, entry.code, entry.narrative, entry.reference, *accounts))
    return (
        words.isascii()
        and words.isprintable()
        and "\\" not in words
        and 0 < len(entry.key) <= MAX_KEY
        and 0 < len(entry.code) <= _LONGEST_CODE
        and len(entry.narrative) <= _LONGEST_NARRATIVE
        and len(entry.reference) <= _LONGEST_REFERENCE
    )


def check_words(entry: Entry) -> None:
    """That the entry's texts fit and can be stored. Raises InvalidEntry."""
    check_key(entry.key)
    if not entry.code:
        raise errors.InvalidEntry(problem="An entry names the business event it books.")
    for name, longest in _BOUNDS:
        text = getattr(entry, name)
        if len(text) > longest or not is_storable(text):
            raise errors.InvalidEntry(problem=f"The {name} has at most {longest} characters, and no NUL.")
    for posting in entry.postings:
        if not is_storable(posting.account):
            raise errors.UnknownAccount(account=ascii(posting.account))


def check_key(key: str) -> None:
    """That an idempotency key is there, fits, and can be stored. Raises InvalidEntry."""
    if not key or len(key) > MAX_KEY or not is_storable(key):
        raise errors.InvalidEntry(problem=f"A key has 1 to {MAX_KEY} characters, and no NUL.")


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text))


def digest(*said: object) -> str:
    """128 bits, in hexadecimal, over what was asked for: equal for equal content only."""
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()


def meta_text(meta: Mapping[str, Any] | None) -> str | None:
    """Canonical JSON. Raises InvalidEntry for what JSON, or the database, cannot hold."""
    if meta is None:
        return None
    try:
        text = json.dumps(meta, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise errors.InvalidEntry(problem="The entry's meta must be plain JSON.") from error
    if "\\u0000" in text or not is_storable(text):
        raise errors.InvalidEntry(problem="The entry's meta must not contain NUL, nor half a character.")
    return text
