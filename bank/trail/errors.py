"""What whoever reads a trail is refused."""

from bank.kernel.errors import BankError


class TrailNotYours(BankError):
    code = "TRAIL_NOT_YOURS"
    sentence = "Only the company's owners and those who may only look read its trail. Ask an owner."
    status = 403


class TrailTooLong(BankError):
    code = "TRAIL_TOO_LONG"
    sentence = "That is more than {most} acts. Choose fewer days, one person or one kind, and ask again."
    status = 400
