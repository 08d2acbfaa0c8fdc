"""What can be wrong with one line of a payment file. Plain Python: the accounts come looked up.

Every fault of a line is found, not the first; each sentence says how to fix it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from bank.accounts import rules as accounts
from bank.kernel import bic, checkdigits, currencies, iban
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.messages.canonical import CreditTransfer, Fault, Remittance
from bank.payments import names
from bank.payments.rules import Limits, NameCheck

UNMATCHED_PER_FILE: Final = 100
"""After so many names that did not fit, a file is told no more about names: it could be a harvest."""

_TRANSFERS: Final = {"TRF", "TRA"}
_VPA = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}", re.ASCII)
_ROUTING = re.compile(r"[0-9]{9}", re.ASCII)
_BRANCH_CODE = re.compile(r"[A-Z]{4}[0-9A-Z]{7}", re.ASCII)
_LIKE_IFSC = re.compile(r"[A-Z]{4}(?:[0-9]|O[0-9])[A-Z0-9]{4,8}", re.ASCII)
"""Digits where a BIC has its country, or the letter O for the zero: meant as an IFSC."""
_NO_IFSC: Final = "This is not an IFSC: four letters, a zero, six letters or digits, as HDFC0000001."


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account of the bank, as far as a line's checks need it."""

    pk: int
    number: str
    currency: str
    status: str
    customer_id: int
    name: str
    single_debit_limit: Decimal | None = None
    collects: str = ""
    """What the collection number is for that the line named the account by."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a line leaves the bank: the rail's code, and the institution it goes to as the directory has it."""

    rail: str
    agent: str
    country: str


class Ways(Protocol):
    """Finds the way of a line to another bank; or says, as faults, why there is none."""

    def of(
        self, transfer: CreditTransfer, debtor: KnownAccount, amount: Money
    ) -> tuple[Way | None, list[Fault]]: ...


