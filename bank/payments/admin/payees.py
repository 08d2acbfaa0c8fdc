"""What customers keep to pay again, for staff: templates, and groups of payees with what each gets."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bank.kernel.money import Money
from bank.payments.models import PayeeGroup, PaymentTemplate
from bank.runtime import formats
from bank.web import cells
from bank.web.staff import Column, Panel, ReadOnlyTable

_MEMBERS = 200


@admin.register(PaymentTemplate)
class TemplateTable(ReadOnlyTable):
    heading = _("Payment templates")
    list_display = ("name", "customer", "creditor_name", "amount_shown", "made_at", "removed_at")
    list_filter = ("currency", ("removed_at", admin.EmptyFieldListFilter))
    list_select_related = ("customer",)
    search_fields = ("creditor_number__exact", "customer__cif__exact")
    search_help_text = _("Account or CIF")
    ordering = ("-id",)
    fields = (
        *("name", "customer", "debtor_account", "creditor_name", "creditor_number", "creditor_agent"),
        *("creditor_country", "amount_shown", "remittance", "made_by", "made_at", "removed_at"),
    )
    readonly_fields = ("amount_shown",)
    personal = "PAYMENT_TEMPLATE"

    def subject(self, record: PaymentTemplate) -> str:
        return str(record.pk)

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, kept: PaymentTemplate) -> str:
        return cells.money(Money(kept.amount, kept.currency))


@admin.register(PayeeGroup)
class GroupTable(ReadOnlyTable):
    heading = _("Payee groups")
    list_display = ("name", "customer", "currency", "count_shown", "made_at", "removed_at")
    list_filter = ("currency", ("removed_at", admin.EmptyFieldListFilter))
    list_select_related = ("customer",)
    search_fields = ("customer__cif__exact",)
    search_help_text = _("CIF")
    ordering = ("-id",)
    fields = ("name", "customer", "currency", "made_by", "made_at", "removed_at")
    personal = "PAYEE_GROUP"

    def subject(self, record: PayeeGroup) -> str:
        return str(record.pk)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayeeGroup]:
        return super().get_queryset(request).annotate(count=Count("members"))

    def panels(self, request: HttpRequest, record: PayeeGroup) -> list[Panel]:
        columns = (Column(_("Payee")), Column(_("Account")), Column(_("Amount"), figures=True))
        rows = [
            (one.payee.name, one.payee.number, cells.money(Money(one.amount, record.currency)))
            for one in record.members.select_related("payee").order_by("pk")[:_MEMBERS]
        ]
        return [Panel(_("Members"), columns, rows)]

    @admin.display(description=_("members"), ordering="count")
    def count_shown(self, group: PayeeGroup) -> str:
        return formats.number(group.count)  # type: ignore[attr-defined]
