"""The staff table of branches and cash machines."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from bank.places.models import OpeningHours, Place
from bank.web.staff import ReadOnlyLines, ReadOnlyTable


class HoursLines(ReadOnlyLines):
    model = OpeningHours
    fields = ("weekday", "opens", "closes")


@admin.register(Place)
class PlaceTable(ReadOnlyTable):
    heading = _("Branches and cash machines")
    list_display = ("code", "kind", "name", "town", "street", "is_always_open", "closed_on")
    list_filter = ("kind", "town")
    search_fields = ("code", "name", "town", "street")
    ordering = ("town", "kind", "name")
    inlines = (HoursLines,)
