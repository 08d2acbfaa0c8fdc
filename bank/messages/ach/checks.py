"""What the NACHA Operating Rules say against an ACH file: every fault, with its line and column."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from bank.kernel import checkdigits
from bank.messages.ach import classes, codes, reading
from bank.messages.ach.money import totals
from bank.messages.ach.records import Batch, Entry, File, Record
from bank.messages.canonical import Fault

_ENTRIES: Final = ("ENTRY", "CTX_ENTRY", "IAT_ENTRY", "ADV_ENTRY")
_DIGITS: Final = {
    "FILE_CONTROL": ("batches", "count", "hash", "debits", "credits"),
    "ADV_FILE_CONTROL": ("batches", "count", "hash", "debits", "credits"),
    "BATCH_CONTROL": ("count", "hash", "debits", "credits", "odfi", "batch_number"),
    "ADV_BATCH_CONTROL": ("count", "hash", "debits", "credits", "odfi", "batch_number"),
    "BATCH_HEADER": ("service_class", "originator_status", "odfi", "batch_number"),
    "IAT_BATCH_HEADER": ("service_class", "originator_status", "odfi", "batch_number"),
    **dict.fromkeys(
        ("ENTRY", "CTX_ENTRY", "IAT_ENTRY", "ADV_ENTRY"), ("rdfi", "check_digit", "amount", "trace")
    ),
}
_REQUIRED: Final = {
    "FILE_HEADER": ("destination", "origin", "creation_date", "modifier"),
    "BATCH_HEADER": ("company_name", "company_id", "entry_class", "entry_description", "odfi"),
    "IAT_BATCH_HEADER": ("company_id", "entry_class", "entry_description", "odfi", "destination_country"),
    "ENTRY": ("transaction_code", "rdfi", "account", "trace"),
    "CTX_ENTRY": ("transaction_code", "rdfi", "account", "trace"),
    "IAT_ENTRY": ("transaction_code", "rdfi", "account", "trace"),
}
#: Numbers that name somebody: filled with zeros they are as good as missing.
_NOT_ZERO: Final = frozenset({"destination", "origin", "transaction_code", "rdfi", "odfi", "trace"})
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")
_SERVICE_CLASSES: Final = frozenset({"200", "220", "225", "280"})
_EXCHANGE: Final = frozenset({"FV", "VF", "FF"})


@dataclass(frozen=True, slots=True)
class _Against:
    """Makes faults about one record."""

    record: Record

    def fault(self, name: str, code: str, sentence: str) -> Fault:
        column = self.record.column(name)
        place = f"Column {column}: {sentence}" if name else sentence
        return Fault(self.record.line, code, place, name, self.record[name][:80])


def faults(file: File) -> Iterator[Fault]:
    """Everything wrong with the content of a file that was read."""
    for record in reading.records(file):
        yield from _fields(record)
    if file.header is not None:
        yield from _file_header(file.header)
    for batch in file.batches:
        yield from _batch(batch)
    yield from _batch_numbers(file)
    if file.control is not None:
        yield from _file_control(file, file.control)


def _fields(record: Record) -> Iterator[Fault]:
    """What holds for every record: digits where digits stand, nothing missing, no control characters."""
    against = _Against(record)
    for name in _DIGITS.get(record.layout, ()):
        text = record[name].replace(" ", "0") if name == "amount" else record[name]
        if text and not (text.isascii() and text.isdigit()):
            yield against.fault(name, "NOT_DIGITS", "Only digits may stand here.")
    for name in _REQUIRED.get(record.layout, ()):
        filled = record[name].strip("0") if name in _NOT_ZERO else record[name]
        if not filled:
            yield against.fault(name, "FIELD_MISSING", f"The field {name} must be filled.")
    for name, value in record.values.items():
        if _CONTROL_CHARACTERS.search(value):
            yield against.fault(name, "CONTROL_CHARACTER", "Control characters are not allowed.")


def _file_header(header: Record) -> Iterator[Fault]:
    against = _Against(header)
    if header["destination"] and not checkdigits.aba_valid(header["destination"]):
        sentence = "The destination is a routing number of nine digits, the last of which is its check digit."
        yield against.fault("destination", "ROUTING_NUMBER", sentence)
    if not re.fullmatch(r"[A-Z0-9]", header["modifier"]):
        yield against.fault("modifier", "MODIFIER", "The file is told apart by a letter A to Z or a digit.")
    if not _is_day(header["creation_date"]):
        yield against.fault("creation_date", "DAY", "Write the day as year, month and day: YYMMDD.")
    for name, wanted in (("record_size", "094"), ("blocking_factor", "10"), ("format_code", "1")):
        if header[name] != wanted:
            yield against.fault(name, "FORMAT", f"This is always {wanted}.")


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{6}", text):
        return False
    try:
        date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return False
    return True


def _batch(batch: Batch) -> Iterator[Fault]:
    yield from _batch_header(batch)
    if not batch.entries:
        yield _Against(batch.header).fault("", "NO_ENTRIES", "A batch has at least one entry.")
    last = ""
    for entry in batch.entries:
        yield from _entry(batch, entry, last)
        last = entry.record["trace"]
        yield from classes.faults(batch, entry)
    yield from _one_kind(batch)
    if batch.control is not None:
        yield from _batch_control(batch, batch.control)


def _batch_header(batch: Batch) -> Iterator[Fault]:
    header = batch.header
    against = _Against(header)
    if header["service_class"] not in _SERVICE_CLASSES:
        sentence = "The service class is 200 (mixed), 220 (credits), 225 (debits) or 280 (advices)."
        yield against.fault("service_class", "SERVICE_CLASS", sentence)
    if header["entry_class"] not in codes.CLASSES:
        yield against.fault("entry_class", "ENTRY_CLASS", "There is no such standard entry class.")
    if header["originator_status"] not in ({"0"} if batch.entry_class == "ADV" else {"1", "2"}):
        sentence = "The originator status is 1 (a bank) or 2 (government); 0 in advices alone."
        yield against.fault("originator_status", "ORIGINATOR_STATUS", sentence)
    if header.layout == "IAT_BATCH_HEADER":
        yield from _iat_header(header, against)


def _iat_header(header: Record, against: _Against) -> Iterator[Fault]:
    if header["exchange_indicator"] not in _EXCHANGE:
        yield against.fault("exchange_indicator", "EXCHANGE", "The exchange is FV, VF or FF.")
    if header["exchange_reference_indicator"] not in {"1", "2", "3"}:
        yield against.fault("exchange_reference_indicator", "EXCHANGE", "The reference is of kind 1, 2 or 3.")
    for name in ("originating_currency", "destination_currency"):
        if not re.fullmatch(r"[A-Z]{3}", header[name]):
            yield against.fault(name, "CURRENCY", "Write the three letters of ISO 4217.")


def _entry(batch: Batch, entry: Entry, last_trace: str) -> Iterator[Fault]:
    record = entry.record
    against = _Against(record)
    if not checkdigits.aba_valid(record["rdfi"] + record["check_digit"]):
        yield against.fault("check_digit", "ROUTING_NUMBER", "It does not fit the eight digits before.")
    if record["addenda_indicator"] not in {"0", "1"}:
        yield against.fault("addenda_indicator", "ADDENDA_INDICATOR", "Write 1 with addenda, 0 without.")
    elif (record["addenda_indicator"] == "1") != bool(entry.addenda) and entry.addenda:
        yield against.fault("addenda_indicator", "ADDENDA_INDICATOR", "Addenda follow, so write 1 here.")
    if batch.entry_class == "ADV":
        return
    if record["trace"] <= last_trace:
        yield against.fault("trace", "TRACE_ORDER", "Trace numbers rise within a batch.")
    if record["trace"][:8] != batch.header["odfi"]:
        yield against.fault("trace", "TRACE_ORIGIN", "It begins with the bank that originates the batch.")
    yield from _sequence(entry)


def _sequence(entry: Entry) -> Iterator[Fault]:
    """Addenda carry the last seven digits of their entry's trace number, and are numbered upwards."""
    last = 0
    for addenda in entry.addenda:
        against = _Against(addenda)
        if addenda["entry_sequence"] and addenda["entry_sequence"] != entry.record["trace"][-7:]:
            sentence = "Repeat the last seven digits of the entry's trace number."
            yield against.fault("entry_sequence", "ADDENDA_SEQUENCE", sentence)
        if addenda["type"] == "05" and addenda.number("sequence") < last:
            yield against.fault("sequence", "ADDENDA_SEQUENCE", "Addenda are numbered upwards from 1.")
        last = addenda.number("sequence")


