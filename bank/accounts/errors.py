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
