"""What the plumbing refuses, in order of precedence."""

from bank.kernel.errors import BankError


class IdempotencyConflict(BankError):
    code = "IDEMPOTENCY_CONFLICT"
    sentence = "This idempotency key was used before with other content. Use a new key for a new request."
    status = 409
