"""The console of the close of business: every close with its steps, and the button that has one begun."""

from datetime import date, datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.eod import agenda, rules, schedule, selectors
from bank.eod import services as eod
from bank.eod.models import Run, RunStep
from bank.eod.rules import RunState, StepState
from bank.identity import sessions
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.runtime import formats
from bank.web import cells
from bank.web.staff import ReadOnlyTable

MAY_CLOSE = "eod.change_run"
_TONES = {
    RunState.RUNNING.value: "SENT",
    RunState.FAILED.value: "REJECTED",
    RunState.DONE.value: "PAID",
    StepState.WAITING.value: "PENDING",
    StepState.SKIPPED.value: "DRAFT",
}


@admin.register(Run)
class RunTable(ReadOnlyTable):
    heading = _("Close of business")
    change_form_template = "backoffice/close.html"
    change_list_template = "backoffice/closes.html"
    list_display = ("business_date", "standing", "next_date", "started_at", "took", "by", "fault")
    list_filter = ("state",)
    list_select_related = ("started_by",)
    date_hierarchy = "business_date"
    ordering = ("-business_date",)
    fields = ("standing", "next_date", "started_at", "finished_at", "took", "by")
    readonly_fields = ("standing", "took", "by")

    def get_urls(self) -> list[URLPattern]:
        begin = self.admin_site.admin_view(self.begin)
        return [path("begin/", begin, name="eod_run_begin"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), **_standing(request)})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        run = kwargs.get("obj") or args[-1]
        shown = _progress(run) | {"offered": run.state != RunState.DONE and request.user.has_perm(MAY_CLOSE)}
        return super().render_change_form(request, context | shown, *args, **kwargs)

    def begin(self, request: HttpRequest) -> HttpResponse:
        """What would be closed on GET, after a fresh second factor; on POST Celery is asked to."""
        if not request.user.has_perm(MAY_CLOSE):
            raise PermissionDenied
        if not sessions.is_confirmed(request):
            return redirect(f"{reverse('identity:confirm')}?{urlencode({'next': request.path})}")
        if request.method == "POST":
            return _begin(request)
        context = {
            **self.admin_site.each_context(request),
            **_standing(request),
            "title": gettext("Close the business date"),
            "titles": [step.title for step in agenda.steps()],
        }
        return TemplateResponse(request, "backoffice/close_begin.html", context)

    @admin.display(description=_("state"), ordering="state")
    def standing(self, run: Run) -> SafeString:
        return _state(run)

    @admin.display(description=_("took"))
    def took(self, run: Run) -> str:
        return _took(run.started_at, run.finished_at)

    @admin.display(description=_("started by"), ordering="started_by")
    def by(self, run: Run) -> str:
        return run.started_by.full_name if run.started_by else gettext("The schedule or the command line")


def _begin(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    try:
        day = eod.request(by=request.user)
    except BankError as refusal:
        messages.error(request, refusal.message)
        return redirect("admin:eod_run_changelist")
    messages.success(request, gettext("The close of %s begins in a moment.") % formats.day(day))
    run = selectors.unfinished()
    return redirect("admin:eod_run_change", run.pk) if run else redirect("admin:eod_run_changelist")


def _standing(request: HttpRequest) -> dict[str, Any]:
    """The open day, what its close stands for, and when it comes."""
    standing, row = selectors.unfinished(), schedule.row()
    day = standing.business_date if standing else ledger.business_date()
    following = standing.next_date if standing else rules.next_business_date(selectors.calendar(), day)
    by_itself = f"{schedule.closes_at():%H:%M}" if row and row.enabled else gettext("By hand alone")
    return {
        "unfinished": standing,
        "closing_date": day,
        "tiles": [
            _day(gettext("Business date"), day),
            _day(gettext("The next one"), following),
            {"label": gettext("Closes at"), "value": by_itself, "note": ""},
        ],
        "schedule_pk": row.pk if row and cells.may_look(request, "django_celery_beat_periodictask") else None,
        "may_close": request.user.has_perm(MAY_CLOSE),
        "is_due": standing is not None or day <= eod.today(),
    }


def _day(label: str, day: date) -> dict[str, str]:
    return {"label": label, "value": formats.day(day), "note": formats.long_day(day).split(",")[0]}


def _progress(run: Run) -> dict[str, Any]:
    steps = list(selectors.steps_of(run))
    return {
        "steps": [_row(step) for step in steps],
        "ended": sum(step.state in rules.ENDED for step in steps),
        "current": next((step for step in steps if step.state == StepState.RUNNING), None),
        "is_over": run.state != RunState.RUNNING,
        "notes": [(step.title, note) for step in steps for note in step.notes.all()],
    }


def _row(step: RunStep) -> dict[str, Any]:
    of = gettext("%(done)s of %(total)s") if step.total else "%(done)s"
    counts = {"done": formats.number(step.done), "total": formats.number(step.total or 0)}
    return {
        "title": step.title,
        "code": step.code,
        "state": _state(step),
        "counts": of % counts if step.started_at else "",
        "failed": formats.number(step.failed) if step.failed else "",
        "took": _took(step.started_at, step.finished_at or step.worked_at),
        "error": step.last_error if step.state == StepState.FAILED else "",
    }


def _state(record: Run | RunStep) -> SafeString:
    return cells.state(_TONES[record.state], str(record.get_state_display()))


def _took(begun: datetime | None, ended: datetime | None) -> str:
    if begun is None or ended is None:
        return cells.NOTHING
    seconds = (ended - begun).total_seconds()
    if seconds < 60:
        return gettext("%s s") % f"{seconds:.1f}"
    return gettext("%(minutes)d min %(seconds)d s") % {"minutes": seconds // 60, "seconds": seconds % 60}
