"""What the ledger refuses, in order of precedence: where several apply, the first is answered.

Those up to UNBALANCED_ENTRY are seen in the entry alone and leave no trace of its key; the
others are decided on the book. ``docs/errors.md`` lists them for callers.
"""

import json

from bank.kernel.errors import AmountOutOfRange, BankError, TooManyDecimals
from bank.kernel.money import Money

__all__ = ["BY_CODE", "AmountOutOfRange", "LedgerError", "TooManyDecimals", "refusal"]


class LedgerError(BankError):
    """A refusal by the ledger; nothing has been posted."""

    code = "LEDGER_ERROR"
    sentence = "The ledger cannot do this."


# --- seen in the entry alone


class InvalidEntry(LedgerError):
    code = "INVALID_ENTRY"
    sentence = "{problem}"
    status = 400


class PostingOutOfRange(LedgerError, AmountOutOfRange):
    code = "AMOUNT_OUT_OF_RANGE"
    sentence = "{amount} is more than one posting can carry."
    status = 400


class UnbalancedEntry(LedgerError):
    code = "UNBALANCED_ENTRY"
    sentence = "The postings in {currency} differ by {difference}; they must sum to zero."


# --- decided on the book


class IdempotencyConflict(LedgerError):
    code = "IDEMPOTENCY_CONFLICT"
    sentence = "This key has been used for something else; use a new key."
    status = 409


class UnknownAccount(LedgerError):
    code = "UNKNOWN_ACCOUNT"
    sentence = "There is no account {account}."


class ControlAccount(LedgerError):
    code = "CONTROL_ACCOUNT"
    sentence = "{account} is a control account: post to the accounts under it."


class CurrencyMismatch(LedgerError):
    code = "CURRENCY_MISMATCH"
    sentence = "Account {account} is kept in {currency}, not in {given}."


class AccountNotGuarded(LedgerError):
    code = "ACCOUNT_NOT_GUARDED"
    sentence = "{account} keeps no running balance, so nothing can be held on it."


class BookingDateClosed(LedgerError):
    code = "BOOKING_DATE_CLOSED"
    sentence = "{booking_date} is closed; the bank's business date is {business_date}."


class BookingDateInFuture(LedgerError):
    code = "BOOKING_DATE_IN_FUTURE"
    sentence = "{booking_date} has not come; the bank's business date is {business_date}."


class UnknownEntry(LedgerError):
    code = "UNKNOWN_ENTRY"
    sentence = "There is no journal entry {entry}."
    status = 404


class ReversalOfReversal(LedgerError):
    code = "REVERSAL_OF_REVERSAL"
    sentence = "Entry {entry} is itself a reversal; post a new entry instead."
    status = 409


class AlreadyReversed(LedgerError):
    code = "ALREADY_REVERSED"
    sentence = "Entry {entry} has been reversed before."
    status = 409


class NotTheReversal(LedgerError):
    code = "NOT_THE_REVERSAL"
    sentence = "The postings are not those of entry {entry} with the other sign."


class UnknownHold(LedgerError):
    code = "UNKNOWN_HOLD"
    sentence = "There is no hold {hold}."
    status = 404


class HoldNotOpen(LedgerError):
    code = "HOLD_NOT_OPEN"
    sentence = "Hold {hold} has been captured, released or has expired."
    status = 409


class HoldNotDebited(LedgerError):
    code = "HOLD_NOT_DEBITED"
    sentence = "The entry does not debit the account of hold {hold}."


class HoldExceeded(LedgerError):
    code = "HOLD_EXCEEDED"
    sentence = "The entry takes more than what is left of hold {hold}."


class AccountClosed(LedgerError):
    code = "ACCOUNT_CLOSED"
    sentence = "Account {account} is closed."


class AccountFrozen(LedgerError):
    code = "ACCOUNT_FROZEN"
    sentence = "Account {account} is frozen."


class BalanceOutOfRange(LedgerError):
    code = "BALANCE_OUT_OF_RANGE"
    sentence = "The balance of account {account} would be more than the ledger can carry."


class InsufficientFunds(LedgerError):
    """``available`` and ``needed`` are Money in ``params``; the sentence tells neither."""

    code = "INSUFFICIENT_FUNDS"
    sentence = "There is not enough money available in account {account}."


# --- accounts, roles and the business date


class AccountExists(LedgerError):
    code = "ACCOUNT_EXISTS"
    sentence = "Account {account} has been opened before."
    status = 409


class AccountNotEmpty(LedgerError):
    code = "ACCOUNT_NOT_EMPTY"
    sentence = "Account {account} still has money or holds; it can be closed when both are zero."
    status = 409


class OverdraftInUse(LedgerError):
    code = "OVERDRAFT_IN_USE"
    sentence = "More of account {account}'s overdraft is in use than the new limit would allow."
    status = 409


class UnknownRole(LedgerError):
    code = "UNKNOWN_GL_ROLE"
    sentence = "No account of the chart plays {role} in {currency}."


class BooksNotOpened(LedgerError):
    code = "BOOKS_NOT_OPENED"
    sentence = "The books have not been opened."
    status = 503


class BusinessDateBackwards(LedgerError):
    code = "BUSINESS_DATE_BACKWARDS"
    sentence = "The business date is {business_date}; it only moves forward."
    status = 409


class BooksDoNotTie(LedgerError):
    """The day stays open until the books agree with themselves."""

    code = "BOOKS_DO_NOT_TIE"
    sentence = "The business date cannot be closed: {check} does not hold. {fault}"
    status = 409


class BalancesNotKept(LedgerError):
    code = "BALANCES_NOT_KEPT"
    sentence = "The balances of {date} were not kept: only a close of business keeps them, from its day on."
    status = 409


class LedgerBusy(LedgerError):
    """Others held the accounts for too long, or in another order inside longer work: try again."""

    code = "LEDGER_BUSY"
    sentence = "The ledger is busy; please try again."
    status = 503


def _family(base: type[LedgerError]) -> dict[str, type[LedgerError]]:
    found = {base.code: base}
    for child in base.__subclasses__():
        found |= _family(child)
    return found


BY_CODE: dict[str, type[LedgerError]] = _family(LedgerError)
_MONEY = frozenset({"available", "needed", "open", "taken"})


def refusal(code: str, found: str) -> LedgerError:
    """The error for a refusal the database decided and described in JSON; amounts become Money."""
    params = json.loads(found)
    currency = params.get("currency")
    shown = {
        name: _money(int(value), currency) if name in _MONEY and currency and value is not None else value
        for name, value in params.items()
    }
    return BY_CODE[code](**shown)


def _money(minor: int, currency: str) -> Money | None:
    """None for a sum of postings that is more than Money can carry."""
    try:
        return Money.from_minor(minor, currency)
    except AmountOutOfRange:
        return None
