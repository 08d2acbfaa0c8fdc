"""Which way the money of an entry goes, and what a batch comes to."""

from bank.messages.ach import codes
from bank.messages.ach.records import Batch, Entry


def is_credit(code: str) -> bool:
    """Whether a transaction code gives the receiver money (22, 32 …, and their returns)."""
    return code in codes.ADVICE_CREDITS or (code[:1] in codes.ACCOUNT_KINDS and code[1:] in codes.CREDITS)


def is_debit(code: str) -> bool:
    """Whether a transaction code takes money from the receiver (27, 37 …, and their returns)."""
    return code in codes.ADVICE_DEBITS or (code[:1] in codes.ACCOUNT_KINDS and code[1:] in codes.DEBITS)


def totals(batch: Batch) -> tuple[int, int]:
    """Credits and debits of a batch, in cents."""
    credits = sum(entry.amount for entry in batch.entries if is_credit(entry.code))
    debits = sum(entry.amount for entry in batch.entries if is_debit(entry.code))
    return credits, debits


def signed(entry: Entry) -> int:
    """Cents, negative where the receiver is debited."""
    return entry.amount if is_credit(entry.code) else -entry.amount
