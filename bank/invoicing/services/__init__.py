"""Writes: each a verb of the procedure manual, in one database transaction, with its audit line."""

from bank.invoicing.services.bills import (
    add_bill,
    add_vendor,
    give_up_file,
    note_outcome,
    pay_bills,
    remove_vendor,
    settle_bills,
    void_bill,
)
from bank.invoicing.services.collecting import pay_invoice, start_paying, still_owed
from bank.invoicing.services.drafting import LineAsked, discard_draft, draft_invoice
from bank.invoicing.services.ending import credit, write_off
from bank.invoicing.services.issuing import issue
from bank.invoicing.services.matching import collect, match, set_aside, undo, went_back
from bank.invoicing.services.recurring import end_recurrence, make_due, recur
from bank.invoicing.services.reminding import remind_due, set_reminders
from bank.invoicing.services.sellers import add_debtor, remove_debtor, seed_rates, set_up

__all__ = [
    "LineAsked",
    "add_bill",
    "add_debtor",
    "add_vendor",
    "collect",
    "credit",
    "discard_draft",
    "draft_invoice",
    "end_recurrence",
    "give_up_file",
    "issue",
    "make_due",
    "match",
    "note_outcome",
    "pay_bills",
    "pay_invoice",
    "recur",
    "remind_due",
    "remove_debtor",
    "remove_vendor",
    "seed_rates",
    "set_aside",
    "set_reminders",
    "set_up",
    "settle_bills",
    "start_paying",
    "still_owed",
    "undo",
    "void_bill",
    "went_back",
    "write_off",
]
