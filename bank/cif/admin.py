"""Staff tables of customers: to search by CIF or name, and to look at."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.cif.models import Address, Customer, Mandate, Organisation, Person
from bank.web import cells
from bank.web.staff import Column, Panel, ReadOnlyLines, ReadOnlyTable


class PersonLines(ReadOnlyLines):
    model = Person
    fields = ("given_names", "family_name", "birth_date", "nationality")


class OrganisationLines(ReadOnlyLines):
    model = Organisation
    fields = ("registered_name", "registration_number", "legal_form", "country")


class AddressLines(ReadOnlyLines):
    model = Address
    fields = ("purpose", "street", "town", "postal_code", "country")


class MandateLines(ReadOnlyLines):
    model = Mandate
    fields = (
        "user",
        "role",
        "pays",
        "single_limit",
        "limit_currency",
        "valid_from",
        "valid_until",
        "revoked_at",
    )

    @admin.display(description=_("may pay"))
    def pays(self, mandate: Mandate) -> str:
        return cells.yes_no(mandate.can_pay)


@admin.register(Customer)
class CustomerTable(ReadOnlyTable):
    list_display = ("cif", "display_name", "segment", "state", "joined_date")
    list_filter = ("segment", "status", "kind")
    search_fields = ("cif__exact", "display_name__icontains", "email__iexact", "phone__exact")
    search_help_text = _("CIF, name, e-mail address or phone")
    ordering = ("cif",)
    inlines = (PersonLines, OrganisationLines, AddressLines, MandateLines)
    fields = ("cif", "display_name", "kind", "segment", "state", "email", "phone", "joined_date")
    readonly_fields = ("state",)
    personal = "CUSTOMER"

    def subject(self, record: Customer) -> str:
        return record.cif

    def links(self, request: HttpRequest, record: Customer) -> list[tuple[cells.Words, str]]:
        if not cells.may_look(request, "audit_auditrecord"):
            return []
        trail = reverse("admin:audit_auditrecord_changelist", query={"q": record.cif})
        return [(_("Audit trail"), trail)]

    def panels(self, request: HttpRequest, record: Customer) -> list[Panel]:
        return [_accounts(request, record)] if cells.may_look(request, "accounts_account") else []

    @admin.display(description=_("status"), ordering="status")
    def state(self, customer: Customer) -> SafeString:
        return cells.state(customer.status)


def _accounts(request: HttpRequest, customer: Customer) -> Panel:
    """The customer's accounts with what is on them, closed ones too."""
    found = list(customer.accounts.select_related("product").order_by("id"))
    balances = ledger.balances(account.number for account in found)
    columns = (
        Column(_("Number")),
        Column(_("Product")),
        Column(_("Status")),
        Column(_("Opened")),
        Column(_("Booked"), figures=True),
        Column(_("Available"), figures=True),
    )
    rows = [
        (
            cells.record_link(request, "accounts_account", account.pk, account.number),
            account.product.name,
            cells.state(account.status),
            cells.day(account.opened_date),
            cells.money(balances[account.number].booked),
            cells.money(balances[account.number].available),
        )
        for account in found
    ]
    return Panel(_("Accounts"), columns, rows, empty=_("No accounts."))
