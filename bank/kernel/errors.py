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
