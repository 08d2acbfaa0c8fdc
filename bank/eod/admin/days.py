"""The table of days that are otherwise than the calendars say."""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.eod.admin import desk
from bank.eod.models import CalendarDay
from bank.web.acts import StartingTable


@admin.register(CalendarDay)
class CalendarDayTable(StartingTable):
    heading = _("Holidays")
    list_display = ("day", "place", "says", "reference", "decided_by", "decided_at")
    list_filter = ("calendar",)
    list_select_related = ("decided_by",)
    date_hierarchy = "day"
    ordering = ("-day", "calendar")
    fields = ("day", "place", "says", "reference", "decided_by", "decided_at")
    readonly_fields = ("place", "says")
    starts = desk.STARTS
    acts = desk.ACTS

    @admin.display(description=_("calendar"), ordering="calendar")
    def place(self, row: CalendarDay) -> str:
        return desk.title(row.calendar)

    @admin.display(description=_("what it is"), ordering="name")
    def says(self, row: CalendarDay) -> str:
        return row.name or gettext("Business day")
