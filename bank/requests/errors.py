"""What requests to pay and bills refuse, in order of precedence. The refusals of payments come after."""

from bank.kernel.errors import BankError


class RequestUnusable(BankError):
    code = "REQUEST_UNUSABLE"
    sentence = "{problem}"
    status = 422


class RequesterBlocked(BankError):
    code = "REQUESTER_BLOCKED"
    sentence = "This person takes no requests from you."
    status = 403


class TooManyRequests(BankError):
    code = "TOO_MANY_REQUESTS_TO_PAY"
    sentence = "You sent many requests today. Send the next one tomorrow."
    status = 429


class RequestOver(BankError):
    code = "REQUEST_OVER"
    sentence = "This request is {status}; it can no longer be {wanted}."
    status = 409


class AmountNotAsked(BankError):
    code = "AMOUNT_NOT_ASKED"
    sentence = "Pay {asked}; the request allows no other amount."
    status = 422


class MoreThanAsked(BankError):
    code = "MORE_THAN_ASKED"
    sentence = "Only {left} are still asked for."
    status = 422


class ReminderTooSoon(BankError):
    code = "REMINDER_TOO_SOON"
    sentence = "A reminder can be sent once a day, three times in all."
    status = 429


class BillerUnusable(BankError):
    code = "BILLER_UNUSABLE"
    sentence = "{name} cannot be paid at the moment."
    status = 409


class ReferenceWrong(BankError):
    code = "BILL_REFERENCE_WRONG"
    sentence = "{label} is not written like that. It looks like {example}."
    status = 422


class ReferenceMistyped(BankError):
    code = "BILL_REFERENCE_MISTYPED"
    sentence = "One digit of the {label} is wrong. Compare it with your bill."
    status = 422


class BillAmountWrong(BankError):
    code = "BILL_AMOUNT_WRONG"
    sentence = "{name} takes {least} to {most} at a time."
    status = 422


class BillAmountNotWhole(BankError):
    code = "BILL_AMOUNT_NOT_WHOLE"
    sentence = "{name} takes whole amounts only, without cents."
    status = 422
