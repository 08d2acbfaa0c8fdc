"""Staff tables: requests to pay, and the catalogue of billers."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from bank.requests.models import Biller, PaymentRequest
from bank.web import cells
from bank.web.staff import ReadOnlyTable


@admin.register(PaymentRequest)
class RequestTable(ReadOnlyTable):
    personal = "PAYMENT_REQUEST"
    heading = _("Requests to pay")
    list_display = ("reference", "made_at", "creditor_account", "debtor_account", "sum", "decided")
    list_filter = ("decided", "currency")
    list_select_related = ("creditor_account", "debtor_account")
    search_fields = ("reference", "creditor_account__number", "debtor_account__number")
    ordering = ("-id",)
    fields = (
        "reference", "creditor_account", "debtor_account", "sum", "remittance", "allows_partial",
        "expires_at", "decided", "decline_reason", "decline_words", "reminders", "made_by", "made_at",
    )  # fmt: skip
    readonly_fields = ("sum",)

    @admin.display(description=_("amount"))
    def sum(self, asked: PaymentRequest) -> str:
        return cells.money(asked.money)


@admin.register(Biller)
class BillerTable(ReadOnlyTable):
    heading = _("Billers")
    list_display = ("name", "category", "account", "reference_example", "reference_check", "is_active")
    list_filter = ("category", "is_active")
    list_select_related = ("account",)
    search_fields = ("name", "code")
    ordering = ("name",)
    fields = (
        "code", "name", "category", "account", "reference_label", "reference_pattern", "reference_example",
        "reference_check", "least", "most", "is_whole", "is_active",
    )  # fmt: skip
