"""Writes: what can be done with a deposit, one verb each."""

from bank.deposits.services.catching_up import pay_late, prepare_late, start_late
from bank.deposits.services.closing import EarlyClosing, close_early, close_for, quote_early, start_closing
from bank.deposits.services.ending import MATURED, RENEWED, mature, pay_out_held
from bank.deposits.services.instructing import change_instruction
from bank.deposits.services.moving import move_maturities, moved_by
from bank.deposits.services.on_call import (
    Withdrawal,
    give_notice,
    pay_in,
    quote_withdrawal,
    start_pay_in,
    start_withdrawal,
    withdraw,
)
from bank.deposits.services.opening import OPENED, Order, open_deposit, open_for, prepare, start_opening
from bank.deposits.services.quotes import PlannedLine, Quote, quote, yearly_interest
from bank.deposits.services.running import MISSED, accrue, collect, miss, pay_interest

__all__ = [
    "MATURED",
    "MISSED",
    "OPENED",
    "RENEWED",
    "EarlyClosing",
    "Order",
    "PlannedLine",
    "Quote",
    "Withdrawal",
    "accrue",
    "change_instruction",
    "close_early",
    "close_for",
    "collect",
    "give_notice",
    "mature",
    "miss",
    "move_maturities",
    "moved_by",
    "open_deposit",
    "open_for",
    "pay_in",
    "pay_interest",
    "pay_late",
    "pay_out_held",
    "prepare",
    "prepare_late",
    "quote",
    "quote_early",
    "quote_withdrawal",
    "start_closing",
    "start_late",
    "start_opening",
    "start_pay_in",
    "start_withdrawal",
    "withdraw",
    "yearly_interest",
]
