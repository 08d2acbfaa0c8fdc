"""Holds: money set aside until it is captured, released or expires."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from bank.kernel import clock
from bank.kernel.money import Money
from bank.ledger import content, engine, errors, wire
from bank.ledger.entries import Entry, Outcome
from bank.ledger.posting import post

_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class HoldOutcome:
    """The hold's id; ``replayed`` when the key had placed it before."""

    hold_id: int
    replayed: bool


def place_hold(
    *,
    key: str,
    account: str,
    amount: Money,
    expires_at: datetime | None = None,
    narrative: str = "",
    reference: str = "",
) -> HoldOutcome:
    """Sets ``amount`` aside on a guarded account: booked stays, available falls.

    Raises InvalidEntry, PostingOutOfRange, IdempotencyConflict, UnknownAccount, CurrencyMismatch,
    AccountClosed, AccountFrozen, InsufficientFunds. The same key and content answer with the same hold.
    """
    content.check_key(key)
    minor = content.minor_above_zero(amount)
    if not content.is_storable(account):
        raise errors.UnknownAccount(account=ascii(account))
    asked = content.digest("HOLD", account, minor, amount.currency, expires_at, narrative, reference)
    hold_id, replayed, code, params = engine.row(
        "SELECT id, replayed, refusal, params"
        " FROM ledger_place_hold(%s, %s::uuid, %s, %s, %s, %s, %s, %s, %s)",
        (key, asked, account, minor, amount.currency, expires_at, narrative, reference, clock.now()),
    )
    if code:
        raise errors.refusal(code, params)
    return HoldOutcome(hold_id, replayed)


def capture_hold(*, hold_id: int, entry: Entry, final: bool = False) -> Outcome:
    """Posts ``entry``, whose debit of the hold's account comes out of the hold.

    May be done in parts; ``final`` lets go of what is left. Raises what :func:`post` raises, and
    UnknownHold, HoldNotOpen, HoldNotDebited, HoldExceeded.
    """
    return post(replace(entry, captures=hold_id, final=final))


def release_hold(*, hold_id: int) -> bool:
    """Lets go of what is left of a hold. Tells whether it did: releasing again changes nothing.

    Raises UnknownHold, and HoldNotOpen for a hold that was captured in full or has expired.
    """
    with transaction.atomic():
        (ended,) = engine.row(
            "SELECT ledger_end_holds(ARRAY[%s]::bigint[], 'RELEASED', %s)", (hold_id, clock.now())
        )
        state = engine.rows("SELECT state FROM ledger_hold WHERE id = %s", (hold_id,))
    if not state:
        raise errors.UnknownHold(hold=hold_id)
    if state[0][0] != "RELEASED":
        raise errors.HoldNotOpen(hold=hold_id)
    return bool(ended)


def expire_holds() -> int:
    """Ends the open holds whose time is over, and tells how many; a thousand a database transaction."""
    expired = 0
    now = clock.now()
    while ended := expire_next(by=now):
        expired += ended
    return expired


def expire_next(*, by: datetime) -> int:
    """Ends up to a thousand of the open holds whose time is over by then; tells how many, none at last."""
    due = engine.rows(
        "SELECT id FROM ledger_hold WHERE state = 'OPEN' AND expires_at <= %s ORDER BY expires_at LIMIT %s",
        (by, _BATCH),
    )
    if not due:
        return 0
    ids = wire.plain_array([row[0] for row in due])
    (ended,) = engine.row("SELECT ledger_end_holds(%s::bigint[], 'EXPIRED', %s)", (ids, clock.now()))
    return int(ended)
