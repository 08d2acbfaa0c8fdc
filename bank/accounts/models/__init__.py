"""Accounts and what hangs on them: freezes, charges, the versions they were under."""

from bank.accounts.models.charges import CHARGE_KINDS, Charge
from bank.accounts.models.contracts import SCOPES, STATUSES, Account, AccountFreeze
from bank.accounts.models.versions import AccountVersion, Migration

__all__ = [
    "CHARGE_KINDS",
    "SCOPES",
    "STATUSES",
    "Account",
    "AccountFreeze",
    "AccountVersion",
    "Charge",
    "Migration",
]
