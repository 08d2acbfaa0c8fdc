"""What a journal is refused for, who may approve how much, and that one is booked once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from bank import ledger
from bank.bookkeeping import commands
from bank.bookkeeping.admin.journals import read_slots
from bank.bookkeeping.models import Journal, OpenItem
from bank.bookkeeping.rules import Line, Origin, PeriodAct
from bank.bookkeeping.selectors import checklist, periods
from bank.bookkeeping.services import journals as booking
from bank.eod.models import Run
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.bookkeeping.conftest import CASH, EXPENSE, NOSTRO, People, cr, credits_of, dr, kes
from tests.ledger.book import everything, opened
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db


def propose(people: People, *lines: Line, by: User | None = None, **how: object) -> Command:
    return commands.journals.propose(
        lines=lines, narrative="A test", reason="To test", maker=by or people.accountant, **how
    )


def refusal(people: People, *lines: Line, **how: object) -> str:
    """The code it is refused with; the books are as they were and nothing waits."""
    before = everything(), Command.objects.count()
    with pytest.raises(BankError) as raised:
        propose(people, *lines, **how)
    assert (everything(), Command.objects.count()) == before
    return raised.value.code


def test_what_cannot_be_booked_is_refused_when_it_is_proposed(people: People) -> None:
    opened("1000000000017", funds=500)
    tomorrow = ledger.business_date() + timedelta(days=1)
    assert refusal(people, dr(EXPENSE, 10), cr(CASH, 9)) == "JOURNAL_UNUSABLE"
    assert refusal(people, dr(EXPENSE, 10)) == "JOURNAL_UNUSABLE"
    assert refusal(people, dr(EXPENSE, 10), cr("1001.USD", 10)) == "JOURNAL_UNUSABLE"
    assert refusal(people, dr("2001.KES", 10), cr(CASH, 10)) == "JOURNAL_UNUSABLE"
    assert refusal(people, dr("9999.KES", 10), cr(CASH, 10)) == "JOURNAL_UNUSABLE"
    assert refusal(people, dr(EXPENSE, 10), cr(CASH, 10), value_date=tomorrow) == "JOURNAL_UNUSABLE"
    assert refusal(people, dr(EXPENSE, 0), cr(CASH, 0)) == "JOURNAL_UNUSABLE"
    assert refusal(people, dr("5900.USD", 10), cr("1001.USD", 10)) == "RATE_MISSING"
    assert refusal(people, dr(EXPENSE, 10), cr(CASH, 10), by=people.supervisor) == "NOT_ALLOWED"
    assert refusal(people, dr(EXPENSE, 10), cr(CASH, 10), origin=Origin.CORRECTION) == "NOT_ALLOWED"
    customer = Line("1000000000017", dr(EXPENSE, 1).side, kes(10))
    assert refusal(people, customer, cr(CASH, 10)) == "CUSTOMER_ACCOUNT_IN_JOURNAL"
    finance = people.finance_manager
    none = refusal(people, dr(EXPENSE, 10), cr(CASH, 10), by=finance, origin=Origin.CORRECTION)
    assert none == "NO_CUSTOMER_ACCOUNT_IN_JOURNAL"

    proposed = propose(people, customer, cr(CASH, 10), by=finance, origin=Origin.CORRECTION)
    people.approve(proposed, people.supervisor)
    assert credits_of("1000000000017") == "490.00"


def test_the_amount_decides_who_approves(people: People) -> None:
    """NUMBERS: up to 100,000 a supervisor, up to 1,000,000 a branch manager, above an administrator too."""
    small, middle, large = (
        propose(people, dr(EXPENSE, amount), cr(CASH, amount))
        for amount in ("100000.00", "1000000.00", "1000000.01")
    )
    assert [one.roles for one in (small, middle, large)] == [
        ["SUPERVISOR"],
        ["BRANCH_MANAGER"],
        ["BRANCH_MANAGER", "ADMINISTRATOR"],
    ]
    assert str(large.money) == "KES 1000000.01"
    hours = [(one.deadline - one.proposed_at).total_seconds() / 3600 for one in (small, middle, large)]
    assert hours == [24, 48, 72]
    before = everything()
    for command, checker, code in (
        (small, people.accountant, "MAKER_IS_CHECKER"),
        (small, people.treasurer, "COMMAND_NOT_YOURS"),
        (middle, people.supervisor, "COMMAND_NOT_YOURS"),
        (large, people.supervisor, "COMMAND_NOT_YOURS"),
    ):
        with pytest.raises(BankError) as raised:
            people.approve(command, checker)
        assert raised.value.code == code
    assert everything() == before
    assert people.approve(small, people.branch_manager).state == "APPROVED"
    assert people.approve(middle, people.branch_manager).state == "APPROVED"
    books = everything()
    assert people.approve(large, people.administrator).state == "PENDING", "another must say yes too"
    with pytest.raises(BankError, match="You have said yes"):
        people.approve(large, people.administrator)
    assert everything() == books
    assert people.approve(large, people.branch_manager).state == "APPROVED"


def test_to_undo_a_correction_of_a_customer_takes_the_right_to_correct(people: People) -> None:
    opened("1000000000017", funds=500)
    customer, finance = Line("1000000000017", dr(EXPENSE, 1).side, kes(10)), people.finance_manager
    made = propose(people, customer, cr(CASH, 10), by=finance, origin=Origin.CORRECTION)
    people.approve(made, people.supervisor)
    journal = Journal.objects.get(command=made.reference).reference
    with pytest.raises(BankError) as raised:
        commands.journals.propose_reversal(journal=journal, reason="Undo it", maker=people.accountant)
    assert raised.value.code == "NOT_ALLOWED"
    undone = commands.journals.propose_reversal(journal=journal, reason="Undo it", maker=finance)
    assert people.approve(undone, people.supervisor).state == "APPROVED"


def test_a_limit_of_a_role_is_a_row_and_holds_at_once(people: People) -> None:
    people.supervisor.groups.get().limits.filter(act="JOURNAL").update(maximum=500)
    command = propose(people, dr(EXPENSE, 501), cr(CASH, 501))
    before = everything()
    with pytest.raises(BankError) as raised:
        people.approve(command, people.supervisor)
    assert raised.value.code == "OVER_LIMIT"
    command.refresh_from_db()
    assert (command.state, everything()) == ("PENDING", before)
    assert people.approve(command, people.branch_manager).state == "APPROVED"


def test_a_closed_month_takes_no_journal_and_a_reopened_one_does(people: People) -> None:
    today = ledger.business_date()
    last = today.replace(day=1) - timedelta(days=1)
    month = f"{last:%Y-%m}"
    waiting = propose(people, dr(EXPENSE, 5), cr(CASH, 5), value_date=last)

    def period(act: PeriodAct, what: str) -> Command:
        return commands.periods.propose(act=act, month=what, reason="Month end", maker=people.accountant)

    with pytest.raises(BankError, match="is not over"):
        period(PeriodAct.CLOSE, f"{today:%Y-%m}")
    people.approve(period(PeriodAct.CLOSE, month), people.finance_manager)
    assert refusal(people, dr(EXPENSE, 5), cr(CASH, 5), value_date=last) == "PERIOD_CLOSED"
    before = everything()
    decided = people.approve(waiting, people.supervisor)
    assert (decided.state, everything()) == ("FAILED", before)
    assert "closed" in decided.decision_reason
    with pytest.raises(BankError, match="closed already"):
        period(PeriodAct.CLOSE, month)
    with pytest.raises(BankError, match="closed last"):
        period(PeriodAct.REOPEN, "2001-01")

    people.approve(period(PeriodAct.REOPEN, month), people.finance_manager)
    again = propose(people, dr(EXPENSE, 5), cr(CASH, 5), value_date=last)
    assert people.approve(again, people.supervisor).state == "APPROVED"
    booked = Journal.objects.get()
    assert (booked.value_date, ledger.entry(booked.entry_id).value_date) == (last, last)

    people.approve(period(PeriodAct.CLOSE, month), people.finance_manager)
    undo = commands.journals.propose_reversal(
        journal=booked.reference, reason="Wrong", maker=people.accountant
    )
    people.approve(undo, people.supervisor)
    assert Journal.objects.get(reverses=booked).value_date == today
    with pytest.raises(BankError, match="reversed"):
        commands.journals.propose_reversal(journal=booked.reference, reason="Twice", maker=people.accountant)


def test_templates_say_which_line_cannot_be_read(people: People) -> None:
    slots = read_slots("5900.kes Dr 60 %\n5201.KES debit 40%\n\n1001.KES CREDIT")
    assert [(one.account, one.side.value, str(one.share_pct)) for one in slots[:2]] == [
        ("5900.KES", "DEBIT", "60"),
        ("5201.KES", "DEBIT", "40"),
    ]
    assert slots[2].is_open
    with pytest.raises(BankError, match="Line 2"):
        read_slots("5900.KES DEBIT\n=cmd|' /C calc'!A0")
    for text, words in (
        ("5900.KES DEBIT 60 %\n1001.KES CREDIT", "100 %"),
        ("5900.KES DEBIT 5", "at least"),
        ("2001.KES DEBIT 5\n1001.KES CREDIT 5", "control"),
    ):
        with pytest.raises(BankError, match=words):
            booking.write_template(
                code="T", name="T", narrative="T", slots=read_slots(text), is_frequent=False,
                actor=people.accountant,
            )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_many_approvals_at_once_one_books() -> None:
    maker = employ("maker", "ACCOUNTANT")
    checkers = [employ(f"checker{n}", "SUPERVISOR") for n in range(4)]
    ledger.seed_chart()
    command = commands.journals.propose(
        lines=[dr(EXPENSE, 7), cr(CASH, 7)], narrative="Race", reason="Race", maker=maker
    )

    def decide(who: User) -> str:
        try:
            return workflows.approve(command=command, checker=who).state
        except BankError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(decide, checkers))
    assert answers == ["APPROVED", *["COMMAND_DECIDED"] * 3]
    assert credits_of(CASH) == "7.00"
    assert Journal.objects.count() == 1


def test_a_month_is_looked_through_before_it_is_closed(people: People) -> None:
    """What is not reconciled is shown and for people to judge; a day that is not closed forbids it."""
    last = ledger.business_date().replace(day=1) - timedelta(days=1)

    def ticks() -> dict[str, bool]:
        return {one.point.code: one.is_done for one in checklist.of(last)}

    assert set(ticks()) == {"TRIAL_BALANCE", "DAYS", "SCHEDULES", "SUSPENSE", "NOSTRO", "INTEREST"}
    assert all(ticks().values())
    OpenItem.objects.create(
        account=NOSTRO,
        side="BOOK",
        booking_date=last,
        value_date=last,
        amount=5,
        open_amount=5,
        currency="KES",
        number=1,
    )
    command = commands.periods.propose(
        act=PeriodAct.CLOSE, month=f"{last:%Y-%m}", reason="Month end", maker=people.accountant
    )
    shown = {change["label"]: change["after"] for change in command.difference}
    assert (shown["Nostro accounts are reconciled"], shown["Suspense is cleared"]) == (
        "✗ Still open",
        "✓ Done",
    )
    run = Run.objects.create(business_date=last, next_date=last + timedelta(days=1))
    refused = people.approve(command, people.finance_manager)
    assert (refused.state, "Every day is closed" in refused.decision_reason) == ("FAILED", True)
    with pytest.raises(BankError, match="not ready") as caught:
        commands.periods.propose(
            act=PeriodAct.CLOSE, month=f"{last:%Y-%m}", reason="Month end", maker=people.accountant
        )
    assert caught.value.code == "PERIOD_NOT_READY"
    assert periods.closed_until() is None
    run.state = "DONE"
    run.save()
    again = commands.periods.propose(
        act=PeriodAct.CLOSE, month=f"{last:%Y-%m}", reason="Month end", maker=people.accountant
    )
    assert people.approve(again, people.finance_manager).state == "APPROVED"
    assert periods.closed_until() == last


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["journal", "closing"])
def test_a_journal_and_the_closing_of_its_month_at_once_one_loses_cleanly(people: People, first: str) -> None:
    """Whichever has the lock goes first; the other waits, looks again, and keeps to what it finds."""
    ledger.seed_chart()
    last = ledger.business_date().replace(day=1) - timedelta(days=1)
    journal = propose(people, dr(EXPENSE, 5), cr(CASH, 5), value_date=last)
    closing = commands.periods.propose(
        act=PeriodAct.CLOSE, month=f"{last:%Y-%m}", reason="Month end", maker=people.accountant
    )
    acts = {"journal": (journal, people.supervisor), "closing": (closing, people.finance_manager)}
    second = "closing" if first == "journal" else "journal"
    before = everything()

    def approve_second() -> None:
        try:
            people.approve(*acts[second])
        finally:
            connection.close()

    waiting = threading.Thread(target=approve_second)
    with transaction.atomic():
        people.approve(*acts[first])
        waiting.start()
        _until_somebody_waits()
    waiting.join()
    journal.refresh_from_db()
    closing.refresh_from_db()
    assert closing.state == "APPROVED"
    assert (journal.state, Journal.objects.count()) == (
        ("APPROVED", 1) if first == "journal" else ("FAILED", 0)
    )
    if first == "closing":
        assert "closed" in journal.decision_reason
        assert everything() == before


def _until_somebody_waits() -> None:
    """Looks until another session waits for a lock this one has."""
    with connection.cursor() as cursor:
        for _look in range(100_000):
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                " WHERE NOT l.granted AND l.locktype = 'advisory' AND d.datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")
