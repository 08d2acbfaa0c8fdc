"""The statement as one JSON object (RFC 8259), a line of the file for each line of the statement.

Amounts are text with a point and the currency's decimals, as everywhere in the API; days are ISO 8601.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from bank.statements.formats._format import Format, gettext_noop
from bank.statements.paper import Line, Paper


def write(paper: Paper, file: BinaryIO) -> None:
    """Streams the object; memory does not grow with the lines."""
    for piece in _pieces(paper):
        file.write(piece.encode())


def _pieces(paper: Paper) -> Iterator[str]:
    yield _text(_about(paper))[:-1] + ',"lines":['
    separator = "\n"
    for line in paper.lines:
        yield separator + _text(_line(line))
        separator = ",\n"
    yield "\n]}\n"


def _about(paper: Paper) -> dict[str, Any]:
    return {
        "statement": paper.reference,
        "number": paper.number,
        "bank": {"name": paper.bank_name, "bic": paper.bank_bic},
        "account": paper.account_number,
        "account_name": paper.account_name,
        "holder": paper.holder,
        "customer": paper.cif,
        "currency": paper.currency,
        "from": str(paper.from_date),
        "to": str(paper.to_date),
        "made_at": paper.made_at.isoformat(),
        "check": paper.check_url,
        "opening_balance": str(paper.opening.amount),
        "credits": str(paper.money_in.amount),
        "debits": str(paper.money_out.amount),
        "closing_balance": str(paper.closing.amount),
        "line_count": len(paper.lines),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": f"{line.entry_id}-{line.version}",
        "booking_date": str(line.booking_date),
        "value_date": str(line.value_date),
        "amount": str(line.amount.amount),
        "balance": str(line.balance_after.amount),
        "description": line.description,
        "counterparty": line.counterparty,
        "counterparty_account": line.counterparty_number,
        "reference": line.reference,
        "code": line.code,
    }


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


FORMAT = Format(
    code="JSON",
    title=gettext_noop("JSON, for programs"),
    content_type="application/json",
    extension="json",
    write=write,
    rank=20,
)
