"""The organisation's statement as the M-Pesa portal exports it, CSV: what M-Pesa itself has of a day."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bank.kernel.money import Money

_CONVERSATION = re.compile(r"Original conversation ID is (\S{1,60}?)\.?(?:\s|\Z)")
_COMPLETED: Final = "Completed"
REVERSAL: Final = "Business Payment Reversal"


@dataclass(frozen=True, slots=True)
class Row:
    """A movement: paid in is positive, withdrawn negative. ``reference`` is ours where it is told."""

    receipt: str
    kind: str
    amount: Money
    reference: str
    linked: str


def read(text: str) -> Iterator[Row]:
    """The completed movements. The lines above the header are the export's own."""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith("Receipt No.")), len(lines))
    for row in csv.DictReader(lines[start:]):
        if row["Transaction Status"] != _COMPLETED:
            continue
        conversation = _CONVERSATION.search(row["Details"])
        moved = _amount(row["Paid In"]) - abs(_amount(row["Withdrawn"]))
        yield Row(
            receipt=row["Receipt No."],
            kind=row["Reason Type"],
            amount=Money(moved, "KES"),
            reference=conversation[1] if conversation else "",
            linked=row["Linked Transaction ID"] or "",
        )


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "") or "0")
