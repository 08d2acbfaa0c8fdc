"""Statements: asked for, watched while they are made, fetched."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from bank import ledger
from bank.kernel.errors import BankError
from bank.runtime import formats
from bank.statements import rules, selectors, services
from bank.web.views import holdings
from bank.web.views.pages import customer_page, posted, spoken, user_of
from portals.personal.forms.statements import StatementForm
from portals.personal.nav import show


@customer_page
@require_http_methods(["GET", "POST"])
def statements(request: HttpRequest) -> HttpResponse:
    """Those asked for, newest first, and the form for another."""
    mine = holdings.own(user_of(request))
    form = StatementForm(
        posted(request),
        accounts=mine,
        today=ledger.business_date(),
        initial={"account": request.GET.get("account", "")},
    )
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("personal:statement", _request(request, form).pk)
        except BankError as error:
            refusals = [spoken(error)]
    listed = [_as_task(one) for one in selectors.statements_for(user_of(request))]
    return show(request, "statements.html", form=form, refusals=refusals, statements=listed, accounts=mine)


@customer_page
@require_GET
def statement(request: HttpRequest, statement_id: Any) -> HttpResponse:
    """How far it is; while it is being made the page looks again by itself."""
    found = selectors.statement_for(user_of(request), statement_id)
    period = f"{formats.day(found.from_date)} – {formats.day(found.to_date)}"
    is_over = found.status in {rules.Status.READY, rules.Status.FAILED}
    return show(request, "statement.html", statement=found, period=period, is_over=is_over)


@customer_page
@require_GET
def download(request: HttpRequest, statement_id: Any) -> HttpResponseBase:
    """The document, always as an attachment under a plain name."""
    found, file = services.open_document(user=user_of(request), statement_id=statement_id)
    name = rules.download_name(found.account.number, found.from_date, found.to_date, found.format)
    content_type = rules.CONTENT_TYPES[rules.Format(found.format)]
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def _request(request: HttpRequest, form: StatementForm) -> Any:
    given, user = form.cleaned_data, user_of(request)
    return services.request_statement(
        user=user,
        account=given["account"].account,
        from_date=given["since"],
        to_date=given["until"],
        format=given["format"],
        key=given["key"],
    )


def _as_task(one: Any) -> dict[str, Any]:
    period = f"{formats.day(one.from_date)} – {formats.day(one.to_date)}"
    number = formats.account_number(one.account.number)
    return {
        "label": period,
        "note": gettext("%(account)s · %(number)s · %(format)s")
        % {"account": one.account.label, "number": number, "format": one.format},
        "url": reverse("personal:statement", args=[one.pk]),
        "status": one.status,
    }
