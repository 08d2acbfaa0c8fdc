"""The pages about what accounts can do, under axe-core: pots, cheques, currencies, standing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.kernel.money import Money
from tests.a11y.test_portals import look_at, wear
from tests.portals.town import Town, browser

pytestmark = pytest.mark.browser


def furnish(town: Town) -> list[str]:
    """An account with everything an account can have; the addresses of its pages."""
    account, user, today = town.amina.accounts[0], town.amina.user, ledger.business_date()
    soon = today + timedelta(days=100)
    pot = accounts.open_pot(
        user=user, number=account.number, name="School fees", key="1", goal=Money.of(12_000, "KES"),
        target=soon,
    )  # fmt: skip
    accounts.move_in(user=user, number=pot.account.number, amount=Money.of(4_500, "KES"), key="m")
    accounts.open_pot(user=user, number=account.number, name="Rainy day", key="2")
    accounts.arrange_overdraft(account=account, limit=Money.of(20_000, "KES"), expires=soon)
    book = accounts.order_book(user=user, number=account.number, leaves=25)
    accounts.issue_book(book=book, actor=user)
    accounts.order_book(user=user, number=account.number, leaves=50)
    accounts.stop_cheques(user=user, number=account.number, first=3, last=5, reason="Lost on the bus")
    accounts.deposit_cheque(
        account=account, drawer_bank="Nyati Bank", drawer_account="778899", number="000123",
        amount=Money.of("1234.50", "KES"), dated=today,
    )  # fmt: skip
    accounts.open_currency(user=user, number=account.number, currency="USD")
    Account.objects.filter(pk=account.pk).update(dormancy_notice_date=today, idle_review_date=soon)
    here = f"/personal/accounts/{account.number}"
    places = ("/", "/details/", "/pots/", "/cheques/", "/currencies/", "/close/")
    pages = [here + place for place in places]
    return [*pages, *(f"/personal/pots/{pot.account.number}{place}" for place in ("/", "/change/"))]


def test_what_accounts_can_do(visit: Callable[..., Page], town: Town) -> None:
    here = visit("/", reduced_motion="reduce")
    wear(here, browser(town.amina.user))
    assert look_at(here, furnish(town)) == []
