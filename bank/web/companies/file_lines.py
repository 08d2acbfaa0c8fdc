"""What can be done about a payment file before it is paid: its columns, its lines; and what was not paid."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.identity.attempts import Scope
from bank.kernel import ids
from bank.kernel.errors import BankError
from bank.payments import selectors, services
from bank.web.companies import wording
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.files import payable
from bank.web.companies.forms.files import ColumnsForm, LineForm
from bank.web.views.pages import paced, posted, spoken

_LINE_ACTS = {"leave-out": services.exclude_line, "take-in": services.include_line}


@at_desk
@require_http_methods(["GET", "POST"])
@paced(Scope.UPLOAD)
def columns(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """The first rows of a table, and which column means what: guessed, or as the company said last time."""
    found = selectors.file_for(desk.user, reference)
    table = services.table_of(user=desk.user, file=found, customer=desk.company)
    headings = table.heading.cells
    form = ColumnsForm(
        posted(request),
        headings=headings,
        accounts=payable(desk.company),
        initial=ColumnsForm.initial_of(table.mapping),
    )
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.name_columns(
                user=desk.user, reference=found.reference, customer=desk.company, mapping=form.mapping()
            )
            return desk.go("file", found.reference)
        except BankError as error:
            refusals = [spoken(error)]
    context = {"file": found, "form": form, "refusals": refusals, "headings": headings, "rows": table.rows}
    return desk.show(request, "file_columns.html", **context)


@at_desk
@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, desk: Desk, reference: str, number: int) -> HttpResponse:
    """A line of a checked file: mended and checked again, left out, or taken in again."""
    user = desk.user
    found = selectors.file_for(user, reference)
    kept = services.line_to_mend(user=user, file=found, line=number)
    form = LineForm(posted(request), initial=asdict(services.LineChange.of(kept)))
    refusals: list[str] = []
    act = _LINE_ACTS.get(request.POST.get("act", ""))
    if request.method == "POST" and (act or form.is_valid()):
        asked: dict[str, Any] = {"user": user, "reference": found.reference, "line": number}
        try:
            mended = act(**asked) if act else services.edit_line(**asked, change=form.change())
            if act or not mended.faults:
                return desk.go("file", found.reference)
            return desk.go("file-line", found.reference, number)
        except BankError as error:
            refusals = [spoken(error)]
    context = {"file": found, "form": form, "refusals": refusals, "line": wording.line_row(kept)}
    return desk.show(request, "file_line.html", **context)


@at_desk
@require_GET
def faulty(request: HttpRequest, desk: Desk, reference: str) -> HttpResponseBase:
    """The faulty lines as CSV, each with what is wrong with it."""
    found = selectors.file_for(desk.user, reference)
    rows = services.faulty_rows(user=desk.user, file=found)
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}-faults.csv"'
    return response


@at_desk
@require_POST
@paced(Scope.UPLOAD)
def retry(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """What was not paid, as a new file to check and confirm."""
    found = selectors.file_for(desk.user, reference)
    try:
        made = services.retry_file(user=desk.user, reference=found.reference, key=ids.uuid7().hex)
    except BankError as error:
        messages.error(request, spoken(error))
        return desk.go("file", found.reference)
    return desk.go("file", made.reference)


@at_desk
@require_POST
def cancel(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """Gives a file up before it is paid."""
    found = selectors.file_for(desk.user, reference)
    try:
        services.cancel_payment_file(user=desk.user, reference=found.reference)
        messages.success(request, gettext("The file was given up. Nothing of it is paid."))
    except BankError as error:
        messages.error(request, spoken(error))
    return desk.go("file", found.reference)
