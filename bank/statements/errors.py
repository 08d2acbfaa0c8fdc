"""What can go wrong with statements, in order of precedence."""

from bank.kernel.errors import BankError


class UnknownFormat(BankError):
    code = "STATEMENT_FORMAT_UNKNOWN"
    sentence = "Statements are made as PDF or CSV; {format} is neither."
    status = 400


class PeriodReversed(BankError):
    code = "STATEMENT_PERIOD_REVERSED"
    sentence = "The period ends ({to_date}) before it begins ({from_date}). Swap the two dates."
    status = 400


class PeriodInFuture(BankError):
    code = "STATEMENT_PERIOD_IN_FUTURE"
    sentence = "The period ends on {to_date}, after the bank's present business date {business_date}."
    status = 400


class PeriodTooLong(BankError):
    code = "STATEMENT_PERIOD_TOO_LONG"
    sentence = "A statement covers at most {years} years. Ask for several statements."
    status = 400


class StatementNotReady(BankError):
    code = "STATEMENT_NOT_READY"
    sentence = "The statement is still being made. Ask again in a moment."
    status = 409


class StatementFailed(BankError):
    code = "STATEMENT_FAILED"
    sentence = "The statement could not be made: {reason}"
    status = 409


class PdfUnavailable(BankError):
    code = "PDF_UNAVAILABLE"
    sentence = "This bank cannot make PDF documents at the moment. Ask for the statement as CSV."
    status = 503
