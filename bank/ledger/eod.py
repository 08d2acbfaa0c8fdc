"""The ledger's part in the close of business: holds end, the books tie, balances are kept, the date moves."""

from datetime import datetime, time
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.ledger import accounts, checks, engine, errors, holds, proof
from bank.runtime.steps import Day, Part, Phase, Step

KEPT_AT_ONCE: Final = 100_000
"""Accounts whose balances one part keeps."""


def _expire_holds(day: Day, cursor: str) -> Part:
    """Ends the holds that ran out by the end of the day, a thousand a part, none before its time."""
    ended = holds.expire_next(by=_end_of(day))
    return Part(ended, cursor="more" if ended else None)


def _holds_due(day: Day) -> int:
    (due,) = engine.row(
        "SELECT count(*) FROM ledger_hold WHERE state = 'OPEN' AND expires_at <= %s", (_end_of(day),)
    )
    return int(due)


def _end_of(day: Day) -> datetime:
    """Midnight after the business date, or now where that is earlier."""
    midnight = timezone.make_aware(datetime.combine(day.business_date, time.max))
    return min(midnight, clock.now())


def _tie_out(day: Day, cursor: str) -> Part:
    """Control accounts equal their sub-ledgers and the trial balance is zero. Raises BooksDoNotTie."""
    ties = (checks.CONTROLS_EQUAL_SUBLEDGERS, checks.TRIAL_BALANCE_IS_ZERO)
    found = proof.prove(only=ties)
    if found is not None:
        raise errors.BooksDoNotTie(check=found.check, fault=found.fault)
    return Part(len(ties))


def _two(day: Day) -> int:
    return 2


def _keep_balances(day: Day, cursor: str) -> Part:
    """Keeps what the next accounts stand at, in order of their ids."""
    above = int(cursor or 0)
    looked, upto = engine.row(
        "SELECT looked, upto FROM ledger_keep_balances(%s, %s, %s, %s)",
        (day.business_date, above, KEPT_AT_ONCE, clock.now()),
    )
    return Part(looked, cursor=str(upto) if looked == KEPT_AT_ONCE else None)


def _guarded(day: Day) -> int:
    return int(engine.row("SELECT count(*) FROM ledger_balance")[0])


def _roll(day: Day, cursor: str) -> Part:
    """Keeps what moved since the balances were kept, and opens the next day, while no booking is under way.

    Raises BusinessDateBackwards where the business date is not the one that closes.
    """
    engine.row("SELECT ledger_finish_balances(%s, %s)", (day.business_date, clock.now()))
    standing = accounts.business_date()
    if standing != day.business_date:
        raise errors.BusinessDateBackwards(business_date=standing)
    accounts.roll_business_date(to=day.next_date)
    return Part(1)


def _one(day: Day) -> int:
    return 1


STEPS: Final = (
    Step("HOLD_EXPIRY", _("Holds whose time is over"), Phase.COLLECT, _expire_holds, count=_holds_due),
    Step("TIE_OUT", _("Tie-out: sub-ledgers and trial balance"), Phase.TIE_OUT, _tie_out, count=_two),
    Step("BALANCE_SNAPSHOT", _("Snapshot of balances"), Phase.SNAPSHOT, _keep_balances, count=_guarded),
    Step("ROLL", _("Roll of the business date"), Phase.ROLL, _roll, count=_one),
)
