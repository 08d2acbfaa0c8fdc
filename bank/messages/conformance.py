"""Answers conformance cases from the bank's own reading of payment messages."""

import re
from collections.abc import Callable
from typing import Any

from bank.kernel import clock
from bank.kernel.errors import InvalidInput, Unsupported
from bank.messages import (
    camt,
    canonical,
    edifact,
    iso8583,
    mpesa,
    mt940,
    pain001,
    schemas,
    statements,
    stripe,
    x12,
    xml,
)
from bank.messages.ach import checks as ach_checks
from bank.messages.ach import reading as ach_reading
from bank.messages.ach import records as ach_records
from bank.messages.errors import SignatureInvalid
from bank.messages.swift import blocks, to_mt, to_mx


def parse_pain001(case: dict[str, Any]) -> dict[str, Any]:
    """How many credit transfers a pain.001 holds and what their instructed amounts add up to."""
    initiation = pain001.Initiation(case["xml"])
    for _transfer in initiation.transfers():
        continue
    totals = initiation.totals
    return {
        "message": initiation.message,
        "message_id": initiation.header.message_id,
        "n_instructions": totals.count,
        "sum_instructed": str(totals.instructed_sum),
        "control_sum": str(totals.control_sum),
        "faults": [fault.code for fault in initiation.control_faults()],
    }


def validate(case: dict[str, Any]) -> dict[str, Any]:
    """Whether the published schema accepts the message.

    Raises Unsupported where the bank holds no schema of this message.
    """
    named = case.get("message") or ""
    if named and named not in schemas.held():
        raise Unsupported(what=f"schema of {named}")
    return {"valid": schemas.is_valid(xml.prepared(case["xml"]))}


def parse_mt940(case: dict[str, Any]) -> dict[str, Any]:
    """Every entry of every statement: value date and signed amount."""
    found = [_statement(statement) for statement in mt940.read(case["text"])]
    return {"transactions": [entry for each in found for entry in each["entries"]], "statements": found}


def parse_camt(case: dict[str, Any]) -> dict[str, Any]:
    """Account, number of entries and signed sum of the booked ones, a statement each."""
    return {"statements": [_statement(statement) for statement in camt.read(case["xml"])]}


def _statement(statement: statements.Statement) -> dict[str, Any]:
    return {
        "account": statement.account.number,
        "n_entries": len(statement.entries),
        "sum_booked": f"{statement.booked_sum:f}",
        "entries": [
            {"date": entry.value_date or entry.booking_date, "amount": f"{entry.amount:f}"}
            for entry in statement.entries
        ],
        "faults": [f"{fault.code} line {fault.line}" for fault in statement.faults],
    }


def validate_ach(case: dict[str, Any]) -> dict[str, Any]:
    """Whether an ACH file keeps the NACHA rules, and everything it has against it."""
    found = _ach(case["text"])[1]
    return {
        "valid": all(fault.is_warning for fault in found),
        "faults": [f"line {fault.line}: {fault.code} {fault.sentence}" for fault in found],
    }


def parse_ach(case: dict[str, Any]) -> dict[str, Any]:
    """The figures of an ACH file as its control states them."""
    file, _faults = _ach(case["text"])
    control = file.control
    if control is None:
        raise InvalidInput(problem="The file has no control record.")
    return {
        "totalDebit": control.number("debits"),
        "totalCredit": control.number("credits"),
        "entryHash": control.number("hash"),
        "entryAddendaCount": control.number("count"),
        "batchCount": control.number("batches"),
    }


def _ach(text: str) -> tuple[ach_records.File, list[canonical.Fault]]:
    reading = ach_reading.read(text)
    return reading.file, [*reading.findings.faults, *ach_checks.faults(reading.file)]


def parse_mt(case: dict[str, Any]) -> dict[str, Any]:
    """Type, parties, tracking reference and fields of a SWIFT MT message."""
    message = blocks.one(case["text"])
    return {
        "type": message.type,
        "sender": message.sender,
        "receiver": message.receiver,
        "uetr": message.uetr or None,
        "tags": [{"tag": field.tag, "value": field.value} for field in message.fields],
    }


def parse_mpesa(case: dict[str, Any]) -> dict[str, Any]:
    """A Daraja body: the outcome of a request, a customer's payment, or balances."""
    found = mpesa.read(case["body"])
    if isinstance(found, mpesa.Payment):
        return _paid(found)
    answer: dict[str, Any] = {
        "success": found.success,
        "code": found.code,
        "checkout": found.reference,
        "conversation": found.reference,
        "description": found.sentence,
        "meaning": found.meaning,
        "amount": str(found.amount) if found.amount is not None else None,
        "receipt": found.receipt or None,
        "time": found.at.isoformat() if found.at else None,
        "phone": found.phone or None,
    }
    for balance in mpesa.account_balances(found)[:1]:
        answer |= {
            "account": balance.account,
            "ccy": balance.currency,
            "current": str(balance.current),
            "available": str(balance.available),
            "reserved": str(balance.reserved),
            "uncleared": str(balance.uncleared),
        }
    return answer


