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


class AddressRefused(BankError):
    code = "ADDRESS_REFUSED"
    sentence = (
        "The bank does not call this address. Give an https:// address on the open Internet, without "
        "user or password."
    )
    status = 400


class CallFailed(BankError):
    code = "CALL_FAILED"
    sentence = "The address did not answer: {problem}."
    status = 502
