"""The count at night: what tallies, what is short or over, who says yes, and what can never change again."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from bank import ledger
from bank.accounts.models import Account
from bank.counter import commands, eod, selectors
from bank.counter.errors import CashUnusable, CashWaits, CountChanged, DifferenceUnexplained
from bank.counter.models import CashRule, DrawerSession, Slip
from bank.counter.rules import Count, Move
from bank.identity.models import User
from bank.kernel.errors import NotAllowed
from bank.runtime.steps import Day
from bank.workflows import services as workflows
from bank.workflows.errors import MakerIsChecker
from bank.workflows.models import Command
from tests.accounts.conftest import books_untouched, kes
from tests.accounts.test_worked_examples import t_accounts
from tests.counter.conftest import Counter
from tests.counter.test_cash import refused
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db


def counted(thousands: int, coins: str = "0", **notes: int) -> Count:
    return Count({1000: thousands, **{int(name[1:]): number for name, number in notes.items()}}, kes(coins))


def close(
    counter: Counter,
    count: Count,
    reason: str = "",
    key: str = "close",
    by: User | None = None,
    held: str = "",
) -> DrawerSession | Command:
    return commands.ask_to_close(
        session=counter.session,
        count=count,
        held=kes(held) if held else counter.held(),
        reason=reason,
        by=by or counter.teller,
        key=key,
    )


def test_a_count_that_tallies_goes_back_to_the_vault(counter: Counter, account: Account) -> None:
    """100,000 float and 1,234.50 paid in: 101 thousands, a 200 note, 34.50 in coins."""
    counter.ask(Move.DEPOSIT, account, "1234.50")
    with t_accounts(TELLER_CASH="101234.50", CASH="-101234.50"):
        for _twice in range(2):
            closed = close(counter, counted(101, "34.50", n200=1), held="101234.50")
    assert isinstance(closed, DrawerSession)
    assert (closed.counted_money, closed.difference_money) == (kes("101234.50"), kes("0"))
    assert (closed.held, selectors.tie().by_books) == (0, kes("0"))
    assert selectors.session_of(counter.teller) is None


def test_short_and_over_within_tolerance_need_a_word(counter: Counter) -> None:
    """200 short is the most a teller closes alone: it is the bank's cost until somebody finds it."""
    short = counted(99, "0", n500=1, n200=1, n100=1)
    with refused(DifferenceUnexplained):
        close(counter, short)
    with t_accounts(TELLER_CASH="100000", CASH="-99800", CASH_DIFFERENCES="-200"):
        assert isinstance(close(counter, short, "A 200 note too many was paid out"), DrawerSession)


def test_over_is_income_until_its_owner_comes(counter: Counter) -> None:
    with t_accounts(TELLER_CASH="100000", CASH="-100000.50", CASH_DIFFERENCES="0.50"):
        close(counter, counted(100, "0.50"), "Half a shilling on the floor")


def test_beyond_the_tolerance_two_people_close(counter: Counter) -> None:
    missing = counted(99, "799.99")
    with books_untouched():
        asked = close(counter, missing, "Counted twice, not found")
        assert isinstance(asked, Command)
        assert asked.required_role == "HEAD_TELLER"
        with pytest.raises(MakerIsChecker):
            workflows.approve(command=asked, checker=counter.teller)
        assert asked == close(counter, missing, "Counted twice, not found")
    with t_accounts(TELLER_CASH="100000", CASH="-99799.99", CASH_DIFFERENCES="-200.01"):
        workflows.approve(command=asked, checker=counter.head)
    closed = DrawerSession.objects.get()
    assert (closed.approved_by, closed.closed_by) == (counter.head, counter.teller)


def test_a_count_is_void_once_the_drawer_moved(counter: Counter, account: Account) -> None:
    asked = close(counter, counted(90), "Ten are missing")
    assert isinstance(asked, Command)
    counter.ask(Move.DEPOSIT, account, "1000")
    with books_untouched():
        assert workflows.approve(command=asked, checker=counter.head).state == "FAILED"
    with refused(CountChanged):
        close(counter, counted(100), held="100000", key="b")


def test_a_drawer_stays_open_while_its_cash_waits(counter: Counter, account: Account) -> None:
    asked = counter.ask(Move.WITHDRAWAL, account, "60000")
    assert isinstance(asked, Command)
    with refused(CashWaits):
        close(counter, counted(100))
    workflows.withdraw(command=asked, maker=counter.teller)
    assert isinstance(close(counter, counted(100)), DrawerSession)


def test_counts_nobody_makes_are_refused(counter: Counter) -> None:
    for count in (
        Count({1000: -1, 500: 202}, kes("0")),
        Count({2000: 50}, kes("0")),
        Count({1000: 100_001}, kes("0")),
        Count({1000: 101}, kes("-1000")),
    ):
        with refused(CashUnusable):
            close(counter, count, "Why not")


def test_somebody_elses_drawer_is_closed_by_two_others(counter: Counter) -> None:
    with refused(NotAllowed):
        close(counter, counted(100), by=employ("colleague", "TELLER"))
    with books_untouched():
        asked = close(counter, counted(100), by=counter.head)
        assert isinstance(asked, Command)
        counter.teller.groups.set(counter.head.groups.all())
        with pytest.raises(NotAllowed):
            workflows.approve(command=asked, checker=User.objects.get(pk=counter.teller.pk))
    workflows.approve(command=asked, checker=counter.manager)
    assert DrawerSession.objects.get().closed_by == counter.head


def test_what_is_closed_and_what_was_moved_stay_so(counter: Counter, account: Account) -> None:
    close(counter, counted(100))
    attempts = (
        lambda: DrawerSession.objects.update(reason="x"),
        lambda: DrawerSession.objects.update(closed_at=None),
        lambda: DrawerSession.objects.all().delete(),
        lambda: Slip.objects.update(amount=Decimal(1)),
        lambda: Slip.objects.all().delete(),
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_the_close_of_business_names_open_drawers(counter: Counter, account: Account) -> None:
    """It goes on all the same: yesterday's drawer takes nothing more, and can still be counted."""
    today = ledger.business_date()
    step = eod.STEPS[0]
    part = step.work(Day(today, today), "")
    assert [note.subject for note in part.notes] == [counter.session.reference]
    ledger.post(
        ledger.transfer(
            key="astray", debit=ledger.gl("TELLER_CASH", "KES"), credit=ledger.gl("CASH", "KES"),
            amount=kes("5"), code="TEST",
        )
    )  # fmt: skip
    assert [note.subject for note in step.work(Day(today, today), "").notes][1:] == ["TELLER_CASH"]
    ledger.roll_business_date()
    assert isinstance(close(counter, counted(100)), DrawerSession)
    assert step.work(Day(today, today), "").done == 0


def test_figures_of_the_counter_are_changed_by_two(counter: Counter) -> None:
    asked = commands.propose_bound(
        bound="CUSTOMER_DAY", amount=Decimal(300_000), reason="Less cash about", maker=counter.head
    )
    assert CashRule.objects.get(bound="CUSTOMER_DAY").amount == 500_000
    with pytest.raises(MakerIsChecker):
        workflows.approve(command=asked, checker=counter.head)
    workflows.approve(command=asked, checker=counter.manager)
    assert CashRule.objects.get(bound="CUSTOMER_DAY").amount == 300_000
    with pytest.raises(NotAllowed):
        commands.propose_bound(bound="CUSTOMER_DAY", amount=Decimal(1), reason="Mine", maker=counter.teller)
