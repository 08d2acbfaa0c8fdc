"""What is known to come and go, from everywhere a company said so. The caller was allowed to see it.

Money between the company's own accounts is left out: it neither comes nor goes. What is late counts as of
today. Wages are one sum a run, approved expenses one sum: who earns or claimed what is not told here.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils.translation import gettext

from bank.accounts.models import Account
from bank.cif.models import Customer
from bank.deposits.models import ScheduleLine
from bank.deposits.rules import Instruction, LineKind, LineStatus, Status
from bank.expenses import selectors as expenses
from bank.invoicing import selectors as invoicing
from bank.invoicing.rules import BillState
from bank.kernel.money import Money
from bank.liquidity.rules import Commitment, Source
from bank.payments.models import PaymentFile, PaymentOrder
from bank.payments.rules import FileStatus, PaymentStatus
from bank.payroll import rules as wages
from bank.payroll import selectors as payroll
from bank.payroll.rules import RunState
from bank.products.rules import InterestMode
from bank.runtime import formats
from bank.standing import selectors as standing
from bank.standing.models import Run, StandingOrder
from bank.standing.rules import OrderStatus, RunStatus

_MOST_DATES = 100
_TAXES_DUE = 9
"""PAYE, NSSF, SHIF and the housing levy of a month are due on the ninth of the next one (KRA)."""


def known(customer: Customer, today: date, until: date) -> list[Commitment]:
    """Everything due up to a day, by day."""
    found = (one for read in _READERS for one in read(customer, today, until))
    return sorted(
        (one for one in found if one.day <= until and one.money), key=lambda one: (one.day, one.title)
    )


def _on(today: date, due: date, money: Money, source: Source, title: str) -> Commitment:
    return Commitment(max(today, due), money, source, title, is_late=due < today)


def _invoices(customer: Customer, today: date, _until: date) -> Iterator[Commitment]:
    for one in invoicing.open_invoices(customer):
        due = one.due_date or today
        yield _on(today, due, one.open_money, Source.INVOICE, f"{one.number} · {one.debtor_name}")


def _bills(customer: Customer, today: date, _until: date) -> Iterator[Commitment]:
    owed = invoicing.bills_of(customer).filter(state__in=(BillState.OPEN.value, BillState.WAITING.value))
    for one in owed:
        yield _on(today, one.due_date, -one.money, Source.BILL, f"{one.number} · {one.vendor.name}")


def _expenses(customer: Customer, today: date, _until: date) -> Iterator[Commitment]:
    """What was approved and not paid back yet, also where its file still waits."""
    for owed in expenses.owed_to_claimants(customer):
        yield _on(today, today, -owed, Source.EXPENSE, gettext("Approved expenses"))


def _payroll(customer: Customer, today: date, _until: date) -> Iterator[Commitment]:
    """Wages at the end of their month, taxes and contributions by the ninth after it, paid wages' too."""
    runs = payroll.runs_of(customer).exclude(state=RunState.CANCELLED.value)
    for one in runs.filter(month__gte=today.replace(day=1) - timedelta(days=62)):
        last = payroll.last_day(one.month)
        if one.state != RunState.PAID:
            net = Money(-one.net, wages.CURRENCY)
            yield _on(today, last, net, Source.PAYROLL, formats.month(one.month))
        due = (last + timedelta(days=1)).replace(day=_TAXES_DUE)
        if due >= today:
            taxes = Money(one.net - one.cost, wages.CURRENCY)
            yield _on(today, due, taxes, Source.PAYROLL_TAX, formats.month(one.month))


