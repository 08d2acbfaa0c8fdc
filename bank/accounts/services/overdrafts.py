"""Overdrafts: arranged by two people, ended by a third, by a new one, or by their last day."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from bank import ledger
from bank.accounts import selectors
from bank.accounts.errors import OverdraftUnusable
from bank.accounts.models import Account, Overdraft
from bank.accounts.rules import LONGEST_OVERDRAFT, AccountStatus
from bank.accounts.services import trail
from bank.identity.models import User
from bank.kernel.money import Money
from bank.ledger.errors import OverdraftInUse
from bank.products.rules import HIGHEST_RATE_PCT, ProductKind

_PART = 1_000


def check_overdraft(account: Account, limit: Money, expires: date, rate_pct: Decimal | None = None) -> None:
    """Raises ``OverdraftUnusable`` for what is no current account, a limit not above zero or in another
    currency, a last day that is not after the business date or more than two years off, and a rate
    that is below zero or above 100 per cent a year.
    """
    if account.product.kind != ProductKind.CURRENT or account.status == AccountStatus.CLOSED:
        raise OverdraftUnusable(problem="Only an open current account has an overdraft.")
    if not limit.is_positive or limit.currency != account.currency:
        raise OverdraftUnusable(problem="An overdraft is above zero, in the account's currency.")
    today = ledger.business_date()
    if not today < expires <= today + LONGEST_OVERDRAFT:
        raise OverdraftUnusable(problem="An overdraft ends after today and within two years.")
    if rate_pct is not None and not (rate_pct.is_finite() and 0 <= rate_pct <= HIGHEST_RATE_PCT):
        raise OverdraftUnusable(problem="The agreed rate is between 0 and 100 per cent a year, or left out.")


@transaction.atomic
def arrange_overdraft(
    *,
    account: Account,
    limit: Money,
    expires: date,
    rate_pct: Decimal | None = None,
    reference: str = "",
    maker: User | None = None,
    approver: User | None = None,
) -> Overdraft:
    """Lets the account go below zero by ``limit`` through the day ``expires``; one before ends.

    It costs ``rate_pct`` a year from this business date on, or what the product says where none is agreed;
    what was accrued before is charged with the next close, under the rate it was accrued at. The books
    are not touched, the ledger's limit is. Raises ``OverdraftUnusable``, and
    ``OverdraftInUse`` where more is in use than the new limit.
    """
    locked = Account.objects.select_for_update(of=("self",)).select_related("product").get(pk=account.pk)
    check_overdraft(locked, limit, expires, rate_pct)
    today = ledger.business_date()
    _open_ones(locked).update(ended_date=today, end_reason="Replaced by another")
    locked.overdrafts.filter(runs_down=True).update(runs_down=False)
    ledger.set_limit(locked.number, limit, reason=f"Overdraft {reference}".strip())
    made = Overdraft.objects.create(
        account=locked,
        limit=limit.amount,
        expires_date=expires,
        annual_rate_pct=rate_pct,
        reference=reference,
        arranged_date=today,
        arranged_by=maker,
        approved_by=approver,
    )
    rate = "" if rate_pct is None else str(rate_pct)
    detail = {"limit": str(limit), "until": expires.isoformat(), "rate": rate, "command": reference}
    trail.record("OVERDRAFT_ARRANGED", locked, approver, **detail)
    return made


@transaction.atomic
def end_overdraft(*, account: Account, reason: str, actor: User | None = None) -> None:
    """Ends the arrangement: nothing more can be drawn, what is drawn is paid back by what comes in.

    Raises ``OverdraftUnusable`` where there is none.
    """
    locked = Account.objects.select_for_update().get(pk=account.pk)
    arranged = _open_ones(locked).first()
    if arranged is None:
        raise OverdraftUnusable(problem="There is no overdraft on this account.")
    _end(arranged, locked, reason)
    trail.record("OVERDRAFT_ENDED", locked, actor, reason=reason)


def end_quietly(account: Account) -> None:
    """The arrangement of an account that is being closed ends with it."""
    for arranged in _open_ones(account):
        _end(arranged, account, "Account closed")


@transaction.atomic
def expire_overdrafts(*, on: date, after: int = 0, limit: int = _PART) -> tuple[int, int, int | None]:
    """Ends the next arrangements whose last day is ``on`` or earlier, and lowers the limits of those
    being paid back. Returns how many were looked at, how many are not paid back yet, and the id to go
    on after, ``None`` at the end.
    """
    due = selectors.overdrafts_to_end(on).filter(pk__gt=after)
    found = list(due.order_by("pk").select_for_update(of=("self",))[:limit])
    for arranged in found:
        _end(arranged, arranged.account, arranged.end_reason or "Its last day is over")
    unpaid = sum(arranged.runs_down for arranged in found)
    return len(found), unpaid, found[-1].pk if len(found) == limit else None


def _end(arranged: Overdraft, account: Account, reason: str) -> None:
    nothing = Money.zero(account.currency)
    try:
        ledger.set_limit(account.number, nothing, reason=reason)
        arranged.runs_down = False
    except OverdraftInUse:
        balance = ledger.balance(account.number)
        ledger.set_limit(account.number, balance.held - balance.booked, reason=reason)
        arranged.runs_down = True
    arranged.ended_date = arranged.ended_date or ledger.business_date()
    arranged.end_reason = reason
    arranged.save(update_fields=["ended_date", "end_reason", "runs_down"])


def _open_ones(account: Account) -> QuerySet[Overdraft]:
    return Overdraft.objects.filter(account=account, ended_date__isnull=True)
