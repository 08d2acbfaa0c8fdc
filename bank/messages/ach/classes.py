"""What each standard entry class asks of its entries."""

import re
from collections.abc import Iterator
from typing import Final

from bank.messages.ach import codes, money
from bank.messages.ach.records import Batch, Entry, Record
from bank.messages.canonical import Fault

_IAT_MANDATORY: Final = ("10", "11", "12", "13", "14", "15", "16")
_IAT_MOST: Final = {"17": 2, "18": 5}
_SINGLE_OR_RECURRING: Final = frozenset({"S", "R"})
_CARD_TYPES: Final = frozenset({"01", "02", "03", "11", "12", "13", "21", "99"})
_NAMES_A_CHEQUE: Final = frozenset({"ARC", "BOC", "POP", "RCK", "XCK"})
_DESCRIPTIONS: Final = {"RCK": "REDEPCHECK", "ENR": "AUTOENROLL"}
_IAT_TYPES: Final = frozenset(
    {"ANN", "BUS", "DEP", "LOA", "MIS", "MOR", "PEN", "RLS", "REM", "SAL", "TAX", "TEL", "WEB", "ARC", "BOC"}
    | {"POP", "RCK"}
)


def faults(batch: Batch, entry: Entry) -> Iterator[Fault]:
    """What is wrong with an entry as one of its class."""
    yield from _code(batch, entry)
    yield from _return_and_change(batch, entry)
    if entry.return_code or entry.change_code or batch.entry_class == "ADV":
        return
    yield from _amount(batch, entry)
    yield from _direction(batch, entry)
    if batch.header.layout == "IAT_BATCH_HEADER":
        yield from _iat(entry)
        return
    yield from _addenda(batch, entry)
    yield from _particulars(batch, entry)


def _fault(record: Record, name: str, code: str, sentence: str) -> Fault:
    column = f"Column {record.column(name)}: " if name else ""
    return Fault(record.line, code, column + sentence, name, record[name][:80])


def _code(batch: Batch, entry: Entry) -> Iterator[Fault]:
    """The transaction code exists and fits the batch's service class."""
    code, service = entry.code, batch.header["service_class"]
    is_credit, is_debit = money.is_credit(code), money.is_debit(code)
    if not (is_credit or is_debit):
        yield _fault(entry.record, "transaction_code", "TRANSACTION_CODE", "There is no such code.")
    elif (code[0] == "8") != (batch.entry_class == "ADV"):
        yield _fault(
            entry.record, "transaction_code", "TRANSACTION_CODE", "Codes from 81 on are for advices."
        )
    elif batch.header.layout == "BATCH_HEADER" and {"220": is_debit, "225": is_credit}.get(service):
        sentence = f"A batch of service class {service} does not take this code: use 200 for both ways."
        yield _fault(entry.record, "transaction_code", "SERVICE_CLASS_MISMATCH", sentence)


def _return_and_change(batch: Batch, entry: Entry) -> Iterator[Fault]:
    for addenda in entry.of_type("99"):
        if addenda["return_code"] not in codes.RETURN_REASONS:
            yield _fault(addenda, "return_code", "RETURN_CODE", "There is no such return code.")
    for addenda in entry.of_type("98"):
        if addenda["change_code"] not in codes.CHANGE_REASONS:
            yield _fault(addenda, "change_code", "CHANGE_CODE", "There is no such change code.")
        elif not addenda["corrected"]:
            yield _fault(addenda, "corrected", "CORRECTED_MISSING", "Say what is right instead.")
    if batch.entry_class == "COR" and not (entry.change_code or entry.return_code):
        yield _fault(entry.record, "", "ADDENDA_MISSING", "A notification of change has addenda 98.")
    if entry.change_code and batch.entry_class not in {"COR", "IAT"}:
        yield _fault(entry.record, "", "ADDENDA_NOT_ALLOWED", "Addenda 98 stand in batches of class COR.")
    if entry.change_code and entry.amount and batch.header.layout == "BATCH_HEADER":
        yield _fault(entry.record, "amount", "AMOUNT_NOT_ZERO", "A notification of change carries no amount.")


def _amount(batch: Batch, entry: Entry) -> Iterator[Fault]:
    """Prenotes and entries of information carry nothing, others something."""
    empty_codes = codes.PRENOTES | codes.ZERO_DOLLAR
    has_none = entry.code[1:] in empty_codes or batch.entry_class in codes.WITHOUT_MONEY
    if has_none and entry.amount:
        yield _fault(entry.record, "amount", "AMOUNT_NOT_ZERO", "A prenote or information carries no amount.")
    if not has_none and not entry.amount:
        yield _fault(entry.record, "amount", "AMOUNT_ZERO", "Write the amount in cents, above zero.")
    highest = codes.HIGHEST_AMOUNT.get(batch.entry_class)
    if highest is not None and entry.amount > highest:
        yield _fault(entry.record, "amount", "AMOUNT_TOO_HIGH", f"At most {highest} cents.")


