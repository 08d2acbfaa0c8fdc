"""Staff tables of the plumbing: what waits to be told."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from bank.runtime.models import OutboxMessage
from bank.web.staff import ReadOnlyTable


@admin.register(OutboxMessage)
class OutboxTable(ReadOnlyTable):
    heading = _("Outbox")
    list_display = ("created_at", "topic", "attempts", "next_try_at", "delivered_at", "fault")
    list_filter = ("topic", ("delivered_at", admin.EmptyFieldListFilter))
    ordering = ("-created_at",)
    fields = ("id", "topic", "created_at", "attempts", "next_try_at", "delivered_at", "last_error")

    @admin.display(description=_("last error"))
    def fault(self, message: OutboxMessage) -> str:
        return message.last_error[:80]
