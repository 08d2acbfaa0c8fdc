"""Holidays set by two people: what the deciding one sees, and that closes and contracts go by them."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client

from bank import ledger
from bank.audit.models import AuditRecord
from bank.deposits import services as deposits
from bank.deposits.models import Deposit
from bank.eod import holidays, selectors
from bank.eod import services as eod
from bank.eod.commands import SetCalendarDay
from bank.eod.models import CalendarDay, Run
from bank.identity import stepup
from bank.identity.models import User
from bank.kernel import calendars
from bank.kernel.errors import BankError, Conflict, InvalidInput, NotAllowed
from bank.kernel.money import Money
from bank.products import growth
from bank.products.models import DepositTerms
from bank.standing import services as standing
from bank.standing.models import StandingOrder
from bank.standing.rules import Frequency, Schedule
from bank.standing.services import Terms
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.deposits.conftest import skip_to
from tests.eod.conftest import FRIDAY, TUESDAY
from tests.statements import world
from tests.workflows.conftest import employ

WEDNESDAY = TUESDAY + timedelta(days=1)
SOLEMN = SetCalendarDay("KE", TUESDAY, "HOLIDAY", "Day of mourning")


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    CalendarDay.objects.all().delete()
    holidays.refresh()


def agree(asked: SetCalendarDay) -> Command:
    maker = User.objects.filter(email="maker@umoja.example").first() or employ("maker", "OPERATIONS")
    checker = User.objects.filter(email="checker@umoja.example").first() or employ("checker", "TREASURY")
    command = workflows.propose(kind="eod.set_calendar_day", payload=asked, reason="Gazette", maker=maker)
    done = workflows.approve(command=command, checker=checker)
    holidays.refresh()
    return done


def opened(bank: world.World, product: str, amount: str, months: int) -> Deposit:
    order = deposits.Order(product, bank.alice.current.number, Money.of(amount, "KES"), months=months)
    return deposits.open_for(customer=bank.alice.customer, order=order, key=product)[0]


def ordered(bank: world.World, first: date) -> StandingOrder:
    """From Alice to Bob, on the day alone."""
    terms = Terms(
        bank.alice.current.number, bank.bob.current.number, "Bob Barasa", Schedule(Frequency.ONCE, first),
        amount=Money.of("10", "KES"),
    )  # fmt: skip
    asked = standing.start_order(user=bank.alice.user, terms=terms)
    code = {"challenge_id": asked.id, "code": stepup.code_for(asked)}
    return standing.create_order(user=bank.alice.user, terms=terms, key="order", **code)


def entry_of(key: str) -> Any:
    found = ledger.entry_by_key(key)
    assert found is not None
    return found.postings


def said(command: Command) -> dict[str, tuple[str, str]]:
    return {one["label"]: (one["before"], one["after"]) for one in command.difference}


def test_a_holiday_of_the_gazette_moves_what_comes_after_it(bank: world.World, steps: None) -> None:
    """Monday, 1 June is one by the table; with Tuesday gazetted too the close of Friday opens Wednesday."""
    matures = date(2026, 12, 1)
    kenya, before = calendars.calendar("KE"), calendars.calendar("KE").holidays(2026)
    assert growth.maturity_date(TUESDAY - timedelta(days=1), 6, "FOLLOWING") == matures
    command = agree(SOLEMN)
    assert command.state == "APPROVED", command.decision_reason
    shown = said(command)
    assert shown["Kenya, Tuesday, 2 June 2026"] == ("Business day", "Day of mourning")
    assert shown["Currencies that settle by it"] == ("KES", "KES")
    assert shown["Business date after 29 May 2026"] == ("2 Jun 2026", "3 Jun 2026")
    assert calendars.calendar("Nairobi").holidays(2026) == {**before, TUESDAY: "Day of mourning"}
    assert calendars.table("KE") is kenya
    assert selectors.calendar().add_business_days(FRIDAY, 1) == WEDNESDAY
    assert not calendars.calendar("KES").is_business_day(TUESDAY)
    assert calendars.calendar("USD").is_business_day(TUESDAY)

    agree(SetCalendarDay("KE", matures, "HOLIDAY", "Swearing in"))
    assert growth.maturity_date(TUESDAY - timedelta(days=1), 6, "FOLLOWING") == matures + timedelta(days=1)
    assert eod.close(date=FRIDAY, ahead=True).stopped is None
    assert (ledger.business_date(), Run.objects.get().next_date) == (WEDNESDAY, WEDNESDAY)


def test_a_holiday_of_the_table_and_a_saturday_are_worked_through(bank: world.World, steps: None) -> None:
    monday, saturday = TUESDAY - timedelta(days=1), date(2026, 6, 6)
    shown = said(agree(SetCalendarDay("KE", monday, "BUSINESS")))
    assert shown["Kenya, Monday, 1 June 2026"] == ("Madaraka Day", "Business day")
    assert shown["Business date after 29 May 2026"] == ("2 Jun 2026", "1 Jun 2026")
    agree(SetCalendarDay("KE", saturday, "BUSINESS"))
    assert calendars.calendar("KE").add_business_days(date(2026, 6, 5), 1) == saturday
    agree(SetCalendarDay("KE", monday, "TABLE"))
    assert [row.day for row in CalendarDay.objects.all()] == [saturday]
    assert not calendars.calendar("KE").is_business_day(monday)


def test_what_is_due_on_a_day_that_becomes_a_holiday_moves_with_it(bank: world.World) -> None:
    """Fixed: following, so it is paid a day later with a day's interest more. Recurring: modified following,
    and 1 December is another month, so it is paid on the Friday before. A standing order goes by its own.
    """
    census, friday, tuesday = date(2026, 11, 30), date(2026, 11, 27), date(2026, 12, 1)
    world.deposit(bank.alice.current, "90000.00", "enough")
    DepositTerms.objects.filter(version__product__code="RECURRING").update(convention="MODIFIED_FOLLOWING")
    fixed, recurring = opened(bank, "FIXED", "60000", 6), opened(bank, "RECURRING", "1000", 6)
    assert fixed.maturity_date == recurring.maturity_date == census
    order = ordered(bank, census)
    before = ledger.trial_balance()
    command = agree(SetCalendarDay("KE", census, "HOLIDAY", "Census"))
    shown = said(command)
    assert shown[f"Deposits that mature: 1 ({fixed.number})"] == ("30 Nov 2026", "1 Dec 2026")
    assert shown[f"Deposits that mature: 1 ({recurring.number})"] == ("30 Nov 2026", "27 Nov 2026")
    assert shown[f"Standing orders and payments of that day: 1 ({order.reference})"] == (
        "30 Nov 2026", "1 Dec 2026",
    )  # fmt: skip
    assert ledger.trial_balance() == before
    order.refresh_from_db()
    assert (order.next_due, order.next_run) == (census, tuesday)
    for one, to, days in ((fixed, tuesday, 186), (recurring, friday, 182)):
        one.refresh_from_db()
        assert (one.maturity_date, (to - FRIDAY).days) == (to, days)
        dues = {line.due_date for line in one.schedule.filter(kind__in=["INTEREST", "MATURITY"])}
        assert dues == {to}
    interest = growth.simple_interest(
        [(FRIDAY, fixed.money)],
        annual_rate_pct=fixed.annual_rate_pct,
        day_count=fixed.day_count,
        until=tuesday,
    )
    assert fixed.schedule.get(kind="INTEREST").amount == interest.amount

    skip_to(tuesday)
    fixed.refresh_from_db()
    recurring.refresh_from_db()
    assert (fixed.status, recurring.status) == ("ACTIVE", "MATURED")
    skip_to(tuesday + timedelta(days=1))
    fixed.refresh_from_db()
    assert (fixed.status, fixed.closed_date, fixed.paid_interest) == ("MATURED", tuesday, interest.amount)
    tax = fixed.paid_tax
    (end,) = [line.amount for line in entry_of(f"deposit:{fixed.number}:end") if line.account == fixed.number]
    assert end.amount == -(Decimal(60000) + interest.amount - tax)
    assert fixed.schedule.get(kind="MATURITY").amount == -end.amount
    records = AuditRecord.objects.filter(action="DEPOSIT_MATURITY_MOVED")
    assert {row.subject_id for row in records} == {fixed.number, recurring.number}


def test_a_day_that_is_a_business_day_again_brings_maturities_back(bank: world.World) -> None:
    census = date(2026, 8, 31)
    world.deposit(bank.alice.current, "90000.00", "enough")
    fixed = opened(bank, "FIXED", "60000", 3)
    kept = list(fixed.schedule.values("kind", "due_date", "amount", "tax"))
    for kind, name, day in (("HOLIDAY", "Census", date(2026, 9, 1)), ("TABLE", "", census)):
        agree(SetCalendarDay("KE", census, kind, name))
        fixed.refresh_from_db()
        assert fixed.maturity_date == day
    assert list(fixed.schedule.values("kind", "due_date", "amount", "tax")) == kept


def test_an_instalment_due_on_a_new_holiday_is_taken_by_its_products_rule(bank: world.World) -> None:
    """Due on Tuesday, 30 June, gazetted later. By modified following on Monday, not in July; by following,
    the rule it is closed under here, on Wednesday, never before it is due.
    """
    due, monday, wednesday = date(2026, 6, 30), date(2026, 6, 29), date(2026, 7, 1)
    world.deposit(bank.alice.current, "90000.00", "enough")
    ledger.roll_business_date(to=date(2026, 5, 30))
    kept = opened(bank, "RECURRING", "1000", 6)
    terms = DepositTerms.objects.filter(version__product__code="RECURRING")
    for rule, taken in (("MODIFIED_FOLLOWING", "29 Jun 2026"), ("FOLLOWING", "1 Jul 2026")):
        terms.update(convention=rule)
        shown = said(agree(SetCalendarDay("KE", due, "HOLIDAY", "Mourning")))
        assert shown[f"Instalments of deposits: 1 ({kept.number})"] == ("30 Jun 2026", taken)
        if rule == "MODIFIED_FOLLOWING":
            agree(SetCalendarDay("KE", due, "TABLE"))
    skip_to(monday)
    before = ledger.balance(kept.number).booked
    skip_to(wednesday)
    assert ledger.balance(kept.number).booked == before, "not before it is due"
    skip_to(wednesday + timedelta(days=1))
    line = kept.schedule.get(kind="INSTALMENT", due_date=due)
    assert (line.status, line.done_date) == ("PAID", wednesday)
    assert ledger.balance(kept.number).booked - before == Money.of("1000", "KES")


def test_days_that_make_no_sense_are_refused_and_change_nothing(bank: world.World) -> None:
    maker, outsider = employ("maker", "OPERATIONS"), employ("outsider", "TELLER")
    wrong: list[tuple[SetCalendarDay, type[BankError]]] = [
        (replace(SOLEMN, day=FRIDAY), InvalidInput),
        (replace(SOLEMN, day=date(2020, 1, 3)), InvalidInput),
        (replace(SOLEMN, day=FRIDAY + timedelta(days=900)), InvalidInput),
        (replace(SOLEMN, name=" "), InvalidInput),
        (replace(SOLEMN, name="x" * 81), InvalidInput),
        (replace(SOLEMN, kind="BUSINESS"), InvalidInput),
        (replace(SOLEMN, kind="FEAST"), InvalidInput),
        (replace(SOLEMN, calendar="NONE"), InvalidInput),
        (replace(SOLEMN, calendar="ATLANTIS"), InvalidInput),
        (SetCalendarDay("KE", TUESDAY, "BUSINESS"), Conflict),
        (SetCalendarDay("KE", TUESDAY, "TABLE"), Conflict),
    ]
    for asked, refusal in wrong:
        with pytest.raises(refusal):
            workflows.propose(kind="eod.set_calendar_day", payload=asked, reason="x", maker=maker)
    with pytest.raises(NotAllowed):
        workflows.propose(kind="eod.set_calendar_day", payload=SOLEMN, reason="x", maker=outsider)
    assert not CalendarDay.objects.exists()


def test_staff_propose_it_on_its_page(bank: world.World, as_role: Callable[[str], Client]) -> None:
    desk, start = as_role("OPERATIONS"), "/admin/eod/calendarday/start/day/"
    page = desk.get(start).content.decode()
    assert "Madaraka Day" in page
    assert "Kenya (KES)" in page
    asked = {
        "calendar": "KE",
        "day": "2026-06-02",
        "kind": "HOLIDAY",
        "name": "Day of mourning",
        "reason": "Gazette",
    }
    assert "has a name" in desk.post(start, asked | {"name": ""}).content.decode()
    sent = desk.post(start, asked)
    assert sent.status_code == 302, sent.context["form"].errors
    assert Command.objects.get().kind == "eod.set_calendar_day"
    holidays.set_day(calendar="KE", day=TUESDAY, name="Day of mourning", is_open=False)
    assert "Day of mourning" in desk.get("/admin/eod/calendarday/").content.decode()
    row = CalendarDay.objects.get()
    assert desk.get(f"/admin/eod/calendarday/{row.pk}/change/").status_code == 200
    assert as_role("TELLER").get(start).status_code == 403


def test_other_processes_hear_of_it_within_a_minute(
    bank: world.World,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    """What was read is gone by for a minute without asking again; then once, whichever calendar is asked."""
    moment = [1_000_000_000.0]
    monkeypatch.setattr(holidays, "monotonic", lambda: moment[0])
    settings.CALENDAR_REFRESH_S = 60
    with django_assert_num_queries(1):
        assert calendars.calendar("KE").is_business_day(TUESDAY)
    CalendarDay.objects.create(calendar="KE", day=TUESDAY, name="Day of mourning")
    moment[0] += 59
    with django_assert_num_queries(0):
        assert calendars.calendar("KE").is_business_day(TUESDAY)
    moment[0] += 2
    with django_assert_num_queries(1):
        assert calendars.calendar("USD").is_business_day(TUESDAY)
        changed = calendars.calendar("KE")
    assert not changed.is_business_day(TUESDAY)
    moment[0] += 61
    assert calendars.calendar("KE") is changed


def test_a_day_that_is_rolled_back_was_never_read(
    bank: world.World, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The minute is over within the database transaction that sets the day, and in it alone."""
    moment = [1_000_000_000.0]
    monkeypatch.setattr(holidays, "monotonic", lambda: moment[0])
    settings.CALENDAR_REFRESH_S = 60
    assert calendars.calendar("KE").is_business_day(TUESDAY)
    with suppress(ZeroDivisionError), transaction.atomic():
        holidays.set_day(calendar="KE", day=TUESDAY, name="Day of mourning", is_open=False)
        moment[0] += 61
        calendars.calendar("KE").is_business_day(TUESDAY)
        raise ZeroDivisionError
    assert calendars.calendar("KE").is_business_day(TUESDAY)
    moment[0] += 30
    assert calendars.calendar("KE").is_business_day(TUESDAY)
