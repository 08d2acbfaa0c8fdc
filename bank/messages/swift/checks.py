"""What MT103 and MT202 must hold before SWIFT takes them: fields, formats, and the rules between fields.

SWIFT Standards MT category 1 and 2 (2025). The network validated rules C1 to C18 of MT103 stand in ``rules``.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bank.kernel import currencies
from bank.kernel.errors import UnknownCurrency
from bank.messages.canonical import Fault
from bank.messages.swift import rules
from bank.messages.swift.blocks import Field, Message
from bank.messages.swift.formats import FORMATS, X, pattern

_UETR = re.compile(r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}")
_TEXT = re.compile(rf"[{X}\n]*")
_REQUIRED: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "103": (("20",), ("23B",), ("32A",), ("50A", "50F", "50K"), ("59", "59A", "59F"), ("71A",)),
    "202": (("20",), ("21",), ("32A",), ("58A", "58D")),
}
_OPTIONAL: Final[dict[str, tuple[str, ...]]] = {
    "103": (
        *("13C", "23E", "26T", "33B", "36", "51A", "52A", "52D", "53A", "53B", "53D", "54A", "54B", "54D"),
        *(
            "55A",
            "55B",
            "55D",
            "56A",
            "56C",
            "56D",
            "57A",
            "57B",
            "57C",
            "57D",
            "70",
            "71F",
            "71G",
            "72",
            "77B",
        ),
    ),
    "202": (
        *("13C", "52A", "52D", "53A", "53B", "53D", "54A", "54B", "54D", "56A", "56D", "57A", "57B", "57D"),
        *("72", "50A", "50F", "50K", "59", "59A", "59F", "70", "33B"),
    ),
}
_REPEATED: Final = frozenset({"13C", "23E", "71F"})
_OPERATIONS: Final = frozenset({"CRED", "CRTS", "SPAY", "SPRI", "SSTD"})
_INSTRUCTIONS: Final = frozenset(
    {"CHQB", "CORT", "HOLD", "INTC", "PHOB", "PHOI", "PHON", "REPA", "SDVA", "TELB", "TELE", "TELI"}
)
_CHARGES: Final = frozenset({"BEN", "OUR", "SHA"})


def faults(message: Message) -> Iterator[Fault]:
    """Everything wrong with an MT103 or MT202, each fault at its line; other types are not judged."""
    if message.type not in _REQUIRED:
        yield Fault(
            0, "TYPE_NOT_JUDGED", f"The rules of MT{message.type} are not held here.", is_warning=True
        )
        return
    yield from _fields(message)
    for field in message.fields:
        yield from _form(field)
    if not _UETR.fullmatch(message.uetr):
        sentence = "Give the payment a tracking reference: a version 4 UUID in small letters in field 121."
        yield Fault(0, "UETR", sentence, "121", message.uetr)
    if message.type == "103":
        yield from (_fault(*broken) for broken in rules.broken(message))


def _fault(field: Field | None, code: str, sentence: str) -> Fault:
    if field is None:
        return Fault(0, code, sentence)
    return Fault(field.line, code, sentence, field.tag, field.value[:140])


def _fields(message: Message) -> Iterator[Fault]:
    """What is missing, not allowed, or twice."""
    required = _REQUIRED[message.type]
    for options in required:
        if message.tagged(*options) is None:
            yield Fault(0, "FIELD_MISSING", f"Field {' or '.join(options)} must be there.", options[0])
    allowed = {tag for options in required for tag in options} | set(_OPTIONAL[message.type])
    seen: set[str] = set()
    for field in message.fields:
        if field.tag not in allowed:
            yield _fault(
                field, "FIELD_NOT_ALLOWED", f"MT{message.type} has no field {field.tag}: leave it out."
            )
        number = field.tag[:2]
        if (
            number in seen
            and field.tag not in _REPEATED
            and message.type == "103"
            and number not in {"23", "71"}
        ):
            yield _fault(field, "FIELD_TWICE", f"Field {number} may stand once.")
        seen.add(number)


def _form(field: Field) -> Iterator[Fault]:
    """The format of a field, its character set, and the values some have."""
    notation = FORMATS.get(field.tag)
    if not _TEXT.fullmatch(field.value):
        sentence = "Letters without accents, digits, spaces and / - ? : ( ) . , ' + are all SWIFT carries."
        yield _fault(field, "CHARACTER_SET", sentence)
    elif notation and not pattern(notation).fullmatch(field.value):
        yield _fault(field, "FORMAT", f"Field {field.tag} has the format {notation}.")
    else:
        yield from _content(field)


def _content(field: Field) -> Iterator[Fault]:
    value = field.value
    if field.tag == "20" and (value.startswith("/") or value.endswith("/") or "//" in value):
        yield _fault(field, "REFERENCE", "A reference neither begins nor ends with / and has no // in it.")
    if field.tag == "32A" and not _is_day(value[:6]):
        yield _fault(field, "DAY", "Write the value date as YYMMDD.")
    if field.tag in {"32A", "33B", "71F", "71G", "32B"}:
        yield from _money(field, value[6:] if field.tag == "32A" else value)
    allowed = {"23B": _OPERATIONS, "71A": _CHARGES}.get(field.tag)
    if allowed and value not in allowed:
        yield _fault(field, "CODE", f"Write one of {', '.join(sorted(allowed))}.")
    if field.tag == "23E" and value[:4] not in _INSTRUCTIONS:
        yield _fault(field, "CODE", f"Write one of {', '.join(sorted(_INSTRUCTIONS))}.")
    if field.tag in {"50F", "59F"}:
        yield from _numbered(field)


def _is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%y%m%d")  # noqa: DTZ007  a day has no zone
    except ValueError:
        return False
    return True


def _money(field: Field, text: str) -> Iterator[Fault]:
    """A currency of ISO 4217, one comma, and no more decimals than it has."""
    currency, amount = text[:3], text[3:]
    try:
        exponent = currencies.exponent(currency)
    except UnknownCurrency:
        yield _fault(field, "CURRENCY", f"{currency} is no currency of ISO 4217.")
        return
    if amount.count(",") != 1 or not amount.split(",")[0]:
        yield _fault(field, "AMOUNT", "Write one decimal comma and no points: 1250, or 1250,50.")
    elif len(amount.split(",")[1]) > exponent:
        yield _fault(field, "AMOUNT", f"{currency} has {exponent} decimals.")


def _numbered(field: Field) -> Iterator[Fault]:
    """Options F: lines numbered upwards, name (1/), address (2/), country and town (3/)."""
    lines = field.value.split("\n")
    body = lines[1:] if field.tag == "50F" or lines[0].startswith("/") else lines
    numbers = [line[:1] for line in body]
    if (
        any(not re.match(r"[1-8]/.", line) for line in body)
        or numbers != sorted(numbers)
        or numbers[:1] != ["1"]
    ):
        yield _fault(
            field, "NUMBERED_LINES", "Number the lines upwards from 1/ (name), 2/ (address), 3/ (country)."
        )
    for line in body:
        if line.startswith("3/") and not re.match(r"3/[A-Z]{2}(?:/.*)?\Z", line):
            yield _fault(field, "COUNTRY", "Line 3/ begins with a country's letters: 3/KE/NAIROBI.")
            break
