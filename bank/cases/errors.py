"""What this desk refuses, in order of precedence."""

from bank.kernel.errors import BankError


class UnusableCase(BankError):
    code = "CASE_UNUSABLE"
    sentence = "{problem}"
    status = 422


class CaseStepNotPossible(BankError):
    code = "CASE_STEP_NOT_POSSIBLE"
    sentence = (
        "This case is {state}, so it cannot be {step}. Look at it again: somebody may have been faster."
    )
    status = 409


class NotForAnybody(BankError):
    code = "CASE_ASSIGNEE_UNFIT"
    sentence = "{name} does not work on cases. Choose somebody who does."
    status = 422


class UnusableTarget(BankError):
    code = "SERVICE_TARGET_UNUSABLE"
    sentence = "{problem}"
    status = 422
