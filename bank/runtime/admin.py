"""Staff tables of the plumbing: what waits to be told."""

from django.contrib import admin

from bank.runtime.models import OutboxMessage
from bank.web.staff import ReadOnlyTable


@admin.register(OutboxMessage)
class OutboxTable(ReadOnlyTable):
    list_display = ("created_at", "topic", "attempts", "next_try_at", "delivered_at", "last_error")
    list_filter = ("topic", ("delivered_at", admin.EmptyFieldListFilter))
    ordering = ("-created_at",)
    exclude = ("payload",)
