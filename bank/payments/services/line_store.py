"""Lines of payment files into their table, by COPY: a hundred thousand take seconds, not minutes."""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from bank.kernel import ids
from bank.kernel.money import Money
from bank.messages.canonical import Fault
from bank.payments import rail, selectors
from bank.payments.line_checks import CheckedLine
from bank.payments.models import PaymentFile, PaymentFileLine
from bank.payments.rules import ChargeBearer, LineStatus
from bank.products import selectors as products
from bank.products.rules import FeeEvent

_COLUMNS = (
    *("file_id", "line", "part", "reference", "uetr", "status", "debtor_account_id", "debtor_number"),
    *("creditor_account_id", "creditor_number", "creditor_name", "creditor_agent", "name_check"),
    *("amount", "amount_text", "currency", "fee", "excise", "charge_bearer", "end_to_end_id"),
    *("instruction_id", "remittance", "requested_date", "faults"),
    *("rail", "creditor_country", "ultimate_debtor", "ultimate_creditor", "purpose"),
)
INTERNAL = "INTERNAL"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class _Charges:
    fee: Decimal
    excise: Decimal


_FREE = _Charges(Decimal(0), Decimal(0))


def store(file: PaymentFile, lines: list[CheckedLine], *, segment: str) -> None:
    """Writes lines with their charges. Memory: one chunk of text."""
    charges = _charges(lines, segment)
    text = io.StringIO()
    for line, charge in zip(lines, charges, strict=True):
        text.write("\t".join(map(_copied, _row(file, line, charge))) + "\n")
    text.seek(0)
    with connection.cursor() as cursor:
        columns = ", ".join(_COLUMNS)
        cursor.copy_expert(f"COPY {PaymentFileLine._meta.db_table} ({columns}) FROM STDIN", text)


def rewrite(kept: PaymentFileLine, line: CheckedLine, *, segment: str) -> None:
    """Writes what a line says now over what it said; its references stay."""
    (charges,) = _charges([line], segment)
    made = dict(zip(_COLUMNS, _row(kept.file, line, charges), strict=True))
    for name in ("file_id", "line", "part", "reference", "uetr"):
        del made[name]
    made["faults"] = json.loads(made["faults"])
    for name, value in made.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(made))


def hash_total(numbers: Iterable[str]) -> str:
    """The last ten digits of the sum of the last ten digits of the payees' accounts."""
    return f"{sum(map(last_ten, numbers)) % 10**10:010d}"


def last_ten(number: str) -> int:
    """What an account's number counts for in the hash total."""
    digits = "".join(char for char in number if char.isascii() and char.isdigit())
    return int(digits[-10:] or 0)


def fault_json(fault: Fault) -> dict[str, Any]:
    """A fault as it is kept and shown."""
    return {
        "code": fault.code,
        "sentence": fault.sentence,
        "field": fault.field,
        "value": fault.value,
        "is_warning": fault.is_warning,
        "line": fault.line,
    }


def _charges(lines: list[CheckedLine], segment: str) -> list[_Charges]:
    """Fee and excise duty of each valid line; every event and amount is priced once."""
    charges = [_FREE] * len(lines)
    by_event: dict[str, list[int]] = {}
    for n, line in enumerate(lines):
        if line.is_valid:
            by_event.setdefault(_event(line), []).append(n)
    for event, places in by_event.items():
        amounts = list({_amount(lines[n]) for n in places})
        quotes = products.quote_fees(event=event, amounts=amounts, on=selectors.today(), segment=segment)
        prices = {
            amount: _Charges(quote.fee.amount, quote.excise.amount)
            for amount, quote in zip(amounts, quotes, strict=True)
        }
        for n in places:
            charges[n] = prices[_amount(lines[n])]
    return charges


def _event(line: CheckedLine) -> str:
    """What prices the line in the catalogue."""
    if line.way is not None:
        return rail.every()[line.way.rail].capabilities.fee_event
    return FeeEvent.OWN_TRANSFER if line.is_own else FeeEvent.INTERNAL_TRANSFER


def _amount(line: CheckedLine) -> Money:
    assert line.amount is not None
    return line.amount


def _row(file: PaymentFile, line: CheckedLine, charges: _Charges) -> Iterable[Any]:
    transfer = line.transfer
    information, agent = transfer.information, transfer.creditor_agent
    bearer = transfer.charge_bearer if transfer.charge_bearer in set(ChargeBearer) else ChargeBearer.SHAR
    return (
        file.pk,
        transfer.line,
        information.payment_information_id[:35],
        ids.reference("PAY"),
        _uetr(transfer.uetr),
        LineStatus.VALID if line.is_valid else LineStatus.FAULTY,
        line.debtor.pk if line.debtor else None,
        information.debtor_account.number[:34],
        line.creditor.pk if line.creditor else None,
        transfer.creditor_account.number[:34],
        transfer.creditor.name[:140],
        (line.way.agent if line.way else agent.bic or agent.clearing_member)[:35],
        line.name_check,
        line.amount.amount if line.amount else None,
        transfer.amount_text[:60],
        transfer.currency[:3],
        charges.fee,
        charges.excise,
        bearer,
        transfer.end_to_end_id[:35],
        transfer.instruction_id[:35],
        " ".join(str(transfer.remittance).split())[:140],
        information.requested_date,
        json.dumps([fault_json(fault) for fault in line.faults]),
        line.way.rail if line.way else INTERNAL,
        line.way.country if line.way else "",
        transfer.on_behalf_of.name[:140],
        transfer.ultimate_creditor.name[:140],
        transfer.purpose[:35],
    )


def _uetr(text: str) -> UUID:
    """The sender's UETR where it is a UUID, else a new one (version 4, as ISO 20022 demands)."""
    try:
        return UUID(text) if text else uuid4()
    except ValueError:
        return uuid4()


def _copied(value: Any) -> str:
    return "\\N" if value is None else str(value).translate(_ESCAPES)
