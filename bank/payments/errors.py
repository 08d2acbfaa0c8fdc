"""What payments refuse, in order of precedence. The ledger's refusals of funds and status come after."""

from bank.kernel.errors import BankError


class AmountNotPositive(BankError):
    code = "AMOUNT_NOT_POSITIVE"
    sentence = "Enter an amount above zero."
    status = 400


class FieldTooLong(BankError):
    code = "FIELD_TOO_LONG"
    sentence = "{field} may have at most {limit} characters."
    status = 400


class FieldUnreadable(BankError):
    code = "FIELD_UNREADABLE"
    sentence = "{field} has control characters; write it on one line, in letters, digits and signs."
    status = 400


class NameMissing(BankError):
    code = "CREDITOR_NAME_MISSING"
    sentence = "Enter the name of the person or company you pay."
    status = 400


class KeyMissing(BankError):
    code = "IDEMPOTENCY_KEY_MISSING"
    sentence = "Give every payment a key of its own (1 to 200 characters), so that repeating it pays once."
    status = 400


class CreditorUnknown(BankError):
    code = "CREDITOR_ACCOUNT_UNKNOWN"
    sentence = "There is no account with this number at the bank. Check it with the person you pay."
    status = 422


class SameAccount(BankError):
    code = "SAME_ACCOUNT"
    sentence = "An account cannot pay itself. Choose another account."
    status = 422


class CurrenciesDiffer(BankError):
    code = "CURRENCIES_DIFFER"
    sentence = "The payment is in {currency}, but account {number} is kept in {account_currency}."
    status = 422


class AgentUnknown(BankError):
    code = "CREDITOR_AGENT_UNKNOWN"
    sentence = "No bank with the number {agent} is known here. Check the BIC or bank code with the payee."
    status = 422


class CreditorNumberUnusable(BankError):
    code = "CREDITOR_NUMBER_UNUSABLE"
    sentence = "{problem}"
    status = 422


class NoRail(BankError):
    code = "NO_RAIL"
    sentence = "The bank has no rail for {destination} yet."
    status = 422


class NoRailFits(BankError):
    code = "NO_RAIL_FITS"
    sentence = "This payment cannot be sent as it is: {why}"
    status = 422


class LimitNotSet(BankError):
    code = "LIMIT_NOT_SET"
    sentence = "The bank has set no limit for payments in {currency}, so it makes none."
    status = 422


class PaymentAboveMaximum(BankError):
    code = "PAYMENT_ABOVE_MAXIMUM"
    sentence = "A single payment may be at most {limit}; this one is {amount}."
    status = 422


class DailyLimitExceeded(BankError):
    code = "DAILY_LIMIT_EXCEEDED"
    sentence = "This would be more than the {limit} you may pay in a day; {left} are left today."
    status = 422


class MonthlyLimitExceeded(BankError):
    code = "MONTHLY_LIMIT_EXCEEDED"
    sentence = "This would be more than the {limit} you may pay in a month; {left} are left this month."
    status = 422


class PayeeCooling(BankError):
    code = "PAYEE_COOLING"
    sentence = (
        "This payee is new: until {until} at most {left} more can be paid to them. "
        "Pay less now, or the rest later."
    )
    status = 422


class ReviewOver(BankError):
    code = "REVIEW_OVER"
    sentence = "Payment {reference} is not held any more; it is {status}."
    status = 409


class LimitAboveCeiling(BankError):
    code = "LIMIT_ABOVE_CEILING"
    sentence = "The daily limit can be set between zero and {ceiling}. Ask the bank for more."
    status = 422


class PermitMissing(BankError):
    code = "PERMIT_MISSING"
    sentence = "No standing permit lets you pay from this account without a code. Confirm with a code."
    status = 403


class PermitExceeded(BankError):
    code = "PERMIT_EXCEEDED"
    sentence = "Your permit allows {limit} {period} without a code. Confirm this payment with a code."
    status = 403


class PermitUnusable(BankError):
    code = "PERMIT_UNUSABLE"
    sentence = "{problem}"
    status = 422


class TooManyNameChecks(BankError):
    code = "TOO_MANY_NAME_CHECKS"
    sentence = "You tried too many accounts or names that do not fit. Try again in {retry_after_s} seconds."
    status = 429


class TopUpUnfit(BankError):
    code = "TOP_UP_UNFIT"
    sentence = "{problem}"
    status = 422


class TooManyTopUps(BankError):
    code = "TOO_MANY_TOP_UPS"
    sentence = "You asked phones for money too often. Try again in {retry_after_s} seconds."
    status = 429


class FileNotReady(BankError):
    code = "FILE_NOT_READY"
    sentence = "File {reference} is {status}; only a file that was checked and not yet paid can be paid."
    status = 409


class FileHasFaults(BankError):
    code = "FILE_HAS_FAULTS"
    sentence = "{count} lines have faults. Pay the valid lines only, or send a corrected file."
    status = 409


class FileHasNothingToPay(BankError):
    code = "FILE_HAS_NOTHING_TO_PAY"
    sentence = "No line of file {reference} can be paid."
    status = 409


class PaidJustNow(BankError):
    code = "PAID_JUST_NOW"
    sentence = (
        "You made the same payment a few minutes ago ({reference}). "
        "Send it with `allow_duplicate` if you mean a second one."
    )
    status = 409


