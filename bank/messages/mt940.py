"""Reads MT940, MT942 and MT950 (customer statement, interim report, statement) as banks really write them.

SWIFT Standards MT category 9, with the licences real files take: several statements in one file, with or
without the blocks around them, lines wrapped in odd places, a 30th of February. One statement is in memory
at a time. What was not understood is a fault of the statement, with the line of the file it stands in; an
amount is never guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import IO, Final

from bank.messages import content, errors, structured
from bank.messages.canonical import AccountIdentification, Agent
from bank.messages.statements import (
    Balance,
    BalanceKind,
    Entry,
    EntryStatus,
    Findings,
    Statement,
    check_balances,
)

#: The fields of these messages; a line that looks like another tag is text.
_TAGS: Final = "20|21|25P?|28C?|13D?|34F|60[FM]|61|86|90[CD]|62[FM]|64|65|NS"
_FIELD = re.compile(rf":({_TAGS}):(.*)", re.DOTALL)
#: What stands between statements: the end of a text block, the header of the next message.
_ENVELOPE = re.compile(r"-\}?.{0,200}|\{[1-5]:.*")
_TYPE = re.compile(r"\{2:[IO](\d{3})")
_BALANCE = re.compile(r"(C|D)(\d{6})([A-Z]{3})(\d{0,24}(?:,\d{0,6})?)", re.ASCII)
_LINE = re.compile(
    r"(?P<day>\d{6})(?P<entry>\d{4})?(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?\n?"
    r"(?P<amount>\d{0,24},\d{0,6}|\d{1,15}(?=[A-Z])) ?(?:(?P<kind>[A-Z][A-Z0-9 ]{3})|(?=\n|\Z))"
    r"(?P<customer>(?:(?!//)[^\n]){0,16})(?://(?P<bank>[^\n]{0,34}))?(?P<rest>.*)",
    re.DOTALL | re.ASCII,
)
_SUM = re.compile(r"(\d{1,5})([A-Z]{3})(\d{0,24}(?:,\d{0,6})?)", re.ASCII)
_FLOOR = re.compile(r"([A-Z]{3})[CD]?\d{0,24}(?:,\d{0,6})?")
_REQUIRED: Final = {"20": "reference (:20:)", "25": "account (:25:)", "28C": "number (:28C:)"}
_CREDITS: Final = frozenset({"C", "RD", "EC"})


@dataclass(slots=True)
class _Field:
    tag: str
    line: int
    text: str


@dataclass(slots=True)
class _Reading:
    """A statement as it grows, field by field."""

    line: int
    message: str
    findings: Findings = field(default_factory=Findings)
    texts: dict[str, str] = field(default_factory=dict)
    balances: list[Balance] = field(default_factory=list)
    opening: Balance | None = None
    closing: Balance | None = None
    currency: str = ""
    entries: list[Entry] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    information: list[str] = field(default_factory=list)
    sums: list[_Field] = field(default_factory=list)
    open_entry: Entry | None = None


def read(source: bytes | str | IO[bytes], *, max_bytes: int = content.MAX_BYTES) -> Iterator[Statement]:
    """Every statement of a file, in its order.

    Raises ``ContentTooLarge``, ``ContentEmpty`` or ``EncodingBroken`` at once, and ``MessageUnsupported``
    where there is no field of a statement in it.
    """
    reading, message = None, ""
    for each in _fields(content.text(source, max_bytes=max_bytes)):
        if each.tag == "{":
            message = each.text
        elif reading is None or each.tag == "20":
            if reading is not None:
                yield _finished(reading)
            reading = _Reading(each.line, message)
            _take(reading, each)
        else:
            _take(reading, each)
    if reading is None:
        raise errors.MessageUnsupported(message="this", wanted="an MT940, MT942 or MT950")
    yield _finished(reading)


def _fields(text: str) -> Iterator[_Field]:
    """Fields with the line they begin in. ``{`` is no field, but the type of the message that follows."""
    current: _Field | None = None
    for number, line in _lines(text):
        found = _FIELD.fullmatch(line[line.find("{4:") + 3 :] if "{4:" in line else line)
        if found is None and not _ENVELOPE.fullmatch(line):
            if current is not None:
                current.text += "\n" + line
            continue
        if current is not None:
            yield current
        current = _Field(found[1], number, found[2]) if found else None
        if typed := _TYPE.search(line):
            yield _Field("{", number, typed[1])
    if current is not None:
        yield current


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers. A colon left alone by a wrap is put back before what it belongs to."""
    lone = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if line == ":":
            lone = line
            continue
        yield number, lone + line
        lone = ""


def _take(reading: _Reading, each: _Field) -> None:
    each.text = each.text.strip()
    if each.tag == "86":
        (reading.details if reading.open_entry else reading.information).append(each.text)
        return
    _close_entry(reading)
    if each.tag == "61":
        reading.open_entry = _entry(reading, each)
    elif each.tag[:2] in {"60", "62"} or each.tag in {"64", "65"}:
        _take_balance(reading, each)
    elif each.tag in {"90C", "90D"}:
        reading.sums.append(each)
    else:
        reading.texts.setdefault(
            "25" if each.tag == "25P" else "28C" if each.tag == "28" else each.tag, each.text
        )


def _take_balance(reading: _Reading, each: _Field) -> None:
    found = _BALANCE.fullmatch(each.text)
    amount = _amount(found[4]) if found else None
    if found is None or amount is None:
        sentence = "Write a balance as mark, day, currency and amount, such as C261127KES1250,00."
        reading.findings.add(each.line, "BALANCE_UNREADABLE", sentence, f":{each.tag}:", each.text)
        return
    day = _day(reading, each, found[2])
    balance = Balance(_kind(each.tag), amount if found[1] == "C" else -amount, found[3], day)
    reading.balances.append(balance)
    reading.currency = reading.currency or balance.currency
    if each.tag.startswith("60") and reading.opening is None:
        reading.opening = balance
    elif each.tag.startswith("62") and reading.closing is None:
        reading.closing = balance


def _kind(tag: str) -> BalanceKind:
    return {
        "60F": BalanceKind.OPENING,
        "62F": BalanceKind.CLOSING,
        "64": BalanceKind.CLOSING_AVAILABLE,
        "65": BalanceKind.FORWARD_AVAILABLE,
    }.get(tag, BalanceKind.INTERIM)


def _entry(reading: _Reading, each: _Field) -> Entry | None:
    found = _LINE.fullmatch(each.text)
    amount = _amount(found["amount"]) if found else None
    if found is None or amount is None:
        sentence = (
            "Write a line as day, mark, amount, type and reference, such as 2611271127C1250,00NTRFNONREF."
        )
        reading.findings.add(each.line, "ENTRY_UNREADABLE", sentence, ":61:", each.text)
        return None
    day = _day(reading, each, found["day"])
    return Entry(
        number=len(reading.entries) + 1,
        line=each.line,
        amount=amount if found["mark"] in _CREDITS else -amount,
        currency=reading.currency or _floor_currency(reading),
        booking_date=_entry_day(reading, each, day, found["entry"]) if found["entry"] else day,
        value_date=day,
        status=EntryStatus.PENDING if found["mark"].startswith("E") else EntryStatus.BOOKED,
        is_reversal=found["mark"].startswith("R"),
        kind=(found["kind"] or "").strip(),
        customer_reference=found["customer"].strip(),
        bank_reference=(found["bank"] or "").strip(),
        narrative=found["rest"].strip(),
    )


def _close_entry(reading: _Reading) -> None:
    """Puts the entry that is open away, together with its field 86."""
    entry, reading.open_entry = reading.open_entry, None
    if entry is None:
        return
    told = structured.told("\n".join(reading.details))
    reading.details.clear()
    reading.entries.append(
        replace(
            entry,
            end_to_end_id=told.end_to_end_id,
            counterparty=told.counterparty,
            counterparty_account=told.counterparty_account,
            counterparty_agent=told.counterparty_agent,
            remittance=told.remittance,
        )
    )


def _finished(reading: _Reading) -> Statement:
    _close_entry(reading)
    _check(reading)
    texts = reading.texts
    number, _slash, page = texts.get("28C", "").partition("/")
    return Statement(
        message=reading.message or ("942" if _is_interim(reading) else "940"),
        identification=texts.get("20", ""),
        account=_account(texts.get("25", "")),
        servicer=_servicer(texts.get("25", "")),
        currency=reading.currency or _floor_currency(reading),
        number=number,
        page=page,
        created_at=texts.get("13D", texts.get("13", "")),
        information="\n".join(reading.information),
        balances=tuple(reading.balances),
        opening=reading.opening,
        closing=reading.closing,
        entries=tuple(reading.entries),
        faults=tuple(reading.findings.faults),
    )


def _check(reading: _Reading) -> None:
    required = dict(_REQUIRED)
    if not _is_interim(reading) and reading.opening is None:
        required["60F"] = "opening balance (:60F:)"
    if not _is_interim(reading) and reading.closing is None:
        required["62F"] = "closing balance (:62F:)"
    for tag, name in required.items():
        if tag not in reading.texts:
            sentence = f"The statement has no {name}. Ask the bank for it whole."
            reading.findings.add(reading.line, "FIELD_MISSING", sentence, f":{tag}:")
    check_balances(reading.opening, reading.closing, reading.entries, reading.findings, reading.line)
    for each in reading.sums:
        _check_sum(reading, each)


def _check_sum(reading: _Reading, each: _Field) -> None:
    """Fields 90D and 90C of MT942: how many debits and credits there are, and what they come to."""
    found = _SUM.fullmatch(each.text)
    amount = _amount(found[3]) if found else None
    if found is None or amount is None:
        sentence = "Write a sum as number, currency and amount, such as 3KES1250,00."
        reading.findings.add(each.line, "SUM_UNREADABLE", sentence, f":{each.tag}:", each.text)
        return
    sign = 1 if each.tag == "90C" else -1
    amounts = [abs(entry.amount) for entry in reading.entries if entry.amount * sign > 0]
    if (int(found[1]), amount) != (len(amounts), sum(amounts)):
        sentence = (
            f"It states {found[1]} entries of {amount:f}, but holds {len(amounts)} of {sum(amounts):f}."
        )
        reading.findings.add(each.line, "SUM_MISMATCH", sentence, f":{each.tag}:", each.text)


def _is_interim(reading: _Reading) -> bool:
    return reading.message == "942" or (
        not reading.message and bool(reading.texts.keys() & {"34F", "13", "13D"})
    )


def _floor_currency(reading: _Reading) -> str:
    found = _FLOOR.fullmatch(reading.texts.get("34F", ""))
    return found[1] if found else ""


def _amount(text: str) -> Decimal | None:
    """A SWIFT amount: digits and one comma, some digits at least."""
    if not any(character.isdigit() for character in text):
        return None
    return Decimal(text.replace(",", ".").rstrip("."))


def _day(reading: _Reading, each: _Field, text: str) -> date | None:
    """YYMMDD, where 80 to 99 mean the last century. Banks that count months of 30 days write a 30th of
    February: it is read as the last day of the month, with a warning.
    """
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    year += 1900 if year >= 80 else 2000
    if 1 <= month <= 12 and 1 <= day <= 31:
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
        if day > last:
            sentence = f"There is no such day; it was read as the {last}th, the last of its month."
            reading.findings.warn(each.line, "DAY_IMPOSSIBLE", sentence, f":{each.tag}:", text)
        return date(year, month, min(day, last))
    sentence = "Write a day as year, month and day of two digits each, such as 261127."
    reading.findings.add(each.line, "DAY_UNREADABLE", sentence, f":{each.tag}:", text)
    return None


def _entry_day(reading: _Reading, each: _Field, value_day: date | None, text: str) -> date | None:
    """The booking day MMDD in the year that brings it nearest to the value date."""
    if value_day is None:
        return None
    found = _day(reading, each, f"{value_day.year % 100:02}{text}")
    if found is None or abs((found - value_day).days) < 180:
        return found
    year = found.year + (1 if found < value_day else -1)
    return found.replace(year=year, day=min(found.day, 28) if found.month == 2 else found.day)


def _account(text: str) -> AccountIdentification:
    """Field 25: an IBAN, or an identification as the bank writes it, perhaps with the bank before it."""
    plain = text.split("\n", 1)[0].strip().lstrip("/")
    compact = plain.replace(" ", "")
    if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", compact):
        return AccountIdentification(iban=compact)
    return AccountIdentification(other=plain)


def _servicer(text: str) -> Agent:
    """The BIC in the second line of 25P, or before the slash of 25."""
    first, _newline, second = text.partition("\n")
    for candidate in (second.strip(), first.partition("/")[0]):
        if re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", candidate):
            return Agent(bic=candidate)
    return Agent()
