"""What is done at a counter: sessions opened and closed, cash moved. A verb is one transaction."""

from bank.counter.services.cash import check_customer_cash, hand_over, hold_day
from bank.counter.services.closing import check_closing, close_session
from bank.counter.services.sessions import add_drawer, open_session, set_bound
from bank.counter.services.vault import move_vault_cash

__all__ = [
    "add_drawer",
    "check_closing",
    "check_customer_cash",
    "close_session",
    "hand_over",
    "hold_day",
    "move_vault_cash",
    "open_session",
    "set_bound",
]
