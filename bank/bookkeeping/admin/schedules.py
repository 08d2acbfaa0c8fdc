"""Accruals and prepayments: schedules with what of them is booked and what is still to come."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping import commands
from bank.bookkeeping.admin.fields import ChartField, reason
from bank.bookkeeping.commands.schedules import MakeSchedule
from bank.bookkeeping.models import Schedule
from bank.bookkeeping.models.schedules import SCHEDULE_KINDS, SPREADS
from bank.bookkeeping.selectors import journals
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.money import Money
from bank.web import cells
from bank.web.acts import Act, StartingTable
from bank.web.staff import Column, Panel
from bank.web.views.fields import DayField
from bank.workflows.models import Command

_WAITS = _("It waits for somebody else's approval.")


class ScheduleForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=SCHEDULE_KINDS)
    debit = ChartField(label=_("Debit"))
    credit = ChartField(label=_("Credit"))
    amount = forms.DecimalField(label=_("Amount in all"), max_digits=18, decimal_places=3)
    from_date = DayField(label=_("From"))
    to_date = DayField(label=_("To"))
    spread = forms.ChoiceField(label=_("Spread"), choices=SPREADS)
    narrative = forms.CharField(label=_("Narrative"), max_length=100)
    reason = reason()


class CancelForm(forms.Form):
    reason = reason()


def _propose(user: User, amount: Decimal, reason: str, **given: Any) -> Command:
    schedule = MakeSchedule(reference=ids.reference("SCH"), amount=amount.normalize(), **given)
    return commands.schedules.propose(schedule=schedule, reason=reason, maker=user)


def _cancel(schedule: Schedule, user: User, reason: str) -> None:
    commands.schedules.propose_cancel(schedule=schedule.reference, reason=reason, maker=user)


def _reverse(schedule: Schedule, user: User, reason: str) -> None:
    commands.schedules.propose_reversal(schedule=schedule.reference, reason=reason, maker=user)


def _stands(schedule: Schedule) -> bool:
    return bool(journals.standing_parts(schedule))


def _has_rest(schedule: Schedule) -> bool:
    return schedule.cancelled_at is None and schedule.parts.filter(journal__isnull=True).exists()


@admin.register(Schedule)
class ScheduleTable(StartingTable):
    heading = _("Accruals and prepayments")
    list_display = ("reference", "narrative", "kind", "amount_shown", "from_date", "to_date", "standing")
    list_filter = ("kind",)
    search_fields = ("reference__exact", "narrative__icontains")
    ordering = ("-id",)
    fields = (
        *("reference", "narrative", "kind", "debit", "credit", "amount_shown", "from_date", "to_date"),
        *("spread", "standing", "maker", "checker", "command", "made_at", "cancelled_at", "cancel_reason"),
    )
    readonly_fields = ("amount_shown", "standing")
    starts = {
        "new": Act(
            _("New schedule"), ScheduleForm, _propose, "bookkeeping.add_schedule", _WAITS,
            _("A part is booked at the end of each month, when the day closes."),
        ),
    }  # fmt: skip
    acts = {
        "cancel": Act(
            _("Cancel the rest"), CancelForm, _cancel, "bookkeeping.change_schedule", _WAITS,
            _("What is booked stays; each part can be reversed as a journal."), possible=_has_rest,
        ),
        "reverse": Act(
            _("Reverse all of it"), CancelForm, _reverse, "bookkeeping.change_schedule", _WAITS,
            _("Every part that is booked is reversed, the others never will be booked."), possible=_stands,
        ),
    }  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        booked = Count("parts", filter=Q(parts__journal__isnull=False))
        return super().get_queryset(request).annotate(booked=booked, in_all=Count("parts"))

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, schedule: Schedule) -> str:
        return cells.money(Money(schedule.amount, schedule.currency))

    @admin.display(description=_("state"))
    def standing(self, schedule: Schedule) -> SafeString:
        booked, in_all = schedule.booked, schedule.in_all  # type: ignore[attr-defined]
        said = gettext("%(booked)d of %(in_all)d booked") % {"booked": booked, "in_all": in_all}
        if schedule.cancelled_at is not None:
            return cells.state("CLOSED", gettext("Cancelled, %s") % said)
        return cells.state("PAID" if booked == in_all else "ACCEPTED", said)

    def panels(self, request: HttpRequest, record: Schedule) -> list[Panel]:
        rows = [
            (
                part.number,
                cells.day(part.due_date),
                cells.money(Money(part.amount, record.currency)),
                _journal(request, part),
            )
            for part in record.parts.select_related("journal")
        ]
        columns = (
            Column(_("Part")),
            Column(_("Due")),
            Column(_("Amount"), figures=True),
            Column(_("Journal")),
        )
        return [Panel(_("Parts"), columns, rows)]


def _journal(request: HttpRequest, part: Any) -> SafeString | str:
    if part.journal is None:
        return cells.NOTHING
    return cells.record_link(request, "bookkeeping_journal", part.journal_id, part.journal.reference)
