"""The inbox of approvals: what waits, the difference it makes, and the decision."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.identity import sessions
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.runtime import formats
from bank.web import cells
from bank.web.staff import Column, Panel, ReadOnlyTable
from bank.workflows import kinds, selectors, services
from bank.workflows.admin import inbox
from bank.workflows.errors import UnknownCommand
from bank.workflows.models import Command
from bank.workflows.rules import State

_TONES = {State.PENDING: "WAITING", State.APPROVED: "PAID"}
_SAID = {
    "approve": (_("Approve this change"), _("Approve")),
    "reject": (_("Reject this change"), _("Reject")),
    "withdraw": (_("Withdraw this change"), _("Withdraw")),
}


@admin.register(Command)
class CommandTable(ReadOnlyTable):
    heading = _("Approvals")
    change_form_template = "backoffice/command.html"
    list_display = (
        "reference",
        "title",
        "subject_id",
        "sum",
        "made_by",
        "proposed_at",
        "deadline",
        "standing",
    )
    list_filter = ("state", "required_role")
    list_select_related = ("maker",)
    search_fields = ("reference__exact", "subject_id__exact")
    search_help_text = _("Reference, or what it is about, such as a CIF")
    ordering = ("-id",)
    fields = (
        "title", "subject_type", "subject_id", "sum", "reason", "maker", "proposed_at", "standing",
        "deciders", "deadline", "checker", "decided_at", "decision_reason",
    )  # fmt: skip
    readonly_fields = ("title", "standing", "sum", "deciders")

    def get_urls(self) -> list[URLPattern]:
        decide, inbox = self.admin_site.admin_view(self.decide), self.admin_site.admin_view(self.inbox)
        return [
            path("inbox/", inbox, name="workflows_command_inbox"),
            path("<int:pk>/<str:decision>/decide/", decide, name="workflows_command_decide"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Command]:
        return super().get_queryset(request).select_related("maker", "checker")

    def links(self, request: HttpRequest, record: Command) -> list[tuple[cells.Words, str]]:
        offered = _offered(request, record)
        return [
            (_SAID[decision][1], reverse("admin:workflows_command_decide", args=(record.pk, decision)))
            for decision in offered
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        command = kwargs.get("obj") or args[-1]
        shown = {"changes": selectors.difference_kept(command), "is_own": command.maker_id == request.user.pk}
        return super().render_change_form(request, context | shown, *args, **kwargs)

    def decide(self, request: HttpRequest, pk: int, decision: str) -> HttpResponse:
        """Shows what is about to be decided on GET; decides on POST, after a fresh second factor."""
        command = get_object_or_404(Command, pk=pk)
        if decision not in _SAID or not request.user.has_perm("workflows.view_command"):
            raise PermissionDenied
        if not sessions.is_confirmed(request):
            return redirect(f"{reverse('identity:confirm')}?{urlencode({'next': request.path})}")
        if request.method == "POST" and _decided(request, command, decision):
            return redirect("admin:workflows_command_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _SAID[decision][0],
            "action": _SAID[decision][1],
            "decision": decision,
            "command": command,
            "command_title": _title(command),
            "changes": selectors.difference_kept(command),
            "given": request.POST.get("reason", ""),
        }
        return TemplateResponse(request, "backoffice/decide.html", context)

    def inbox(self, request: HttpRequest) -> HttpResponse:
        """Everything the reader could decide, with what it would change; several decided with one reason."""
        user = request.user
        if not isinstance(user, User) or not user.has_perm("workflows.view_command"):
            raise PermissionDenied
        if not sessions.is_confirmed(request):
            return redirect(f"{reverse('identity:confirm')}?{urlencode({'next': request.path})}")
        if request.method == "POST" and inbox.decide(request, user):
            return redirect("admin:workflows_command_inbox")
        rows = inbox.waiting(user)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Waiting for your decision"),
            "rows": [inbox.shown(one, _title(one)) for one in rows],
            "totals": inbox.totals(rows),
        }
        return TemplateResponse(request, "backoffice/inbox.html", context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        address = reverse("admin:workflows_command_inbox")
        starting = {"starting": [(_("Waiting for your decision"), address)]}
        return super().changelist_view(request, {**(extra_context or {}), **starting})

    def panels(self, request: HttpRequest, record: Command) -> list[Panel]:
        """Who said yes so far, in which role."""
        columns = (Column(_("Said yes")), Column(_("Role")), Column(_("When")))
        given = record.consents.select_related("user")
        rows = [(one.user.full_name, cells.roles(one.role), formats.moment(one.given_at)) for one in given]
        return [Panel(_("Consents"), columns, rows)] if rows else []

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, command: Command) -> str:
        return cells.money(command.money) if command.money else cells.NOTHING

    @admin.display(description=_("command"), ordering="kind")
    def title(self, command: Command) -> str:
        return _title(command)

    @admin.display(description=_("proposed by"), ordering="maker")
    def made_by(self, command: Command) -> str:
        return command.maker.full_name

    @admin.display(description=_("decided by the role"))
    def deciders(self, command: Command) -> str:
        return cells.roles(command.required_role, command.second_role)

    @admin.display(description=_("state"), ordering="state")
    def standing(self, command: Command) -> SafeString:
        code = _TONES.get(State(command.state), command.state)
        return cells.state(code, str(command.get_state_display()))


def _title(command: Command) -> str:
    try:
        return str(kinds.named(command.kind).title)
    except UnknownCommand:
        return command.kind


def _offered(request: HttpRequest, command: Command) -> list[str]:
    """Which decisions the reader could make now."""
    user = request.user
    if command.state != State.PENDING or not isinstance(user, User):
        return []
    if command.maker_id == user.pk:
        return ["withdraw"]
    return ["approve", "reject"] if selectors.may_decide(user, command) else []


def _decided(request: HttpRequest, command: Command, decision: str) -> bool:
    user = request.user
    assert isinstance(user, User)
    try:
        if decision == "approve":
            done = services.approve(command=command, checker=user)
        elif decision == "reject":
            done = services.reject(command=command, checker=user, reason=request.POST.get("reason", ""))
        else:
            done = services.withdraw(command=command, maker=user)
    except BankError as refusal:
        messages.error(request, refusal.message)
        return False
    _say(request, done)
    return True


def _say(request: HttpRequest, command: Command) -> None:
    if command.state == State.PENDING:
        roles = cells.roles(*selectors.roles_open(command))
        messages.success(request, gettext("Your yes is kept. It waits for: %s.") % roles)
        return
    if command.state == State.FAILED:
        messages.error(request, gettext("It could not be carried out: %s") % command.decision_reason)
        return
    said = {
        State.APPROVED: gettext("Approved and carried out."),
        State.REJECTED: gettext("Rejected; nothing was changed."),
        State.WITHDRAWN: gettext("Withdrawn; nothing was changed."),
    }
    messages.success(request, said[State(command.state)])