@dataclass(slots=True)
class FileContext:
    """What holds for all lines of a file, and what has been seen so far."""

    own_agent: str
    earliest: date
    latest: date
    ways: Ways
    limits: dict[str, Limits | None] = field(default_factory=dict)
    narrow: Mapping[tuple[str, str], Money] = field(default_factory=dict)
    """The most a line may be, by currency and rail, where that is bounded besides; no rail: by any."""
    seen: dict[int, int] = field(default_factory=dict)
    unmatched: int = 0


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line with its outcome: what it would pay to whom, or what is wrong with it."""

    transfer: CreditTransfer
    debtor: KnownAccount | None
    creditor: KnownAccount | None
    amount: Money | None
    name_check: NameCheck
    faults: tuple[Fault, ...]
    way: Way | None = None

    @property
    def is_valid(self) -> bool:
        return all(fault.is_warning for fault in self.faults)

    @property
    def is_own(self) -> bool:
        return bool(self.debtor and self.creditor and self.debtor.customer_id == self.creditor.customer_id)


def internal_number(transfer: CreditTransfer, own_agent: str) -> str:
    """The number to look up at the bank; empty where the line goes elsewhere."""
    agent = transfer.creditor_agent
    if transfer.creditor_account.iban or (agent.bic and agent.bic[:8].upper() != own_agent[:8]):
        return ""
    if agent.clearing_member and not agent.bic:
        return ""
    return "".join(transfer.creditor_account.other.split()).replace("-", "")


def checked(
    transfer: CreditTransfer, debtor: KnownAccount | None, creditor: KnownAccount | None, context: FileContext
) -> CheckedLine:
    """The line with every fault it has; paid to a collection number, its text says first what that is for."""
    amount, faults = _amount(transfer)
    way, outside = None, _elsewhere(transfer)
    faults += _debtor(transfer, debtor) + (outside or _creditor(transfer, creditor, context))
    if debtor is not None and amount is not None:
        faults += _currencies(transfer, debtor, creditor, amount) + _limit(transfer, debtor, amount, context)
        if not outside and goes_elsewhere(transfer, context.own_agent):
            way, more = context.ways.of(transfer, debtor, amount)
            faults += more
        faults += _narrow_limit(transfer, amount, way.rail if way else "INTERNAL", context)
    if debtor is not None and creditor is not None and debtor.pk == creditor.pk:
        faults.append(
            _fault(transfer, "SAME_ACCOUNT", "Debtor and creditor are the same account.", "CdtrAcct")
        )
    faults += _method_and_date(transfer, context) + _duplicate(transfer, context)
    name_check, more = _name(transfer, debtor, creditor, context)
    return CheckedLine(
        _with_purpose(transfer, creditor), debtor, creditor, amount, name_check, tuple(faults + more), way
    )


def _with_purpose(transfer: CreditTransfer, creditor: KnownAccount | None) -> CreditTransfer:
    """As a single payment to a collection number says it. A line mended or sent anew says it already."""
    said = str(transfer.remittance).strip()
    if creditor is None or not creditor.collects or f"{said} ".startswith(f"{creditor.collects} "):
        return transfer
    return replace(transfer, remittance=Remittance((f"{creditor.collects} {said}".strip(),)))


def with_faults(line: CheckedLine, more: list[Fault]) -> CheckedLine:
    """The line with faults found elsewhere put before its own; the same thing is said once."""
    said = {fault.code for fault in more}
    return replace(line, faults=(*more, *(fault for fault in line.faults if fault.code not in said)))


def placed(line: CheckedLine, places: Mapping[str, str]) -> CheckedLine:
    """The line with its faults told by the columns of a table, where it comes from one."""
    if not places or not line.faults:
        return line
    return replace(
        line,
        faults=tuple(replace(fault, field=places.get(fault.field, fault.field)) for fault in line.faults),
    )


def _fault(
    transfer: CreditTransfer,
    code: str,
    sentence: str,
    where: str,
    value: str = "",
    *,
    is_warning: bool = False,
) -> Fault:
    return Fault(transfer.line, code, sentence, where, value[:140], is_warning)


def _amount(transfer: CreditTransfer) -> tuple[Money | None, list[Fault]]:
    text, currency = transfer.amount_text, transfer.currency
    if transfer.is_equivalent:
        sentence = "Give the amount in the currency it is paid in (InstdAmt, not EqvtAmt)."
        return None, [_fault(transfer, "AMOUNT_INVALID", sentence, "EqvtAmt", text)]
    if not currencies.is_currency(currency):
        sentence = f"{currency or 'The currency'} is not a currency the bank knows."
        return None, [_fault(transfer, "UNKNOWN_CURRENCY", sentence, "InstdAmt", currency)]
    if transfer.amount is None:
        sentence = "Write the amount in digits with a point before the decimals: 1250.50."
        return None, [_fault(transfer, "AMOUNT_INVALID", sentence, "InstdAmt", text)]
    if transfer.amount <= 0:
        return None, [
            _fault(transfer, "AMOUNT_NOT_POSITIVE", "The amount must be above zero.", "InstdAmt", text)
        ]
    try:
        return Money.of(transfer.amount, currency), []
    except BankError as refusal:
        return None, [_fault(transfer, refusal.code, refusal.message, "InstdAmt", text)]


def _debtor(transfer: CreditTransfer, debtor: KnownAccount | None) -> list[Fault]:
    number = transfer.information.debtor_account.number
    if debtor is None:
        sentence = "This is not an account you may pay from."
        return [_fault(transfer, "DEBTOR_ACCOUNT_UNKNOWN", sentence, "DbtrAcct", number)]
    if debtor.status == "CLOSED":
        return [_fault(transfer, "ACCOUNT_CLOSED", "The debtor account is closed.", "DbtrAcct", number)]
    if debtor.status in {"FROZEN", "FROZEN_DEBIT", "DORMANT"}:
        return [
            _fault(transfer, "ACCOUNT_FROZEN", "The debtor account is frozen or dormant.", "DbtrAcct", number)
        ]
    return []


def _creditor(transfer: CreditTransfer, creditor: KnownAccount | None, context: FileContext) -> list[Fault]:
    number = transfer.creditor_account.number
    if goes_elsewhere(transfer, context.own_agent):
        return []
    if creditor is None and "@" in number:
        sentence = "No account of the bank has this payment address (VPA). Name the payee's bank besides."
        return [_fault(transfer, "VPA_UNKNOWN", sentence, "CdtrAcct", number)]
    if creditor is None:
        sentence = "There is no account with this number at the bank."
        return [_fault(transfer, "CREDITOR_ACCOUNT_UNKNOWN", sentence, "CdtrAcct", number)]
    if creditor.status == "CLOSED":
        sentence = "The creditor's account is closed."
        return [_fault(transfer, "CREDITOR_ACCOUNT_CLOSED", sentence, "CdtrAcct", number)]
    if creditor.status in {"FROZEN", "FROZEN_CREDIT"}:
        sentence = "The creditor's account cannot receive payments."
        return [_fault(transfer, "CREDITOR_ACCOUNT_FROZEN", sentence, "CdtrAcct", number)]
    return []


def goes_elsewhere(transfer: CreditTransfer, own_agent: str) -> bool:
    """Whether the line names a place outside the bank."""
    agent, account = transfer.creditor_agent, transfer.creditor_account
    is_named = bool(account.number or agent.bic or agent.clearing_member)
    return is_named and not internal_number(transfer, own_agent)


def _elsewhere(transfer: CreditTransfer) -> list[Fault]:
    """Faults of the numbers a line names its place by."""
    account = transfer.creditor_account
    faults = _agent(transfer) + _alias(transfer)
    if account.iban:
        try:
            iban.validate(account.iban)
        except BankError as refusal:
            faults.append(_fault(transfer, "IBAN_INVALID", refusal.message, "CdtrAcct", account.iban))
    return faults


def _agent(transfer: CreditTransfer) -> list[Fault]:
    """The payee's bank by its own check: BIC (ISO 9362), ABA routing number, IFSC."""
    agent = transfer.creditor_agent
    if agent.bic and not _is_bic(agent.bic):
        return [_no_bic(transfer, agent.bic)]
    member = agent.clearing_member
    if _ROUTING.fullmatch(member) and transfer.currency == "USD" and not checkdigits.aba_valid(member):
        sentence = "This is not the routing number of an American bank: its digits do not add up."
        return [_fault(transfer, "ABA_INVALID", sentence, "CdtrAgt", member)]
    if _BRANCH_CODE.fullmatch(member) and not checkdigits.ifsc_valid(member):
        return [_fault(transfer, "IFSC_INVALID", _NO_IFSC, "CdtrAgt", member)]
    return []


