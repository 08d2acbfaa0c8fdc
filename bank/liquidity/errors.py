"""What sweeps refuse, in order of precedence. The refusals of payments come before them."""

from bank.kernel.errors import BankError


class SweepUnusable(BankError):
    code = "SWEEP_UNUSABLE"
    sentence = "{problem}"
    status = 422


class SweepTwice(BankError):
    code = "SWEEP_TWICE"
    sentence = "Account {number} has a sweep already. End it before you set up another."
    status = 409


class WrongSweepStatus(BankError):
    code = "WRONG_SWEEP_STATUS"
    sentence = "A sweep that is {status} cannot be {wanted}."
    status = 409
