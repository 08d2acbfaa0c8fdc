"""Employees, statutory rates, and runs with their lines. Triggers keep a run that was sent as it was sent."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock, ids
from bank.kernel.money import Money
from bank.payroll.rules import CURRENCY, ItemKind, RunState
from bank.runtime.fields import AmountField

USER = settings.AUTH_USER_MODEL
ITEM_KINDS = [
    (ItemKind.ALLOWANCE.value, _("Allowance, taxed")),
    (ItemKind.UNTAXED.value, _("Allowance, not taxed")),
    (ItemKind.DEDUCTION.value, _("Deduction")),
]
RUN_STATES = [
    (RunState.DRAFT.value, _("Draft")),
    (RunState.SENT.value, _("Sent to be paid")),
    (RunState.PAID.value, _("Paid")),
    (RunState.CANCELLED.value, _("Cancelled")),
]
FIGURES = (
    "gross", "taxable", "nssf", "shif", "levy", "paye", "deductions", "net", "employer_nssf", "employer_levy",
)  # fmt: skip


class StatutoryRate(models.Model):
    """A rate the law sets and from when it holds. Configuration: rows, disclosed on the payroll's pages."""

    code = models.CharField(_("code"), max_length=16)
    valid_from = models.DateField(_("from"))
    parameters = models.JSONField(_("parameters"))
    source = models.CharField(_("source"), max_length=140)

    class Meta:
        verbose_name = _("statutory rate")
        verbose_name_plural = _("statutory rates")
        ordering: ClassVar = ["code", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="statutory_rate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"


class Employee(models.Model):
    """Who is paid: by which account, how much a month."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="employees")
    staff_number = models.CharField(_("staff number"), max_length=20)
    name = models.CharField(_("name"), max_length=140)
    email = models.EmailField(_("e-mail address"), blank=True)
    account_number = models.CharField(_("account number"), max_length=34)
    name_check = models.CharField(_("name check"), max_length=12)
    tax_number = models.CharField(_("tax number"), max_length=20, blank=True)
    salary = AmountField(_("salary a month"))
    joined_date = models.DateField(_("joined"))
    left_date = models.DateField(_("left"), null=True)

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "staff_number"], name="employee_number_once"),
            models.CheckConstraint(condition=Q(salary__gt=0), name="employee_salary_is_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def salary_money(self) -> Money:
        return Money(self.salary, CURRENCY)


class PayItem(models.Model):
    """An allowance or a deduction, each month from the first to the last, or for ever."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(_("kind"), max_length=10, choices=ITEM_KINDS)
    title = models.CharField(_("title"), max_length=60)
    amount = AmountField(_("amount a month"))
    first_month = models.DateField(_("first month"))
    last_month = models.DateField(_("last month"), null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="pay_item_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.title}"

    @property
    def money(self) -> Money:
        return Money(self.amount, CURRENCY)


class Run(models.Model):
    """A month's payroll of a company. Its payment file, made of it once, says whether it was paid."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="payroll_runs")
    month = models.DateField(_("month"))
    state = models.CharField(_("state"), max_length=10, choices=RUN_STATES, default=RunState.DRAFT.value)
    account_number = models.CharField(_("paid from"), max_length=34, blank=True)
    file_reference = models.CharField(_("payment file"), max_length=24, blank=True)
    people = models.PositiveIntegerField(_("people"), default=0)
    gross = AmountField(_("gross"), default=0)
    net = AmountField(_("net"), default=0)
    cost = AmountField(_("cost"), default=0)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), default=clock.now)
    sent_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("payroll run")
        verbose_name_plural = _("payroll runs")
        ordering: ClassVar = ["-month", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "month"],
                condition=~Q(state=RunState.CANCELLED.value),
                name="payroll_month_once",
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.DRAFT.value) | Q(state=RunState.CANCELLED.value)
                | ~Q(file_reference=""),
                name="payroll_sent_has_a_file",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    def money(self, field: str) -> Money:
        return Money(getattr(self, field), CURRENCY)


class RunLine(models.Model):
    """One person's month, with the steps that explain it. Name and account are as they were."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="lines")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="lines")
    name = models.CharField(_("name"), max_length=140)
    staff_number = models.CharField(_("staff number"), max_length=20)
    tax_number = models.CharField(_("tax number"), max_length=20, blank=True)
    account_number = models.CharField(_("account number"), max_length=34)
    gross = AmountField(_("gross"))
    taxable = AmountField(_("taxable"))
    nssf = AmountField("NSSF")
    shif = AmountField("SHIF")
    levy = AmountField(_("housing levy"))
    paye = AmountField("PAYE")
    deductions = AmountField(_("other deductions"))
    net = AmountField(_("net"))
    employer_nssf = AmountField(_("employer's NSSF"))
    employer_levy = AmountField(_("employer's housing levy"))
    steps = models.JSONField()
    is_paid = models.BooleanField(_("paid"), default=False)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "employee"], name="run_line_once"),
            models.CheckConstraint(condition=Q(net__gte=0), name="run_line_not_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.staff_number}"

    @property
    def gross_money(self) -> Money:
        return self.money("gross")

    @property
    def net_money(self) -> Money:
        return self.money("net")

    @property
    def taken_money(self) -> Money:
        """All that is taken off the gross."""
        return Money(self.gross - self.net, CURRENCY)

    def money(self, field: str) -> Money:
        return Money(getattr(self, field), CURRENCY)
