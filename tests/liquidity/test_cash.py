"""What a company has and what is known to come, on its pages and in its file."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bank import ledger
from bank.bookkeeping.models import FxRate
from bank.invoicing import services as invoicing
from bank.kernel.money import Money
from bank.liquidity import selectors
from bank.liquidity.rules import By, Source
from bank.payroll import services as payroll
from tests.invoicing.shop import Shop, pay
from tests.portals import town as streets
from tests.portals.town import browser
from tests.worlds import Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(standing_shop: Standing[Shop], db: None) -> Shop:
    return standing_shop.visit()


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


def test_everything_a_company_said_is_on_the_ladder(shop: Shop) -> None:
    firm, today = shop.firm, selectors.today()
    mine = {"user": firm.user, "customer": firm.customer}
    invoice = shop.issue(("Flour", "1", "1000.00"), terms_days=10)
    vendor = invoicing.add_vendor(**mine, name=shop.town.brian.name, number=shop.town.brian.number)
    invoicing.add_bill(
        **mine, vendor=vendor, number="B-1", amount=kes("400.00"), bill_date=today - timedelta(days=30),
        due_date=today - timedelta(days=3),
    )  # fmt: skip
    known = selectors.known(firm.customer, today, today + timedelta(days=90))
    found = {one.source: one for one in known}
    assert found[Source.INVOICE].money == invoice.open_money
    assert (found[Source.INVOICE].day, found[Source.INVOICE].is_late) == (today + timedelta(days=10), False)
    assert (found[Source.BILL].money, found[Source.BILL].day) == (kes("-400.00"), today)
    assert found[Source.BILL].is_late
    pay(shop.town.amina, firm, "200.00", invoice.reference, "part")
    streets.let_the_worker_work()
    now = selectors.position([firm.customer], "KES", today)
    rungs, known = selectors.ladder([firm.customer], now, today, By.WEEK)
    assert rungs[1].money_in == (invoice.total - kes("200.00")).amount
    assert rungs[0].money_out == -400
    assert rungs[-1].balance == now.total.amount + invoice.total.amount - 600
    assert selectors.known(shop.town.amina.customer, today, today + timedelta(days=90)) == []


def test_sums_are_at_the_rates_of_a_day_that_is_named(shop: Shop) -> None:
    firm, today = shop.firm, selectors.today()
    now = selectors.position([firm.customer], "USD", today)
    assert (now.total, now.left_out, now.rates.day) == (Money.zero("USD"), ["KES"], None)
    rated = today - timedelta(days=1)
    FxRate.objects.create(base="USD", quote="KES", rate=Decimal("125"), day=rated, source="test")
    now = selectors.position([firm.customer], "USD", today)
    assert now.left_out == []
    assert now.rates.day == rated
    assert now.total.amount == (now.by_currency[0].amount / 125).quantize(Decimal("0.01"))


def test_the_pages_show_it_to_who_acts_for_the_company_alone(shop: Shop) -> None:
    firm, today = shop.firm, selectors.today()
    invoice = shop.issue(("=cmd", "1", "1000.00"), terms_days=10)
    home = f"/sme/{firm.customer.cif}/"
    owner = browser(firm.user)
    for query in ("", "?by=DAY&whose=all&currency=KES", "?by=YEAR&currency=XXX"):
        page = owner.get(f"{home}cash/{query}")
        assert page.status_code == 200
        assert invoice.number in page.content.decode()
    file = owner.get(f"{home}cash/cash.csv").content.decode()
    assert f"{today + timedelta(days=10)},Invoice,{invoice.number} · {invoice.debtor_name},KES,1160.0" in file
    page = owner.get(f"{home}cash/forecast/").content.decode()
    assert "Too little history" in page
    assert invoice.number in page
    assert owner.get(f"{home}cash/forecast/forecast.csv").content.decode().count("\n") == 14
    stranger = browser(shop.town.amina.user)
    for place in ("cash/", "cash/cash.csv", "cash/forecast/", "cash/forecast/forecast.csv"):
        assert stranger.get(home + place).status_code == 404
        assert browser(shop.town.bookkeeper).get(home + place).status_code == 200


def test_the_history_leaves_out_what_moves_between_own_accounts(shop: Shop) -> None:
    firm = shop.firm
    before = selectors.history([firm.customer], "KES", ledger.business_date() + timedelta(days=1))
    pay(firm, shop.town.brian, "300.00", "rent", "rent")
    after = selectors.history([firm.customer], "KES", ledger.business_date() + timedelta(days=1))
    assert before[-1].money_in == after[-1].money_in > 0
    moved = before[-1].money_out - after[-1].money_out
    assert 300 <= moved < 400
    both = selectors.history(
        [firm.customer, shop.town.brian.customer], "KES", ledger.business_date() + timedelta(days=1)
    )
    assert both[-1].money_out > after[-1].money_out
    assert selectors.history([firm.customer], "USD", date(2026, 1, 1)) == []


def test_wages_are_one_sum(shop: Shop) -> None:
    firm, today = shop.firm, selectors.today()
    payroll.add_employee(
        user=firm.user, customer=firm.customer, name=shop.town.brian.name, staff_number="1",
        account_number=shop.town.brian.number, salary=kes("80000"), joined=today.replace(day=1),
    )  # fmt: skip
    run = payroll.prepare(user=firm.user, customer=firm.customer, month=today)
    known = selectors.known(firm.customer, today, today + timedelta(days=90))
    found = {one.source: one for one in known}
    assert found[Source.PAYROLL].money == Money(-run.net, "KES")
    assert found[Source.PAYROLL_TAX].money == Money(run.net - run.cost, "KES")
    assert found[Source.PAYROLL_TAX].day.day == 9
    assert shop.town.brian.name not in str(known)
