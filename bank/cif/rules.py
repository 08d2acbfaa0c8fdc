"""Decisions about customers and mandates, in plain Python."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bank.cif.errors import MandateForbidsPayments, MandateLimitExceeded
from bank.kernel import checkdigits
from bank.kernel.money import Money


class CustomerKind(StrEnum):
    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"


class Segment(StrEnum):
    RETAIL = "RETAIL"
    SME = "SME"
    CORPORATE = "CORPORATE"


class CustomerStatus(StrEnum):
    PROSPECT = "PROSPECT"
    ACTIVE = "ACTIVE"
    BLOCKED = "BLOCKED"
    CLOSED = "CLOSED"


class MandateRole(StrEnum):
    OWNER = "OWNER"
    SIGNATORY = "SIGNATORY"
    VIEWER = "VIEWER"


@dataclass(frozen=True, slots=True)
class PaymentRight:
    """What one mandate says about paying. ``limit`` bounds a single payment; ``None`` means no bound."""

    holder: str
    can_pay: bool
    limit: Money | None


def cif_number(serial: int) -> str:
    """The customer number for ``serial``: the serial and its Luhn check digit (ISO/IEC 7812-1, annex B)."""
    return f"{serial}{checkdigits.luhn_digit(str(serial))}"


def check_payment(right: PaymentRight, amount: Money) -> None:
    """Raises ``MandateForbidsPayments`` or ``MandateLimitExceeded``.

    A limit in one currency allows nothing in another: the bank does not guess a rate where a
    customer set a bound.
    """
    if not right.can_pay:
        raise MandateForbidsPayments(name=right.holder)
    if right.limit is None:
        return
    if amount.currency != right.limit.currency or amount > right.limit:
        raise MandateLimitExceeded(name=right.holder, limit=right.limit, amount=amount)


def in_force(on: date, valid_from: date, valid_until: date | None) -> bool:
    """Whether a mandate holds on a day; both ends are included."""
    return valid_from <= on and (valid_until is None or on <= valid_until)
