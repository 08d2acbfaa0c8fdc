"""What standing orders refuse, in order of precedence. The refusals of payments come before them."""

from bank.kernel.errors import BankError


class OrderUnusable(BankError):
    code = "STANDING_ORDER_UNUSABLE"
    sentence = "{problem}"
    status = 422


class SweepToOthers(BankError):
    code = "SWEEP_TO_OTHERS"
    sentence = "All above a balance can only go to an account of your own. Give a fixed amount instead."
    status = 422


class ChangeNeedsSignatures(BankError):
    code = "STANDING_CHANGE_NEEDS_SIGNATURES"
    sentence = (
        "This change needs {needed} signatures. End this standing order and set up a new one, which the"
        " others can sign."
    )
    status = 409


class WrongOrderStatus(BankError):
    code = "WRONG_STANDING_ORDER_STATUS"
    sentence = "A standing order that is {status} cannot be {wanted}."
    status = 409
