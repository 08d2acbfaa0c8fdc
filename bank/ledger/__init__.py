"""The book of the bank: chart of accounts, journal entries, postings, balances, holds, business date.

``from bank import ledger``, then ``ledger.post(ledger.Entry(...))``. Credit is above zero and debit
below, so a customer's money is positive.
"""

from bank.ledger import errors
from bank.ledger.accounts import (
    business_date,
    gl,
    open_account,
    open_books,
    roll_business_date,
    seed_chart,
    set_limit,
    set_status,
)
from bank.ledger.directory import AccountFacts, chart_accounts, facts, playing
from bank.ledger.entries import Entry, Outcome, Posting, transfer
from bank.ledger.found import post_found
from bank.ledger.holds import HoldOutcome, capture_hold, expire_holds, place_hold, release_hold
from bank.ledger.posting import post, reverse
from bank.ledger.rules import Kind, Status
from bank.ledger.sealing import seal
from bank.ledger.selectors import (
    AccountBalance,
    JournalEntry,
    SealState,
    StatementLine,
    TrialLine,
    balance,
    balances,
    closing_balances,
    entries_by_reference,
    entry,
    entry_by_key,
    seal_state,
    statement_lines,
    trial_balance,
)

__all__ = [
    "AccountBalance",
    "AccountFacts",
    "Entry",
    "HoldOutcome",
    "JournalEntry",
    "Kind",
    "Outcome",
    "Posting",
    "SealState",
    "StatementLine",
    "Status",
    "TrialLine",
    "balance",
    "balances",
    "business_date",
    "capture_hold",
    "chart_accounts",
    "closing_balances",
    "entries_by_reference",
    "entry",
    "entry_by_key",
    "errors",
    "expire_holds",
    "facts",
    "gl",
    "open_account",
    "open_books",
    "place_hold",
    "playing",
    "post",
    "post_found",
    "release_hold",
    "reverse",
    "roll_business_date",
    "seal",
    "seal_state",
    "seed_chart",
    "set_limit",
    "set_status",
    "statement_lines",
    "transfer",
    "trial_balance",
]