def _one_kind(batch: Batch) -> Iterator[Fault]:
    """Returns and entries that go forward do not stand in one batch."""
    kinds = {bool(entry.return_code) for entry in batch.entries if not entry.change_code}
    if len(kinds) > 1:
        yield _Against(batch.header).fault("", "MIXED_RETURNS", "Put returns in a batch of their own.")


def _batch_control(batch: Batch, control: Record) -> Iterator[Fault]:
    against = _Against(control)
    same = ["service_class", "odfi", "batch_number"]
    same += ["company_id"] if batch.header.layout == "BATCH_HEADER" and batch.entry_class != "ADV" else []
    for name in same:
        if control[name] != batch.header[name]:
            yield against.fault(name, "CONTROL_DIFFERS", f"Repeat {batch.header[name]!r} of the header.")
    credits, debits = totals(batch)
    wanted = {"count": batch.count, "hash": batch.hash, "debits": debits, "credits": credits}
    yield from _sums(control, wanted)


def _file_control(file: File, control: Record) -> Iterator[Fault]:
    controls = [batch.control for batch in file.batches if batch.control is not None]
    wanted = {name: sum(each.number(name) for each in controls) for name in ("count", "debits", "credits")}
    wanted["hash"] = sum(each.number("hash") for each in controls) % 10**10
    yield from _sums(control, {"batches": len(file.batches), **wanted})


def _sums(control: Record, wanted: dict[str, int]) -> Iterator[Fault]:
    for name, value in wanted.items():
        if control.number(name) != value:
            yield _Against(control).fault(name, "CONTROL_SUM", f"It should be {value}.")


def _batch_numbers(file: File) -> Iterator[Fault]:
    last = 0
    for batch in file.batches:
        if batch.header.number("batch_number") <= last:
            yield _Against(batch.header).fault(
                "batch_number", "BATCH_ORDER", "Batch numbers rise within a file."
            )
        last = batch.header.number("batch_number")