def _standing(customer: Customer, today: date, until: date) -> Iterator[Commitment]:
    """Orders to others that run; how much a sweep of what is above a balance moves nobody knows."""
    mine = _numbers(customer)
    orders = StandingOrder.objects.filter(debtor_account__customer=customer, amount__isnull=False)
    for order in orders.exclude(creditor_number__in=mine):
        if order.status == OrderStatus.ACTIVE and order.money is not None:
            for day in _paid_days(order, until):
                yield _on(today, day, -order.money, Source.STANDING, order.creditor_name)
    retried = Run.objects.filter(order__in=orders, status=RunStatus.RETRYING.value).select_related("order")
    for run in retried.exclude(order__creditor_number__in=mine):
        if run.order.money is not None:
            yield _on(today, run.due_date, -run.order.money, Source.STANDING, run.order.creditor_name)


def _paid_days(order: StandingOrder, until: date) -> list[date]:
    calendar, schedule = standing.calendar(), order.schedule
    dates = islice(schedule.dates(), order.next_index, order.next_index + _MOST_DATES)
    days = (schedule.paid_on(due, calendar) for due in dates)
    return [day for day in days if day <= until]


def _payments(customer: Customer, today: date, _until: date) -> Iterator[Commitment]:
    """Those that wait for signatures; what was let go has left the balance already."""
    waiting = PaymentOrder.objects.filter(
        debtor_account__customer=customer, status=PaymentStatus.AWAITING_APPROVAL.value
    )
    for one in waiting.exclude(creditor_account__customer=customer):
        money = Money(-(one.amount + one.fee + one.excise), one.currency)
        yield _on(today, one.requested_date, money, Source.PAYMENT, one.creditor_name)


def _files(customer: Customer, today: date, _until: date) -> Iterator[Commitment]:
    """Confirmed files that wait for signatures, but for those of bills, expenses and wages, which count as
    such."""
    known_bills = invoicing.bills_of(customer).exclude(file_reference="").values("file_reference")
    known_runs = payroll.runs_of(customer).exclude(file_reference="").values("file_reference")
    claimed = expenses.files_of(customer)
    waiting = PaymentFile.objects.filter(customer=customer, status=FileStatus.WAITING.value)
    own = waiting.exclude(reference__in=known_bills).exclude(reference__in=claimed)
    for one in own.exclude(reference__in=known_runs):
        for currency, total in one.totals.items():
            title = one.message_id or one.reference
            yield _on(today, today, Money(-Decimal(total), currency), Source.FILE, title)


def _deposits(customer: Customer, today: date, until: date) -> Iterator[Commitment]:
    lines = ScheduleLine.objects.filter(
        deposit__customer=customer, status=LineStatus.PENDING.value, due_date__lte=until,
        deposit__status__in=(Status.ACTIVE.value, Status.HELD.value),
    )  # fmt: skip
    for line in lines.select_related("deposit__product"):
        money = _of_deposit(line)
        if money:
            title = f"{line.deposit.product.name} {formats.account_number(line.deposit.number)}"
            yield _on(today, line.due_date, money, Source.DEPOSIT, title)


def _of_deposit(line: ScheduleLine) -> Money | None:
    """What of a line reaches (or leaves) the accounts. The last interest is in the maturity's sum; interest
    that is added to the deposit stays there; a renewal pays out what is not renewed."""
    deposit = line.deposit
    amount = Money(line.amount, deposit.currency)
    if line.kind == LineKind.INSTALMENT:
        return -amount
    if line.kind == LineKind.INTEREST:
        stays = deposit.mode == InterestMode.COMPOUNDED or line.due_date == deposit.maturity_date
        return None if stays else Money(line.amount - line.tax, deposit.currency)
    if deposit.instruction == Instruction.PRINCIPAL_AND_INTEREST:
        return None
    return amount - deposit.money if deposit.instruction == Instruction.PRINCIPAL else amount


def _numbers(customer: Customer) -> Any:
    return Account.objects.filter(customer=customer).values("number")


_READERS: tuple[Callable[[Customer, date, date], Iterator[Commitment]], ...] = (
    _invoices, _bills, _expenses, _payroll, _standing, _payments, _files, _deposits,
)  # fmt: skip
