"""What those who are told things are refused, in order of precedence."""

from bank.kernel.errors import BankError


class NotParked(BankError):
    code = "MESSAGE_NOT_PARKED"
    sentence = (
        "This message is not parked: it was delivered, discarded or is tried again already. Look again."
    )
    status = 409
