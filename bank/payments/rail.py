"""The contract of a rail: the way a payment order takes to its creditor. One folder each, discovered.

A folder ``rails/<name>/`` whose package holds ``RAIL``, an instance of a ``Rail``, is a rail of the
bank; nothing else needs to be told. Rails do not know each other. A rail that settles at once is a
``Rail``; one with a network behind it is a ``NetworkRail`` (``bank/payments/network.py``), and may have
``rails/<name>/sandbox.py`` with ``SANDBOX``: the other side for demonstration and tests.
"""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import ClassVar

from bank.kernel.money import Money
from bank.messages.canonical import Fault
from bank.payments import rails
from bank.payments.rules import PaymentStatus


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a payment is to go, before there is an order: what routing decides on.

    ``agent`` names the creditor's institution, without blanks, in capitals, at most 35 long: its BIC, its
    number in a national clearing (``HDFC0000001`` an IFSC, ``021000021`` an ABA number, ``01`` a Kenyan
    bank code), or the operator's name where the creditor is a telephone (``MPESA``, the number in E.164
    with its ``+``). ``country`` is always given and tells which numbers are meant.
    """

    agent: str
    country: str
    currency: str
    is_internal: bool


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a rail can do. None means any, or no bound; amounts are in the payment's currency.

    ``fee_event`` prices it in the catalogue; ``typical_s`` is how long it takes to settle.
    ``opens`` and ``cut_off`` are in the bank's time zone, on the business days of the kernel's
    ``calendar`` (empty: every day); outside them an order waits, ACCEPTED, for the next opening.
    """

    currencies: frozenset[str] | None
    countries: frozenset[str] | None
    minimum: Decimal | None
    maximum: Decimal | None
    opens: time | None
    cut_off: time | None
    fee_event: str
    typical_s: int
    is_recallable: bool
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Instruction:
    """An accepted order as a rail needs it; charges are the debtor's, on top of the amount.

    ``fee_account`` and ``excise_account`` are the ledger's accounts that earn them, empty where
    there is nothing to earn; ``transit_account`` holds what is sent and not settled.
    ``creditor_account_type`` is SVGS (ISO 20022 account type) of a savings account, else empty.
    """

    reference: str
    debtor_number: str
    debtor_name: str
    creditor_number: str
    creditor_name: str
    amount: Money
    fee: Money
    excise: Money
    fee_account: str
    excise_account: str
    transit_account: str = ""
    remittance: str = ""
    creditor_agent: str = ""
    debtor_agent: str = ""
    end_to_end_id: str = ""
    instruction_id: str = ""
    uetr: str = ""
    charge_bearer: str = "SHAR"
    purpose: str = ""
    creditor_address: str = ""
    creditor_country: str = ""
    creditor_reference: str = ""
    creditor_account_type: str = ""
    ultimate_debtor: str = ""
    ultimate_creditor: str = ""
    requested_date: date | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order: SETTLED, SENT, or REJECTED with a code and a sentence."""

    status: PaymentStatus
    reason: str = ""
    sentence: str = ""


class Rail(ABC):
    """One way out of the bank, or within it."""

    code: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    @property
    def is_available(self) -> bool:
        """Whether the rail is set up here: a network without an address carries nothing."""
        return True

    @abstractmethod
    def reaches(self, destination: Destination) -> bool:
        """Whether the rail can carry a payment there, amount and time aside."""

    def check(self, instruction: Instruction) -> list[Fault]:
        """Everything the rail's format or rules cannot carry as it stands, each with how to fix it."""
        return []

    @abstractmethod
    def release(self, instructions: Iterable[Instruction], *, each: bool = False) -> list[Outcome]:
        """Sends accepted orders on their way in the caller's database transaction, in one ledger call.

        Books them: against the creditor where the rail settles at once, else against money in
        transit with the message for the network as an outbox fact. With ``each`` every order
        has an outcome of its own; otherwise the first refusal is raised and nothing is booked.
        ``instructions`` may be streamed into the ledger: producing them must not query the database.
        Repeating it for the same references books nothing twice.
        """


@cache
def every() -> dict[str, Rail]:
    """The rails found in ``rails/``, by code."""
    found = [
        importlib.import_module(f"{rails.__name__}.{module.name}").RAIL
        for module in pkgutil.iter_modules(rails.__path__)
    ]
    return {rail.code: rail for rail in found}


def route(destination: Destination) -> Rail | None:
    """The rail that reaches the destination, the fastest of several; None where none does."""
    reaching = [rail for rail in every().values() if rail.reaches(destination)]
    return min(reaching, key=lambda rail: rail.capabilities.typical_s, default=None)
