"""Staff tables of customers: to search by CIF or name, and to look at."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from bank.cif.models import Address, Customer, Mandate, Organisation, Person
from bank.web.staff import ReadOnlyLines, ReadOnlyTable


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
    fields = ("user", "role", "can_pay", "single_limit", "limit_currency", "valid_from", "valid_until", "revoked_at")


@admin.register(Customer)
class CustomerTable(ReadOnlyTable):
    list_display = ("cif", "display_name", "segment", "status", "joined_date", "accounts")
    list_filter = ("segment", "status", "kind")
    search_fields = ("cif", "display_name", "email", "phone")
    ordering = ("cif",)
    inlines = (PersonLines, OrganisationLines, AddressLines, MandateLines)
    fields = ("cif", "display_name", "kind", "segment", "status", "email", "phone", "joined_date", "accounts")
    readonly_fields = ("accounts",)

    @admin.display(description=_("accounts"))
    def accounts(self, customer: Customer) -> str:
        """A link to the table of accounts, searched by this CIF."""
        url = reverse("admin:accounts_account_changelist")
        return format_html('<a href="{}?q={}">{}</a>', url, customer.cif, _("Show"))
