"""The pages of small companies and of a pay link under axe-core, in both themes and at 320 pixels."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from bank import ledger
from bank.invoicing import services as invoicing
from bank.kernel.money import Money
from bank.payroll import services as payroll
from tests.a11y.test_portals import look_at, wear
from tests.invoicing.shop import Shop, open_shop, pay
from tests.portals import town as streets
from tests.portals.town import Town, let_the_worker_work

pytestmark = pytest.mark.browser


def busy_shop(town: Town) -> tuple[Shop, list[str], str]:
    """A shop with something on every page; the addresses of its pages and its pay link."""
    shop = open_shop(town)
    mine: dict[str, Any] = {"user": shop.firm.user, "customer": shop.firm.customer}
    draft, paid, owed = shop.draft(), shop.issue(), shop.issue(("Sugar", "2", "500.00"))
    pay(town.amina, town.firm, "5000.00", paid.reference, "k1")
    pay(town.amina, town.firm, "1160.00", "thanks", "k2")
    let_the_worker_work()
    today = ledger.business_date()
    vendor = invoicing.add_vendor(**mine, name=town.brian.name, number=town.brian.number)
    bill = invoicing.add_bill(
        **mine, vendor=vendor, number="B-1", amount=Money.of("700.00", "KES"), bill_date=today,
        due_date=today + timedelta(days=3),
    )  # fmt: skip
    person = payroll.add_employee(
        **mine, staff_number="1", name=town.brian.name, account_number=town.brian.number,
        salary=Money.of("30000.00", "KES"), joined=date(2024, 1, 1),
    )  # fmt: skip
    run = payroll.prepare(**mine, month=today)
    places = (
        "", "more/", "invoices/", "invoices/new/", f"invoices/{draft.pk}/", f"invoices/{paid.pk}/",
        "invoices/money-in/", "invoices/ages/", "invoices/customers/", "invoices/settings/", "bills/",
        "bills/new/", "bills/vendors/", f"bills/{bill.pk}/", "payroll/", "payroll/people/new/",
        f"payroll/people/{person.pk}/", f"payroll/{run.pk}/", "analytics/", "files/", "people/",
        "cash/", "cash/forecast/", "cash/sweeps/new/", "deposits/", "deposits/new/fixed/",
    )  # fmt: skip
    home = f"/sme/{shop.firm.customer.cif}/"
    return shop, [home + place for place in places], f"/sme/pay/{owed.token}/"


def test_the_portal_of_small_companies(town: Town, visit: Callable[..., Page]) -> None:
    shop, addresses, link = busy_shop(town)
    page = visit("/", reduced_motion="reduce")
    found = look_at(page, [link])
    wear(page, streets.browser(shop.firm.user))
    assert found + look_at(page, [*addresses, f"{link}from/"]) == []
