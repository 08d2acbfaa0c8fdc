"""Writes: each a verb of the procedure manual, in one database transaction, with its audit line."""

from bank.payments.services.authority import Operator, StandingPermit, StepUp
from bank.payments.services.file_checking import check_payment_file, hand_out_overdue
from bank.payments.services.file_intake import (
    Wishes,
    cancel_payment_file,
    name_columns,
    submit_once,
    submit_payment_file,
    table_of,
)
from bank.payments.services.file_lines import (
    LineChange,
    edit_line,
    exclude_line,
    faulty_rows,
    include_line,
    line_to_mend,
    require_sight,
    retry_file,
)
from bank.payments.services.file_payment import (
    confirm_payment_file,
    file_act,
    release_payment_file,
    start_file_confirmation,
)
from bank.payments.services.limits import seed_limits, set_daily_limit, start_daily_limit
from bank.payments.services.networks import cancel, recall
from bank.payments.services.outside import Elsewhere
from bank.payments.services.outside import read_number as read_number_elsewhere
from bank.payments.services.payees import add_beneficiary, remove_beneficiary, start_beneficiary
from bank.payments.services.payroll_rights import grant_payroll, revoke_payroll
from bank.payments.services.permits import grant_permit, revoke_permit, start_permit
from bank.payments.services.quotes import Quote, check_payee, quote
from bank.payments.services.repeating import (
    Member,
    keep_group,
    keep_template,
    pay_group,
    remove_group,
    remove_template,
)
from bank.payments.services.top_ups import ask_phone
from bank.payments.services.transfers import pay, pay_once, refuse_same, start_payment
from bank.payments.services.trials import (
    correct_payee,
    start_correction,
    trial_until,
    try_payee,
)
from bank.payments.services.waiting import refuse_held, release_held

__all__ = [
    "Elsewhere",
    "LineChange",
    "Member",
    "Operator",
    "Quote",
    "StandingPermit",
    "StepUp",
    "Wishes",
    "add_beneficiary",
    "ask_phone",
    "cancel",
    "cancel_payment_file",
    "check_payee",
    "check_payment_file",
    "confirm_payment_file",
    "correct_payee",
    "edit_line",
    "exclude_line",
    "faulty_rows",
    "file_act",
    "grant_payroll",
    "grant_permit",
    "hand_out_overdue",
    "include_line",
    "keep_group",
    "keep_template",
    "line_to_mend",
    "name_columns",
    "pay",
    "pay_group",
    "pay_once",
    "quote",
    "read_number_elsewhere",
    "recall",
    "refuse_held",
    "refuse_same",
    "release_held",
    "release_payment_file",
    "remove_beneficiary",
    "remove_group",
    "remove_template",
    "require_sight",
    "retry_file",
    "revoke_payroll",
    "revoke_permit",
    "seed_limits",
    "set_daily_limit",
    "start_beneficiary",
    "start_correction",
    "start_daily_limit",
    "start_file_confirmation",
    "start_payment",
    "start_permit",
    "submit_once",
    "submit_payment_file",
    "table_of",
    "trial_until",
    "try_payee",
]
