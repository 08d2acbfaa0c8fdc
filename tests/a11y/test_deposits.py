"""Deposits, statements, subscriptions, collection numbers and what joint holders agree on, under axe-core."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from bank.accounts import services as accounts
from bank.accounts.models import JointAct
from bank.deposits import services as deposits
from bank.kernel.money import Money
from bank.payments import services as payments
from tests.a11y.test_portals import look_at, wear
from tests.portals import town as streets
from tests.portals.town import Resident, Town, fund, newest_code

pytestmark = pytest.mark.browser


def _deposit(who: Resident, product: str, amount: str, months: int | None) -> str:
    order = deposits.Order(product, who.number, Money.of(amount, "KES"), months=months)
    return deposits.open_for(customer=who.customer, order=order, key=product)[0].number


def _joint(town: Town) -> str:
    accounts.add_holder(account=town.amina.accounts[0], customer=town.brian.customer, signing="BOTH")
    asked: dict[str, Any] = {
        "user": town.brian.user, "debtor_number": town.amina.number, "creditor_number": town.firm.number,
        "creditor_name": town.firm.name, "amount": Money.of("1250", "KES"),
    }  # fmt: skip
    challenge = payments.start_payment(**asked)
    payments.pay(**asked, key="1", challenge_id=challenge.id, code=newest_code(town.brian.user))
    return JointAct.objects.get().reference


def test_the_pages_of_deposits_statements_and_joint_accounts(town: Town, visit: Callable[..., Page]) -> None:
    """A person's pages, then the company's; both schemes, two widths."""
    fund(town.amina.accounts[0], "400000")
    fixed = _deposit(town.amina, "FIXED", "60000", 12)
    notice = _deposit(town.amina, "NOTICE", "200000", None)
    act = _joint(town)
    page = visit("/", reduced_motion="reduce")
    wear(page, streets.browser(town.amina.user))
    mine = "/personal/deposits/"
    pages = [
        mine, f"{mine}new/", f"{mine}new/fixed/", f"{mine}{fixed}/", f"{mine}{notice}/",
        "/personal/statements/", "/personal/statements/subscriptions/", "/personal/statements/certificates/",
        "/personal/together/", f"/personal/together/{act}/",
    ]  # fmt: skip
    assert look_at(page, pages) == []

    home = f"/corporate/{town.firm.customer.cif}/"
    held = _deposit(town.firm, "FIXED", "100000", 12)
    made = accounts.open_collection_number(user=town.firm.user, number=town.firm.number, reference="Flat 12")
    wear(page, streets.browser(town.firm.user))
    company = [
        f"{home}deposits/", f"{home}deposits/new/fixed/", f"{home}deposits/{held}/",
        f"{home}collections/", f"{home}collections/{made.number}/", f"{home}statements/subscriptions/",
    ]  # fmt: skip
    assert look_at(page, company) == []
