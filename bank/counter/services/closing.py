"""The end of a session: the drawer is counted, what it lacks or has too much is booked."""

from django.db import transaction

from bank import ledger
from bank.audit import services as audit
from bank.counter import postings, rules, selectors
from bank.counter.errors import CashUnusable, CashWaits, CountChanged
from bank.counter.models import DrawerSession
from bank.counter.rules import Count
from bank.counter.services import slips
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.money import Money


def check_closing(*, session: DrawerSession, count: Count, held: Money, reason: str) -> Money:
    """The difference the count shows, above zero for too much. Changes nothing.

    ``held`` is what should have been there when it was counted. Raises ``CashUnusable`` for a count nobody
    makes, ``CountChanged`` where the drawer moved since, ``CashWaits`` while something of the session waits
    for approval, ``DifferenceUnexplained``.
    """
    rules.check_count(count)
    if count.total.currency != session.currency:
        raise CashUnusable(problem=f"The drawer is counted in {session.currency}.")
    if held != session.money:
        raise CountChanged
    if waiting := selectors.waiting(session).count():
        raise CashWaits(count=waiting)
    difference = count.total - held
    rules.explained(difference, reason)
    return difference


@transaction.atomic
def close_session(
    *,
    session: DrawerSession,
    count: Count,
    held: Money,
    reason: str,
    closed_by: User,
    approved_by: User | None = None,
) -> DrawerSession:
    """Ends a session for good, on whatever day it is counted: debits CASH with the cash counted, credits
    TELLER_CASH with what should be there, and the difference goes to CASH_DIFFERENCES.

    Raises ``SessionClosed`` and as ``check_closing`` does.
    """
    locked = slips.lock(session)
    difference = check_closing(session=locked, count=count, held=held, reason=reason)
    entry = postings.closed(
        key=f"counter:close:{locked.reference}",
        held=held,
        counted=count.total,
        reference=locked.reference,
        gl=ledger.gl,
    )
    locked.entry_id = ledger.post(entry).entry_id if entry else None
    locked.counted, locked.difference, locked.held = count.total.amount, difference.amount, 0
    locked.notes = {str(note): number for note, number in sorted(count.notes.items(), reverse=True)}
    locked.notes["coins"] = str(count.coins.amount)
    locked.reason = rules.explained(difference, reason)
    locked.closed_at, locked.closed_by, locked.approved_by = clock.now(), closed_by, approved_by
    locked.save()
    audit.record(
        "COUNTER_CLOSED",
        actor=closed_by,
        subject_type="COUNTER",
        subject_id=locked.reference,
        detail={"counted": str(count.total), "difference": str(difference), "reason": locked.reason},
    )
    return locked
