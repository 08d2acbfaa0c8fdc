"""What bookkeeping refuses, in order of precedence."""

from bank.kernel.errors import BankError


class JournalUnusable(BankError):
    """A journal, template or schedule that cannot be booked as it is written."""

    code = "JOURNAL_UNUSABLE"
    sentence = "{problem}"


class CustomerAccountInJournal(BankError):
    code = "CUSTOMER_ACCOUNT_IN_JOURNAL"
    sentence = "{account} is a customer's account. Propose this as a correction of customers' accounts."
    status = 403


class NoCustomerAccountInJournal(BankError):
    code = "NO_CUSTOMER_ACCOUNT_IN_JOURNAL"
    sentence = "No line of this correction is on a customer's account. Propose it as a journal."


class PeriodClosed(BankError):
    code = "PERIOD_CLOSED"
    sentence = "The books are closed up to {until}; choose a later value date, or have the month reopened."
    status = 409


class PeriodNotOver(BankError):
    code = "PERIOD_NOT_OVER"
    sentence = "{month} is not over on the business date {business_date}; close it afterwards."
    status = 409


class PeriodNotReady(BankError):
    code = "PERIOD_NOT_READY"
    sentence = "{month} is not ready to be closed: {problem}. Put that in order first."
    status = 409


class PeriodOutOfOrder(BankError):
    code = "PERIOD_OUT_OF_ORDER"
    sentence = "{problem}"
    status = 409


class JournalReversed(BankError):
    code = "JOURNAL_REVERSED"
    sentence = "Journal {reference} has been reversed, or is a reversal itself."
    status = 409


class RateMissing(BankError):
    code = "RATE_MISSING"
    sentence = "There is no rate from {source} to {target} on {day} or shortly before; enter one first."


class RateUnusable(BankError):
    code = "RATE_UNUSABLE"
    sentence = "{problem}"


class ScheduleReversed(BankError):
    code = "SCHEDULE_REVERSED"
    sentence = "Nothing of schedule {reference} is booked that has not been reversed."
    status = 409


class ScheduleOver(BankError):
    code = "SCHEDULE_OVER"
    sentence = "Schedule {reference} has been cancelled or booked to its end."
    status = 409


class StatementRefused(BankError):
    """An imported statement that is not read: nothing of it is kept."""

    code = "STATEMENT_REFUSED"
    sentence = "{problem}"


class StatementDuplicate(StatementRefused):
    code = "STATEMENT_DUPLICATE"
    sentence = "This statement was imported before, as {statement}."
    status = 409


class MatchUnbalanced(BankError):
    code = "MATCH_UNBALANCED"
    sentence = "What was chosen differs by {difference}; statement and book must cancel out."


class MatchRefused(BankError):
    code = "MATCH_REFUSED"
    sentence = "{problem}"
    status = 409
