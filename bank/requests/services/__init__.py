"""Writes: each a verb of the procedure manual, in one database transaction, with its audit line."""

from bank.requests.services.asking import (
    accept,
    block,
    cancel,
    decline,
    make_request,
    remind,
    start_accepting,
    unblock,
)
from bank.requests.services.billing import (
    forget_bill,
    open_biller,
    pay_bill,
    prepare_bill,
    save_bill,
    start_bill,
)

__all__ = [
    "accept",
    "block",
    "cancel",
    "decline",
    "forget_bill",
    "make_request",
    "open_biller",
    "pay_bill",
    "prepare_bill",
    "remind",
    "save_bill",
    "start_accepting",
    "start_bill",
    "unblock",
]
