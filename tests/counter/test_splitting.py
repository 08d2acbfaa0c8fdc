"""Limits of a teller got around by parts: many withdrawals, many differences, a company's one hand."""

import pytest

from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.cif.errors import CustomerNotActive
from bank.cif.models import Customer
from bank.counter import commands, selectors, services
from bank.counter.errors import OtherHolderMissing, SignaturesAbsent
from bank.counter.models import CashRule, DrawerSession, Slip
from bank.counter.rules import Count, Move, Shown
from bank.identity.errors import OverLimit
from bank.identity.models import RoleLimit
from bank.signing.models import SigningRule
from bank.workflows import services as workflows
from bank.workflows.errors import NotYourCommand
from bank.workflows.models import Command
from tests.accounts.conftest import Opening, kes
from tests.counter.conftest import Counter
from tests.counter.test_cash import refused
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db
IN, OUT = Move.DEPOSIT, Move.WITHDRAWAL


def test_parts_below_the_limit_are_one_sum(counter: Counter, account: Account, opened: Opening) -> None:
    """25,000 a teller alone, whatever the number of parts, of the customer's accounts and of tellers. What a
    second person agreed to does not count; the second's own limit reaches the day's sum."""
    second = opened(account.customer, deposit="100000", key="2")
    for turn, amount in enumerate(("15000", "9999.99")):
        assert isinstance(counter.ask(OUT, account, amount, key=f"a{turn}"), Slip)
    assert isinstance(counter.ask(OUT, second, "0.02", key="b"), Command)
    colleague = employ("colleague", "TELLER")
    services.open_session(teller=colleague, drawer="HQ-2", amount=kes("50000"), key="c")
    small = counter.ask(OUT, account, "5000", key="c", teller=colleague)
    assert isinstance(small, Command)
    assert small.required_role == "HEAD_TELLER"
    with refused(NotYourCommand):
        workflows.approve(command=small, checker=employ("third", "TELLER"))
    RoleLimit.objects.filter(role__name="HEAD_TELLER", act="CASH_OUT").update(maximum=29_999)
    with refused(OverLimit):
        workflows.approve(command=small, checker=counter.head)
    assert workflows.approve(command=small, checker=counter.manager).state == "APPROVED"
    assert selectors.let_through(account.customer, OUT, counter.session.business_date) == kes("24999.99")
    assert isinstance(counter.ask(OUT, account, "0.01", key="d"), Slip)
    assert isinstance(counter.ask(IN, account, "50000", key="e"), Slip)
    assert isinstance(counter.ask(IN, account, "0.01", key="f"), Command)
    assert accounts.position(account).booked == kes("500000") - kes("30000") + kes("50000")


def test_small_differences_are_summed_over_a_tellers_day(counter: Counter) -> None:
    """Two hundred a day, not two hundred a drawer: 150 short alone, then 51 more by two."""

    def close(session: DrawerSession, thousands: int, rest: Count) -> DrawerSession | Command:
        count = Count({1000: thousands, **rest.notes}, rest.coins)
        return commands.ask_to_close(
            session=session, count=count, held=session.money, reason="Not found", by=counter.teller,
            key=session.reference,
        )  # fmt: skip

    assert isinstance(
        close(counter.session, 99, Count({500: 1, 200: 1, 100: 1, 50: 1}, kes("0"))), DrawerSession
    )
    again = services.open_session(teller=counter.teller, drawer="HQ-1", amount=kes("10000"), key="again")
    assert isinstance(close(again, 9, Count({500: 1, 200: 2}, kes("49"))), Command)
    assert DrawerSession.objects.get(pk=again.pk).is_open
    CashRule.objects.filter(bound="DIFFERENCE_ALONE").update(amount=0)
    exact = Count({1000: 10}, kes("0"))
    assert isinstance(
        commands.ask_to_close(
            session=again, count=exact, held=again.money, reason="", by=counter.teller, key="exact"
        ),
        DrawerSession,
    )


def test_a_blocked_customer_takes_nothing_out(counter: Counter, account: Account, customer: Customer) -> None:
    """As no payment leaves a blocked customer; also where the block came while an approval was waiting."""
    asked = counter.ask(OUT, account, "30000", key="a")
    cif.block_customer(customer=customer, reason="Asked for by the court")
    account = Account.objects.get(pk=account.pk)
    with refused(CustomerNotActive):
        counter.ask(OUT, account, "5", key="b")
    assert isinstance(asked, Command)
    assert workflows.approve(command=asked, checker=counter.manager).state == "FAILED"
    assert isinstance(counter.ask(IN, account, "5", key="c"), Slip)
    assert counter.held() == kes("100005")


def test_cash_of_a_company_follows_its_rules_of_signing(
    counter: Counter, account: Account, customer: Customer
) -> None:
    """One person does not fetch in cash what the company lets two sign for; deposits are anybody's."""
    Customer.objects.filter(pk=customer.pk).update(kind="ORGANISATION", segment="CORPORATE")
    rule = SigningRule.objects.create(customer=customer, currency="KES", above=1000, signatures=2)
    assert isinstance(counter.ask(OUT, account, "1000", key="a"), Slip)
    with refused(OtherHolderMissing):
        counter.ask(OUT, account, "1000.01", key="b")
    other = Shown("PASSPORT", "77XZ")
    assert isinstance(counter.ask(OUT, account, "1000.01", key="b", other=other), Slip)
    SigningRule.objects.filter(pk=rule.pk).update(signatures=3)
    with refused(SignaturesAbsent):
        counter.ask(OUT, account, "1000.01", key="c", other=other)
    assert isinstance(counter.ask(IN, account, "1000.01", key="d"), Slip)
