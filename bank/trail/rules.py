"""Of which kind an act is, and who of a company reads its trail. Plain Python."""

from enum import StrEnum
from typing import Final

from bank.cif.rules import MandateRole

READERS: Final = frozenset({MandateRole.OWNER, MandateRole.VIEWER})
"""Who answers for the company and who only looks, such as its accountant. A signatory who makes payments
does not read what colleagues do.
"""
MOST_EXPORTED: Final = 10_000
"""Lines of one file; a longer time is asked for in parts."""


class Kind(StrEnum):
    """What the page is filtered by, in the order of its list."""

    PAYMENT = "PAYMENT"
    FILE = "FILE"
    APPROVAL = "APPROVAL"
    PEOPLE = "PEOPLE"
    ACCOUNT = "ACCOUNT"
    INVOICE = "INVOICE"
    EXPENSE = "EXPENSE"
    PAYROLL = "PAYROLL"
    PROGRAM = "PROGRAM"
