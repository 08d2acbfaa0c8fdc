"""The desk for cases: a queue by what is due next, each case with its conversation and its steps."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from bank.cases import rules, selectors, services
from bank.cases.commands import SetTarget
from bank.cases.models import PRIORITIES, Case, ServiceTarget
from bank.cases.rules import State, Step
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError, NotFound
from bank.web import cells
from bank.web.acts import Act, ActingTable
from bank.web.staff import Column, Panel, ReadOnlyTable, adds_panel
from bank.workflows import services as workflows

_TONES = {
    State.NEW: "PENDING",
    State.IN_PROGRESS: "ACCEPTED",
    State.WAITING_FOR_CUSTOMER: "ON_HOLD",
    State.RESOLVED: "PAID",
    State.CLOSED: "CLOSED",
}
_WITH_TEXT: dict[str, Callable[..., Case]] = {
    Step.ANSWERED: services.answer,
    Step.ASKED_BACK: services.ask_back,
    Step.RESOLVED: services.resolve,
    Step.NOTED: services.note,
}


@admin.register(Case)
class CaseTable(ReadOnlyTable):
    change_form_template = "backoffice/case.html"
    list_display = ("reference", "subject", "kind", "urgency", "standing", "due", "assigned_to")
    list_filter = ("state", "kind", "priority", "first_answer_breached", "resolution_breached")
    list_select_related = ("assigned_to", "customer")
    search_fields = (
        "reference__exact",
        "customer__cif__exact",
        "contact_email__iexact",
        "subject__icontains",
    )
    search_help_text = _("Reference, CIF, e-mail address or subject")
    fields = (
        "kind", "urgency", "standing", "customer_link", "contact_name", "contact_email", "assigned_to",
        "opened_at", "first_answer", "resolution", "waited",
    )  # fmt: skip
    readonly_fields = ("urgency", "standing", "customer_link", "first_answer", "resolution", "waited")
    personal = "CASE"

    def get_urls(self) -> list[URLPattern]:
        step = self.admin_site.admin_view(self.take_step)
        return [path("<int:pk>/step/", step, name="cases_case_step"), *super().get_urls()]

    def subject(self, record: Case) -> str:
        return record.reference

    def links(self, request: HttpRequest, record: Case) -> list[tuple[cells.Words, str]]:
        if record.customer_id is None or not cells.may_look(request, "cif_customer"):
            return []
        return [(_("Customer"), reverse("admin:cif_customer_change", args=(record.customer_id,)))]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        case = kwargs.get("obj") or args[-1]
        may_work = request.user.has_perm("cases.change_case")
        shown = {
            "steps": selectors.steps_of(case),
            "may_work": may_work,
            "possible": {step.value for step in rules.possible(State(case.state))} if may_work else set(),
            "workers": selectors.workers() if may_work else [],
            "priorities": PRIORITIES,
        }
        return super().render_change_form(request, context | shown, *args, **kwargs)

    def take_step(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One step of a case, by POST; the service decides whether it may be taken."""
        return _take_step(request, pk)

    @admin.display(description=_("priority"), ordering="priority")
    def urgency(self, case: Case) -> SafeString | str:
        return str(case.get_priority_display())

    @admin.display(description=_("state"), ordering="state")
    def standing(self, case: Case) -> SafeString:
        return cells.state(_TONES[State(case.state)], str(case.get_state_display()))

    @admin.display(description=_("due next"), ordering="next_due_at")
    def due(self, case: Case) -> SafeString | str:
        return _due(case)

    @admin.display(description=_("customer"))
    def customer_link(self, case: Case) -> str:
        return str(case.customer or gettext("Not a customer, or not known as one"))

    @admin.display(description=_("first answer"))
    def first_answer(self, case: Case) -> SafeString | str:
        return _promise(case.first_answered_at, case.first_answer_due_at, case.first_answer_breached)

    @admin.display(description=_("resolution"))
    def resolution(self, case: Case) -> SafeString | str:
        return _promise(case.resolved_at, case.resolution_due_at, case.resolution_breached)

    @admin.display(description=_("waited for the customer"))
    def waited(self, case: Case) -> str:
        hours, seconds = divmod(int(case.paused_for.total_seconds()), 3600)
        return gettext("%(hours)d h %(minutes)d min of open hours") % {
            "hours": hours,
            "minutes": seconds // 60,
        }


