"""The company's own trail: who did what when, as a page, as CSV and as a workbook."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from bank.audit.models import AuditRecord
from bank.audit.rules import APART, Result
from bank.runtime import formats
from bank.trail import selectors, services
from bank.trail.models import Act
from bank.trail.rules import Kind
from bank.trail.wording import KINDS, WORDS
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.forms.trail import TrailFilter
from bank.web.views import paging
from bank.web.views.sheets import sheet, workbook

_ON_A_PAGE: Final = 50
_CHANNELS: Final = {"CORPORATE": _("Portal"), "SME": _("Portal"), "API": _("API")}
_SPEAKING: Final = frozenset({
    "payment", "payment_file", "approval", "standing_order", "sweep", "request_to_pay", "incoming_payment",
    "account", "deposit", "expense",
})  # fmt: skip
"""Subjects whose own name says something to the company."""
_TOLD: Final = ("number", "month", "staff_number", "address", "file")
"""What of the detail names a subject that has no such name."""


@at_desk
@require_GET
def trail(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The newest acts first; the way to older ones is in the address."""
    form = _filter(request, desk)
    acts = selectors.acts_for(desk.user, desk.company, form.asked)
    page = paging.by_id(request, acts, size=_ON_A_PAGE)
    query = paging.address(request, "").removeprefix(request.path)
    context: dict[str, Any] = {
        "search": form,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "here": request.path,
        "lines": [_line(one) for one in page.rows],
        "newer": page.newer,
        "older": page.older,
        "csv_url": f"{desk.at('trail-csv')}{query}",
        "xlsx_url": f"{desk.at('trail-xlsx')}{query}",
    }
    return desk.show(request, "trail.html", **context)


@at_desk
@require_GET
def as_csv(request: HttpRequest, desk: Desk) -> HttpResponse:
    return sheet(f"trail-{desk.company.cif}.csv", _heads(), _exported(request, desk))


@at_desk
@require_GET
def as_xlsx(request: HttpRequest, desk: Desk) -> HttpResponse:
    return workbook(f"trail-{desk.company.cif}.xlsx", _heads(), _exported(request, desk))


def _filter(request: HttpRequest, desk: Desk) -> TrailFilter:
    return TrailFilter(request.GET, people=selectors.people_of(desk.company))


def _exported(request: HttpRequest, desk: Desk) -> list[list[str]]:
    asked = _filter(request, desk).asked
    rows = [_row(one) for one in selectors.exported(desk.user, desk.company, asked)]
    services.note_export(user=desk.user, customer=desk.company, lines=len(rows))
    return rows


def _heads() -> list[str]:
    return [
        gettext("When"), gettext("Who"), gettext("E-mail address"), gettext("Kind"), gettext("What"),
        gettext("About"), gettext("Through"), gettext("Result"),
    ]  # fmt: skip


def _row(act: Act) -> list[str]:
    record = act.record
    return [
        act.at.isoformat(timespec="seconds"), _who(act), act.actor.email if act.actor else "",
        str(KINDS[Kind(act.kind)]), str(WORDS[record.action]), _about(record), _through(act),
        gettext("Refused") if _is_refused(record) else gettext("Done"),
    ]  # fmt: skip


def _line(act: Act) -> dict[str, Any]:
    record = act.record
    return {
        "when": formats.moment(act.at),
        "who": _who(act),
        "what": WORDS[record.action],
        "about": _about(record),
        "through": _through(act),
        "is_refused": _is_refused(record),
    }


def _who(act: Act) -> str:
    if act.actor is not None:
        return act.actor.full_name
    return gettext("Staff of the bank") if act.record.actor_id else gettext("The bank, by itself")


def _is_refused(record: AuditRecord) -> bool:
    return record.result == Result.REFUSED


def _through(act: Act) -> str:
    """The app or key that spoke for whoever acted, by its name; else the door they came by."""
    if act.by_bank:
        return ""
    return act.record.through or str(_CHANNELS.get(act.record.channel, ""))


def _about(record: AuditRecord) -> str:
    """What it was about by a name the company knows; never an amount, never a person's pay."""
    if record.subject_type.lower() in _SPEAKING:
        return record.subject_id
    told = record.told
    return next((str(told[name]) for name in _TOLD if _is_said(told.get(name))), "")


def _is_said(value: object) -> bool:
    return bool(value) and not str(value).startswith(APART)