class FileLooksSentBefore(BankError):
    code = "FILE_LOOKS_SENT_BEFORE"
    sentence = (
        "File {reference} had as many payments of the same sum to the same accounts."
        " Say why this one is paid as well."
    )
    status = 409


class FileSentAnew(BankError):
    code = "FILE_SENT_ANEW"
    sentence = "What was not paid of this file was sent anew as {reference}. Go on there."
    status = 409


class FileMadeHere(BankError):
    code = "FILE_MADE_HERE"
    sentence = "This file was made of {what}. What it did not pay is open there again: pay it from there."
    status = 409


class LineNotEditable(BankError):
    code = "LINE_NOT_EDITABLE"
    sentence = (
        "Line {line} cannot be changed any more: only lines of a file that was checked and not confirmed can."
    )
    status = 409


class PayrollConfidential(BankError):
    code = "PAYROLL_CONFIDENTIAL"
    sentence = (
        "The lines of this file are confidential. Who may see the payroll sees them; you see the totals."
    )
    status = 403


class WrongStatus(BankError):
    code = "WRONG_PAYMENT_STATUS"
    sentence = "A payment that is {status} cannot become {wanted}."
    status = 409


class NameTaken(BankError):
    code = "NAME_TAKEN"
    sentence = "You keep one under this name already. Choose another name."
    status = 409


class GroupUnusable(BankError):
    code = "GROUP_UNUSABLE"
    sentence = "{problem}"
    status = 422


class TrialImpossible(BankError):
    code = "TRIAL_IMPOSSIBLE"
    sentence = "Only an account in the United States can be tried without money. Keep this payee without it."
    status = 422


class TrialAskedBefore(BankError):
    code = "TRIAL_ASKED_BEFORE"
    sentence = "This account was tried already. To try it anew, remove the payee and keep them again."
    status = 409


class NothingToCorrect(BankError):
    code = "NOTHING_TO_CORRECT"
    sentence = "The payee's bank told no other number."
    status = 409


class PayeeBeingTried(BankError):
    code = "PAYEE_BEING_TRIED"
    sentence = (
        "The payee's account is being tried without money. Pay them on {until} or later;"
        " who does not want to wait removes the payee and keeps them again without a trial."
    )
    status = 409


class PayeeAccountRefused(BankError):
    code = "PAYEE_ACCOUNT_REFUSED"
    sentence = (
        "The trial of the payee's account was refused: {reason} {problem} Ask the payee for the right"
        " number, remove the payee and keep them with it."
    )
    status = 409


class PayeeAccountChanged(BankError):
    code = "PAYEE_ACCOUNT_CHANGED"
    sentence = (
        "The payee's bank says what is right of this account now ({reason})."
        " Take it over among your payees first."
    )
    status = 409


class BeneficiaryExists(BankError):
    code = "BENEFICIARY_EXISTS"
    sentence = "This account is among your payees already."
    status = 409


class NetworkUnreachable(BankError):
    code = "NETWORK_UNREACHABLE"
    sentence = "{rail} cannot be reached. What is waiting is sent as soon as it answers."
    status = 503


class NetworkUnclear(BankError):
    code = "NETWORK_UNCLEAR"
    sentence = (
        "{rail} did not answer in time. We ask what became of {reference} before anything else is done."
    )
    status = 503


class NetworkSaysNo(BankError):
    code = "NETWORK_SAYS_NO"
    sentence = "{rail} refused the message: {reason} {explanation}"
    status = 502


class NetworkMessageUnreadable(BankError):
    code = "NETWORK_MESSAGE_UNREADABLE"
    sentence = "The message of {rail} cannot be read: {problem}"
    status = 400


class NetworkMessageForged(BankError):
    code = "NETWORK_MESSAGE_FORGED"
    sentence = "The message does not come from {rail}."
    status = 403


class NotRecallable(BankError):
    code = "NOT_RECALLABLE"
    sentence = "A payment by {rail} cannot be called back. Ask the payee to send it back."
    status = 409


class NoWayBack(BankError):
    code = "NO_WAY_BACK"
    sentence = (
        "{rail} has no message that returns this payment. Agree with the payer's bank how to send it back."
    )
    status = 409


class NotInSuspense(BankError):
    code = "NOT_IN_SUSPENSE"
    sentence = "Incoming payment {reference} is {status}; only money in suspense can be given to an account."
    status = 409


class NameUndecided(BankError):
    code = "NAME_UNDECIDED"
    sentence = (
        "Who paid this may be on a watch list. Decide on the match first: look for {subject} among"
        " the screenings."
    )
    status = 409


class RecallIsAnswered(BankError):
    code = "RECALL_ANSWERED"
    sentence = "The recall {recall} was answered already. Nothing more can be done about it."
    status = 409


class GoesBack(BankError):
    code = "GOES_BACK"
    sentence = (
        "The network was asked to take {reference} back. It can be given to an account only if the network"
        " refuses it."
    )
    status = 409


class PaymentHasLeft(BankError):
    code = "PAYMENT_HAS_LEFT"
    sentence = "A payment that is {status} cannot be cancelled any more. Ask for it to be called back."
    status = 409


class PayeeListed(BankError):
    code = "PAYEE_IN_REVIEW"
    sentence = "The bank looks at this payee before anything is paid to them. Write to us to know more."
    status = 409
