"""Sweeps: which there are, what each did day by day, setting one up with a code, pausing and ending it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.cif import selectors as mandates
from bank.identity.attempts import Scope
from bank.kernel.errors import BankError
from bank.liquidity import selectors, services
from bank.liquidity.models import Sweep
from bank.liquidity.sweep_rules import ALIVE, RUNNING, SweepKind, SweepStatus
from bank.runtime import formats
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.forms.sweeps import SweepForm, terms_of
from bank.web.views import confirmation, drafts, holdings
from bank.web.views.drafts import Draft
from bank.web.views.pages import paced, posted, spoken

JOURNEY = "sweep"
_ACTS = {"pause": services.pause, "resume": services.resume, "end": services.end}


@at_desk
@require_GET
def sweeps(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Those of the company, the newest first."""
    rows = [
        {
            "label": described(one),
            "note": between(one),
            "url": desk.at("sweep", one.reference),
            "status": one.status,
        }
        for one in selectors.sweeps_of(desk.company)
    ]
    may_pay = mandates.may_pay(desk.user, desk.company)
    return desk.show(request, "sweeps.html", rows=rows, may_pay=may_pay)


@at_desk
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is asked for; a code is sent for exactly that."""
    form = SweepForm(posted(request), accounts=holdings.of_company(desk.company))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        draft = drafts.begin(request, JOURNEY, company=desk.company.cif, **form.answers())
        try:
            _ask_code(request, desk, draft)
            return desk.go("sweep-confirm", draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "sweep_new.html", form=form, refusals=refusals)


@at_desk
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def confirm(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponse:
    """All of it once more, and the code. A second press gets the same sweep."""
    draft = _draft(request, desk, draft_id)
    if draft is None:
        return desk.go("sweeps")
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        act = partial(
            services.create_sweep, user=desk.user, customer=desk.company, terms=terms_of(draft.answers),
            key=draft.id,
        )  # fmt: skip
        made = confirmation.confirmed(request, form, refusals, act)
        if made is not None:
            return desk.go("sweep", made.reference)
    context = {
        "form": form, "refusals": refusals, "draft": draft, "terms": terms_of(draft.answers),
        "kind": dict(form_kinds())[draft.answers["kind"]], "challenge": draft.answers["challenge"],
    }  # fmt: skip
    return desk.show(request, "sweep_confirm.html", **context)


@at_desk
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponse:
    """Another code for the same sweep; the one before it is void."""
    draft = _draft(request, desk, draft_id)
    if draft is None:
        return desk.go("sweeps")
    confirmation.ask_again(request, lambda: _ask_code(request, desk, draft))
    return desk.go("sweep-confirm", draft.id)


@at_desk
@require_http_methods(["GET", "POST"])
def sweep(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """What it does, what it did on each day and why; paused, resumed or ended."""
    found = selectors.sweep_for(desk.user, reference)
    desk.same(found.customer)
    if request.method == "POST" and (act := _ACTS.get(request.POST.get("act", ""))):
        try:
            act(user=desk.user, reference=found.reference)
            messages.success(request, gettext("Done."))
        except BankError as error:
            messages.error(request, spoken(error))
        return desk.go("sweep", found.reference)
    context = {
        "sweep": found,
        "title": described(found),
        "between": between(found),
        "is_alive": found.status in ALIVE,
        "is_running": found.status in RUNNING,
        "is_paused": found.status == SweepStatus.PAUSED,
        "has_threshold": found.kind == SweepKind.THRESHOLD,
        "runs": selectors.runs_of(found),
        "may_pay": mandates.may_pay(desk.user, desk.company),
    }
    return desk.show(request, "sweep.html", **context)


def form_kinds() -> list[tuple[str, Any]]:
    return list(SweepForm.base_fields["kind"].choices)  # type: ignore[attr-defined]


def described(one: Sweep) -> str:
    """``To a target balance: KES 50,000.00``."""
    words = str(one.get_kind_display())
    return words if one.kind == SweepKind.ZERO else f"{words}: {formats.money(one.target_money)}"


def between(one: Sweep) -> str:
    numbers = (formats.account_number(account.number) for account in (one.account, one.pool))
    return gettext("Account %(account)s, other account %(pool)s") % dict(
        zip(("account", "pool"), numbers, strict=True)
    )


def _draft(request: HttpRequest, desk: Desk, draft_id: str) -> Draft | None:
    draft = drafts.find(request, JOURNEY, draft_id)
    is_ours = draft is not None and draft.answers["company"] == desk.company.cif
    return draft if is_ours and draft is not None and "challenge" in draft.answers else None


def _ask_code(request: HttpRequest, desk: Desk, draft: Draft) -> None:
    asked = services.start_sweep(user=desk.user, customer=desk.company, terms=terms_of(draft.answers))
    confirmation.note(request, draft, asked)
