"""Writes: claiming, deciding, paying back."""

from bank.expenses.services.claiming import approve, claim, reject, withdraw
from bank.expenses.services.paying_back import give_up_file, note_outcome, pay_back, settle

__all__ = [
    "approve",
    "claim",
    "give_up_file",
    "note_outcome",
    "pay_back",
    "reject",
    "settle",
    "withdraw",
]
