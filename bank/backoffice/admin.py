"""Tables of others' apps in the staff site: roles, and when which job runs.

Roles are seeded and the schedule is code: a job changed by hand could be any task with any
arguments, past every command and every trail. What may be changed is when the business date is
closed, by two people.
"""

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask

from bank.backoffice.closing import ClosingForm, closing_now, is_closing, propose_closing
from bank.eod.commands import MAKER_RIGHT
from bank.web import cells
from bank.web.acts import Act, ActingTable
from bank.web.staff import Column, Panel, ReadOnlyTable


@admin.register(PeriodicTask)
class ScheduleTable(ActingTable):
    """When what runs."""

    acts: ClassVar = {
        "closing": Act(
            _("Close at another time"),
            ClosingForm,
            propose_closing,
            MAKER_RIGHT,
            _("It waits for somebody else's approval."),
            _("It waits for somebody else's approval."),
            initial=closing_now,
            possible=is_closing,
        )
    }
    heading = _("Schedule")
    list_display = ("name", "task", "runs", "on", "last_run_at", "total_run_count")
    list_select_related = ("interval", "crontab", "solar", "clocked")
    list_filter = ("enabled",)
    search_fields = ("name", "task")
    ordering = ("name",)
    fields = (
        "name",
        "task",
        "runs",
        "args",
        "kwargs",
        "on",
        "last_run_at",
        "total_run_count",
        "description",
    )
    readonly_fields = ("runs", "on")

    @admin.display(description=_("on"), ordering="enabled")
    def on(self, task: PeriodicTask) -> str:
        return cells.yes_no(task.enabled)

    @admin.display(description=_("runs"))
    def runs(self, task: PeriodicTask) -> str:
        return str(task.scheduler or cells.NOTHING)


@admin.register(Group)
class RoleTable(ReadOnlyTable):
    """Staff roles and what they allow."""

    heading = _("Roles")
    list_display = ("name", "members", "rights")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        members, rights = Count("user", distinct=True), Count("permissions", distinct=True)
        return super().get_queryset(request).annotate(members=members, rights=rights)

    @admin.display(description=_("members"))
    def members(self, role: Group) -> int:
        return int(role.members)  # type: ignore[attr-defined]

    @admin.display(description=_("rights"))
    def rights(self, role: Group) -> int:
        return int(role.rights)  # type: ignore[attr-defined]

    def panels(self, request: HttpRequest, record: Group) -> list[Panel]:
        rights = record.permissions.select_related("content_type")
        return [
            Panel(
                _("Rights"),
                (Column(_("App")), Column(_("Table")), Column(_("Right"))),
                [_right(right) for right in rights.order_by("content_type__app_label", "codename")],
                empty=_("None."),
            )
        ]


def _right(permission: Permission) -> tuple[str, str, str]:
    kind = permission.content_type
    return kind.app_label, kind.name, permission.codename.partition("_")[0]
