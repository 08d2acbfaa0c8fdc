"""What the close of business refuses, in order of precedence. A step that fails says its own reason."""

from bank.kernel.errors import BankError


class NotABusinessDate(BankError):
    code = "NOT_A_BUSINESS_DATE"
    sentence = "The bank does not open on {date}; the close of {instead} stands for it."
    status = 422


class DateNotReached(BankError):
    code = "DATE_NOT_REACHED"
    sentence = "{date} cannot be closed yet: the business date is {business_date} and today is {today}."
    status = 409


class DateClosed(BankError):
    code = "BUSINESS_DATE_CLOSED"
    sentence = "{date} is closed already; the business date is {business_date}. Nothing was done."
    status = 409


class StepMissing(BankError):
    """A step that a close began with is not there when it goes on."""

    code = "EOD_STEP_MISSING"
    sentence = "The close of {date} has the step {step}, which is not installed. Install it again and go on."
    status = 409


class StepStuck(BankError):
    """A part that did nothing and did not move on would be repeated for ever."""

    code = "EOD_STEP_STUCK"
    sentence = "The step {step} did nothing and stays at {cursor!r}."
    status = 500
