"""What the services share: roles, locks, trail and news."""

from datetime import date
from typing import Any

from bank import ledger
from bank.audit import services as audit
from bank.deposits import errors, selectors
from bank.deposits.models import Deposit
from bank.deposits.postings import Roles
from bank.deposits.rules import Status
from bank.identity.models import User
from bank.products import selectors as products
from bank.products.rules import GlPurpose
from bank.runtime import outbox


def roles_of(deposit: Deposit, on: date) -> Roles:
    """Under which roles the deposit's interest and its tax are booked."""
    expense = products.gl_role(deposit.product_version, GlPurpose.INTEREST_EXPENSE)
    return Roles(expense, selectors.withholding(on).role, ledger.gl)


def lock(deposit: Deposit, *statuses: Status) -> Deposit:
    """The deposit under its row lock, which everything takes before the ledger's.

    Raises ``DepositOver`` where its status is none of ``statuses`` (by default ACTIVE).
    """
    locked = (
        Deposit.objects.select_for_update(of=("self",))
        .select_related(
            "customer", "product", "product_version__deposit_terms", "funding_account", "payout_account"
        )
        .get(pk=deposit.pk)
    )
    if locked.status not in (statuses or (Status.ACTIVE,)):
        raise errors.DepositOver(number=locked.number)
    return locked


def record(action: str, deposit: Deposit, actor: User | None, **detail: Any) -> None:
    audit.record(action, actor=actor, subject_type="DEPOSIT", subject_id=deposit.number, detail=detail)


def tell(topic: str, deposit: Deposit, **news: Any) -> None:
    """A fact about a deposit for whoever waits for it; mails to the customer are made of these."""
    outbox.emit(topic, {"number": deposit.number, **{name: str(value) for name, value in news.items()}})