def _no_bic(transfer: CreditTransfer, text: str) -> Fault:
    """Told as what it was meant to be. In rupees, or to India, banks are named by their IFSC."""
    if "@" in text:
        sentence = "This is a payment address (VPA), not a bank. Write it as the payee's account."
        return _fault(transfer, "VPA_INVALID", sentence, "CdtrAgt", text)
    if transfer.currency == "INR" or transfer.creditor.country == "IN" or _LIKE_IFSC.fullmatch(text.upper()):
        return _fault(transfer, "IFSC_INVALID", _NO_IFSC, "CdtrAgt", text)
    sentence = "This is not a BIC: eight or eleven letters and digits, the fifth and sixth a country."
    return _fault(transfer, "BIC_INVALID", sentence, "CdtrAgt", text)


def _alias(transfer: CreditTransfer) -> list[Fault]:
    """A virtual payment address (UPI): a name, an @, the bank's handle."""
    number = transfer.creditor_account.number
    if "@" not in number or _VPA.fullmatch(number):
        return []
    sentence = "This is not a payment address (VPA). Write it as name@bank."
    return [_fault(transfer, "VPA_INVALID", sentence, "CdtrAcct", number)]


def _is_bic(text: str) -> bool:
    try:
        bic.validate(text)
    except BankError:
        return False
    return True


def _currencies(
    transfer: CreditTransfer, debtor: KnownAccount, creditor: KnownAccount | None, amount: Money
) -> list[Fault]:
    faults = []
    for whose, account in (("debtor", debtor), ("creditor", creditor)):
        if account is not None and account.currency != amount.currency:
            sentence = f"The payment is in {amount.currency}, the {whose}'s account in {account.currency}."
            faults.append(_fault(transfer, "CURRENCIES_DIFFER", sentence, "InstdAmt", amount.currency))
    return faults


