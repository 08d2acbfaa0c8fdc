"""The ZIP: one JSON for programs, one page for people, one CSV for each account."""

import csv
import io
import json
import zipfile
from typing import Any

from django.template.loader import render_to_string

from bank.cif.models import Customer
from bank.kernel import clock
from bank.privacy import content
from bank.statements.rules import spreadsheet_text

_COLUMNS = (
    "booking_date", "value_date", "description", "counterparty", "reference", "amount", "balance", "currency",
)  # fmt: skip


def write(customer: Customer) -> bytes:
    """Everything as of now, in the active language."""
    held, packed = content.content_of(customer), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("data.json", json.dumps(held, indent=2, ensure_ascii=False))
        bundle.writestr("data.html", _page(customer, held))
        for account in customer.accounts.order_by("number"):
            bundle.writestr(f"account-{account.number}.csv", _sheet(content.lines_of(account)))
    return packed.getvalue()


def _page(customer: Customer, held: dict[str, Any]) -> str:
    parts = [
        {"title": kind.replace("_", " ").capitalize(), "rows": [row.items() for row in rows]}
        for kind, rows in held.items()
        if rows
    ]
    shown = {"customer": customer, "parts": parts, "made_at": clock.now()}
    return render_to_string("privacy/data.html", shown)


def _sheet(lines: Any) -> str:
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    for line in lines:
        words, figures = line[:5], line[5:]
        rows.writerow((*map(spreadsheet_text, words), *figures))
    return text.getvalue()
