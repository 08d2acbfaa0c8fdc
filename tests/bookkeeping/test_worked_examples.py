"""One example for each event of the general ledger, with its T-accounts, for bankers to read."""

from datetime import date
from decimal import Decimal

import pytest

from bank import ledger
from bank.bookkeeping import commands, reports, rules
from bank.bookkeeping import eod as closing
from bank.bookkeeping.commands.schedules import MakeSchedule
from bank.bookkeeping.exchange import Quote
from bank.bookkeeping.models import Journal, Schedule
from bank.bookkeeping.reports.figures import Period
from bank.bookkeeping.rules import Origin, Side, TemplateSlot
from bank.bookkeeping.services import journals as booking
from bank.bookkeeping.services import rates
from bank.kernel.errors import BankError
from bank.runtime.steps import Day
from bank.workflows.models import Command
from tests.bookkeeping.conftest import (
    CAPITAL,
    CASH,
    EXPENSE,
    FEES,
    RETAINED,
    SUSPENSE,
    People,
    book,
    cr,
    credits_of,
    debits,
    dr,
    kes,
)

pytestmark = pytest.mark.django_db


def test_a_journal_by_two_people_and_its_reversal(people: People) -> None:
    """The electricity bill of 12,000 is paid in cash, two thirds of it on account of a suspense.

        5900 Operating expense        2900 Suspense             1001 Cash
        Dr 8,000 |                    Dr 4,000 |                         | Cr 12,000

    A day later it turns out to have been somebody else's: every line the other way round.
    """
    proposed = commands.journals.propose(
        lines=[dr(EXPENSE, 8_000), dr(SUSPENSE, 4_000), cr(CASH, 12_000)],
        narrative="Electricity, October",
        reason="Bill 4711",
        maker=people.accountant,
    )
    assert (debits(EXPENSE), debits(SUSPENSE), credits_of(CASH)) == ("0.00", "0.00", "0.00")
    assert proposed.required_role == "SUPERVISOR"

    people.approve(proposed, people.supervisor)
    assert (debits(EXPENSE), debits(SUSPENSE), credits_of(CASH)) == ("8000.00", "4000.00", "12000.00")
    journal = Journal.objects.get()
    assert (journal.maker, journal.checker, journal.origin) == (
        people.accountant,
        people.supervisor,
        "MANUAL",
    )
    assert ledger.entry(journal.entry_id).reference == journal.reference

    undo = commands.journals.propose_reversal(
        journal=journal.reference, reason="Not our meter", maker=people.accountant
    )
    people.approve(undo, people.supervisor)
    assert (debits(EXPENSE), debits(SUSPENSE), credits_of(CASH)) == ("0.00", "0.00", "0.00")
    assert ledger.entry(journal.entry_id).reversed_by == Journal.objects.get(reverses=journal).entry_id


def test_a_template_shares_out_a_total(people: People) -> None:
    """Rent of 100.01 for three departments, a third each: the cents go to the largest fractions.

    5900 (a) Dr 33.34   5201 (b) Dr 33.34   5300 (c) Dr 33.33   1001 Cr 100.01
    """
    third = [Decimal("33.3333"), Decimal("33.3333"), Decimal("33.3334")]
    slots = [
        TemplateSlot(account, Side.DEBIT, None, share)
        for account, share in zip((EXPENSE, "5201.KES", "5300.KES"), third, strict=True)
    ]
    slots.append(TemplateSlot(CASH, Side.CREDIT, None, Decimal(100)))
    booking.write_template(
        code="rent", name="Rent", narrative="Rent", slots=slots, is_frequent=False, actor=people.accountant
    )
    lines = rules.fill(slots, ["KES"] * 4, kes("100.01"), [None] * 4)
    assert [str(line.amount.amount) for line in lines] == ["33.34", "33.33", "33.34", "100.01"]
    people.approve(
        commands.journals.propose(
            lines=lines, narrative="Rent", reason="October", maker=people.accountant,
            origin=Origin.TEMPLATE, template="RENT",
        ),
        people.supervisor,
    )  # fmt: skip
    assert credits_of(CASH) == "100.01"
    assert str(Journal.objects.get().template) == "RENT Rent"


