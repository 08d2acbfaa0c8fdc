"""What is refused of a place, in order of precedence."""

from bank.kernel.errors import BankError


class UnusablePlace(BankError):
    code = "PLACE_UNUSABLE"
    sentence = "{problem}"
    status = 422


class PlaceTaken(BankError):
    code = "PLACE_TAKEN"
    sentence = "There is already a place with the code {place}; choose another code."
    status = 409
