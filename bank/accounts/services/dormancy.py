"""Accounts nobody uses turn dormant: told before, closed to payments, woken by their owner or by staff.

In the ledger a dormant account is one that lets nothing out. What comes in still does.
"""

from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction

from bank import ledger
from bank.accounts import rules, selectors
from bank.accounts.errors import AccountNotDormant
from bank.accounts.models import Account
from bank.accounts.rules import AccountStatus
from bank.accounts.services import standing, trail
from bank.cif import selectors as cif
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel.errors import NotAllowed
from bank.ledger import movements
from bank.products.models import ProductTerms
from bank.runtime import outbox

NEAR: Final = "accounts.dormancy_near"
DORMANT: Final = "accounts.dormant"
_PART: Final = 1_000


def first_review(terms: ProductTerms, opened: date) -> date | None:
    """When an account opened on a day is looked at first; ``None`` where it never turns dormant."""
    if not terms.dormancy_days:
        return None
    return opened + timedelta(days=max(terms.dormancy_days - rules.NOTICE_DAYS, 0))


@transaction.atomic
def review_idle(*, on: date, limit: int = _PART) -> tuple[int, bool]:
    """Looks at the next accounts whose review is due on ``on``: tells their owners, or makes them dormant.

    Returns how many were looked at and whether there are more; each has then a later review or none.
    """
    due = selectors.reviews_due(on)
    accounts = list(
        due.order_by("idle_review_date", "pk").select_for_update(of=("self",), no_key=True)[:limit]
    )
    used = movements.last_used(
        [one.number for one in accounts], without=rules.BANK_CODES, credits=rules.CUSTOMER_CREDITS
    )
    for account in accounts:
        _review(account, used.get(account.number), on)
    return len(accounts), selectors.reviews_due(on).exists()


def _review(account: Account, used: date | None, on: date) -> None:
    days = selectors.terms_of(account).dormancy_days
    last = max(day for day in (used, account.opened_date, account.woken_date) if day)
    if not days or account.status != AccountStatus.ACTIVE:
        account.idle_review_date = on + timedelta(days=rules.NOTICE_DAYS) if days else None
        account.save(update_fields=["idle_review_date"])
        return
    found = rules.idleness(last_used=last, noticed=account.dormancy_notice_date, days=days, on=on)
    account.idle_review_date = found.review
    if found.gives_notice:
        account.dormancy_notice_date = on
        outbox.emit(NEAR, {"account_id": account.pk, "on": str(found.review)})
    elif account.dormancy_notice_date and account.dormancy_notice_date <= last:
        account.dormancy_notice_date = None
    account.save(update_fields=["idle_review_date", "dormancy_notice_date"])
    if found.becomes_dormant:
        account.dormant_since = on
        standing.apply(account, f"Not used since {last:%d %B %Y}")
        trail.record("ACCOUNT_DORMANT", account, None, last_used=last.isoformat())
        outbox.emit(DORMANT, {"account_id": account.pk})


@transaction.atomic
def reactivate(*, account: Account, reason: str, actor: User | None = None) -> Account:
    """Wakes a dormant account: it pays again, unless it is frozen. Raises ``AccountNotDormant``."""
    locked = Account.objects.select_for_update(of=("self",)).select_related("customer").get(pk=account.pk)
    if locked.dormant_since is None or locked.status == AccountStatus.CLOSED:
        raise AccountNotDormant(number=locked.number)
    today = ledger.business_date()
    locked.dormant_since, locked.dormancy_notice_date, locked.woken_date = None, None, today
    locked.idle_review_date = first_review(selectors.terms_of(locked), today)
    standing.apply(locked, reason)
    trail.record("ACCOUNT_REACTIVATED", locked, actor, reason=reason)
    return locked


def start_reactivation(*, user: User, number: str) -> Challenge:
    """Asks for a code for the wake of one's own account; ``reactivate_own`` takes it.

    Raises ``NotFound``, ``NotAllowed`` without the right to pay, ``AccountNotDormant``.
    """
    account = _own(user, number)
    summary = f"Wake account {rules.spaced(account.number)}"
    return stepup.start(user=user, act=_act(account), summary=summary)


@transaction.atomic
def reactivate_own(*, user: User, number: str, challenge_id: Any, code: str) -> Account:
    """Wakes one's own account with the code asked for it. Raises as ``start_reactivation`` does, and the
    step-up's refusals.
    """
    account = _own(user, number)
    stepup.confirm(user=user, challenge_id=challenge_id, act=_act(account), code=code)
    return reactivate(account=account, reason="Woken by its owner", actor=user)


def _own(user: User, number: str) -> Account:
    account = selectors.account_for(user, number)
    if not cif.may_pay(user, account.customer):
        raise NotAllowed(what="wake this account: you may look at it only")
    if account.dormant_since is None:
        raise AccountNotDormant(number=account.number)
    return account


def _act(account: Account) -> dict[str, str]:
    return {"act": "REACTIVATE", "account": account.number}
