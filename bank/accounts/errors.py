"""What accounts refuse, in order of precedence."""

from bank.kernel.errors import BankError


class InvalidAccountNumber(BankError):
    code = "ACCOUNT_NUMBER_INVALID"
    sentence = "An account number of this bank has 13 digits and its last one checks the others; look again."
    status = 400


class OpeningDepositTooSmall(BankError):
    code = "OPENING_DEPOSIT_TOO_SMALL"
    sentence = "{product} is opened with at least {minimum}."
    status = 422


class AccountClosed(BankError):
    code = "ACCOUNT_IS_CLOSED"
    sentence = "Account {number} is closed."
    status = 409


class AccountAlreadyFrozen(BankError):
    code = "ACCOUNT_ALREADY_FROZEN"
    sentence = "Account {number} is frozen to that extent already."
    status = 409


class AccountIsFrozen(BankError):
    code = "ACCOUNT_IS_FROZEN"
    sentence = "Account {number} is frozen; lift the freeze before closing it."
    status = 409


class AccountNotFrozen(BankError):
    code = "ACCOUNT_NOT_FROZEN"
    sentence = "Account {number} is not frozen."
    status = 409


class DebitAboveLimit(BankError):
    code = "DEBIT_ABOVE_LIMIT"
    sentence = "A single payment from account {number} may be at most {limit}."
    status = 422


class ArrearsOpen(BankError):
    code = "ARREARS_OPEN"
    sentence = "Account {number} owes {sum} in charges; they are paid first."
    status = 409


class ChargeNotOpen(BankError):
    code = "CHARGE_NOT_OPEN"
    sentence = "Nothing of this charge is open."
    status = 409


class WaiverAboveLimit(BankError):
    code = "WAIVER_ABOVE_LIMIT"
    sentence = "Your role waives at most {limit}; {sum} needs somebody of a higher role."
    status = 403


class MigrationRefused(BankError):
    code = "MIGRATION_REFUSED"
    sentence = "{problem}"
    status = 422
