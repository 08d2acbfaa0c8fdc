"""What the staff tables of all apps share."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline


class _LookOnly:
    """Nothing is added, changed or deleted by a table: money and its records change by commands alone."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyTable(_LookOnly, ModelAdmin):
    """A table to search and look at."""

    list_per_page = 50
    show_full_result_count = False
    list_fullwidth = True

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}


class ReadOnlyLines(_LookOnly, TabularInline):
    """Lines under a record, to look at."""

    extra = 0
    can_delete = False
    show_change_link = False