def _paid(payment: mpesa.Payment) -> dict[str, Any]:
    return {
        "success": True,
        "trans_id": payment.transaction_id,
        "receipt": payment.transaction_id,
        "type": payment.kind,
        "amount": str(payment.amount),
        "time": payment.at.isoformat(),
        "shortcode": payment.short_code,
        "account": payment.account,
        "bill_ref": payment.account,
        "phone": payment.phone,
        "name": payment.name,
    }


def mt_to_mx(case: dict[str, Any]) -> dict[str, Any]:
    """A SWIFT MT message in ISO 20022."""
    found = re.search(r"[a-z]{4}\.\d{3}(?:\.\d{3}\.\d{2})?", case.get("target") or "")
    target = found.group() if found else ""
    complete = target if target.count(".") == 3 else ""
    return {"xml": to_mx.translate(case["mt"], created_at=clock.now(), target=complete)}


def mx_to_mt(case: dict[str, Any]) -> dict[str, Any]:
    """An ISO 20022 message as SWIFT MT."""
    return {"text": to_mt.translate(case["xml"], target=case.get("target") or "")}


def parse_x12(case: dict[str, Any]) -> dict[str, Any]:
    """The first transaction set of an interchange, and what an 820 pays."""
    found = x12.read(case["text"])
    if not found.sets:
        raise InvalidInput(problem="The interchange has no transaction set.")
    first = found.sets[0]
    return {
        "set": first.identifier,
        "segment_count": len(first.segments),
        "amount": None if first.amount is None else str(first.amount),
        "n_remittances": len(first.remittances),
        "faults": [f"segment {fault.line}: {fault.code}" for fault in found.findings.faults],
    }


def parse_paymul(case: dict[str, Any]) -> dict[str, Any]:
    """The batches of every payment order in an EDIFACT interchange."""
    found = edifact.read(case["text"])
    batches = [
        {
            "exec_date": batch.execution_date.isoformat() if batch.execution_date else None,
            "ref": batch.reference,
            "total": f"{batch.sum if batch.total is None else batch.total:f}",
            "n_tx": len(batch.payments),
        }
        for order in found.orders
        for batch in order.batches
    ]
    return {
        "batches": batches,
        "faults": [f"segment {fault.line}: {fault.code}" for fault in found.findings.faults],
    }


def verify_stripe(case: dict[str, Any]) -> dict[str, Any]:
    """Whether a webhook is signed by Stripe, lately enough."""
    try:
        stripe.verify(
            case["payload"].encode(),
            case["header"],
            case["secret"],
            now=int(case["now"]),
            tolerance_s=int(case["tolerance_s"]),
        )
    except SignatureInvalid as refusal:
        return {"valid": False, "reason": refusal.message}
    return {"valid": True}


def pack_iso8583(case: dict[str, Any]) -> dict[str, Any]:
    """A card message packed, as text or, with a binary bitmap, in hexadecimal."""
    is_binary = _is_binary(case)
    packed = iso8583.pack(case["fields"], is_binary=is_binary)
    return {"packed": packed.hex().upper() if is_binary else packed.decode("ascii")}


def unpack_iso8583(case: dict[str, Any]) -> dict[str, Any]:
    """The fields of a packed card message."""
    is_binary = _is_binary(case)
    packed = bytes.fromhex(case["packed"]) if is_binary else case["packed"].encode("ascii")
    return {"fields": iso8583.unpack(packed, is_binary=is_binary)}


def _is_binary(case: dict[str, Any]) -> bool:
    if case["encoding"] not in {"ascii_hex_bitmap", "ascii_binary_bitmap_hex"}:
        raise Unsupported(what=f"encoding {case['encoding']}")
    return bool(case["encoding"] == "ascii_binary_bitmap_hex")


OPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "pain001.parse": parse_pain001,
    "iso20022.validate": validate,
    "mt940.parse": parse_mt940,
    "camt.parse": parse_camt,
    "ach.validate": validate_ach,
    "ach.parse": parse_ach,
    "mt.parse": parse_mt,
    "mpesa.parse": parse_mpesa,
    "x12.parse": parse_x12,
    "edifact.paymul": parse_paymul,
    "iso8583.pack": pack_iso8583,
    "iso8583.unpack": unpack_iso8583,
    "stripe.verify": verify_stripe,
    "mt.to_mx": mt_to_mx,
    "mx.to_mt": mx_to_mt,
}
