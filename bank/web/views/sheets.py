"""Lists as CSV. A cell that a spreadsheet would run as a formula is written as text."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from django.http import HttpResponse

from bank.statements import rules


def sheet(filename: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(heads)
    writer.writerows([rules.spreadsheet_text(str(one)) for one in row] for row in rows)
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
