"""A company's files of direct debits: a pain.008 in, each line's outcome, the report for its own system."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from bank.debits import selectors, services
from bank.debits.models import DebitFile
from bank.debits.reports import status_report
from bank.kernel.errors import BankError, NotFound
from bank.web.orders.debit_forms import DebitFileForm
from bank.web.orders.desk import Desk, at_desk
from bank.web.views.pages import posted, spoken

_MANY = 50


@require_http_methods(["GET", "POST"])
@at_desk
def files(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """The files sent before, and the form to send one."""
    if desk.company is None:
        raise NotFound(what="page")
    form = DebitFileForm(posted(request), request.FILES or None)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            file = _take(desk, form.cleaned_data)
            messages.success(request, gettext("The file is read."))
            return redirect(f"{desk.root}debits/files/{file.reference}/")
        except BankError as error:
            refusals = [spoken(error)]
    creditor = selectors.creditor_of(desk.company)
    sent = creditor.files.order_by("-pk")[:_MANY] if creditor else []
    return desk.show(request, "debit_files.html", form=form, refusals=refusals, sent=sent)


@require_GET
@at_desk
def file(request: HttpRequest, desk: Desk, reference: str) -> HttpResponseBase:
    """One file: what it holds, what was announced, and every fault of every line, the faulty first."""
    found = _file(desk, reference)
    rows = sorted(found.rows, key=lambda row: (not row["faults"], row["line"]))
    return desk.show(request, "debit_file.html", file=found, rows=rows)


@require_GET
@at_desk
def report(request: HttpRequest, desk: Desk, reference: str) -> HttpResponseBase:
    """The pain.002."""
    found = _file(desk, reference)
    answer = HttpResponse(status_report(found), content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{found.reference}-pain.002.xml"'
    return answer


def _take(desk: Desk, given: dict[str, Any]) -> DebitFile:
    assert desk.company is not None
    return services.take_file(
        user=desk.user,
        number=desk.company.cif,
        content=given["file"].read(),
        only_valid=given["only_valid"],
    )


def _file(desk: Desk, reference: str) -> DebitFile:
    found = selectors.file_for(desk.user, reference)
    if desk.company is None or found.creditor.customer_id != desk.company.pk:
        raise NotFound(what="file of direct debits")
    return found
