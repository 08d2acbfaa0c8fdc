"""What the files of the network say happened. Pure.

An item's number is ``YYMMDD-trace-class-code``: creation day of the file, trace number, class and
transaction code of the entry. It is unique, and enough to write the return of an incoming payment.
"""

import re
from collections.abc import Iterator
from typing import Final

from bank.kernel import checkdigits
from bank.kernel.money import Money
from bank.messages.ach import checks, codes, money, reading
from bank.messages.ach.records import Batch, Entry, File
from bank.payments.network import Acknowledged, Event, Incoming, Noted, Rejected, Returned, Settled
from bank.payments.rails.ach import orders, reports

DEBIT_NOT_TAKEN: Final = "DEBIT_NOT_TAKEN"
_CURRENCY: Final = "USD"
_REASONS: Final = {
    "AC01": "R03", "AC02": "R03", "AC03": "R03", "AC04": "R02", "AC06": "R16", "AC07": "R02",
    "AM03": "R17", "AM05": "R24", "BE01": "R17", "CUST": "R23", "MD07": "R15", "RR04": "R16",
}  # fmt: skip
_REFUSED: Final = "R23"
_NUMBER = re.compile(r"[A-Za-z0-9-]{3,17}", re.ASCII)
_KINDS: Final = {"2": "CACC", "3": orders.SAVINGS}
_CORRECTED: Final[dict[str, dict[str, slice]]] = {
    "C01": {"number": slice(0, 17)},
    "C02": {"agent": slice(0, 9)},
    "C03": {"agent": slice(0, 9), "number": slice(12, 29)},
    "C05": {"code": slice(0, 2)},
    "C06": {"number": slice(0, 17), "code": slice(20, 22)},
    "C07": {"agent": slice(0, 9), "number": slice(9, 26), "code": slice(26, 28)},
}


class Unreadable(Exception):
    """A file that breaks the rules; ``problem`` says the first of them, with its line."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def cents(amount: int) -> Money:
    return Money.of(f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}", _CURRENCY)


def item(file: File, batch: Batch, entry: Entry) -> str:
    """The number of an item."""
    day = file.header["creation_date"] if file.header else ""
    return f"{day}-{entry.record['trace']}-{batch.entry_class}-{entry.code}"


def return_reason(reason: str) -> str:
    """The return code for an ISO 20022 return reason; R23, refused by the receiver, where none fits."""
    return reason if reason in codes.RETURN_REASONS else _REASONS.get(reason, _REFUSED)


def whole(content: bytes) -> File:
    """A file that keeps every rule. Raises ``Unreadable``, and what ``ach.reading.read`` raises."""
    found = reading.read(content)
    faults = [*found.findings.faults, *checks.faults(found.file)]
    wrong = next((fault for fault in faults if not fault.is_warning), None)
    if wrong is not None:
        raise Unreadable(f"line {wrong.line}: {wrong.sentence}")
    return found.file


def of_file(file: File) -> Iterator[Event]:
    """Returns, notifications of change, and money for accounts here."""
    for batch in file.batches:
        for entry in batch.entries:
            yield from _of_entry(file, batch, entry)


def _of_entry(file: File, batch: Batch, entry: Entry) -> Iterator[Event]:
    about = orders.reference(entry.record["identification"])
    if entry.return_code:
        yield _returned(file, batch, entry, about)
    elif entry.change_code:
        yield _noted(entry, about)
    elif entry.amount and money.is_credit(entry.code):
        yield _incoming(file, batch, entry)
    elif entry.amount:
        sentence = "A debit of an account here. The bank takes none by ACH; return it by hand."
        yield Noted(item(file, batch, entry), DEBIT_NOT_TAKEN, sentence)


def _returned(file: File, batch: Batch, entry: Entry, about: str) -> Event:
    sentence = codes.RETURN_REASONS.get(entry.return_code, entry.return_code)
    if not entry.amount:
        return Noted(about, entry.return_code, f"{sentence}.", is_refusal=True)
    number = item(file, batch, entry)
    return Returned(about, cents(entry.amount), entry.return_code, sentence + ".", number)


def _noted(entry: Entry, about: str) -> Noted:
    """A notification of change, with what is right instead."""
    addenda = entry.of_type("98")[0]
    meaning = codes.CHANGE_REASONS.get(entry.change_code, entry.change_code)
    sentence = f"{meaning}. From now on: {addenda['corrected']}."
    number, agent, kind = corrected(entry.change_code, addenda["corrected"])
    return Noted(about, entry.change_code, sentence, number, agent, kind)


def corrected(change_code: str, text: str) -> tuple[str, str, str]:
    """Account number, routing number and kind of account of corrected data, by the columns each change code
    has them in (Nacha, appendix five); empty what it does not correct, or what cannot be right.
    """
    places = _CORRECTED.get(change_code, {})
    number, agent, code = (text[places.get(what, slice(0))].strip() for what in ("number", "agent", "code"))
    number = number if _NUMBER.fullmatch(number) else ""
    kind = _KINDS.get(code[:1], "") if money.is_credit(code) else ""
    return number, agent if checkdigits.aba_valid(agent) else "", kind


def _incoming(file: File, batch: Batch, entry: Entry) -> Incoming:
    words = [addenda["information"] for addenda in entry.of_type("05")]
    return Incoming(
        network_reference=item(file, batch, entry),
        amount=cents(entry.amount),
        creditor_number=entry.record["account"],
        creditor_name=entry.record["name"],
        debtor_number=batch.header["company_id"],
        debtor_name=batch.header["company_name"],
        debtor_agent=routing(batch.header["odfi"]),
        end_to_end_id=entry.record["identification"],
        remittance=" ".join([batch.header["entry_description"], *words]).strip(),
    )


def routing(eight: str) -> str:
    """A routing number from its first eight digits."""
    return next(
        (eight + digit for digit in "0123456789" if checkdigits.aba_check_digit_valid(eight + digit)), eight
    )


def of_report(content: bytes) -> Iterator[Event]:
    """An acknowledgement: taken or refused, entry by entry. A settlement report: what was settled.

    Raises ``reports.Unreadable``.
    """
    if content.startswith(reports.SETTLEMENT.encode()):
        for settled in reports.read_settlement(content).items:
            if settled.is_ours and settled.cents < 0:
                yield Settled(orders.reference(settled.identification), settled.number)
        return
    for entry in reports.read_acknowledgement(content):
        about = orders.reference(entry.identification)
        if entry.reason:
            sentence = codes.RETURN_REASONS.get(entry.reason, entry.reason)
            yield Rejected(about, entry.reason, sentence + ".", entry.trace)
        else:
            yield Acknowledged(about)
