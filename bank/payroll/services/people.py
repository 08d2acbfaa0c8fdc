"""Employees, their items, and the rates the law sets. The audit trail names people, never what they earn."""

from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction

from bank.audit import services as audit
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments import rules as texts
from bank.payments import services as paying
from bank.payroll import selectors
from bank.payroll.errors import EmployeeUnusable
from bank.payroll.models import Employee, PayItem, StatutoryRate
from bank.payroll.rules import CURRENCY, Code, ItemKind

_BANDS: Final = [["24000", "10"], ["8333", "25"], ["467667", "30"], ["300000", "32.5"], [None, "35"]]
#: The rates the bank begins with; staff add rows as the law changes.
RATES: Final[tuple[tuple[Code, date, dict[str, Any], str], ...]] = (
    (Code.PAYE, date(2023, 7, 1), {"bands": _BANDS, "relief": "2400"}, "Finance Act 2023"),
    (
        Code.NSSF, date(2025, 2, 1), {"percent": "6", "lower": "8000", "upper": "72000"},
        "NSSF Act 2013, third schedule, year 3",
    ),
    (
        Code.NSSF, date(2026, 2, 1), {"percent": "6", "lower": "9000", "upper": "108000"},
        "NSSF Act 2013, third schedule, year 4",
    ),
    (
        Code.SHIF, date(2024, 10, 1), {"percent": "2.75", "minimum": "300"},
        "Social Health Insurance Regulations 2024",
    ),
    (
        Code.HOUSING_LEVY, date(2024, 3, 19), {"percent": "1.5", "employer_percent": "1.5"},
        "Affordable Housing Act 2024",
    ),
)  # fmt: skip


def seed_rates() -> None:
    """The statutory rates the bank begins with. Adds what is missing, changes nothing."""
    for code, since, parameters, source in RATES:
        StatutoryRate.objects.get_or_create(
            code=code.value, valid_from=since, defaults={"parameters": parameters, "source": source}
        )


@transaction.atomic
def add_employee(
    *,
    user: User,
    customer: Customer,
    staff_number: str,
    name: str,
    account_number: str,
    salary: Money,
    joined: date,
    email: str = "",
    tax_number: str = "",
) -> Employee:
    """Takes somebody on the payroll, with the outcome of the name check. Raises ``WagesConfidential``,
    ``EmployeeUnusable``, the check's refusals.
    """
    selectors.require_payroll(user, customer)
    seed_rates()
    name, staff_number = texts.clean_text("Name", name), texts.clean_text("End-to-end id", staff_number)[:20]
    if not name or not staff_number or not salary.is_positive or salary.currency != CURRENCY:
        raise EmployeeUnusable(problem="An employee has a number, a name and a monthly salary in shillings.")
    outcome, _hint = paying.check_payee(user=user, number=account_number, name=name)
    try:
        with transaction.atomic():
            made = Employee.objects.create(
                customer=customer, staff_number=staff_number, name=name, email=email.strip(),
                account_number="".join(account_number.split()), name_check=outcome,
                tax_number=tax_number.strip()[:20], salary=salary.amount, joined_date=joined,
            )  # fmt: skip
    except IntegrityError:
        raise EmployeeUnusable(problem="There is an employee with this number already.") from None
    _record("EMPLOYEE_ADDED", customer, user, made)
    return made


@transaction.atomic
def change_salary(*, user: User, employee: Employee, salary: Money) -> None:
    """From the next run on. Raises ``WagesConfidential``, ``EmployeeUnusable``."""
    selectors.require_payroll(user, employee.customer)
    if not salary.is_positive or salary.currency != CURRENCY:
        raise EmployeeUnusable(problem="A salary is above zero, in shillings.")
    Employee.objects.filter(pk=employee.pk).update(salary=salary.amount)
    _record("EMPLOYEE_SALARY_CHANGED", employee.customer, user, employee)


@transaction.atomic
def leave(*, user: User, employee: Employee, last: date) -> None:
    """The last month paid is the one of that day."""
    selectors.require_payroll(user, employee.customer)
    if last < employee.joined_date:
        raise EmployeeUnusable(problem="Nobody leaves before they joined.")
    Employee.objects.filter(pk=employee.pk).update(left_date=last)
    _record("EMPLOYEE_LEFT", employee.customer, user, employee)


@transaction.atomic
def add_item(
    *,
    user: User,
    employee: Employee,
    kind: str,
    title: str,
    amount: Money,
    first: date,
    last: date | None = None,
) -> PayItem:
    """An allowance or a deduction from a month on, or of one month alone: so runs are corrected too."""
    selectors.require_payroll(user, employee.customer)
    title = texts.clean_text("Name", title)[:60]
    if kind not in set(ItemKind) or not title or not amount.is_positive or amount.currency != CURRENCY:
        raise EmployeeUnusable(problem="An item has a kind, a title and an amount above zero, in shillings.")
    first, last = first.replace(day=1), last.replace(day=1) if last else None
    if last is not None and last < first:
        raise EmployeeUnusable(problem="The last month is not before the first.")
    made = PayItem.objects.create(
        employee=employee, kind=kind, title=title, amount=amount.amount, first_month=first, last_month=last
    )
    _record("PAY_ITEM_ADDED", employee.customer, user, employee)
    return made


@transaction.atomic
def end_item(*, user: User, employee: Employee, item_id: int) -> None:
    """Takes an item out of the runs to come."""
    selectors.require_payroll(user, employee.customer)
    employee.items.filter(pk=item_id).delete()
    _record("PAY_ITEM_ENDED", employee.customer, user, employee)


def _record(action: str, customer: Customer, user: User, employee: Employee) -> None:
    audit.record(
        action, actor=user, subject_type="employee", subject_id=str(employee.pk),
        detail={"cif": customer.cif, "staff_number": employee.staff_number},
    )  # fmt: skip
