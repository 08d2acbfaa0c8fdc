"""The line of the audit trail every act on an account leaves."""

from bank.accounts.models import Account
from bank.audit import services as audit
from bank.identity.models import User


def record(action: str, account: Account, actor: User | None, **detail: object) -> None:
    audit.record(action, actor=actor, subject_type="ACCOUNT", subject_id=account.number, detail=detail)
