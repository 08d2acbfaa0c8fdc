"""Account numbers, what each status allows, and how charges are split, in plain Python."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from bank.accounts.errors import DebitAboveLimit, InvalidAccountNumber
from bank.kernel.money import Money, rounded

HEAD_OFFICE: Final = "001"
BRANCH_DIGITS: Final = 3
SERIAL_DIGITS: Final = 9
NUMBER_DIGITS: Final = BRANCH_DIGITS + SERIAL_DIGITS + 1
NICKNAME_LETTERS: Final = 40
REASON_LETTERS: Final = 200
AUTHORITY_LETTERS: Final = 120


class AccountStatus(StrEnum):
    """ACTIVE moves freely; FROZEN_DEBIT only receives; FROZEN does neither; CLOSED is finished."""

    ACTIVE = "ACTIVE"
    FROZEN_DEBIT = "FROZEN_DEBIT"
    FROZEN = "FROZEN"
    DORMANT = "DORMANT"
    CLOSED = "CLOSED"


class FreezeScope(StrEnum):
    DEBIT = "DEBIT"
    ALL = "ALL"


class ChargeKind(StrEnum):
    MONTHLY_FEE = "MONTHLY_FEE"
    BELOW_MINIMUM = "BELOW_MINIMUM"
    CHEQUE_RETURNED = "CHEQUE_RETURNED"
    CHEQUE_CLAIM = "CHEQUE_CLAIM"


BANK_CODES: Final = frozenset(
    {"INTEREST_CAPITALISED", "INTEREST_CORRECTED", "ACCOUNT_FEE", "OVERDRAFT_INTEREST", "CHEQUE_FEE"}
)
"""Entries the bank makes by itself: no sign that the customer uses the account."""


STATUS_OF_SCOPE: Final = {
    FreezeScope.DEBIT: AccountStatus.FROZEN_DEBIT,
    FreezeScope.ALL: AccountStatus.FROZEN,
}


def account_number(branch: str, serial: int) -> str:
    """The account number: three digits for the branch, nine for the serial, one that checks them.

    The last digit is that of ISO/IEC 7064 MOD 11,10, which finds every wrong digit and nearly every
    swap of two. Kenya has no IBAN, so none is invented.
    """
    payload = f"{branch}{serial:0{SERIAL_DIGITS}d}"
    return f"{payload}{mod_11_10.calc_check_digit(payload)}"


def read_number(text: str) -> str:
    """An account number as people write it, without blanks and hyphens. Raises ``InvalidAccountNumber``."""
    digits = "".join(text.split()).replace("-", "")
    if len(digits) != NUMBER_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise InvalidAccountNumber
    try:
        return str(mod_11_10.validate(digits))
    except ValidationError as error:
        raise InvalidAccountNumber from error


def spaced(number: str) -> str:
    """An account number for people: ``001 000 010 001 7`` reads better in groups."""
    return f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}"


def frozen_status(scopes: frozenset[str]) -> AccountStatus:
    """The status of an open account under these freezes: the widest one counts."""
    if FreezeScope.ALL in scopes:
        return AccountStatus.FROZEN
    return AccountStatus.FROZEN_DEBIT if scopes else AccountStatus.ACTIVE


def split(fee: Money, excise: Money, available: Money) -> tuple[Money, Money]:
    """How much of a fee and of the duty on it can be taken from ``available``, in their proportion."""
    total = fee + excise
    if available >= total:
        return fee, excise
    nothing = Money.zero(fee.currency)
    if not available.is_positive:
        return nothing, nothing
    duty = rounded(available.amount * excise.amount / total.amount, fee.currency)
    return available - duty, duty


def monthly_fee(
    fee: Decimal, *, booked: Decimal, waived_from: Decimal | None, payments: int, waived_by: int | None
) -> Decimal:
    """The fee of a month, zero where a high balance or enough payments waive it."""
    rich = waived_from is not None and booked >= waived_from
    busy = waived_by is not None and payments >= waived_by
    return Decimal(0) if rich or busy else fee


def below_minimum_fee(fee: Decimal, *, booked: Decimal, minimum: Decimal) -> Decimal:
    """The fee for a balance below the one to keep."""
    return fee if booked < minimum else Decimal(0)


def check_debit(number: str, limit: Decimal | None, amount: Money) -> None:
    """Raises ``DebitAboveLimit`` where the product lets a single payment take less than ``amount``."""
    if limit is not None and amount.amount > limit:
        raise DebitAboveLimit(number=number, limit=Money(limit, amount.currency))
