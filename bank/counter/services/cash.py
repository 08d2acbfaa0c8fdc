"""Customers' cash: what they pay in and take out at a counter."""

from django.db import transaction

from bank.accounts import rules as account_rules
from bank.accounts.errors import AccountIsDormant
from bank.accounts.models import Account
from bank.accounts.rules import AccountRole, AccountStatus, Signing
from bank.cif.errors import CustomerNotActive
from bank.cif.rules import CustomerStatus
from bank.counter import rules, selectors
from bank.counter.errors import CashUnusable, SignaturesAbsent
from bank.counter.models import DrawerSession, Slip
from bank.counter.rules import Bound, Move, Shown
from bank.counter.services import slips
from bank.identity.models import User
from bank.kernel.money import Money
from bank.runtime import locks
from bank.signing import selectors as signatures


def check_customer_cash(
    *, session: DrawerSession, move: Move, account: Account, amount: Money, shown: Shown, other: Shown
) -> Money:
    """What the drawer would hold after it. Changes nothing; what the ledger refuses shows in ``hand_over``.

    Raises, in this order, ``CashUnusable`` for an amount or account the counter has no cash for,
    ``SessionOfAnotherDay``; and for cash taken out ``CustomerNotActive``, ``AccountIsDormant``,
    ``SignaturesAbsent``, ``IdentityNotShown``, ``OtherHolderMissing``, ``DebitAboveLimit``,
    ``CashDayExceeded``; then ``DrawerFull``, ``DrawerShort``.
    """
    slips.require_amount(amount)
    if account.role != AccountRole.MAIN or account.currency != amount.currency:
        raise CashUnusable(problem=f"Account {account.number} takes no {amount.currency} at a counter.")
    slips.require_today(session)
    if move == Move.WITHDRAWAL:
        if account.customer.status != CustomerStatus.ACTIVE:
            raise CustomerNotActive(cif=account.customer.cif, status=account.customer.status.lower())
        if account.status == AccountStatus.DORMANT:
            raise AccountIsDormant(number=account.number)
        rules.require_shown(shown, other, both=_persons(account, amount) > 1)
        account_rules.check_debit(account.number, account.single_debit_limit, amount)
        taken = selectors.taken_out(account.customer, session.business_date)
        rules.require_in_day(amount, taken, selectors.bound(Bound.CUSTOMER_DAY))
    return slips.drawer_after(session, move, amount)


def _persons(account: Account, amount: Money) -> int:
    """How many must stand at the counter: both holders, or those a company's rules of signing ask for.

    Raises ``SignaturesAbsent`` for more than two, whose documents a slip does not hold.
    """
    if account.signing == Signing.BOTH:
        return 2
    asked = signatures.needed(account.customer, [amount], accounts=[account.number])
    if asked > 2:
        raise SignaturesAbsent(needed=asked, amount=amount)
    return asked


def hold_day(session: DrawerSession, account: Account) -> DrawerSession:
    """The session, locked; until the transaction ends nobody else moves cash of the account's customer.

    Raises ``SessionClosed``.
    """
    locked = slips.lock(session)
    locks.hold_until_commit(f"counter-day:{account.customer_id}")
    return locked


@transaction.atomic
def hand_over(
    *,
    session: DrawerSession,
    move: Move,
    account: Account,
    amount: Money,
    key: str,
    shown: Shown | None = None,
    other: Shown | None = None,
    approved_by: User | None = None,
) -> Slip:
    """Takes cash for an account or pays it out of one, at once and finally.

    A deposit debits TELLER_CASH and credits the account, a withdrawal the other way round, with value today.
    No fee: the catalogue has none for counters. Who may do so alone is asked before (``commands.ask``).
    Cash of one customer is summed one after the other, under a lock. Raises as
    ``check_customer_cash`` does, ``SessionClosed``, and ``ledger.errors`` such as ``InsufficientFunds``,
    ``AccountFrozen``, ``AccountClosed``.
    """
    locked = hold_day(session, account)
    shown, other = shown or Shown(), other or Shown()
    held = check_customer_cash(
        session=locked, move=move, account=account, amount=amount, shown=shown, other=other
    )
    return slips.write(
        session=locked,
        move=move,
        amount=amount,
        held=held,
        key=key,
        account=account,
        shown=shown,
        other=other,
        approved_by=approved_by,
    )
