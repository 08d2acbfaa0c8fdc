"""What expenses are refused for, in order of precedence."""

from bank.kernel.errors import BankError


class ExpenseUnusable(BankError):
    code = "EXPENSE_UNUSABLE"
    sentence = "{problem}"
    status = 400


class ReceiptClaimed(BankError):
    """The same receipt was handed in before, by whomever."""

    code = "RECEIPT_CLAIMED"
    sentence = (
        "This very receipt stands with expense {reference} already. If that one is wrong, withdraw it first."
    )
    status = 409


class OwnExpense(BankError):
    code = "OWN_EXPENSE"
    sentence = "Nobody decides on their own expense. Somebody else who may pay for the company must."
    status = 403


class ExpenseDecided(BankError):
    code = "EXPENSE_DECIDED"
    sentence = "Expense {reference} is {state}: this can no longer be done with it."
    status = 409
