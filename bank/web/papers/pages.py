"""Statements and certificates: asked for, watched while they are made, fetched; subscriptions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank import ledger
from bank.identity.errors import TooManyTries
from bank.kernel.errors import BankError, NotFound
from bank.statements import rules, selectors, services
from bank.statements.models import Statement
from bank.statements.rules import Channel
from bank.web import throttles
from bank.web.papers import wording
from bank.web.papers.desk import Desk, OpenDesk, at_desk
from bank.web.papers.forms import CertificateForm, StatementForm, SubscriptionForm
from bank.web.views.fields import Offered
from bank.web.views.pages import counted, posted, spoken

_get_or_post = require_http_methods(["GET", "POST"])
#: What a button on the page of subscriptions does.
_ACTS = {
    "pause": services.pause_subscription,
    "resume": services.resume_subscription,
    "end": services.end_subscription,
}


@_get_or_post
@at_desk
def statements(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Those asked for, newest first, and the form for another."""
    return _asking(request, desk, StatementForm, "statements.html")


@_get_or_post
@at_desk
def certificates(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """The certificates made, newest first, and the form for another."""
    return _asking(request, desk, CertificateForm, "certificates.html")


@require_GET
@at_desk
def statement(request: HttpRequest, desk: Desk, statement_id: UUID) -> HttpResponseBase:
    """How far it is; while it is being made the page looks again by itself."""
    found = _statement(desk, statement_id)
    is_over = found.status in {rules.Status.READY, rules.Status.FAILED}
    shown = {"statement": found, "period": wording.period_of(found), "is_over": is_over}
    return desk.show(request, "statement.html", **shown)


@require_GET
@at_desk
@counted(throttles.Documents)
def download(request: HttpRequest, desk: Desk, statement_id: UUID) -> HttpResponseBase:
    """The document, always as an attachment under a plain name."""
    _statement(desk, statement_id)
    return wording.answer(*services.open_document(user=desk.user, statement_id=statement_id))


@_get_or_post
@at_desk
@sensitive_variables("made")
def subscriptions(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Every subscription, and the form for another; a webhook's secret is shown on the page that answers."""
    offered: list[Offered] = [*desk.accounts, *desk.deposits()]
    form = SubscriptionForm(posted(request), accounts=offered, initial=_asked(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = form.subscribe(desk.user)
            if made.channel == Channel.WEBHOOK:
                return desk.show(request, "secret.html", subscription=made, back=request.path)
            messages.success(request, gettext("Your statements will be made by themselves from now on."))
            return redirect(request.path)
        except BankError as error:
            refusals = [spoken(error)]
    listed = [wording.as_row(one) for one in selectors.subscriptions_for(desk.user) if desk.holds(one)]
    return desk.show(request, "subscriptions.html", form=form, refusals=refusals, subscriptions=listed)


@require_POST
@at_desk
def change(request: HttpRequest, desk: Desk, subscription_id: UUID, act: str) -> HttpResponseBase:
    """Pauses, resumes or ends a subscription."""
    found = selectors.subscription_for(desk.user, subscription_id)
    if act not in _ACTS:
        raise Http404
    if not desk.holds(found):
        raise NotFound(what="subscription")
    _ACTS[act](user=desk.user, subscription=found)
    return redirect(f"{desk.root}subscriptions/")


def patterns(open_desk: OpenDesk, prefix: str) -> list[URLPattern]:
    """The pages for a door, whose desks are opened by ``open_desk``."""
    pages: list[tuple[str, Any, str]] = [
        ("", statements, "statements"),
        ("certificates/", certificates, "certificates"),
        ("subscriptions/", subscriptions, "subscriptions"),
        ("subscriptions/<uuid:subscription_id>/<slug:act>/", change, "subscription-change"),
        ("<uuid:statement_id>/", statement, "statement"),
        ("<uuid:statement_id>/file/", download, "statement-file"),
    ]
    return [path(prefix + route, view, {"open_desk": open_desk}, name=name) for route, view, name in pages]


def _asking(
    request: HttpRequest, desk: Desk, form_of: type[StatementForm] | type[CertificateForm], template: str
) -> HttpResponseBase:
    form = form_of(
        posted(request), accounts=desk.accounts, today=ledger.business_date(), initial=_asked(request)
    )
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            return _ask(request, desk, form)
        except TooManyTries:
            raise
        except BankError as error:
            refusals = [spoken(error)]
    wants_certificates = form_of is CertificateForm
    found = selectors.statements_for(desk.user, certificates=wants_certificates, limit=200)
    mine = [one for one in found if desk.holds(one)][:50]
    listed = [wording.as_task(one, f"{desk.root}{one.pk}/") for one in mine]
    return desk.show(request, template, form=form, refusals=refusals, documents=listed)


@counted(throttles.Documents)
def _ask(request: HttpRequest, desk: Desk, form: StatementForm | CertificateForm) -> HttpResponseBase:
    return redirect(f"{desk.root}{form.request(desk.user).pk}/")


def _statement(desk: Desk, statement_id: UUID) -> Statement:
    found = selectors.statement_for(desk.user, statement_id)
    if not desk.holds(found):
        raise NotFound(what="statement")
    return found


def _asked(request: HttpRequest) -> dict[str, str]:
    """The account an address names; where it names none, an only account stays chosen."""
    return {"account": request.GET["account"]} if "account" in request.GET else {}
