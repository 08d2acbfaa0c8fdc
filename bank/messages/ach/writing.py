"""Writes ACH files: counts, sums, hashes, trace numbers and blocks are reckoned, never taken over.

What is written passes ``checks.faults`` when the entries do; check what was written before it is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bank.messages.ach.money import totals
from bank.messages.ach.records import BLOCK, FILLER, Batch, Entry, File, Record, join

_MOST_ADDENDA: Final = 9_999
_INFORMATION: Final = 80


@dataclass(frozen=True, slots=True)
class Parties:
    """Who sends the file to whom: routing numbers of nine digits and the names that go with them."""

    destination: str
    destination_name: str
    origin: str
    origin_name: str


@dataclass(frozen=True, slots=True)
class Order:
    """One entry to write. ``amount`` is whole cents, ``routing`` the receiver's bank, nine digits."""

    transaction_code: str
    routing: str
    account: str
    amount: int
    name: str
    identification: str = ""
    information: tuple[str, ...] = ()
    discretionary: str = ""
    sequence: int = 0
    """The last seven digits of its trace number; its place in the batch where none is given."""


@dataclass(frozen=True, slots=True)
class Company:
    """Who the batch is for: name, identification and what the receivers see it is for."""

    name: str
    identification: str
    description: str


def batch(
    company: Company, orders: Sequence[Order], *, entry_class: str, odfi: str, number: int, effective: date
) -> Batch:
    """A batch of ``entry_class`` from a bank (``odfi``, its first eight digits), numbered and traced."""
    entries = [_entry(order, entry_class, odfi, place) for place, order in enumerate(orders, start=1)]
    return batch_of(company, entries, entry_class=entry_class, odfi=odfi, number=number, effective=effective)


def batch_of(
    company: Company,
    entries: Sequence[Entry],
    *,
    entry_class: str,
    odfi: str,
    number: int,
    effective: date,
) -> Batch:
    """A batch of entries that are there already, such as returns."""
    made = Batch(
        Record(
            "BATCH_HEADER",
            {
                "company_name": company.name,
                "company_id": company.identification,
                "entry_class": entry_class,
                "entry_description": company.description,
                "effective_date": f"{effective:%y%m%d}",
                "originator_status": "1",
                "odfi": odfi,
                "batch_number": str(number),
            },
        ),
        list(entries),
    )
    credits, debits = totals(made)
    made.header.values["service_class"] = "200" if credits and debits else "225" if debits else "220"
    return made


def balanced(made: Batch, *, routing: str, account: str, name: str) -> Batch:
    """The batch with one entry more, on the company's own account, so that credits and debits are equal."""
    credits, debits = totals(made)
    if credits == debits:
        return made
    code = "27" if credits > debits else "22"
    offset = Order(code, routing, account, abs(credits - debits), name)
    last = int(made.entries[-1].record["trace"][-7:])
    entry = _entry(offset, made.entry_class, made.header["odfi"], last + 1)
    header = Record(made.header.layout, made.header.values | {"service_class": "200"})
    return Batch(header, [*made.entries, entry])


def file(
    parties: Parties,
    batches: list[Batch],
    *,
    created_at: datetime,
    modifier: str = "A",
    reference: str = "",
) -> File:
    """A file of batches; ``modifier`` (A to Z, 0 to 9) tells it from others of the day, ``reference`` (8
    characters) is for whoever sends it.
    """
    header = Record(
        "FILE_HEADER",
        {
            "priority": "01",
            "destination": parties.destination.rjust(BLOCK),
            "origin": parties.origin.rjust(BLOCK),
            "creation_date": f"{created_at:%y%m%d}",
            "creation_time": f"{created_at:%H%M}",
            "modifier": modifier,
            "record_size": "094",
            "blocking_factor": "10",
            "format_code": "1",
            "destination_name": parties.destination_name,
            "origin_name": parties.origin_name,
            "reference": reference,
        },
    )
    return File(header, batches)


