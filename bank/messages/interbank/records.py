"""What the messages say, apart from how they are spelt."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bank.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Header:
    """Who says what to whom: the business application header. Banks by BIC."""

    message_id: str
    sender: str
    receiver: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Transfer:
    """One credit transfer; banks by BIC or by their number in the national clearing.

    ``transaction_id`` is the sending bank's name for it, ``clearing_reference`` the network's; ``uetr`` is
    the same from end to end.
    """

    transaction_id: str
    uetr: str
    amount: Money
    settles_on: date
    debtor_name: str
    debtor_account: str
    debtor_agent: str
    creditor_name: str
    creditor_account: str
    creditor_agent: str
    end_to_end_id: str = ""
    instruction_id: str = ""
    clearing_reference: str = ""
    charge_bearer: str = "SHAR"
    purpose: str = ""
    remittance: str = ""
    creditor_address: str = ""
    creditor_country: str = ""
    creditor_reference: str = ""
    ultimate_debtor: str = ""
    ultimate_creditor: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """What became of one transfer: an ISO 20022 ExternalPaymentTransactionStatus1Code, and why."""

    transaction_id: str
    status: str
    uetr: str = ""
    clearing_reference: str = ""
    reason: str = ""
    sentence: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """The message a status, return or enquiry is about."""

    message_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Return:
    """A transfer that comes back after settlement, in whole or in part."""

    return_id: str
    amount: Money
    reason: str
    settles_on: date
    original_transaction_id: str = ""
    original_uetr: str = ""
    original_clearing_reference: str = ""
    original_end_to_end_id: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Recall:
    """The wish to have a transfer back."""

    recall_id: str
    transaction_id: str
    uetr: str
    amount: Money
    reason: str
    clearing_reference: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class RecallAnswer:
    """What the other bank says to the wish."""

    recall_id: str
    transaction_id: str
    is_accepted: bool
    uetr: str = ""
    reason: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of a settlement account; ``amount`` is negative where it was debited.

    ``network_reference`` is the network's name for it, ``transaction_id`` the bank's whose transfer it is.
    """

    network_reference: str
    transaction_id: str
    amount: Money
    booked_on: date
    uetr: str = ""
    end_to_end_id: str = ""
    is_return: bool = False
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class SettlementAccount:
    """The account at the network a report is about, with what it stood at before and after."""

    number: str
    currency: str
    owner: str
    opening: Decimal
    closing: Decimal
    day: date
