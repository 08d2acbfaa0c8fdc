"""Writes: each a verb of the procedure manual, in one database transaction, with its audit line."""

from bank.payroll.services.people import add_employee, add_item, change_salary, end_item, leave, seed_rates
from bank.payroll.services.runs import cancel, note_outcome, prepare, send_to_pay

__all__ = [
    "add_employee",
    "add_item",
    "cancel",
    "change_salary",
    "end_item",
    "leave",
    "note_outcome",
    "prepare",
    "seed_rates",
    "send_to_pay",
]
