"""Writes: each a verb of the procedure manual, in one database transaction, with its audit line."""

from bank.debits.rules import Admission, Terms
from bank.debits.services.admitting import admit, ask_admission, check_admission, check_stop, stop
from bank.debits.services.claiming import check_decision, claim, decide, require_no_party
from bank.debits.services.collecting import cancel_collection, collect, refuse, run_due
from bank.debits.services.filing import take_file
from bank.debits.services.mandating import (
    DIRECT_DEBIT,
    cancel,
    confirm,
    decline,
    end_over,
    propose,
    start_confirming,
)
from bank.debits.services.refunding import can_refund, refund

__all__ = [
    "DIRECT_DEBIT",
    "Admission",
    "Terms",
    "admit",
    "ask_admission",
    "can_refund",
    "cancel",
    "cancel_collection",
    "check_admission",
    "check_decision",
    "check_stop",
    "claim",
    "collect",
    "confirm",
    "decide",
    "decline",
    "end_over",
    "propose",
    "refund",
    "refuse",
    "require_no_party",
    "run_due",
    "start_confirming",
    "stop",
    "take_file",
]
