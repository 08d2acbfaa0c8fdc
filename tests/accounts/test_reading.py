"""What customers see of their accounts, and what they do not see of others'."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.conf import settings

from bank import ledger
from bank.accounts import selectors
from bank.accounts import services as accounts
from bank.accounts.errors import InvalidAccountNumber
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.interest.postings import capitalised
from bank.interest.rules import Payment
from bank.kernel.errors import NotFound
from tests.accounts.conftest import Opening, kes, pay

pytestmark = pytest.mark.django_db


def test_a_user_sees_the_accounts_of_their_customers_in_two_queries(
    user: User, customer: Customer, payee: Account, opened: Opening, django_assert_num_queries: object
) -> None:
    for key in "123":
        opened(customer, key=key)
    with django_assert_num_queries(2):  # type: ignore[operator]
        found = selectors.accounts_for(user)
        names = {(position.account.label, position.account.customer.display_name) for position in found}
    assert len(found) == 3
    assert names == {("Umoja Current", "Amina Otieno")}
    assert {position.booked for position in found} == {kes("1000")}


def test_somebody_elses_account_does_not_exist(user: User, account: Account, payee: Account) -> None:
    assert selectors.account_for(user, account.number) == account
    for number in (payee.number, "0010000099999", "nonsense", ""):
        with pytest.raises(NotFound):
            selectors.account_for(user, number)


def test_an_account_is_out_of_sight_once_the_mandate_is_revoked(user: User, account: Account) -> None:
    cif.revoke_mandate(mandate=user.mandates.get())
    assert selectors.accounts_for(user) == []
    with pytest.raises(NotFound):
        selectors.account_for(user, account.number)


def test_closed_accounts_leave_the_list_and_stay_readable(
    user: User, account: Account, payee: Account
) -> None:
    pay(account, payee, "1000")
    accounts.close_account(account=account, reason="Customer's wish")
    assert selectors.accounts_for(user) == []
    assert selectors.account_for(user, account.number).status == "CLOSED"


def test_an_account_is_found_by_its_number_for_the_check_of_a_name(payee: Account) -> None:
    spaced = f"{payee.number[:3]} {payee.number[3:]}"
    assert selectors.find_by_number(spaced) == payee
    assert selectors.holder_name(payee.number) == "Brian Langat"
    with pytest.raises(InvalidAccountNumber):
        selectors.find_by_number("12")


def test_lines_carry_a_running_balance_newest_first(account: Account, payee: Account) -> None:
    for turn, amount in enumerate(("10", "20.50", "30")):
        pay(account, payee, amount, key=str(turn))
    lines = selectors.statement_lines(account)
    assert [line.amount for line in lines] == [kes("-30"), kes("-20.50"), kes("-10"), kes("1000")]
    assert lines[0].balance_after == selectors.position(account).booked == kes("939.50")
    for newer, older in pairwise(lines):
        assert newer.balance_after - newer.amount == older.balance_after
    assert lines[0].counterparty == "Brian Langat"
    assert lines[0].counterparty_number == payee.number
    assert lines[0].description == "Rent"
    assert lines[-1].counterparty == "Cash"
    assert selectors.statement_lines(payee)[0].counterparty == "Amina Otieno"


def test_pages_of_lines_join_without_gap_or_overlap(account: Account, payee: Account) -> None:
    for turn in range(6):
        pay(account, payee, "1", key=str(turn))
    whole = selectors.statement_lines(account)
    pages = selectors.statement_lines(account, limit=3)
    while page := selectors.statement_lines(account, before=pages[-1].version, limit=3):
        pages += page
    assert pages == whole


def test_charges_are_lines_of_their_own_with_names(account: Account, payee: Account) -> None:
    entry = ledger.Entry(
        key="1",
        code="INTERNAL_TRANSFER",
        narrative="Rent",
        postings=(
            ledger.Posting(account.number, kes("-500")),
            ledger.Posting(payee.number, kes("500")),
            ledger.Posting(account.number, kes("-10")),
            ledger.Posting(ledger.gl("FEE_INCOME", "KES"), kes("10")),
            ledger.Posting(account.number, kes("-1.50")),
            ledger.Posting(ledger.gl("EXCISE_DUTY", "KES"), kes("1.50")),
        ),
    )
    ledger.post(entry)
    lines = selectors.statement_lines(account, limit=3)
    assert [(line.description, line.counterparty) for line in lines] == [
        ("Excise duty", settings.BANK_NAME),
        ("Fee", settings.BANK_NAME),
        ("Rent", "Brian Langat"),
    ]
    assert selectors.statement_lines(payee, limit=1)[0].counterparty == "Amina Otieno"


def test_interest_and_the_tax_on_it_are_two_lines(customer: Customer, opened: Opening) -> None:
    savings = opened(customer, "1000", "SAVINGS")
    ledger.post(
        capitalised(
            key="1",
            account=savings.number,
            paid=Payment(gross=350, tax=53, charged=0, net=False),
            currency="KES",
            tax_role="WITHHOLDING_TAX",
            gl=ledger.gl,
            last_day=date(2026, 5, 31),
        )
    )
    tax, interest, _deposit = selectors.statement_lines(savings)
    assert (tax.description, tax.amount) == ("Withholding tax", kes("-0.53"))
    assert (interest.description, interest.amount) == ("Interest to 31 May 2026", kes("3.50"))
    assert interest.counterparty == settings.BANK_NAME
    assert tax.balance_after == kes("1002.97")


def test_holds_are_pending_lines(account: Account) -> None:
    ledger.place_hold(key="1", account=account.number, amount=kes("40"), narrative="Hotel")
    hold = ledger.place_hold(key="2", account=account.number, amount=kes("5"))
    ledger.release_hold(hold_id=hold.hold_id)
    (pending,) = selectors.pending_lines(account)
    assert (pending.amount, pending.description) == (kes("-40"), "Hotel")
    position = selectors.position(account)
    assert (position.booked, position.held, position.available) == (kes("1000"), kes("40"), kes("960"))


def test_totals_of_a_period(account: Account, payee: Account) -> None:
    today = ledger.business_date()
    tomorrow = ledger.roll_business_date()
    pay(account, payee, "100")
    pay(payee, account, "30", key="back")
    first = selectors.period_totals(account, from_date=today, to_date=today)
    second = selectors.period_totals(account, from_date=tomorrow, to_date=tomorrow)
    assert (first.opening, first.credits, first.debits, first.closing) == (
        kes("0"),
        kes("1000"),
        kes("0"),
        kes("1000"),
    )
    assert (second.opening, second.credits, second.debits) == (kes("1000"), kes("30"), kes("-100"))
    assert (second.closing, second.lines) == (kes("930"), 2)
    assert [line.amount for line in selectors.statement_lines(account, to_date=today)] == [kes("1000")]
    before = selectors.period_totals(account, from_date=date(2000, 1, 1), to_date=today - timedelta(days=1))
    assert (before.closing, before.lines) == (kes("0"), 0)
