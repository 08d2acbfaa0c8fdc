"""What the counter refuses, in order of precedence."""

from bank.kernel.errors import BankError


class NoSessionOpen(BankError):
    code = "COUNTER_NOT_OPEN"
    sentence = "You have no drawer open. Open one with a float from the vault first."
    status = 409


class SessionClosed(BankError):
    code = "COUNTER_SESSION_CLOSED"
    sentence = "Session {reference} is closed; nothing is added to it any more."
    status = 409


class SessionOfAnotherDay(BankError):
    code = "COUNTER_SESSION_OF_ANOTHER_DAY"
    sentence = "Session {reference} is of {day}, which is over. Count and close it, then open another."
    status = 409


class SessionOpenAlready(BankError):
    code = "COUNTER_OPEN_ALREADY"
    sentence = "{what} open already; close that session first."
    status = 409


class DrawerUnknown(BankError):
    code = "DRAWER_UNKNOWN"
    sentence = "There is no drawer {drawer} in use; choose one of the list."
    status = 404


class CashUnusable(BankError):
    code = "CASH_UNUSABLE"
    sentence = "{problem}"
    status = 422


class OwnAccount(BankError):
    code = "CASH_OF_OWN_ACCOUNT"
    sentence = "You may act for the holder of account {number} yourself: let a colleague do this."
    status = 403


class IdentityNotShown(BankError):
    code = "IDENTITY_NOT_SHOWN"
    sentence = (
        "Cash is paid out against a document: note its kind and the last four characters of its number."
    )
    status = 422


class SignaturesAbsent(BankError):
    code = "CASH_NEEDS_SIGNATURES"
    sentence = (
        "The company's rules ask for {needed} signatures for {amount}: it orders a transfer its people sign."
    )
    status = 422


class OtherHolderMissing(BankError):
    code = "OTHER_HOLDER_MISSING"
    sentence = "Two people sign for this account: note the document of each of them."
    status = 422


class AboveEveryLimit(BankError):
    code = "CASH_ABOVE_EVERY_LIMIT"
    sentence = "No role lets {amount} through a counter; the highest reaches {maximum}. Offer a transfer."
    status = 422


class OutsideDrawerLimits(BankError):
    code = "FLOAT_OUTSIDE_LIMITS"
    sentence = "A drawer is opened with {minimum} to {maximum}."
    status = 422


class VaultShort(BankError):
    code = "VAULT_SHORT"
    sentence = "The vault holds {held}; take less."
    status = 409


class DrawerShort(BankError):
    code = "DRAWER_SHORT"
    sentence = "The drawer holds {held}. Take cash from the vault first."
    status = 409


class DrawerFull(BankError):
    code = "DRAWER_FULL"
    sentence = (
        "A drawer holds {maximum} at most; with this it would hold {would}. Hand cash in to the vault first."
    )
    status = 409


class CashDayExceeded(BankError):
    code = "CASH_DAY_EXCEEDED"
    sentence = (
        "A customer takes {maximum} out in cash a day at most; {left} are left today. Offer a transfer."
    )
    status = 422


class CashWaits(BankError):
    code = "CASH_WAITS"
    sentence = (
        "{count} of this session still wait for approval. Have them decided, or withdraw them, then close."
    )
    status = 409


class CountChanged(BankError):
    code = "COUNT_OUT_OF_DATE"
    sentence = "The drawer moved after it was counted. Count it again."
    status = 409


class DifferenceUnexplained(BankError):
    code = "DIFFERENCE_UNEXPLAINED"
    sentence = "The count differs by {difference}. Say what is known about it."
    status = 422