def test_a_prepayment_is_used_up_month_by_month(people: People) -> None:
    """Insurance of 1,000 paid in advance for three months: 333.33, 333.33 and the rest of 333.34.

    1800 Prepaid                           5900 Operating expense
    Dr 1,000.00 | Cr 333.33 (each month)   Dr 333.33 |
    """
    today = ledger.business_date()
    first = today.replace(day=1)
    book("1800.KES", CASH, 1_000, "paid")
    last = date(first.year + (first.month + 2) // 13, (first.month + 1) % 12 + 1, 28)
    asked = MakeSchedule(
        reference="SCH-1", kind="PREPAYMENT", debit=EXPENSE, credit="1800.KES", amount=Decimal(1000),
        from_date=first, to_date=last, spread="EQUAL", narrative="Insurance",
    )  # fmt: skip
    people.approve(
        commands.schedules.propose(schedule=asked, reason="Policy 9", maker=people.accountant),
        people.supervisor,
    )
    made = Schedule.objects.get()
    parts = list(made.parts.all())
    assert [str(part.amount) for part in parts] == ["333.330", "333.330", "333.340"]

    month_end = Day(parts[0].due_date, parts[1].due_date.replace(day=1))
    assert closing.book_schedules(month_end, "") == closing.Part(done=1)
    assert closing.book_schedules(month_end, "") == closing.Part(done=0)
    assert (debits(EXPENSE), debits("1800.KES")) == ("333.33", "666.67")

    cancel = commands.schedules.propose_cancel(
        schedule="SCH-1", reason="Policy ended", maker=people.accountant
    )
    people.approve(cancel, people.supervisor)
    assert closing.book_schedules(Day(last, last.replace(day=28)), "").done == 0
    part = Journal.objects.get(origin="SCHEDULE")
    people.approve(
        commands.journals.propose_reversal(
            journal=part.reference, reason="Refunded", maker=people.accountant
        ),
        people.supervisor,
    )
    assert debits("1800.KES") == "1000.00"


def test_an_accrual_made_in_error_is_reversed_as_a_whole(people: People) -> None:
    """An audit fee of 900 accrued over three months; two are booked when nobody turns out to be owed.

    5900 Operating expense             2400 Taxes payable
    Dr 300.00 |                                  | Cr 300.00   first month
    Dr 300.00 |                                  | Cr 300.00   second month
              | Cr 300.00 (twice)      Dr 300.00 (twice) |     reversed, each with the value it had

    The third part never will be booked. It takes two people, and the second time there is nothing left.
    """
    first = ledger.business_date().replace(day=1)
    third = rules.month_after(rules.month_after(first))
    asked = MakeSchedule(
        reference="SCH-2", kind="ACCRUAL", debit=EXPENSE, credit="2400.KES", amount=Decimal(900),
        from_date=first, to_date=third, spread="EQUAL", narrative="Audit",
    )  # fmt: skip
    people.approve(
        commands.schedules.propose(schedule=asked, reason="Year end", maker=people.accountant),
        people.supervisor,
    )

    def reversal() -> Command:
        return commands.schedules.propose_reversal(
            schedule="SCH-2", reason="Nothing is owed", maker=people.accountant
        )

    with pytest.raises(BankError, match="has not been reversed"):
        reversal()
    closing.book_schedules(Day(first, third), "")
    assert (debits(EXPENSE), credits_of("2400.KES")) == ("600.00", "600.00")
    command = reversal()
    with pytest.raises(BankError, match="Somebody else"):
        people.approve(command, people.accountant)
    assert people.approve(command, people.supervisor).state == "APPROVED"
    assert (debits(EXPENSE), credits_of("2400.KES")) == ("0.00", "0.00")
    undone = Journal.objects.filter(origin="REVERSAL").order_by("id")
    assert [(one.reference, one.value_date == one.reverses.value_date) for one in undone] == [
        ("SCH-2/1R", True),
        ("SCH-2/2R", True),
    ]
    assert closing.book_schedules(Day(third, third.replace(day=28)), "").done == 0
    assert Schedule.objects.get().cancel_reason == "Nothing is owed"
    with pytest.raises(BankError, match="has not been reversed"):
        reversal()


def test_the_position_is_revalued_by_the_difference_alone(people: People) -> None:
    """USD 1,000 bought for KES 130,000. At 135 they are worth 5,000 more, at 131 they lost 4,000 of that.

    1200.USD Position        1200.KES Position               4400 FX gains    5400 FX losses
             | Cr 1,000      Dr 130,000 |                             |
                             Dr   5,000 |                             | Cr 5,000
                                        | Cr 4,000                    |      Dr 4,000 |
    """
    today = ledger.business_date()
    book("1100.USD", "1200.USD", 1_000, "bought")
    book("1200.KES", CASH, 130_000, "paid")

    def enter(rate: str) -> None:
        quote = Quote("USD", "KES", Decimal(rate), today)
        command = commands.rates.propose(quote=quote, source="CBK", reason="Fixing", maker=people.accountant)
        people.approve(command, people.treasurer)

    enter("135")
    assert closing.revalue(Day(today, date(today.year + 1, 1, 1)), "") == closing.Part(done=1)
    assert (debits("1200.KES"), credits_of("4400.KES")) == ("135000.00", "5000.00")
    assert closing.revalue(Day(today, date(today.year + 1, 1, 1)), "").done == 1
    assert credits_of("4400.KES") == "5000.00"

    tomorrow = ledger.roll_business_date()
    rates.enter(
        quote=Quote("USD", "KES", Decimal(131), tomorrow), source="CBK", actor=people.treasurer, command=""
    )
    rates.revalue(day=tomorrow)
    assert (debits("1200.KES"), credits_of("4400.KES"), debits("5400.KES")) == (
        "131000.00",
        "5000.00",
        "4000.00",
    )


def test_the_year_ends_and_every_report_stays_right(people: People) -> None:
    """Fees of 900 and expenses of 400 leave 500, which the last close of the year moves to retained earnings.

    4001 Fees                5900 Expense             3100 Retained earnings
    Dr 900 | Cr 900          Dr 400 | Cr 400                 | Cr 500
    """
    today = ledger.business_date()
    book(CASH, CAPITAL, 10_000, "capital")
    book(CASH, FEES, 900, "fees")
    book(EXPENSE, CASH, 400, "costs")
    year = Period(date(today.year, 1, 1), date(today.year, 12, 31))

    def figures() -> tuple[str, ...]:
        (income,) = reports.income_statement(periods=[year])
        (sheet,) = reports.balance_sheet(days=[today])
        (flow,) = reports.cash_flow(periods=[year])
        assert sheet.holds
        assert flow.holds
        return tuple(
            str(row.amounts[0].amount)
            for row in (income.closing[0], sheet.sections[0].total, sheet.sections[2].total, *flow.closing)
        )

    before = figures()
    assert before == ("500.00", "10500.00", "10500.00", "10500.00", "0.00", "10500.00")
    last_day = Day(today, date(today.year + 1, 1, 1))
    assert last_day.ends_year
    assert closing.close_year(last_day, "") == closing.Part(done=1)
    assert closing.close_year(last_day, "") == closing.Part(done=0)
    assert (credits_of(FEES), debits(EXPENSE), credits_of(RETAINED)) == ("0.00", "0.00", "500.00")
    assert figures() == before
