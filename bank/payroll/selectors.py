"""Reads. ``run_for`` and ``employee_for`` are the only doors; wages are for who may see the payroll."""

import calendar
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet, Sum

from bank import ledger
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.rules import MandateRole
from bank.identity.models import User
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.payroll import rules
from bank.payroll.errors import RatesMissing, WagesConfidential
from bank.payroll.models import FIGURES, Employee, Run, RunLine, StatutoryRate
from bank.payroll.rules import Code, Item, Rates, RunState


def may_see_wages(user: User, customer: Customer) -> bool:
    """Whether the user sees who earns what: the owners, and those of the company they let see its payroll."""
    return _owns(user, customer) or _was_let(user, customer)


def require_wages(user: User, customer: Customer) -> None:
    """Raises ``NotFound`` for a stranger, ``WagesConfidential`` for who may see the totals only."""
    cif.mandate_for(user, customer)
    if not may_see_wages(user, customer):
        raise WagesConfidential


def require_payroll(user: User, customer: Customer) -> None:
    """Raises as ``require_wages``, and ``NotAllowed`` for who may look and change nothing."""
    require_wages(user, customer)
    if not _owns(user, customer):
        raise NotAllowed(what="change the payroll of this company")


def _owns(user: User, customer: Customer) -> bool:
    return cif.mandates_for(user).filter(customer=customer, role=MandateRole.OWNER.value).exists()


def _was_let(user: User, customer: Customer) -> bool:
    """Asked where payment files keep that right; it ends with the mandate."""
    readers = apps.all_models["payments"].get("payrollreader")
    if readers is None or not cif.mandates_for(user).filter(customer=customer).exists():
        return False
    return bool(readers._default_manager.filter(customer=customer, user=user).exists())


def this_month() -> date:
    """The first day of the month of the bank's open day."""
    return ledger.business_date().replace(day=1)


def last_day(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def rates_of(month: date) -> Rates:
    """The rates that hold on the month's last day. Raises ``RatesMissing``."""
    return Rates(*(_rate(code, last_day(month)) for code in Code))


def rate_rows(month: date) -> list[StatutoryRate]:
    """The same as rows, to show where figures come from."""
    rows = [_row(code, last_day(month)) for code in Code]
    return [row for row in rows if row is not None]


def employees_of(customer: Customer) -> QuerySet[Employee]:
    return Employee.objects.filter(customer=customer, left_date=None)


def employed_in(customer: Customer, month: date) -> list[Employee]:
    """Who is paid for a month: joined by its end, not left before it began."""
    known = Employee.objects.filter(customer=customer, joined_date__lte=last_day(month))
    return list(known.exclude(left_date__lt=month).prefetch_related("items").order_by("name", "id"))


def items_in(employee: Employee, month: date) -> list[Item]:
    """The items of a month, as the rules take them."""
    return [
        Item(one.title, rules.ItemKind(one.kind), one.money)
        for one in employee.items.all()
        if one.first_month <= month and (one.last_month is None or month <= one.last_month)
    ]


def employee_for(customer: Customer, employee_id: int) -> Employee:
    found = Employee.objects.filter(customer=customer, pk=employee_id).first()
    if found is None:
        raise NotFound(what="employee")
    return found


def runs_of(customer: Customer) -> QuerySet[Run]:
    return Run.objects.filter(customer=customer)


def run_for(customer: Customer, run_id: UUID | str) -> Run:
    found = runs_of(customer).filter(pk=run_id).first()
    if found is None:
        raise NotFound(what="payroll run")
    return found


def line_for(customer: Customer, line_id: UUID | str) -> RunLine:
    found = RunLine.objects.select_related("run", "employee").filter(run__customer=customer, pk=line_id)
    line = found.first()
    if line is None:
        raise NotFound(what="payslip")
    return line


def compared(run: Run) -> list[dict[str, Any]]:
    """The lines beside those of the month paid before: what is new, gone, more or less."""
    before = Run.objects.filter(customer=run.customer, month__lt=run.month)
    last = before.exclude(state=RunState.CANCELLED.value).order_by("-month").first()
    known = {one.employee_id: one for one in last.lines.all()} if last else {}
    rows: list[dict[str, Any]] = []
    for line in run.lines.all():
        old = known.pop(line.employee_id, None)
        change = line.money("net") - old.money("net") if old else None
        rows.append({"line": line, "before": old.money("net") if old else None, "change": change})
    rows += [
        {"line": one, "before": one.money("net"), "change": None, "is_gone": True} for one in known.values()
    ]
    return rows


def figures_of(run: Run) -> dict[str, Money]:
    """The sums of a run, figure by figure, for whoever may see no line."""
    sums = run.lines.aggregate(**{f"sum_{name}": Sum(name) for name in FIGURES})
    return {name: Money(sums[f"sum_{name}"] or Decimal(0), rules.CURRENCY) for name in FIGURES}


def journal_of(run: Run) -> list[tuple[str, Money, Money]]:
    """What the company's bookkeeper enters: account, debit, credit; both sides come to the same."""
    sums, nothing = figures_of(run), Money.zero(rules.CURRENCY)
    debits = [
        ("Wages and salaries", sums["gross"]),
        ("Employer's NSSF", sums["employer_nssf"]),
        ("Employer's housing levy", sums["employer_levy"]),
    ]
    credits = [
        ("PAYE payable", sums["paye"]),
        ("NSSF payable", sums["nssf"] + sums["employer_nssf"]),
        ("SHIF payable", sums["shif"]),
        ("Housing levy payable", sums["levy"] + sums["employer_levy"]),
        ("Other deductions payable", sums["deductions"]),
        ("Bank, net wages", sums["net"]),
    ]
    left = [(name, money, nothing) for name, money in debits]
    return [*left, *((name, nothing, money) for name, money in credits)]


def _rate(code: Code, day: date) -> dict[str, object]:
    row = _row(code, day)
    if row is None:
        raise RatesMissing(name=code, day=day)
    parameters: dict[str, object] = row.parameters
    return parameters


def _row(code: Code, day: date) -> StatutoryRate | None:
    rows = StatutoryRate.objects.filter(code=code.value, valid_from__lte=day)
    return rows.order_by("-valid_from").first()
