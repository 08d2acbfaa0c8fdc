"""What can go wrong with statements, in order of precedence."""

from bank.kernel.errors import BankError


class UnknownFormat(BankError):
    code = "STATEMENT_FORMAT_UNKNOWN"
    sentence = "There is no format {format}. Statements are made as {known}."
    status = 400


class PeriodReversed(BankError):
    code = "STATEMENT_PERIOD_REVERSED"
    sentence = "The period ends ({to_date}) before it begins ({from_date}). Swap the two dates."
    status = 400


class PeriodInFuture(BankError):
    code = "STATEMENT_PERIOD_IN_FUTURE"
    sentence = "The period ends on {to_date}, after the bank's present business date {business_date}."
    status = 400


class PeriodBeforeOpening(BankError):
    code = "STATEMENT_BEFORE_OPENING"
    sentence = "The account was opened on {opened_date}. Choose a period that ends on that day or later."
    status = 400


class PeriodTooLong(BankError):
    code = "STATEMENT_PERIOD_TOO_LONG"
    sentence = "A statement covers at most {years} years. Ask for several statements."
    status = 400


class CertificateIsPdf(BankError):
    code = "CERTIFICATE_IS_PDF"
    sentence = "Certificates are made as PDF only."
    status = 400


class UnknownCertificate(BankError):
    code = "CERTIFICATE_UNKNOWN"
    sentence = "There is no certificate {kind}. There are BALANCE, INTEREST and TAX."
    status = 400


class YearNotOver(BankError):
    code = "CERTIFICATE_YEAR_NOT_OVER"
    sentence = "The year {year} is not over. A tax certificate covers a whole past year."
    status = 400


class UnknownSubscription(BankError):
    code = "SUBSCRIPTION_UNKNOWN_CHOICE"
    sentence = "{choice} is not possible for the {field} of a subscription."
    status = 400


class AccountClosed(BankError):
    code = "SUBSCRIPTION_ACCOUNT_CLOSED"
    sentence = "The account is closed or the deposit has ended. Ask for single statements instead."
    status = 409


class SubscribedAlready(BankError):
    code = "SUBSCRIPTION_EXISTS"
    sentence = "There is such a subscription already. Resume or end it first."
    status = 409


class TooManySubscriptions(BankError):
    code = "SUBSCRIPTION_TOO_MANY"
    sentence = "An account or deposit has at most {most} subscriptions. End one first."
    status = 409


class SubscriptionOver(BankError):
    code = "SUBSCRIPTION_NOT_POSSIBLE"
    sentence = "A subscription that is {state} cannot become {wanted}."
    status = 409


class TooLongAtOnce(BankError):
    code = "STATEMENT_TOO_LONG_AT_ONCE"
    sentence = (
        "A PDF of more than {most} lines is not made while you wait. Ask for it with POST and fetch it "
        "when ready."
    )
    status = 409


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
