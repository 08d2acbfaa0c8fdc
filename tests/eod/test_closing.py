"""The close of a business date: in order, once, gone on with; what it refuses and leaves alone."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django_celery_beat.models import PeriodicTask

from bank import ledger
from bank.audit.models import AuditRecord
from bank.eod import agenda, rules, selectors, tasks
from bank.eod import services as eod
from bank.eod.errors import DateClosed, DateNotReached, NotABusinessDate
from bank.eod.models import Run, RunStep
from bank.eod.rules import RunState, StepState
from bank.kernel import calendars, clock
from bank.kernel.money import Money
from bank.ledger import eod as of_ledger
from bank.ledger.errors import BalancesNotKept, LedgerBusy
from bank.runtime.models import OutboxMessage
from bank.runtime.steps import Day, Part, Phase, Step
from tests.eod import planted
from tests.eod.conftest import FRIDAY, TUESDAY
from tests.eod.exports import everything
from tests.statements.world import World, deposit

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Nothing catches it, as nothing catches a power cut."""


def shown(run: Run) -> list[tuple[Any, ...]]:
    return list(selectors.steps_of(run).values_list("code", "state", "done", "failed", "total"))


def command(*words: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("eod", *words, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_month_end_is_closed_in_order_and_once(bank: World, steps: None) -> None:
    ledger.place_hold(
        key="over", account=bank.bob.current.number, amount=Money.of(5, "KES"), expires_at=clock.now()
    )
    ledger.place_hold(
        key="later",
        account=bank.bob.current.number,
        amount=Money.of(7, "KES"),
        expires_at=clock.now() + timedelta(hours=2),
    )
    (run,) = eod.close().runs
    assert (run.state, run.business_date, run.next_date) == ("DONE", FRIDAY, TUESDAY)
    assert ledger.business_date() == TUESDAY
    assert shown(run) == [
        ("HOLD_EXPIRY", "DONE", 1, 0, 1),
        ("PLANTED_ACCRUE", "DONE", 4, 0, 4),
        ("PLANTED_CAPITALISE", "DONE", 4, 0, None),
        ("PLANTED_CHARGE", "DONE", 3, 1, None),
        ("TIE_OUT", "DONE", 2, 0, 2),
        ("BALANCE_SNAPSHOT", "DONE", 4, 0, 4),
        ("ROLL", "DONE", 1, 0, 1),
        ("PLANTED_OPEN", "DONE", 4, 0, None),
    ]
    assert ledger.balance(bank.bob.current.number).held == Money.of(7, "KES")
    number = bank.alice.savings.number
    kept = ledger.closing_balances([number, bank.bob.savings.number], on=FRIDAY)
    assert kept == {
        number: Money.of("3010.30", "KES"),  # four days twice, and not yet what the new day brought
        bank.bob.savings.number: Money.of("10.00", "KES"),
    }
    assert ledger.balance(number).booked == Money.of("3015.30", "KES")
    with pytest.raises(BalancesNotKept):
        ledger.closing_balances([number], on=TUESDAY)
    actions = AuditRecord.objects.filter(subject_type="BUSINESS_DATE", subject_id="2026-05-29")
    assert list(actions.order_by("id").values_list("action", flat=True)) == ["EOD_STARTED", "EOD_FINISHED"]
    assert OutboxMessage.objects.get(topic="eod.closed").payload["next_date"] == "2026-06-02"

    before = everything(FRIDAY)
    assert eod.close().runs == ()
    assert tasks.close() == "nothing is due"
    with pytest.raises(DateClosed):
        eod.close(date=FRIDAY)
    with pytest.raises(DateNotReached):
        eod.close(date=TUESDAY)
    assert everything(FRIDAY) == before


def test_missed_days_are_closed_first_each_as_its_own(bank: World, steps: None) -> None:
    with pytest.raises(NotABusinessDate):
        eod.close(date=date(2026, 6, 6), ahead=True)
    closing = eod.close(date=date(2026, 6, 5), ahead=True)
    assert [run.business_date.day for run in closing.runs] == [29, 2, 3, 4, 5]
    assert ledger.business_date() == date(2026, 6, 8)
    later = [{code: state for code, state, *_ in shown(run)} for run in closing.runs[1:]]
    assert {states["PLANTED_CAPITALISE"] for states in later} == {"SKIPPED"}
    number = bank.bob.savings.number
    earned = [ledger.closing_balances([number], on=run.business_date)[number] for run in closing.runs]
    assert [str(money.amount) for money in earned] == ["10.00", "16.25", "18.75", "21.25", "26.25"]
    # Friday pays three days, each day is opened with as much as the day before closed with


def test_a_step_that_raises_stops_the_close_and_keeps_what_was_before(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted.install(monkeypatch)
    with transaction.atomic():
        eod.close()
        whole = everything(FRIDAY)
        transaction.set_rollback(True)

    def fail_at_the_third(day: Day, cursor: str) -> Part:
        part = planted.accrue(day, cursor)
        if ledger.balance(bank.bob.current.number).version > 1:
            raise ValueError("the third is too much\nsecret line")
        return part

    sick = agenda.ordered([step for step in agenda.steps() if step.code != "PLANTED_ACCRUE"])
    ill = [planted.step("PLANTED_ACCRUE", fail_at_the_third, Phase.ACCRUE)]
    monkeypatch.setattr(agenda, "_steps", agenda.ordered([*sick, *ill]))
    closing = eod.close()
    assert closing.stopped is not None
    assert closing.stopped.fault == "PLANTED_ACCRUE: ValueError: the third is too much"
    step = RunStep.objects.get(code="PLANTED_ACCRUE")
    assert (step.state, step.done, step.cursor) == ("FAILED", 2, bank.alice.savings.number)
    assert ledger.balance(bank.bob.current.number).version == 1
    assert ledger.business_date() == FRIDAY
    code, _out, err = command()
    assert (code, "STOPPED  PLANTED_ACCRUE: ValueError" in err) == (1, True)
    assert command("--status")[0] == 1
    assert tasks.go_on() == "nothing was cut off"  # this one waits for people

    planted.install(monkeypatch)
    assert eod.close().stopped is None
    RunStep.objects.filter(code="PLANTED_ACCRUE").update(total=4)  # the sick one did not say how many
    assert everything(FRIDAY) == whole
    assert AuditRecord.objects.filter(action="EOD_STOPPED").count() == 2
    assert AuditRecord.objects.filter(action="EOD_RESUMED").count() == 2


def test_cut_off_between_and_inside_any_two_parts_it_ends_with_the_same_books(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted.install(monkeypatch)
    with transaction.atomic():
        parts: list[RunStep] = []
        eod.close(watch=parts.append)
        whole = everything(FRIDAY)
        transaction.set_rollback(True)
    inside: set[tuple[str, str]] = set()

    def dying(step: Step) -> Step:
        def work(day: Day, cursor: str) -> Part:
            part = step.work(day, cursor)
            if (step.code, cursor) not in inside:
                inside.add((step.code, cursor))
                raise Killed
            return part

        return replace(step, work=work)

    cuts = 0

    def power_cut(_step: RunStep) -> None:
        raise Killed

    monkeypatch.setattr(agenda, "_steps", [dying(step) for step in agenda.steps()])
    while not Run.objects.filter(state=RunState.DONE).exists():
        try:
            if cuts and cuts % 5 == 0:  # beat's look every few minutes: dies inside a part alone
                assert tasks.go_on() == "2026-05-29 DONE"
            eod.close_next(through=FRIDAY, watch=power_cut)
        except Killed:
            cuts += 1
    assert everything(FRIDAY) == whole
    assert len(inside) == len(parts) - 8  # inside every part; beginning a step is none
    assert cuts > len(inside)


def test_the_books_must_tie_before_the_date_moves(bank: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda, "_steps", agenda.ordered(list(of_ledger.STEPS)))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE ledger_balance SET booked = booked + 1 WHERE code = %s", [bank.bob.savings.number]
        )
    (run,) = eod.close().runs
    assert run.state == RunState.FAILED
    assert run.fault.startswith("TIE_OUT: BOOKS_DO_NOT_TIE: The business date cannot be closed")
    assert "sub-accounts sum to" in run.fault
    assert ledger.business_date() == FRIDAY
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_balance SET booked = booked - 1 WHERE code = %s", [bank.bob.savings.number]
        )
    assert eod.close().stopped is None
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_bookings_between_the_snapshot_and_the_roll_are_kept(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bank does not stand still while it closes: a deposit comes after the balances were kept."""
    planted.install(monkeypatch)

    def deposit_late(step: RunStep) -> None:
        if (step.code, step.state) == ("BALANCE_SNAPSHOT", StepState.DONE):
            deposit(bank.bob.savings, "77", "late")

    eod.close(watch=deposit_late)
    assert ledger.closing_balances([bank.bob.savings.number], on=FRIDAY) == {
        bank.bob.savings.number: Money.of("87.00", "KES")
    }


def test_steps_that_cannot_go_on_say_so(bank: World, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = 0

    def loses_twice(day: Day, cursor: str) -> Part:
        nonlocal busy
        busy += 1
        if busy < 3:
            raise LedgerBusy
        return Part(1)

    stuck = planted.step("PLANTED_STUCK", lambda _day, _cursor: Part(0, cursor="here"), Phase.REVIEW)
    planted.install(monkeypatch, planted.step("PLANTED_BUSY", loses_twice), stuck)
    (run,) = eod.close().runs
    assert {code: state for code, state, *_ in shown(run)}["PLANTED_BUSY"] == "DONE"
    assert "EOD_STEP_STUCK" in run.fault

    planted.install(monkeypatch)
    (run,) = eod.close().runs
    assert "EOD_STEP_MISSING" in run.fault
    late = planted.step("PLANTED_LATE", lambda _day, _cursor: Part(0), Phase.COLLECT)
    planted.install(monkeypatch, planted.step("PLANTED_STUCK", lambda _d, _c: Part(1), Phase.REVIEW), late)
    (run,) = eod.close().runs
    assert run.state == RunState.DONE
    assert not run.steps.filter(code="PLANTED_LATE").exists()  # its turn was over


def test_two_steps_of_one_code_are_refused_at_start() -> None:
    twice = planted.STEPS[0]
    with pytest.raises(ImproperlyConfigured, match=r"PLANTED_OPEN"):
        agenda.ordered([twice, twice])
    assert {"ROLL", "KYC_EXPIRY"} <= {step.code for step in agenda.steps()}


def test_the_schedule_closes_what_is_due_and_no_more(
    bank: World, steps: None, monkeypatch: pytest.MonkeyPatch, evening: datetime
) -> None:
    row = PeriodicTask.objects.select_related("crontab").get(task="eod.close")
    assert (row.enabled, row.crontab.hour, row.crontab.minute, str(row.crontab.timezone)) == (
        True, "22", "0", "Africa/Nairobi",
    )  # fmt: skip
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.close, "apply_async", lambda kwargs: sent.append(kwargs))

    def at(hours: int) -> str:
        monkeypatch.setattr(clock, "now", lambda: evening + timedelta(hours=hours))
        return tasks.close()

    assert at(-2) == "nothing is due"  # nine in the evening
    assert at(0) == "2026-05-29 DONE"
    assert sent == [{"through": "2026-05-29", "by": None}]
    assert at(24) == at(72) == "nothing is due"  # Saturday, and Monday, a holiday
    assert at(24 * 5 + 10) == "2026-06-02 DONE"  # Thursday morning, late: Tuesday and Wednesday
    assert tasks.close(**sent[-1]) == "2026-06-03 DONE"
    assert tasks.close(**sent[-1]) == "nothing is due"
    assert ledger.business_date() == date(2026, 6, 4)


def test_the_command_shows_progress_and_refuses(bank: World, steps: None) -> None:
    code, out, _err = command("--date", "2026-05-29")
    assert code == 0
    assert "DONE     PLANTED_ACCRUE               4 of 4" in out
    assert "2026-05-29 is closed" in out
    assert "the next business date is 2026-06-02" in out
    assert "The account is closed." in command("--status")[1]
    code, _out, err = command("--date", "2026-05-29")
    assert (code, err.split(":")[0]) == (2, "BUSINESS_DATE_CLOSED")
    assert "Nothing to close; the business date is 2026-06-02." in command("--through", "2026-05-29")[1]
    assert command("--through", "2026-06-03")[0] == 2
    assert command("--through", "2026-06-03", "--ahead")[0] == 0
    assert Run.objects.count() == 3


def test_one_close_at_a_time_the_database_sees_to_it(bank: World) -> None:
    Run.objects.create(business_date=FRIDAY, next_date=TUESDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(business_date=TUESDAY, next_date=date(2026, 6, 3))


def test_which_date_follows_and_which_close_is_due() -> None:
    kenya = calendars.calendar("KE")
    assert rules.next_business_date(kenya, FRIDAY) == TUESDAY
    assert rules.next_business_date(calendars.calendar("EUTA"), FRIDAY) == date(2026, 6, 1)
    assert rules.stands_for(kenya, date(2026, 6, 1)) == FRIDAY
    closes_at = time(22)
    assert rules.last_due(datetime(2026, 6, 2, 21, 59), closes_at) == date(2026, 6, 1)
    assert rules.last_due(datetime(2026, 6, 2, 22, 0), closes_at) == TUESDAY
