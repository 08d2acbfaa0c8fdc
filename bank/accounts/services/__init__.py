"""Writes: the verbs of accounts, a module per kind of work."""

from bank.accounts.services.charging import (
    charge_month,
    collect_arrears,
    collect_from,
    waive_charge,
)
from bank.accounts.services.contracts import (
    close_account,
    freeze,
    open_account,
    rename,
    unfreeze,
)
from bank.accounts.services.versions import migrate_some, plan_migration

__all__ = [
    "charge_month",
    "close_account",
    "collect_arrears",
    "collect_from",
    "freeze",
    "migrate_some",
    "open_account",
    "plan_migration",
    "rename",
    "unfreeze",
    "waive_charge",
]
