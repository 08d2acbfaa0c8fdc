"""A payment initiation in ISO 20022 terms, whatever format it came in.

Field names follow the message definition report of pain.001 (Customer Credit Transfer
Initiation). What the sender wrote wrongly is kept as written beside an empty parsed value,
so that the fault can be shown with the words of the sender.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Party:
    """A debtor, creditor, ultimate or initiating party."""

    name: str = ""
    country: str = ""
    identification: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """A financial institution, by BIC or by its number in a national clearing system."""

    bic: str = ""
    clearing_member: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class AccountIdentification:
    """An account by IBAN or by another number; ``proxy`` is an alias such as a phone number."""

    iban: str = ""
    other: str = ""
    currency: str = ""
    proxy: str = ""

    @property
    def number(self) -> str:
        return self.iban or self.other


NOBODY: Final = Party()
NO_AGENT: Final = Agent()
NO_ACCOUNT: Final = AccountIdentification()


@dataclass(frozen=True, slots=True)
class Remittance:
    """What the payment is for: free lines, and references of the creditor or of documents."""

    unstructured: tuple[str, ...] = ()
    creditor_reference: str = ""
    document_numbers: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join([*self.unstructured, self.creditor_reference, *self.document_numbers]).strip()


@dataclass(frozen=True, slots=True)
class GroupHeader:
    """GrpHdr: what the sender says about the whole message."""

    message_id: str
    created_at: str
    initiating_party: Party
    count: int | None = None
    control_sum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PaymentInformation:
    """PmtInf: one debtor account, one requested day, many credit transfers."""

    payment_information_id: str
    method: str
    requested_date: date | None
    requested_date_text: str
    debtor: Party
    debtor_account: AccountIdentification
    debtor_agent: Agent
    ultimate_debtor: Party = Party()
    charge_bearer: str = ""
    service_level: str = ""
    category_purpose: str = ""
    batch_booking: bool | None = None
    count: int | None = None
    control_sum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """CdtTrfTxInf: one payment, with the part of the message it stands in.

    ``line`` counts from 1 over the whole message. ``amount`` is None where the text is not a
    decimal number. ``is_equivalent`` marks an amount given in another currency than it is to
    be paid in (EqvtAmt).
    """

    line: int
    information: PaymentInformation
    instruction_id: str
    end_to_end_id: str
    uetr: str
    amount: Decimal | None
    amount_text: str
    currency: str
    creditor: Party
    creditor_account: AccountIdentification
    creditor_agent: Agent
    is_equivalent: bool = False
    charge_bearer: str = ""
    ultimate_debtor: Party = Party()
    ultimate_creditor: Party = Party()
    purpose: str = ""
    remittance: Remittance = Remittance()

    @property
    def on_behalf_of(self) -> Party:
        """The ultimate debtor, who may be named once for the whole part."""
        return self.ultimate_debtor if self.ultimate_debtor.name else self.information.ultimate_debtor


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, where it is, and how to fix it. ``line`` 0 means the message as a whole.

    A warning does not keep the line from being paid.
    """

    line: int
    code: str
    sentence: str
    field: str = ""
    value: str = ""
    is_warning: bool = False


@dataclass(slots=True)
class Totals:
    """What a message really holds, counted while it is read."""

    count: int = 0
    control_sum: Decimal = Decimal(0)
    instructed_sum: Decimal = Decimal(0)
    by_currency: dict[str, Decimal] = field(default_factory=dict)

    def add(self, transfer: CreditTransfer) -> None:
        """Counts one transfer. The control sum ignores currencies (ISO 20022, CtrlSum)."""
        amount = transfer.amount or Decimal(0)
        self.count += 1
        self.control_sum += amount
        if not transfer.is_equivalent:
            self.instructed_sum += amount
        self.by_currency[transfer.currency] = self.by_currency.get(transfer.currency, Decimal(0)) + amount