def _direction(batch: Batch, entry: Entry) -> Iterator[Fault]:
    kind = batch.entry_class
    if kind in codes.DEBITS_ONLY and money.is_credit(entry.code):
        yield _fault(entry.record, "transaction_code", "DEBITS_ONLY", f"{kind} only takes money.")
    if kind == "TEL":
        yield from _telephone(batch, entry)
    if kind in codes.CREDITS_ONLY and money.is_debit(entry.code):
        yield _fault(entry.record, "transaction_code", "CREDITS_ONLY", f"{kind} only gives money.")
    if entry.code[1:] in codes.RETURNED:
        sentence = "Codes ending in 1 and 6 are for returns and notifications of change, with addenda."
        yield _fault(entry.record, "transaction_code", "RETURN_WITHOUT_ADDENDA", sentence)


def _telephone(batch: Batch, entry: Entry) -> Iterator[Fault]:
    """By telephone money is only taken; what reverses that only gives it back."""
    is_reversal = batch.header["entry_description"] == "REVERSAL"
    if money.is_debit(entry.code) if is_reversal else money.is_credit(entry.code):
        sentence = "TEL takes money; called REVERSAL, it only gives it back."
        yield _fault(entry.record, "transaction_code", "DEBITS_ONLY", sentence)


def _addenda(batch: Batch, entry: Entry) -> Iterator[Fault]:
    kind, told = batch.entry_class, len(entry.of_type("05"))
    at_terminal = kind in codes.AT_TERMINALS
    if at_terminal != bool(entry.of_type("02")):
        code = "ADDENDA_MISSING" if at_terminal else "ADDENDA_NOT_ALLOWED"
        yield _fault(entry.record, "", code, "POS, SHR and MTE have one addenda 02, other classes none.")
    if told > codes.ADDENDA_05.get(kind, 0):
        sentence = f"{kind} takes at most {codes.ADDENDA_05.get(kind, 0)} addenda 05."
        yield _fault(entry.record, "", "ADDENDA_TOO_MANY", sentence)
    if entry.record.layout == "CTX_ENTRY" and entry.record.number("addenda_count") != told:
        yield _fault(entry.record, "addenda_count", "ADDENDA_COUNT", f"{told} addenda follow: write that.")
    if kind in {"DNE", "ENR"} and told == 0:
        yield _fault(entry.record, "", "ADDENDA_MISSING", f"{kind} has addenda 05.")
    if not entry.addenda and entry.record["addenda_indicator"] == "1":
        yield _fault(entry.record, "addenda_indicator", "ADDENDA_INDICATOR", "No addenda follow: write 0.")


def _particulars(batch: Batch, entry: Entry) -> Iterator[Fault]:
    """Fields that mean something else in one class than in others."""
    kind, record = batch.entry_class, entry.record
    if kind in _DESCRIPTIONS and batch.header["entry_description"] != _DESCRIPTIONS[kind]:
        yield _fault(batch.header, "entry_description", "DESCRIPTION", f"{kind} says {_DESCRIPTIONS[kind]}.")
    if kind in {"TEL", "WEB"} and record["discretionary"] not in _SINGLE_OR_RECURRING | {"ST", ""}:
        yield _fault(record, "discretionary", "PAYMENT_TYPE", "Write S for single, R for recurring.")
    if kind in _NAMES_A_CHEQUE and not record["identification"]:
        yield _fault(record, "identification", "CHEQUE_NUMBER", "Write the number of the cheque.")
    if kind in {"POS", "SHR"} and record["discretionary"] not in _CARD_TYPES:
        yield _fault(record, "discretionary", "CARD_TYPE", "Write the card transaction type, such as 01.")
    if kind == "SHR" and not re.fullmatch(r"(0[1-9]|1[0-2])[0-9]{2}.*", record["identification"]):
        yield _fault(
            record, "identification", "CARD_EXPIRY", "It begins with the last month of the card, MMYY."
        )
    if kind in {"PPD", "WEB", "TEL", "CCD", "CTX"} and not record["name"]:
        yield _fault(record, "name", "NAME_MISSING", "Write the name of the receiver.")


def _iat(entry: Entry) -> Iterator[Fault]:
    record = entry.record
    for kind in _IAT_MANDATORY:
        if len(entry.of_type(kind)) != 1:
            yield _fault(record, "", "ADDENDA_MISSING", f"An international entry has one addenda {kind}.")
    for kind, most in _IAT_MOST.items():
        if len(entry.of_type(kind)) > most:
            yield _fault(record, "", "ADDENDA_TOO_MANY", f"At most {most} addenda {kind} may follow.")
    for addenda in entry.of_type("10"):
        if addenda["transaction_type"] not in _IAT_TYPES:
            yield _fault(addenda, "transaction_type", "TRANSACTION_TYPE", "Write a type such as ANN or BUS.")
    for addenda in entry.addenda:
        yield from _iat_addenda(addenda)
    if record.number("addenda_count") not in {len(entry.addenda), len(_IAT_MANDATORY)}:
        yield _fault(record, "addenda_count", "ADDENDA_COUNT", f"{len(entry.addenda)} addenda follow.")


def _iat_addenda(addenda: Record) -> Iterator[Fault]:
    if addenda["type"] in {"13", "14"} and addenda["qualifier"] not in {"01", "02", "03"}:
        yield _fault(addenda, "qualifier", "QUALIFIER", "The bank's number is of kind 01, 02 or 03.")
    for name in ("name", "first", "second", "street", "information", "country"):
        if name in addenda.values and not addenda[name] and addenda["type"] != "05":
            yield _fault(addenda, name, "FIELD_MISSING", "This field must be filled.")