class TargetForm(forms.Form):
    first_answer_hours = forms.IntegerField(
        label=_("First answer within open hours"), min_value=1, max_value=rules.MOST_HOURS
    )
    resolution_days = forms.IntegerField(
        label=_("Resolved within business days"), min_value=1, max_value=rules.MOST_DAYS
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


def _propose_target(row: ServiceTarget, actor: User, reason: str, **given: int) -> None:
    payload = SetTarget(row.kind, row.priority, **given)
    workflows.propose(kind="cases.set_target", payload=payload, reason=reason, maker=actor)


@admin.register(ServiceTarget)
class ServiceTargetTable(ActingTable):
    """By when the bank answers, for each kind and priority; two people change it."""

    acts = {
        "change": Act(
            _("Propose another promise"), TargetForm, _propose_target, "cases.change_servicetarget",
            _("It waits for somebody else's approval."),
            _("Whoever decides sees how many open cases would be due on another day, and how many late."),
            initial=lambda row: {
                "first_answer_hours": row.first_answer_hours, "resolution_days": row.resolution_days,
            },
        ),
    }  # fmt: skip

    list_display = ("kind", "priority", "first_answer_hours", "resolution_days")
    list_filter = ("kind", "priority")
    ordering = ("kind", "first_answer_hours")
    fields = ("kind", "priority", "first_answer_hours", "resolution_days")


def _due(case: Case) -> SafeString | str:
    if case.next_due_at is None:
        return cells.NOTHING
    if case.next_due_at < clock.now():
        return cells.state("REJECTED", gettext("Late since %s") % cells.moment(case.next_due_at))
    return cells.moment(case.next_due_at)


def _promise(done_at: Any, due_at: Any, is_late: bool) -> SafeString | str:
    """When something happened or is due, and whether that was in time."""
    said = cells.moment(done_at) if done_at else gettext("due %s") % cells.moment(due_at)
    return cells.state("REJECTED", gettext("Late: %s") % said) if is_late else said


@require_POST
def _take_step(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("cases.change_case"):
        raise PermissionDenied
    case = get_object_or_404(Case, pk=pk)
    try:
        _carry_out(request, case, request.POST.get("step", ""))
    except BankError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, gettext("It is on the record of the case."))
    return redirect("admin:cases_case_change", pk)


def _carry_out(request: HttpRequest, case: Case, step: str) -> None:
    actor, given = request.user, request.POST
    assert isinstance(actor, User)
    if step == Step.ASSIGNED:
        services.assign(case=case, to=_worker(given.get("to", "")), actor=actor)
    elif step == Step.PRIORITISED:
        services.prioritise(case=case, priority=given.get("priority", ""), actor=actor)
    elif step == Step.CLOSED:
        services.close(case=case, actor=actor)
    elif step in _WITH_TEXT:
        _WITH_TEXT[step](case=case, text=given.get("text", ""), actor=actor)
    else:
        raise NotFound(what="step of a case")


def _worker(pk: str) -> User:
    found = selectors.workers().filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None
    if found is None:
        raise NotFound(what="colleague")
    return found


@adds_panel("cif_customer", rank=30)
def _of_customer(request: HttpRequest, customer: Any) -> Panel | None:
    """What the customer asked of the bank, on their own screen."""
    if not cells.may_look(request, "cases_case"):
        return None
    rows = [
        (
            cells.record_link(request, "cases_case", one.pk, one.reference),
            one.subject,
            str(one.get_kind_display()),
            cells.state(_TONES[State(one.state)], str(one.get_state_display())),
            _due(one),
        )
        for one in selectors.cases_of(customer)
    ]
    columns = (
        Column(_("Case")),
        Column(_("Subject")),
        Column(_("Kind")),
        Column(_("State")),
        Column(_("Due next")),
    )
    return Panel(_("Cases"), columns, rows, empty=_("No cases."))
