"""Whoever of the staff looks at what the bank knows of a customer is on the audit trail, on every page."""

import re

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client

from bank.audit.models import AuditRecord
from bank.backoffice import site
from bank.identity.models import User
from bank.web.staff import ReadOnlyTable
from tests.identity import open_browser
from tests.portals import town as streets

ABOUT_CUSTOMERS = {"cif.Customer", "accounts.Account", "payments.PaymentOrder", "deposits.Deposit"}
NOBODYS = {"requests.Biller": "its name and account stand in every customer's list of bills"}


def _is_about_customers(model: type[Model]) -> bool:
    related = (one.related_model for one in model._meta.get_fields() if one.is_relation and one.concrete)
    return bool(ABOUT_CUSTOMERS & {one._meta.label for one in related if one is not None})  # type: ignore[union-attr]


def test_every_table_about_customers_says_so() -> None:
    """A new table cannot forget to note who looked: it names its kind of subject, or here why it need not."""
    assert site
    tables = admin.site._registry
    silent = {
        model._meta.label
        for model, table in tables.items()
        if _is_about_customers(model)
        and not (getattr(table, "personal", "") or type(table).note_view is not ReadOnlyTable.note_view)  # type: ignore[attr-defined]
    }
    assert silent == set(NOBODYS)


@pytest.mark.django_db
def test_a_walk_from_a_customers_screen_leaves_a_line_at_every_step() -> None:
    town = streets.build()
    reader = User.objects.create_user(
        "reader@umoja.example", full_name="Reader", is_staff=True, is_superuser=True
    )
    browser = Client()
    open_browser(browser, reader)
    start = f"/admin/cif/customer/{town.amina.customer.pk}/change/"
    page = browser.get(start).content.decode()
    assert AuditRecord.objects.filter(action="CUSTOMER_VIEWED", actor=reader).count() == 1
    forms = set(re.findall(rf'href="(/admin/cif/customer/{town.amina.customer.pk}/do/[a-z-]+/)"', page))
    records = set(
        re.findall(r'href="(/admin/(?:accounts|cases|payments|deposits|documents)/[^"]+/change/)"', page)
    )
    assert len(forms) > 5
    assert records
    for address in sorted(forms | records):
        before = AuditRecord.objects.filter(actor=reader, action__endswith="_VIEWED").count()
        assert browser.get(address).status_code == 200, address
        after = AuditRecord.objects.filter(actor=reader, action__endswith="_VIEWED").count()
        assert after > before, address
