"""Decisions about customers and mandates, in plain Python."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bank.cif.errors import MandateForbidsPayments, MandateLimitExceeded, PartyUnusable
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


class PartyRole(StrEnum):
    """What somebody is to a customer."""

    DIRECTOR = "DIRECTOR"
    BENEFICIAL_OWNER = "BENEFICIAL_OWNER"
    SHAREHOLDER = "SHAREHOLDER"
    SIGNATORY = "SIGNATORY"
    SECRETARY = "SECRETARY"
    PARTNER = "PARTNER"
    TRUSTEE = "TRUSTEE"
    SPOUSE = "SPOUSE"
    PARENT = "PARENT"
    GUARDIAN = "GUARDIAN"
    NEXT_OF_KIN = "NEXT_OF_KIN"
    ATTORNEY = "ATTORNEY"
    EMPLOYER = "EMPLOYER"


#: Roles whose holders own a share.
OWNING_ROLES: Final = frozenset({PartyRole.BENEFICIAL_OWNER, PartyRole.SHAREHOLDER, PartyRole.PARTNER})
FAMILY_ROLES: Final = frozenset(
    {PartyRole.SPOUSE, PartyRole.PARENT, PartyRole.GUARDIAN, PartyRole.NEXT_OF_KIN, PartyRole.EMPLOYER}
)
COMPANY_ROLES: Final = frozenset({PartyRole.DIRECTOR, PartyRole.SECRETARY, PartyRole.TRUSTEE, *OWNING_ROLES})


class DocumentKind(StrEnum):
    """What proves who a customer is."""

    NATIONAL_ID = "NATIONAL_ID"
    PASSPORT = "PASSPORT"
    ALIEN_ID = "ALIEN_ID"
    DRIVING_LICENCE = "DRIVING_LICENCE"
    TAX_PIN = "TAX_PIN"
    REGISTRATION = "REGISTRATION"


class KycLevel(StrEnum):
    NONE = "NONE"
    SIMPLIFIED = "SIMPLIFIED"
    STANDARD = "STANDARD"
    ENHANCED = "ENHANCED"


class ContactKind(StrEnum):
    EMAIL = "EMAIL"
    PHONE = "PHONE"


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


def door_of(kind: str, segment: str) -> str:
    """The portal of a customer: each has one, by its address (docs/decisions/doors-by-path.md)."""
    if kind == CustomerKind.PERSON:
        return "/personal/"
    return "/sme/" if segment == Segment.SME else "/corporate/"


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


def check_party(kind: str, role: str, share_pct: Decimal | None, shares_held: Decimal) -> None:
    """Whether a customer of this kind may have a party in this role with this share of the whole.

    ``shares_held`` is what the others in the role own. Raises ``PartyUnusable``.
    """
    if role not in set(PartyRole):
        raise PartyUnusable(problem=f"{role} is no role of a related party.")
    wrong = FAMILY_ROLES if kind == CustomerKind.ORGANISATION else COMPANY_ROLES
    if role in wrong:
        raise PartyUnusable(problem=f"A {kind.lower()} has no {role.replace('_', ' ').lower()}.")
    if share_pct is None:
        return
    if role not in OWNING_ROLES:
        raise PartyUnusable(problem="Only an owner has a share.")
    if not 0 < share_pct <= 100:
        raise PartyUnusable(problem="A share is more than 0 and at most 100 per cent.")
    if shares_held + share_pct > 100:
        raise PartyUnusable(problem="The shares would come to more than 100 per cent.")


def document_number(text: str) -> str:
    """The number of an identity document as it is kept and searched: capitals and digits alone."""
    return "".join(one for one in text.upper() if one.isalnum())


def masked(number: str) -> str:
    """The last three characters, recognisable to its owner alone."""
    return f"•••{number[-3:]}" if len(number) > 5 else "•••"
