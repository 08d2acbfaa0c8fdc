"""The demonstration bank, built once for all tests of this file: its books verify, and twice is once."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account, Charge
from bank.bookkeeping.models import Journal, JournalTemplate, OpenItem, Revaluation
from bank.bookkeeping.services import reconciling
from bank.cif import selectors as cif
from bank.cif.models import Customer, Mandate
from bank.demo import services as demo
from bank.eod.models import Run
from bank.expenses import selectors as expenses
from bank.identity.models import User
from bank.interest import selectors as interest
from bank.interest.models import Period, Position
from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments import selectors as payments
from bank.signing import selectors as signing
from tests.demo.conftest import SMALL, books

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[demo.Summary]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield demo.build(**SMALL)
        transaction.set_rollback(True)


def _amina() -> User:
    return User.objects.get(email="amina@demo.umoja.example")


def test_a_small_bank_is_built_and_its_books_verify(built: demo.Summary) -> None:
    assert (built.customers, built.business_date) == (21, clock.today())  # one by application
    assert Customer.objects.filter(kind="PERSON").count() == 18
    assert built.posted > 500
    for line_sum in _sums_by_currency().values():
        assert line_sum.is_zero
    call_command("ledger_verify", stdout=StringIO())


def _sums_by_currency() -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for line in ledger.trial_balance():
        sums[line.currency] = sums.get(line.currency, Money.zero(line.currency)) + line.credit - line.debit
    return sums


def test_only_who_may_is_overdrawn_and_every_account_has_a_ledger_account(built: demo.Summary) -> None:
    numbers = list(Account.objects.values_list("number", flat=True))
    balances = ledger.balances(numbers)
    assert set(balances) == set(numbers)
    below = {number for number, balance in balances.items() if balance.booked.is_negative}
    assert below == set(Account.objects.filter(nickname="Working capital").values_list("number", flat=True))
    assert len(below) == 1


def test_the_days_were_closed_by_the_real_steps(built: demo.Summary) -> None:
    """Interest accrued every day and stands in the books as positions say, an overdraft cost, firms paid for
    their accounts, two people made journals, the position was revalued.
    """
    yesterday = clock.today() - timedelta(days=1)
    positions = Position.objects.select_related("account__product")
    assert {one.account.product.code for one in positions} == {"SAVINGS", "BUSINESS", "CORPORATE"}
    assert all(one.accrued_through == yesterday for one in positions)
    totals = interest.totals()["KES"]
    assert ledger.balance(ledger.gl("INTEREST_PAYABLE", "KES")).booked >= totals.payable
    assert -ledger.balance(ledger.gl("INTEREST_RECEIVABLE", "KES")).booked == totals.receivable
    assert Period.objects.filter(debit_due__gt=0, account__nickname="Working capital").exists()
    assert Period.objects.filter(credit_paid__gt=0, tax_withheld__gt=0).count() > 10
    assert Charge.objects.filter(kind="MONTHLY_FEE", account__customer__segment="SME").exists()
    assert Journal.objects.filter(origin="SCHEDULE").exists()
    manual = Journal.objects.filter(origin="MANUAL").select_related("maker", "checker")
    assert {(one.maker.email, one.checker.email) for one in manual} == {
        ("bookkeeper@demo.umoja.example", "finance@demo.umoja.example")
    }
    assert Revaluation.objects.exclude(result=0).exists()
    assert {one.code for one in JournalTemplate.objects.filter(is_active=True)} == {"RENT", "SUPPLIES"}
    items = OpenItem.objects.filter(account=ledger.gl("NOSTRO_SWIFT", "USD"))
    assert items.filter(open_amount=0).exists()
    assert items.exclude(open_amount=0).filter(narrative__startswith="Charge").count() == 1
    suggested = reconciling.suggestions(ledger.gl("NOSTRO_SWIFT", "USD"))
    assert {len(one.items) for one in suggested} == {2, 3}
    closes = Run.objects.order_by("business_date")
    assert [one.business_date for one in closes] == [
        clock.today() - timedelta(days=n) for n in range(SMALL["days"], 0, -1)
    ]
    assert {one.state for one in closes} == {"DONE"}
    latest = closes[len(closes) - 1]
    steps = {step.code: step for step in latest.steps.all()}
    assert (steps["TIE_OUT"].done, steps["ROLL"].done, steps["ACCRUE"].done > 0) == (2, 1, True)
    assert latest.started_at < latest.finished_at
    assert ledger.closing_balances([positions[0].account.number], on=yesterday)


def test_the_bank_earns_fees_and_collects_taxes(built: demo.Summary) -> None:
    standing = {line.account: line.credit for line in ledger.trial_balance()}
    for role in ("FEE_INCOME", "EXCISE_DUTY", "WITHHOLDING_TAX", "CAPITAL"):
        assert standing[ledger.gl(role, "KES")].is_positive, role
    assert ledger.balance(ledger.gl("INTEREST_EXPENSE", "KES")).booked.is_negative


def test_amina_finds_a_life_on_her_statement(built: demo.Summary) -> None:
    positions = [one for one in accounts.accounts_for(_amina()) if not one.account.nickname]
    assert [position.booked.currency for position in positions] == ["KES", "KES", "USD"]
    current, savings, _dollars = (accounts.statement_lines(one.account, limit=500) for one in positions)
    described = {line.description.split()[0] for line in current}
    assert {"Opening", "Salary", "Rent", "Electricity,", "Water,", "Airtime", "Fee", "Excise"} <= described
    assert {"Interest", "Withholding", "Monthly"} <= {line.description.split()[0] for line in savings}
    last = clock.today().replace(day=1) - timedelta(days=1)
    assert last in {line.booking_date for line in savings if line.code == "INTEREST_CAPITALISED"}


def test_the_last_payments_have_orders_and_a_timeline(built: demo.Summary) -> None:
    orders = payments.payments_for(_amina())
    assert [order.remittance for order in orders] == ["Cake for Zawadi", "Match tickets"]
    assert {order.status for order in orders} == {"SETTLED"}
    assert {order.name_check for order in orders} == {"MATCH"}
    assert [event.status for event in payments.timeline(orders[0])] == ["ACCEPTED", "SETTLED"]


def test_a_company_finds_a_paid_file_one_to_sign_and_one_to_mend(built: demo.Summary) -> None:
    treasurer = User.objects.get(email="treasurer@demo.umoja.example")
    company = cif.customers_for(treasurer)[0]
    files = {file.status: file for file in payments.files_for(treasurer)}
    assert set(files) == {"PAID", "WAITING", "CHECKED"}
    assert files["CHECKED"].faulty_count == 3
    waiting = signing.waiting_for(treasurer, company)
    assert [one.subject for one in waiting] == [files["WAITING"].reference]


def test_a_small_firm_finds_claims_to_decide_to_pay_and_paid_back(built: demo.Summary) -> None:
    njeri = User.objects.get(email="njeri@demo.umoja.example")
    firm = cif.customers_for(njeri)[0]
    found = expenses.expenses_for(njeri, firm).order_by("spent_date")
    assert [one.state for one in found] == ["PAID", "APPROVED", "WAITING"]
    assert [one.name_check for one in found] == ["MATCH"] * 3
    assert expenses.to_decide(njeri, firm).get() == found[2]
    assert len({one.receipt_digest for one in found}) == 3
    assert expenses.receipt_of(found[2]).media_type == "image/png"


def test_only_the_named_can_sign_in(built: demo.Summary) -> None:
    named = {login.email for login in demo.logins()}
    usable = {user.email for user in User.objects.all() if user.has_usable_password()}
    assert usable == named
    assert _amina().check_password(demo.PASSWORD)
    assert Mandate.objects.count() >= Customer.objects.count()


def test_building_twice_changes_nothing(built: demo.Summary) -> None:
    before = books()
    again = demo.build(**SMALL)
    assert (again.posted, again.customers) == (0, built.customers)
    assert books() == before


def test_customers_can_be_added(built: demo.Summary) -> None:
    more = demo.build(customers=5, seed=2, add=True)
    assert more.customers == built.customers + 5
    assert more.business_date == built.business_date
    assert _sums_by_currency()["KES"].is_zero
