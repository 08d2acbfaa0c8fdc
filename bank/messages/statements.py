"""What a bank says happened on an account, whatever format it said it in.

Money is signed as the account's owner sees it: a credit is positive, a debit negative. Days are the ones the
message states. Texts are whole: nothing the sender wrote about a payment is cut.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bank.messages.canonical import NO_ACCOUNT, NO_AGENT, NOBODY, AccountIdentification, Agent, Fault, Party


class EntryStatus(StrEnum):
    """ISO 20022 entry status: BOOK is on the account, PDNG will be, INFO never is."""

    BOOKED = "BOOK"
    PENDING = "PDNG"
    INFORMATION = "INFO"


class BalanceKind(StrEnum):
    """The balances statements are about, by their ISO 20022 codes; others keep the code they came with."""

    OPENING = "OPBD"
    CLOSING = "CLBD"
    INTERIM = "ITBD"
    CLOSING_AVAILABLE = "CLAV"
    FORWARD_AVAILABLE = "FWAV"


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance of the account on ``day``; ``kind`` is a ``BalanceKind`` or another code of ISO 20022."""

    kind: str
    amount: Decimal
    currency: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Detail:
    """One payment within an entry. A batch booking has many, most entries have one or none.

    ``amount`` is signed and in the entry's currency; None where the message does not say.
    """

    amount: Decimal | None = None
    currency: str = ""
    end_to_end_id: str = ""
    instruction_id: str = ""
    transaction_id: str = ""
    uetr: str = ""
    mandate_id: str = ""
    bank_reference: str = ""
    creditor_reference: str = ""
    debtor: Party = NOBODY
    debtor_account: AccountIdentification = NO_ACCOUNT
    creditor: Party = NOBODY
    creditor_account: AccountIdentification = NO_ACCOUNT
    purpose: str = ""
    return_reason: str = ""
    remittance: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement on the account.

    ``number`` counts from 1 within the statement, ``line`` is where it begins in the file. ``amount`` is
    signed: a reversed credit is negative already, and ``is_reversal`` says so. ``customer_reference`` is what
    the owner gave the bank, ``bank_reference`` what the bank gave; ``counterparty`` is the other side.
    """

    number: int
    line: int
    amount: Decimal
    currency: str
    booking_date: date | None
    value_date: date | None
    status: EntryStatus = EntryStatus.BOOKED
    is_reversal: bool = False
    kind: str = ""
    customer_reference: str = ""
    bank_reference: str = ""
    end_to_end_id: str = ""
    counterparty: Party = NOBODY
    counterparty_account: AccountIdentification = NO_ACCOUNT
    counterparty_agent: Agent = NO_AGENT
    remittance: str = ""
    narrative: str = ""
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, report or advice of one account.

    ``opening`` and ``closing`` are the booked balances it runs between, None where it has none (interim
    reports and advices). ``faults`` is what is wrong with it; one that is no warning means: do not import.
    """

    message: str
    identification: str
    account: AccountIdentification
    currency: str
    servicer: Agent = NO_AGENT
    number: str = ""
    page: str = ""
    created_at: str = ""
    information: str = ""
    balances: tuple[Balance, ...] = ()
    opening: Balance | None = None
    closing: Balance | None = None
    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether everything in it was understood and adds up."""
        return all(fault.is_warning for fault in self.faults)

    @property
    def booked_sum(self) -> Decimal:
        """What the booked entries come to, debits and credits netted."""
        return booked_sum(self.entries)


@dataclass(slots=True)
class Findings:
    """Faults gathered while a statement is read."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, line: int, code: str, sentence: str, where: str = "", value: str = "") -> None:
        """A fault that keeps the statement from being imported."""
        self.faults.append(Fault(line, code, sentence, where, value[:140]))

    def warn(self, line: int, code: str, sentence: str, where: str = "", value: str = "") -> None:
        """Something odd that changes no amount."""
        self.faults.append(Fault(line, code, sentence, where, value[:140], is_warning=True))


def booked_sum(entries: Iterable[Entry]) -> Decimal:
    """The signed sum of the entries that are on the account."""
    return sum((entry.amount for entry in entries if entry.status == EntryStatus.BOOKED), Decimal(0))


def check_balances(
    opening: Balance | None, closing: Balance | None, entries: Iterable[Entry], findings: Findings, line: int
) -> None:
    """Adds a fault where the closing balance is not the opening one and the booked entries together."""
    if opening is None or closing is None:
        return
    if opening.currency != closing.currency:
        sentence = (
            f"It opens in {opening.currency} and closes in {closing.currency}; a statement has one currency."
        )
        findings.add(line, "CURRENCIES_DIFFER", sentence, value=closing.currency)
        return
    expected = opening.amount + booked_sum(entries)
    if expected != closing.amount:
        sentence = (
            f"It opens with {opening.amount:f} and its entries come to {expected - opening.amount:f}, which"
            f" makes {expected:f}, but it closes with {closing.amount:f}. Ask the bank for it again."
        )
        findings.add(line, "BALANCE_MISMATCH", sentence, value=f"{closing.amount:f}")
