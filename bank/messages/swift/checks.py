"""What MT103 and MT202 must hold before SWIFT takes them: fields, formats, and the rules between fields.

SWIFT Standards MT category 1 and 2 (2025): network validated rules C1, C3 to C8, C10, C13 to C18 of MT103.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bank.kernel import currencies
from bank.kernel.errors import UnknownCurrency
from bank.messages.canonical import Fault
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
_URGENT_INSTRUCTIONS: Final = frozenset({"SDVA", "TELB", "PHOB", "INTC"})
_SERVICE_LEVELS: Final = frozenset({"SPRI", "SSTD", "SPAY"})
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
        yield from _between(message)


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


def _between(message: Message) -> Iterator[Fault]:
    """Rules C1 to C18 between the fields of an MT103."""
    yield from _exchange(message)
    yield from _service_level(message)
    yield from _agents(message)
    yield from _charges(message)


def _exchange(message: Message) -> Iterator[Fault]:
    ordered, settled, rate = message.tagged("33B"), message.value("32A"), message.tagged("36")
    differs = ordered is not None and ordered.value[:3] != settled[6:9]
    if differs and rate is None:
        yield _fault(ordered, "C1", "Two currencies need the rate of exchange in field 36.")
    if rate is not None and not differs:
        yield _fault(rate, "C1", "A rate of exchange belongs to two different currencies in 32A and 33B.")
    if ordered is None and (charge := message.tagged("71F", "71G")):
        yield _fault(charge, "C15", "With charges in 71F or 71G write the instructed amount in 33B.")


def _service_level(message: Message) -> Iterator[Fault]:
    level, instructions = message.value("23B"), message.every("23E")
    for field in instructions:
        if level == "SPRI" and field.value[:4] not in _URGENT_INSTRUCTIONS:
            yield _fault(field, "C3", "With SPRI only SDVA, TELB, PHOB and INTC may be asked for.")
        if level in {"SSTD", "SPAY"}:
            yield _fault(field, "C3", f"With {level} no instruction may be given in 23E.")
    if level not in _SERVICE_LEVELS:
        return
    for tag, code in (("53D", "C4"), ("54B", "C5"), ("54D", "C5"), ("55B", "C6"), ("55D", "C6")):
        if field_ := message.tagged(tag):
            yield _fault(field_, code, f"With {level} name this bank by its BIC (option A).")
    if level == "SPRI" and (intermediary := message.tagged("56A", "56C", "56D")):
        yield _fault(intermediary, "C8", "With SPRI there is no intermediary.")
    beneficiary = message.tagged("59", "59A", "59F")
    if beneficiary and not beneficiary.value.startswith("/"):
        yield _fault(beneficiary, "C12", f"With {level} the beneficiary's account must be given.")


def _agents(message: Message) -> Iterator[Fault]:
    third, intermediary = message.tagged("55A", "55B", "55D"), message.tagged("56A", "56C", "56D")
    with_ = message.tagged("57A", "57B", "57C", "57D")
    if third and not (message.tagged("53A", "53B", "53D") and message.tagged("54A", "54B", "54D")):
        yield _fault(third, "C7", "A third reimbursement bank comes with the first two (53a and 54a).")
    if intermediary and with_ is None:
        yield _fault(intermediary, "C10", "An intermediary (56a) needs the account's bank in 57a.")
    beneficiary = message.tagged("59", "59A", "59F")
    for field in message.every("23E"):
        asked = field.value[:4]
        if asked == "CHQB" and beneficiary and beneficiary.value.startswith("/"):
            yield _fault(beneficiary, "C13", "Who is paid by cheque (CHQB) has no account in field 59.")
        if asked in {"TELI", "PHOI"} and intermediary is None:
            yield _fault(field, "C16", f"{asked} is for an intermediary, and there is none (56a).")
        if asked in {"TELE", "PHON"} and with_ is None:
            yield _fault(field, "C17", f"{asked} is for the account's bank, and there is none (57a).")


def _charges(message: Message) -> Iterator[Fault]:
    bearer, deducted, added = message.value("71A"), message.tagged("71F"), message.tagged("71G")
    if bearer == "OUR" and deducted:
        yield _fault(deducted, "C14", "When the sender pays all charges (OUR), none are deducted in 71F.")
    if bearer in {"SHA", "BEN"} and added:
        yield _fault(added, "C14", f"With {bearer} there are no charges to add in 71G.")
    if bearer == "BEN" and deducted is None:
        yield _fault(message.tagged("71A"), "C14", "With BEN write the deducted charges in 71F.")
    if added and added.value[:3] != message.value("32A")[6:9]:
        yield _fault(added, "C18", "The charges in 71G are in the currency of 32A.")