def _limit(
    transfer: CreditTransfer, debtor: KnownAccount, amount: Money, context: FileContext
) -> list[Fault]:
    limits = context.limits.get(amount.currency)
    if limits is None:
        sentence = f"The bank has set no limit for payments in {amount.currency}, so it makes none."
        return [_fault(transfer, "LIMIT_NOT_SET", sentence, "InstdAmt", amount.currency)]
    if amount > limits.single:
        sentence = f"A single payment may be at most {limits.single}."
        return [_fault(transfer, "PAYMENT_ABOVE_MAXIMUM", sentence, "InstdAmt", transfer.amount_text)]
    try:
        accounts.check_debit(debtor.number, debtor.single_debit_limit, amount)
    except BankError as refusal:
        return [_fault(transfer, refusal.code, refusal.message, "InstdAmt", transfer.amount_text)]
    return []


def _narrow_limit(transfer: CreditTransfer, amount: Money, rail: str, context: FileContext) -> list[Fault]:
    """What bounds files, or the rail the line leaves by, besides the limit for everything."""
    found = (context.narrow.get((amount.currency, one)) for one in ("", rail))
    bounds = [one for one in found if one is not None]
    if not bounds or amount <= min(bounds):
        return []
    sentence = f"A single payment of a file may be at most {min(bounds)} this way."
    return [_fault(transfer, "PAYMENT_ABOVE_MAXIMUM", sentence, "InstdAmt", transfer.amount_text)]


def _method_and_date(transfer: CreditTransfer, context: FileContext) -> list[Fault]:
    information, faults = transfer.information, []
    if information.method not in _TRANSFERS:
        sentence = "The bank pays transfers (TRF) only, no cheques."
        faults.append(_fault(transfer, "METHOD_UNSUPPORTED", sentence, "PmtMtd", information.method))
    requested, text = information.requested_date, information.requested_date_text
    if requested is None:
        sentence = "Write the requested day as 2026-01-31."
        faults.append(_fault(transfer, "REQUESTED_DATE_INVALID", sentence, "ReqdExctnDt", text))
    elif requested > context.latest:
        sentence = "The requested day has not come. Send the file on that day."
        faults.append(_fault(transfer, "REQUESTED_DATE_FUTURE", sentence, "ReqdExctnDt", text))
    elif requested < context.earliest:
        sentence = f"The requested day is past; the payment is made on {context.latest} instead."
        faults.append(_fault(transfer, "REQUESTED_DATE_PAST", sentence, "ReqdExctnDt", text, is_warning=True))
    return faults


def duplicate_of(transfer: CreditTransfer, context: FileContext) -> int | None:
    """The line of the same file that is the same payment, if there is one before; remembers this one."""
    content = (
        transfer.information.debtor_account.number,
        transfer.creditor_account.number,
        transfer.creditor_agent.bic,
        transfer.amount,
        transfer.currency,
        transfer.end_to_end_id,
        str(transfer.remittance),
    )
    first = context.seen.setdefault(hash(content), transfer.line)
    return None if first == transfer.line else first


def _duplicate(transfer: CreditTransfer, context: FileContext) -> list[Fault]:
    first = duplicate_of(transfer, context)
    if first is None:
        return []
    sentence = f"Line {first} is the same payment: same accounts, amount, end-to-end id and text."
    return [_fault(transfer, "DUPLICATE_LINE", sentence, "CdtTrfTxInf", str(first))]


def _name(
    transfer: CreditTransfer, debtor: KnownAccount | None, creditor: KnownAccount | None, context: FileContext
) -> tuple[NameCheck, list[Fault]]:
    if creditor is None or debtor is None or context.unmatched >= UNMATCHED_PER_FILE:
        return NameCheck.UNAVAILABLE, []
    found = names.check(transfer.creditor.name, creditor.name)
    if found == NameCheck.MATCH:
        return found, []
    context.unmatched += 1
    close = "is close to but not" if found == NameCheck.CLOSE_MATCH else "does not fit"
    sentence = f"The creditor's name {close} the name on the account. Check it before you pay."
    return found, [
        _fault(transfer, "NAME_MISMATCH", sentence, "Cdtr", transfer.creditor.name, is_warning=True)
    ]
