"""Decisions about invoices in plain Python: sums, rounding, states, ages, references, matching.

Value added tax is rounded line by line, half up, to the currency's minor unit; a sum is the sum of
rounded lines, so what a reader adds up by hand is what the invoice says.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bank.invoicing.errors import InvoiceUnusable
from bank.kernel.money import Money, Rounding, rounded

MOST_LINES: Final = 50
MOST_QUANTITY: Final = Decimal(1_000_000)
BUCKETS: Final = (30, 60, 90)
"""Days past due where a column of the table of ages ends; a last one takes what is older."""

LIKELY: Final = 50
"""A guess with fewer points is not shown."""

_SHORTEST: Final = 5
_REFERENCE: Final = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")


class Kind(StrEnum):
    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"


class State(StrEnum):
    """What is stored. Whether an issued invoice is paid or overdue follows from its sums and its day."""

    DRAFT = "DRAFT"
    ISSUED = "ISSUED"
    CANCELLED = "CANCELLED"
    WRITTEN_OFF = "WRITTEN_OFF"


class Shown(StrEnum):
    """What people read."""

    DRAFT = "DRAFT"
    ISSUED = "ISSUED"
    PARTLY_PAID = "PARTLY_PAID"
    OVERDUE = "OVERDUE"
    PAID = "PAID"
    CANCELLED = "CANCELLED"
    WRITTEN_OFF = "WRITTEN_OFF"


class Every(StrEnum):
    """How often a recurring invoice is made."""

    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


class BillState(StrEnum):
    OPEN = "OPEN"
    WAITING = "WAITING"
    PAID = "PAID"
    VOID = "VOID"


@dataclass(frozen=True, slots=True)
class LineSums:
    """A line without and with its tax, each rounded half up to the minor unit."""

    net: Money
    vat: Money


def line_sums(quantity: Decimal, unit_price: Money, vat_percent: Decimal) -> LineSums:
    """``quantity`` × price, and the tax on that. Raises ``InvoiceUnusable`` for no quantity or a minus."""
    if not 0 < quantity <= MOST_QUANTITY:
        raise InvoiceUnusable(problem="A quantity is above zero and at most a million.")
    if unit_price.is_negative:
        raise InvoiceUnusable(problem="A price is not below zero. Take money off with a credit note.")
    net = rounded(quantity * unit_price.amount, unit_price.currency, Rounding.HALF_UP)
    vat = rounded(net.amount * vat_percent / 100, unit_price.currency, Rounding.HALF_UP)
    return LineSums(net, vat)


def shown(state: str, *, open_amount: Decimal, settled: Decimal, due: date | None, today: date) -> Shown:
    """What an invoice is called today: paid before overdue, overdue before partly paid."""
    if state != State.ISSUED:
        return Shown(state)
    if open_amount <= 0:
        return Shown.PAID
    if due is not None and due < today:
        return Shown.OVERDUE
    return Shown.PARTLY_PAID if settled > 0 else Shown.ISSUED


def number_of(kind: str, prefix: str, serial: int) -> str:
    """``INV-00042``; credit notes count by themselves, as ``CN-00007``."""
    return f"{prefix if kind == Kind.INVOICE else 'CN'}-{serial:05d}"


def creditor_reference(cif: str, serial: int) -> str:
    """The structured creditor reference of an invoice (ISO 11649): RF, two check digits (ISO/IEC 7064,
    mod 97-10), then what the bank finds the invoice by: the seller's number and the invoice's.
    """
    body = f"{cif}I{serial}"
    digits = "".join(str(int(char, 36)) for char in f"{body}RF00")
    return f"RF{98 - int(digits) % 97:02d}{body}"


def references_in(text: str) -> set[str]:
    """Every creditor reference with right check digits in a text as people copy it, blanks and all.

    Where it ends cannot be seen once blanks are gone, so every beginning that is right is given: one of
    them by chance is nobody's reference, for its check digits would have to be another's.
    """
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    found: set[str] = set()
    for start in (one.start() for one in re.finditer("RF", plain)):
        match = _REFERENCE.match(plain, start)
        ends = range(_SHORTEST, len(match[0]) + 1) if match else ()
        found |= {plain[start : start + end] for end in ends if _is_right(plain[start : start + end])}
    return found


def _is_right(reference: str) -> bool:
    return int("".join(str(int(char, 36)) for char in reference[4:] + reference[:4])) % 97 == 1


def bucket(due: date, today: date) -> int:
    """In which column of the table of ages: 0 not due, 1 to ``len(BUCKETS)``, the last for older."""
    late = (today - due).days
    if late <= 0:
        return 0
    return 1 + sum(late > edge for edge in BUCKETS)


def next_date(day: date, every: str, anchor: int) -> date:
    """When the next of a recurrence is made. ``anchor`` is its day of the month: the 31st comes back after
    a February.
    """
    if every == Every.WEEK:
        return day + timedelta(days=7)
    months = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}[Every(every)]
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(anchor, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money that came in, as matching looks at it."""

    money: Money
    left: Money
    text: str
    payer: str
    name_fits: bool
    paid_before: bool


@dataclass(frozen=True, slots=True)
class Guess:
    """How well money fits an invoice. ``is_certain`` lets the bank match by itself."""

    points: int
    reasons: tuple[str, ...]
    is_certain: bool


def guess(came: Incoming, *, reference: str, number: str, open_money: Money) -> Guess:
    """Points for what the payment and the invoice have in common.

    The creditor reference alone is certain, since its check digits make a slip of the pen show. The
    invoice's number is certain together with the whole amount, or with the payer's name. Amount and
    name without a reference only make a suggestion: two invoices may well be alike.
    """
    if came.money.currency != open_money.currency:
        return Guess(0, (), False)
    by_reference = reference in references_in(came.text)
    by_number = _mentions(came.text, number)
    whole = came.left == open_money
    reasons = [
        *(["REFERENCE"] if by_reference else []), *(["NUMBER"] if by_number else []),
        *(["AMOUNT"] if whole else []), *(["NAME"] if came.name_fits else []),
        *(["PAID_BEFORE"] if came.paid_before else []),
    ]  # fmt: skip
    points = 100 * by_reference + 60 * by_number + 40 * whole + 30 * came.name_fits + 20 * came.paid_before
    certain = by_reference or (by_number and (whole or came.name_fits))
    return Guess(points, tuple(reasons), certain)


def _mentions(text: str, number: str) -> bool:
    """Whether the number stands in the text by itself: INV-00004 is not in INV-000042."""
    prefix, _dash, serial = number.rpartition("-")
    pattern = rf"(?<![A-Z0-9]){re.escape(prefix)}[\s-]*0*{int(serial)}(?![0-9])"
    return re.search(pattern, text.upper()) is not None
