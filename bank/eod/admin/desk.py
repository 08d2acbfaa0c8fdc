"""Holidays as staff propose them; somebody else decides, who sees what moves."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.eod.commands import MAKER_RIGHT, SetCalendarDay
from bank.eod.commands.days import DayKind
from bank.eod.models import CalendarDay
from bank.identity.models import User
from bank.kernel import calendars
from bank.web import cells
from bank.web.acts import Act
from bank.web.staff import Column, Panel
from bank.web.views.fields import DayField
from bank.workflows import services as workflows
from bank.workflows.models import Command

_WAITS: Final = _("It waits for somebody else's approval, who sees what moves.")
_REASON: Final = _("It stays on record, and whoever decides reads it.")
_KINDS: Final = [
    (DayKind.HOLIDAY.value, _("Holiday")),
    (DayKind.BUSINESS.value, _("Business day")),
    (DayKind.TABLE.value, _("As the table says")),
]


def title(code: str) -> str:
    """A calendar's name with the currencies that settle by it."""
    settled = ", ".join(calendars.currencies_of(code))
    return f"{calendars.table(code).name} ({settled})" if settled else calendars.table(code).name


def _calendars() -> list[tuple[str, str]]:
    own = calendars.table(settings.BANK_CALENDAR).code
    codes = [code for code in calendars.CODES if code not in {"NONE", "WEEKENDS"}]
    return sorted(((code, title(code)) for code in codes), key=lambda one: (one[0] != own, one[1]))


class DayForm(forms.Form):
    calendar = forms.ChoiceField(label=_("Calendar"), choices=_calendars)
    day = DayField(label=_("Day"))
    kind = forms.ChoiceField(label=_("It is to be"), choices=_KINDS)
    name = forms.CharField(label=_("Name of the holiday"), max_length=80, required=False)
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


class BackForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


def _propose(actor: User, reason: str, calendar: str, day: date, kind: str, name: str) -> Command:
    payload = SetCalendarDay(calendar, day, kind, name)
    return workflows.propose(kind="eod.set_calendar_day", payload=payload, reason=reason, maker=actor)


def _take_back(row: CalendarDay, actor: User, reason: str) -> None:
    _propose(actor, reason, row.calendar, row.day, DayKind.TABLE.value, "")


def _known(_request: HttpRequest) -> Sequence[Panel]:
    """The next holidays of the bank's own calendar."""
    own, today = calendars.calendar(settings.BANK_CALENDAR), ledger.business_date()
    days = {**own.holidays(today.year), **own.holidays(today.year + 1)}
    rows = [
        (cells.day(day), name)
        for day, name in sorted(days.items())
        if today < day <= today + timedelta(days=366)
    ]
    columns = (Column(_("Day")), Column(_("Holiday")))
    return [Panel(title=_("The next holidays of %s") % own.name, columns=columns, rows=rows)]


STARTS: Final[dict[str, Act]] = {
    "day": Act(
        _("Propose a holiday or a business day"),
        DayForm,
        _propose,
        MAKER_RIGHT,
        _WAITS,
        _WAITS,
        panels=_known,
    )
}
ACTS: Final[dict[str, Act]] = {
    "back": Act(
        _("Propose what the table says"),
        BackForm,
        _take_back,
        MAKER_RIGHT,
        _WAITS,
        _WAITS,
        possible=lambda row: row.day > ledger.business_date(),
    )
}
