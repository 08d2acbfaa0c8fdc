"""Months closed and reopened, and year ends."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping import commands
from bank.bookkeeping.admin.fields import reason
from bank.bookkeeping.models import PeriodChange, YearClose
from bank.bookkeeping.rules import PeriodAct
from bank.bookkeeping.selectors import checklist, periods
from bank.identity.models import User
from bank.kernel.money import Money
from bank.web import cells
from bank.web.acts import Act, StartingTable
from bank.web.cells import Words
from bank.web.staff import Column, Panel, ReadOnlyTable
from bank.workflows.models import Command

_RIGHT = "bookkeeping.change_periodchange"
_WAITS = _("It waits for somebody else's approval.")


class PeriodForm(forms.Form):
    month = forms.RegexField(r"^\d{4}-\d{2}$", label=_("Month"), help_text=_("Such as 2026-10."))
    reason = reason()


def _close(user: User, month: str, reason: str) -> Command:
    return commands.periods.propose(act=PeriodAct.CLOSE, month=month, reason=reason, maker=user)


def _reopen(user: User, month: str, reason: str) -> Command:
    return commands.periods.propose(act=PeriodAct.REOPEN, month=month, reason=reason, maker=user)


def _next_month(_request: HttpRequest) -> dict[str, str]:
    return {"month": f"{periods.next_to_close():%Y-%m}"}


def _checklist(_request: HttpRequest) -> list[Panel]:
    """What to look at before the next month is closed, as it stands now."""
    last = periods.next_to_close()
    rows = [
        (_("✓ Done") if one.is_done else _("✗ Still open"), one.point.title, one.open, _needed(one))
        for one in checklist.of(last)
    ]
    columns = (Column(_("State")), Column(_("Point")), Column(_("What is open")), Column(_("Needed")))
    return [Panel(gettext("Before %s is closed") % f"{last:%Y-%m}", columns, rows)]


def _needed(one: checklist.Ticked) -> Words:
    return _("Must be") if one.point.must else _("Say why in the reason")


@admin.register(PeriodChange)
class PeriodTable(StartingTable):
    heading = _("Periods")
    list_display = ("month_shown", "act", "closed_until", "reason", "maker", "checker", "at")
    list_filter = ("act",)
    list_select_related = ("maker", "checker")
    ordering = ("-id",)
    fields = ("month", "act", "closed_until", "reason", "maker", "checker", "command", "at")
    starts = {
        "close": Act(
            _("Close a month"), PeriodForm, _close, _RIGHT, _WAITS,
            _("Afterwards no journal can have value in it. Months are closed in order, once they are over."),
            initial=_next_month,
            panels=_checklist,
        ),
        "reopen": Act(
            _("Reopen a month"), PeriodForm, _reopen, _RIGHT, _WAITS,
            _("Only the month closed last; the reason stays on record."),
        ),
    }  # fmt: skip

    @admin.display(description=_("month"), ordering="month")
    def month_shown(self, change: PeriodChange) -> str:
        return f"{change.month:%Y-%m}"


@admin.register(YearClose)
class YearCloseTable(ReadOnlyTable):
    heading = _("Year ends")
    list_display = ("year", "currency", "result_shown", "booking_date", "entry")
    list_filter = ("currency",)
    ordering = ("-year", "currency")
    fields = ("year", "currency", "result_shown", "booking_date", "entry", "at")
    readonly_fields = ("result_shown", "entry")

    @admin.display(description=_("result"), ordering="result")
    def result_shown(self, closed: YearClose) -> str:
        return cells.money(Money(closed.result, closed.currency))

    @admin.display(description=_("entry"))
    def entry(self, closed: YearClose) -> SafeString | str:
        return cells.code(str(closed.entry_id))

    def panels(self, request: HttpRequest, record: YearClose) -> list[Panel]:
        rows = [
            (account, cells.money(Money.of(amount, record.currency)))
            for account, amount in _lines(record).items()
        ]
        columns = (Column(_("Account")), Column(_("Moved to retained earnings"), figures=True))
        return [Panel(_("Accounts"), columns, rows)]


def _lines(closed: YearClose) -> dict[str, Any]:
    found: dict[str, Any] = closed.lines
    return found
