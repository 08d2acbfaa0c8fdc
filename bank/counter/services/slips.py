"""Writing down a move of cash: its entry in the books, its slip, what the drawer then holds, the trail.

Locks: the session's row first, then the customer's day or the vault, then the ledger's.
"""

from typing import Any

from bank import ledger
from bank.accounts.models import Account
from bank.audit import services as audit
from bank.counter import postings, rules, selectors
from bank.counter.errors import CashUnusable, SessionClosed, SessionOfAnotherDay
from bank.counter.models import DrawerSession, Slip
from bank.counter.rules import Bound, Move, Shown
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.money import Money


def lock(session: DrawerSession) -> DrawerSession:
    """The session, locked until the transaction ends. Raises ``SessionClosed``."""
    rows = DrawerSession.objects.select_for_update(of=("self",)).select_related("drawer", "teller")
    locked = rows.get(pk=session.pk)
    if not locked.is_open:
        raise SessionClosed(reference=locked.reference)
    return locked


def require_today(session: DrawerSession) -> None:
    """Raises ``SessionOfAnotherDay``: what is entered now would be booked on another day."""
    if session.business_date != ledger.business_date():
        raise SessionOfAnotherDay(reference=session.reference, day=session.business_date)


def require_amount(amount: Money) -> None:
    """Raises ``CashUnusable`` for no amount, or one in another currency than the counter's."""
    if amount.currency != selectors.currency():
        raise CashUnusable(problem=f"The counter handles {selectors.currency()} alone.")
    if not amount.is_positive:
        raise CashUnusable(problem="Enter an amount above zero.")


def drawer_after(session: DrawerSession, move: Move, amount: Money) -> Money:
    """Raises ``DrawerFull``, ``DrawerShort``."""
    return rules.after(move, session.money, amount, selectors.bound(Bound.DRAWER_MAXIMUM))


def write(
    *,
    session: DrawerSession,
    move: Move,
    amount: Money,
    held: Money,
    key: str,
    account: Account | None = None,
    shown: Shown | None = None,
    other: Shown | None = None,
    approved_by: User | None = None,
) -> Slip:
    """Books the move of a locked session and keeps its slip. Raises what ``ledger.post`` raises."""
    reference = ids.reference("CSH")
    counterpart = account.number if account else ledger.gl(postings.VAULT, amount.currency)
    entry = postings.moved(
        key=f"counter:{key}",
        move=move,
        other=counterpart,
        amount=amount,
        reference=reference,
        gl=ledger.gl,
    )
    entry_id = ledger.post(entry).entry_id
    assert entry_id is not None
    slip = Slip.objects.create(
        reference=reference,
        session=session,
        move=move.value,
        account=account,
        amount=amount.amount,
        currency=amount.currency,
        held_after=held.amount,
        approved_by=approved_by,
        entry_id=entry_id,
        business_date=session.business_date,
        **_papers(shown or Shown(), other or Shown()),
    )
    session.held = held.amount
    session.save(update_fields=["held"])
    _note(slip, session)
    return slip


def _papers(shown: Shown, other: Shown) -> dict[str, str]:
    return {
        "paper": shown.paper,
        "paper_ending": shown.ending,
        "other_paper": other.paper,
        "other_ending": other.ending,
    }


def _note(slip: Slip, session: DrawerSession) -> None:
    detail: dict[str, Any] = {
        "session": session.reference,
        "amount": str(slip.money),
        "account": slip.account.number if slip.account else "",
    }
    if slip.approved_by is not None:
        detail["approved_by"] = slip.approved_by.pk
    audit.record(
        f"CASH_{slip.move}",
        actor=session.teller,
        subject_type="SLIP",
        subject_id=slip.reference,
        detail=detail,
    )
