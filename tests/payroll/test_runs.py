"""A payroll from employees to paid wages: once, confidential, fixed once sent."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from bank.cif import services as cif
from bank.identity.models import User
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.payments.models import PaymentFile
from bank.payroll import errors, selectors, services
from bank.payroll.models import Employee, Run, RunLine
from tests.invoicing.shop import Shop
from tests.portals.town import Resident, let_the_worker_work, newest_code
from tests.worlds import Standing

pytestmark = pytest.mark.django_db


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


@pytest.fixture
def shop(standing_shop: Standing[Shop], db: None) -> Shop:
    shop = standing_shop.visit()
    hire(shop, shop.town.amina, "1", "50000.00")
    hire(shop, shop.town.brian, "2", "30000.00")
    return shop


def hire(shop: Shop, who: Resident, number: str, salary: str) -> Employee:
    return services.add_employee(
        user=shop.firm.user, customer=shop.firm.customer, staff_number=number, name=who.name,
        account_number=who.number, salary=kes(salary), joined=date(2020, 1, 1), email=who.user.email,
    )  # fmt: skip


def confirm(shop: Shop, file: PaymentFile) -> None:
    challenge = payments.start_file_confirmation(user=shop.firm.user, file=file)
    payments.confirm_payment_file(
        user=shop.firm.user, file=file, only_valid=False, key="c1", challenge_id=challenge.id,
        code=newest_code(shop.firm.user),
    )  # fmt: skip


def test_wages_are_paid_once_and_a_sent_run_is_fixed(shop: Shop) -> None:
    firm, month = shop.firm, selectors.this_month()
    mine = {"user": firm.user, "customer": firm.customer}
    run = services.prepare(**mine, month=month)
    again = services.prepare(**mine, month=month)
    assert (run.pk, Run.objects.count(), again.people) == (again.pk, 1, 2)
    assert again.net == sum(one.net for one in again.lines.all())
    debit = sum((one for _name, one, _other in selectors.journal_of(again)), start=kes("0.00"))
    credit = sum((one for _name, _other, one in selectors.journal_of(again)), start=kes("0.00"))
    assert debit == credit == again.money("cost")
    file = services.send_to_pay(user=firm.user, run=again, account_number=firm.number)
    same = services.send_to_pay(user=firm.user, run=again, account_number=firm.number)
    assert (file.pk, file.status, file.faulty_count, file.line_count) == (same.pk, "CHECKED", 0, 2)
    with pytest.raises(errors.MonthRun):
        services.prepare(**mine, month=month)
    with pytest.raises(errors.RunNotDraft):
        services.cancel(user=firm.user, run=again)
    for act in (
        lambda: Run.objects.filter(pk=run.pk).update(net=1),
        lambda: RunLine.objects.update(net=1),
        lambda: RunLine.objects.all().delete(),
        lambda: Run.objects.filter(pk=run.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    before, line = shop.town.brian.booked, again.lines.get(staff_number="2")
    confirm(shop, file)
    let_the_worker_work()
    services.note_outcome(PaymentFile.objects.get(pk=file.pk))
    run.refresh_from_db()
    assert (run.state, set(run.lines.values_list("is_paid", flat=True))) == ("PAID", {True})
    assert kes(shop.town.brian.booked) - kes(before) == line.money("net")
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(state="CANCELLED")


def test_a_file_given_up_lets_the_month_be_run_again(shop: Shop) -> None:
    firm, month = shop.firm, selectors.this_month()
    mine = {"user": firm.user, "customer": firm.customer}
    run = services.prepare(**mine, month=month)
    file = services.send_to_pay(user=firm.user, run=run, account_number=firm.number)
    with pytest.raises(NotAllowed):
        payments.cancel_payment_file(user=shop.town.bookkeeper, reference=file.reference)
    payments.cancel_payment_file(user=firm.user, reference=file.reference)
    services.cancel(user=firm.user, run=run)
    employee = Employee.objects.get(staff_number="2")
    services.change_salary(user=firm.user, employee=employee, salary=kes("31000.00"))
    services.add_item(
        user=firm.user, employee=employee, kind="DEDUCTION", title="Too much last month",
        amount=kes("500.00"), first=month, last=month,
    )  # fmt: skip
    fresh = services.prepare(**mine, month=month)
    assert fresh.pk != run.pk
    (row,) = [one for one in selectors.compared(fresh) if one["line"].staff_number == "2"]
    assert row["before"] is None
    assert fresh.lines.get(staff_number="2").gross == 31000
    other = services.send_to_pay(user=firm.user, run=fresh, account_number=firm.number)
    assert other.pk != file.pk
    services.add_item(
        user=firm.user, employee=employee, kind="DEDUCTION", title="Loan", amount=kes("90000.00"), first=month
    )
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    with pytest.raises(errors.NetBelowZero):
        services.prepare(**mine, month=following)
    assert not Run.objects.filter(month=following).exists()


def test_wages_are_for_who_may_see_them(shop: Shop) -> None:
    """A signatory without the right and a viewer see totals; a stranger nothing."""
    firm = shop.firm
    signatory = User.objects.create_user("second@example.test", full_name="Second")
    cif.grant_mandate(user=signatory, customer=firm.customer, role="SIGNATORY", can_pay=True)
    run = services.prepare(user=firm.user, customer=firm.customer, month=selectors.this_month())
    for user in (signatory, shop.town.bookkeeper):
        with pytest.raises(errors.WagesConfidential):
            services.prepare(user=user, customer=firm.customer, month=selectors.this_month())
        with pytest.raises(errors.WagesConfidential):
            services.send_to_pay(user=user, run=run, account_number=firm.number)
        with pytest.raises(errors.WagesConfidential):
            services.leave(user=user, employee=Employee.objects.all()[0], last=date(2026, 1, 1))
    with pytest.raises(NotFound):
        services.cancel(user=shop.town.brian.user, run=run)
    with pytest.raises(NotFound):
        selectors.run_for(shop.town.amina.customer, run.pk)
    with pytest.raises(errors.EmployeeUnusable):
        hire(shop, shop.town.amina, "1", "100.00")
    services.leave(user=firm.user, employee=Employee.objects.get(staff_number="1"), last=date(2020, 3, 1))
    assert services.prepare(user=firm.user, customer=firm.customer, month=run.month).people == 1
