"""What deposits refuse, in order of precedence."""

from bank.kernel.errors import BankError


class NotADeposit(BankError):
    code = "NOT_A_DEPOSIT"
    sentence = "{product} is no deposit. Choose one of the deposits on offer."
    status = 422


class TermNotOffered(BankError):
    code = "DEPOSIT_TERM_NOT_OFFERED"
    sentence = "{product} is not offered in {currency} for this term. Choose one of its terms."
    status = 422


class InterestNotOffered(BankError):
    code = "DEPOSIT_INTEREST_NOT_OFFERED"
    sentence = "{product} does not pay its interest that way. Choose one of the ways it offers."
    status = 422


class DepositTooSmall(BankError):
    code = "DEPOSIT_TOO_SMALL"
    sentence = "{product} takes at least {minimum} for this term."
    status = 422


class InstructionNotPossible(BankError):
    code = "DEPOSIT_INSTRUCTION_NOT_POSSIBLE"
    sentence = "{product} cannot be renewed by itself. Choose to have it paid out."
    status = 422


class PayoutNotPossible(BankError):
    code = "DEPOSIT_PAYOUT_NOT_POSSIBLE"
    sentence = "Choose an open account of the same customer in {currency} to be paid to."
    status = 422


class DepositOver(BankError):
    code = "DEPOSIT_IS_OVER"
    sentence = "Deposit {number} has ended; nothing about it can be changed."
    status = 409


class DepositMatures(BankError):
    code = "DEPOSIT_MATURES"
    sentence = "Deposit {number} matures on {maturity}; it is paid at the close of that day without a cost."
    status = 409


class CoolingLock(BankError):
    code = "DEPOSIT_COOLING_LOCK"
    sentence = "Deposit {number} can be closed early from {until} on."
    status = 409


class WrongKind(BankError):
    code = "DEPOSIT_WRONG_KIND"
    sentence = "This cannot be done with deposit {number}: {product} works otherwise."
    status = 409


class CostChanged(BankError):
    code = "DEPOSIT_COST_CHANGED"
    sentence = "What you would receive is {payout} now. Look at the cost again and confirm it anew."
    status = 409


class NoticeTooLarge(BankError):
    code = "DEPOSIT_NOTICE_TOO_LARGE"
    sentence = "Notice can be given for at most {most}, what is in the deposit and not under notice yet."
    status = 422


class NoticeNeeded(BankError):
    code = "DEPOSIT_NOTICE_NEEDED"
    sentence = "Only {free} may leave deposit {number} now. Give notice for the rest."
    status = 422


class TooLittleLeft(BankError):
    code = "DEPOSIT_TOO_LITTLE_LEFT"
    sentence = "At least {minimum} stays in the deposit. Withdraw less, or close it."
    status = 422


class InstalmentNotDue(BankError):
    code = "DEPOSIT_INSTALMENT_NOT_DUE"
    sentence = "This instalment of deposit {number} is not outstanding; nothing needs to be paid."
    status = 409


class RateChanged(BankError):
    code = "DEPOSIT_RATE_CHANGED"
    sentence = "The rate is {rate} % now, and {signed} % was signed for. Ask for the deposit again."
    status = 409
