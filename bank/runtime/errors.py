"""What the plumbing refuses, in order of precedence."""

from bank.kernel.errors import BankError


class IdempotencyConflict(BankError):
    code = "IDEMPOTENCY_CONFLICT"
    sentence = "This idempotency key was used before with other content. Use a new key for a new request."
    status = 409


class Unreadable(BankError):
    """Sealed under a key that is not in the ring, for another place, or altered since."""

    code = "UNREADABLE"
    sentence = "A stored secret cannot be opened. Ask the bank's operator to check its keys (FIELD_KEYS)."
    status = 500
