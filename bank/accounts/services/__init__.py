"""Writes: the verbs of accounts, a module per kind of work."""

from bank.accounts import rules
from bank.accounts.services import joint
from bank.accounts.services.allowances import (
    give_all_free_back,
    give_free_back,
    take_free,
    take_free_for,
)
from bank.accounts.services.charging import (
    charge_month,
    claim_debit,
    collect_arrears,
    collect_from,
    waive_charge,
)
from bank.accounts.services.cheque_deposits import clear_cheques, deposit_cheque, return_cheque
from bank.accounts.services.cheques import issue_book, order_book, present_cheque, stop_cheques
from bank.accounts.services.closing import (
    CLOSING,
    close_agreed,
    close_own,
    close_with_payout,
    leave_open,
    preview_closing,
    settles,
    start_closing,
)
from bank.accounts.services.contracts import (
    close_account,
    closing_check,
    freeze,
    open_account,
    prepare_closing,
    rename,
    unfreeze,
)
from bank.accounts.services.currencies import open_currency
from bank.accounts.services.dormancy import (
    reactivate,
    reactivate_own,
    review_idle,
    start_reactivation,
)
from bank.accounts.services.overdrafts import arrange_overdraft, end_overdraft, expire_overdrafts
from bank.accounts.services.pots import change_pot, close_pot, move_in, move_out, open_pot
from bank.accounts.services.sharing import (
    add_holder,
    close_collection_number,
    end_holder,
    open_collection_number,
)
from bank.accounts.services.versions import migrate_some, plan_migration

__all__ = [
    "CLOSING",
    "add_holder",
    "arrange_overdraft",
    "change_pot",
    "charge_month",
    "claim_debit",
    "clear_cheques",
    "close_account",
    "close_agreed",
    "close_collection_number",
    "close_own",
    "close_pot",
    "close_with_payout",
    "closing_check",
    "collect_arrears",
    "collect_from",
    "deposit_cheque",
    "end_holder",
    "end_overdraft",
    "expire_overdrafts",
    "freeze",
    "give_all_free_back",
    "give_free_back",
    "issue_book",
    "joint",
    "leave_open",
    "migrate_some",
    "move_in",
    "move_out",
    "open_account",
    "open_collection_number",
    "open_currency",
    "open_pot",
    "order_book",
    "plan_migration",
    "prepare_closing",
    "present_cheque",
    "preview_closing",
    "reactivate",
    "reactivate_own",
    "rename",
    "return_cheque",
    "review_idle",
    "rules",
    "settles",
    "start_closing",
    "start_reactivation",
    "stop_cheques",
    "take_free",
    "take_free_for",
    "unfreeze",
    "waive_charge",
]
