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


class AccountNotDormant(BankError):
    code = "ACCOUNT_NOT_DORMANT"
    sentence = "Account {number} is not dormant."
    status = 409


class AccountIsDormant(BankError):
    code = "ACCOUNT_IS_DORMANT"
    sentence = "Account {number} is dormant. Wake it on its page, or at any branch, and try again."
    status = 409


class AccountNotFrozen(BankError):
    code = "ACCOUNT_NOT_FROZEN"
    sentence = "Account {number} is not frozen."
    status = 409


class DebitAboveLimit(BankError):
    code = "DEBIT_ABOVE_LIMIT"
    sentence = "A single payment from account {number} may be at most {limit}."
    status = 422


class AccountHasHolds(BankError):
    code = "ACCOUNT_HAS_HOLDS"
    sentence = "Money is held on account {number}. It can be closed when nothing is held any more."
    status = 409


class AccountInUse(BankError):
    code = "ACCOUNT_IN_USE"
    sentence = "{problem}"
    status = 409


class OverdraftUnusable(BankError):
    code = "OVERDRAFT_UNUSABLE"
    sentence = "{problem}"
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


class FreeOnesUsedUp(BankError):
    code = "FREE_ONES_USED_UP"
    sentence = "The last free one of this month was used while you looked. Look at the price again."
    status = 409


class NoAccountsToMove(BankError):
    code = "MIGRATION_WITHOUT_ACCOUNTS"
    sentence = (
        "{product} has no accounts to move. What was opened of it keeps its version; propose other terms for "
        "what is opened from now on."
    )
    status = 422


class MigrationRefused(BankError):
    code = "MIGRATION_REFUSED"
    sentence = "{problem}"
    status = 422


class PotUnusable(BankError):
    code = "POT_UNUSABLE"
    sentence = "{problem}"
    status = 422


class PotPaysNobody(BankError):
    code = "POT_PAYS_NOBODY"
    sentence = "Money leaves a pot only to the account it belongs to. Move it there first."
    status = 422


class PayoutUnusable(BankError):
    code = "PAYOUT_UNUSABLE"
    sentence = "What is left goes to another open account of yours in the same currency. Choose one."
    status = 422


class CurrencyUnusable(BankError):
    code = "CURRENCY_UNUSABLE"
    sentence = "{problem}"
    status = 422


class ChequeUnusable(BankError):
    code = "CHEQUE_UNUSABLE"
    sentence = "{problem}"
    status = 422


class JointUnusable(BankError):
    code = "JOINT_UNUSABLE"
    sentence = "{problem}"
    status = 422


class BothMustSign(BankError):
    code = "BOTH_MUST_SIGN"
    sentence = "Both holders of account {number} sign together. Come to any branch, both of you, to do this."
    status = 403


class JointDecided(BankError):
    code = "JOINT_DECIDED"
    sentence = "This is {state} already; nothing can be changed about it."
    status = 409


class JointExpired(BankError):
    code = "JOINT_EXPIRED"
    sentence = "The time to agree to this is over. Ask for it again."
    status = 409


class WordGiven(BankError):
    code = "WORD_GIVEN"
    sentence = "You have said yes to this. It waits for the other holder of the account."
    status = 409


class NotYourAct(BankError):
    code = "NOT_YOUR_ACT"
    sentence = "Only who asked for this can take it back. Refuse it instead."
    status = 403


class ReasonMissing(BankError):
    code = "JOINT_REASON_MISSING"
    sentence = "Say why, in one line of at most {most} letters."
    status = 422


class CollectionUnusable(BankError):
    code = "COLLECTION_UNUSABLE"
    sentence = "{problem}"
    status = 422
