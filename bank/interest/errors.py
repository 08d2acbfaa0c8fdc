"""What interest refuses, in order of precedence."""

from bank.kernel.errors import BankError


class InterestNotKept(BankError):
    code = "INTEREST_NOT_KEPT"
    sentence = (
        "No interest is kept for account {number}: its product earns none and costs none, or it is new."
    )
    status = 404


class InterestOwed(BankError):
    code = "INTEREST_OWED"
    sentence = "Account {number} owes {amount} of interest; pay it in before the account is closed."
    status = 422
