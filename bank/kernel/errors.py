"""Errors the bank answers with: a stable code, a sentence that says how to fix it, an HTTP status.

Every app lists its own in ``errors.py``, in order of precedence: where several
apply, the first in the list is the one raised.
"""

from typing import Any, ClassVar


class BankError(Exception):
    """A refusal with a stable code. Subclasses set ``code``, ``sentence`` and ``status``.

    ``sentence`` is a format string filled from the keyword parameters, which stay
    available as ``params`` for doors that answer in a structured form.
    """

    code: ClassVar[str] = "BANK_ERROR"
    sentence: ClassVar[str] = "The bank cannot do this."
    status: ClassVar[int] = 422

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.sentence.format(**params))

    @property
    def message(self) -> str:
        return str(self)


class InvalidInput(BankError):
    code = "INVALID_INPUT"
    sentence = "{problem}"
    status = 400


class NotFound(BankError):
    """The object does not exist, or is not yours: the two are never told apart."""

    code = "NOT_FOUND"
    sentence = "There is no such {what}."
    status = 404


class NotAllowed(BankError):
    code = "NOT_ALLOWED"
    sentence = "You may not {what}."
    status = 403


class Conflict(BankError):
    code = "CONFLICT"
    sentence = "{problem}"
    status = 409


class Unsupported(BankError):
    """The bank has no such part (yet), which is not the same as refusing what was asked."""

    code = "UNSUPPORTED"
    sentence = "The bank has no {what}."
    status = 501


# --- what the kernel itself refuses, in order of precedence -------------------------------------


class UnknownCurrency(BankError):
    code = "UNKNOWN_CURRENCY"
    sentence = (
        "{currency!r} is not a currency the bank can keep; use its three-letter ISO 4217 code, such as KES."
    )
    status = 400


class CurrencyMismatch(BankError):
    code = "CURRENCY_MISMATCH"
    sentence = "{left} and {right} cannot be put together; convert one of them first."


class InvalidAmount(BankError):
    code = "INVALID_AMOUNT"
    sentence = "{problem}"
    status = 400


class TooManyDecimals(InvalidAmount):
    code = "TOO_MANY_DECIMALS"
    sentence = "{amount} has too many decimals: {currency} has {exponent}."


class AmountOutOfRange(InvalidAmount):
    code = "AMOUNT_OUT_OF_RANGE"
    sentence = "The amount is too large: at most {digits} digits may stand before the point."


class InvalidIban(BankError):
    code = "INVALID_IBAN"
    sentence = "This is not a valid IBAN: {problem}."
    status = 400


class InvalidBic(BankError):
    code = "INVALID_BIC"
    sentence = "This is not a valid BIC: {problem}."
    status = 400


class UnknownCalendar(BankError):
    code = "UNKNOWN_CALENDAR"
    sentence = "There is no business-day calendar named {name!r}."
    status = 400


class UnknownConvention(BankError):
    code = "UNKNOWN_CONVENTION"
    sentence = "There is no {kind} named {name!r}."
    status = 400