def render(content: File) -> str:
    """The file as text: lines of 94 characters, filled up to a whole number of blocks of ten."""
    lines = [join("1", content.header)] if content.header else []
    for each in content.batches:
        lines += _batch_lines(each)
    blocks = -(-(len(lines) + 1) // BLOCK)
    lines.append(join("9", _file_control(content, blocks)))
    lines += [FILLER] * (blocks * BLOCK - len(lines))
    return "\n".join(lines) + "\n"


def _batch_lines(each: Batch) -> list[str]:
    lines = [join("5", each.header)]
    for entry in each.entries:
        lines.append(join("6", entry.record))
        lines += [join("7", addenda) for addenda in entry.addenda]
    return [*lines, join("8", _batch_control(each))]


def _batch_control(each: Batch) -> Record:
    credits, debits = totals(each)
    kept = {name: each.header[name] for name in ("service_class", "odfi", "batch_number")}
    owner = (
        {"operator_data": each.header["company_name"]}
        if each.entry_class == "ADV"
        else {"company_id": each.header["company_id"]}
    )
    sums = {"count": each.count, "hash": each.hash, "debits": debits, "credits": credits}
    layout = "ADV_BATCH_CONTROL" if each.entry_class == "ADV" else "BATCH_CONTROL"
    return Record(layout, kept | owner | {name: str(value) for name, value in sums.items()})


def _file_control(content: File, blocks: int) -> Record:
    sums = [totals(each) for each in content.batches]
    values = {
        "batches": len(content.batches),
        "blocks": blocks,
        "count": sum(each.count for each in content.batches),
        "hash": sum(each.hash for each in content.batches) % 10**10,
        "debits": sum(debits for _credits, debits in sums),
        "credits": sum(credits for credits, _debits in sums),
    }
    is_adv = any(each.entry_class == "ADV" for each in content.batches)
    return Record(
        "ADV_FILE_CONTROL" if is_adv else "FILE_CONTROL", {name: str(value) for name, value in values.items()}
    )


def returned(
    order: Order, entry_class: str, *, odfi: str, reason: str, original_trace: str, information: str = ""
) -> Entry:
    """An entry that goes back to who sent it (``order.routing``), with addenda 99 saying why."""
    return _answered(order, entry_class, odfi, "ADDENDA_99", {
        "type": "99",
        "return_code": reason,
        "original_trace": original_trace,
        "original_rdfi": odfi,
        "information": information[:44],
    })  # fmt: skip


def changed(order: Order, *, odfi: str, reason: str, original_trace: str, corrected: str) -> Entry:
    """A notification of change (class COR): addenda 98 with what is right instead."""
    return _answered(order, "COR", odfi, "ADDENDA_98", {
        "type": "98",
        "change_code": reason,
        "original_trace": original_trace,
        "original_rdfi": odfi,
        "corrected": corrected[:29],
    })  # fmt: skip


def _answered(order: Order, entry_class: str, odfi: str, layout: str, values: dict[str, str]) -> Entry:
    entry = _entry(order, entry_class, odfi, 1)
    record = Record(entry.record.layout, entry.record.values | {"addenda_indicator": "1"})
    if record.layout == "CTX_ENTRY":
        record.values["addenda_count"] = "1"
    return Entry(record, [Record(layout, values | {"trace": record["trace"]})])


def _entry(order: Order, entry_class: str, odfi: str, place: int) -> Entry:
    trace = f"{odfi:>08}{order.sequence or place:07}"
    values = {
        "transaction_code": order.transaction_code,
        "rdfi": order.routing[:8],
        "check_digit": order.routing[8:9],
        "account": order.account,
        "amount": str(order.amount),
        "identification": order.identification,
        "name": order.name,
        "discretionary": order.discretionary,
        "addenda_indicator": "1" if order.information else "0",
        "trace": trace,
    }
    layout = "CTX_ENTRY" if entry_class in {"CTX", "ATX"} else "ENTRY"
    if layout == "CTX_ENTRY":
        values["addenda_count"] = str(len(order.information))
    addenda = [
        Record(
            "ADDENDA_05",
            {
                "type": "05",
                "information": text[:_INFORMATION],
                "sequence": str(number),
                "entry_sequence": trace[-7:],
            },
        )
        for number, text in enumerate(order.information[:_MOST_ADDENDA], start=1)
    ]
    return Entry(Record(layout, values), addenda)
