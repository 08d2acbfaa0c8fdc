"""Who sees a company's wages: its owners, and those they let look, who change nothing."""

from typing import Any

import pytest
from django.apps import apps

from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.payroll import selectors, services
from bank.payroll.errors import WagesConfidential
from tests.invoicing.shop import open_shop
from tests.portals import town as streets

pytestmark = pytest.mark.django_db


def test_who_was_let_look_sees_wages_and_changes_nothing() -> None:
    shop = open_shop(streets.build())
    firm, clerk = shop.firm, shop.town.bookkeeper
    person: dict[str, Any] = {
        "staff_number": "1", "name": shop.town.brian.name, "account_number": shop.town.brian.number,
        "salary": Money.of("80000.00", "KES"), "joined": selectors.this_month(),
    }  # fmt: skip
    services.add_employee(user=firm.user, customer=firm.customer, **person)
    with pytest.raises(WagesConfidential):
        selectors.require_wages(clerk, firm.customer)
    with pytest.raises(WagesConfidential):
        services.prepare(user=clerk, customer=firm.customer, month=selectors.this_month())
    readers = apps.all_models["payments"].get("payrollreader")
    if readers is None:
        return
    readers.objects.create(customer=firm.customer, user=clerk, granted_by=firm.user)
    selectors.require_wages(clerk, firm.customer)
    with pytest.raises(NotAllowed):
        services.prepare(user=clerk, customer=firm.customer, month=selectors.this_month())
    stranger = User.objects.create_user("stranger@example.test", full_name="Stranger")
    readers.objects.create(customer=firm.customer, user=stranger, granted_by=firm.user)
    assert not selectors.may_see_wages(stranger, firm.customer)


def test_an_owner_lets_somebody_look_on_a_page_and_takes_it_back() -> None:
    shop = open_shop(streets.build())
    firm, clerk = shop.firm, shop.town.bookkeeper
    page = f"/sme/{firm.customer.cif}/people/payroll/"
    owner, reader = streets.browser(firm.user), streets.browser(clerk)
    assert owner.get(page).headers["Location"].startswith("/account/security/confirm/")
    for client in (owner, reader):
        session = client.session
        session["confirmed_until"] = clock.now().timestamp() + 200
        session.save()
    assert page in owner.get(f"/sme/{firm.customer.cif}/people/").content.decode()
    assert "Let them see wages" in owner.get(page).content.decode()
    for act, sees in (("let", True), ("let", True), ("stop", False), ("stop", False)):
        assert owner.post(page, {"user": clerk.pk, "act": act}).status_code == 302
        assert selectors.may_see_wages(clerk, firm.customer) is sees
    assert owner.post(page, {"user": shop.town.brian.user.pk, "act": "let"}).status_code == 404
    assert reader.get(page).status_code == 403
    assert reader.post(page, {"user": clerk.pk, "act": "let"}).status_code == 403
    assert not selectors.may_see_wages(clerk, firm.customer)
