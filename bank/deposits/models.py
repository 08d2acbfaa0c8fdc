"""Deposits: the contract over a ledger account of the same number, its schedule, notices given.

The ledger holds the money. What a deposit has earned and been paid stands here, one position for
each; the sum of what is payable (``accrued`` less ``paid_interest``) is the interest payable of
the general ledger.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bank.accounts.rules import NUMBER_DIGITS
from bank.deposits.rules import OVER, Instruction, LineKind, LineStatus, Status
from bank.kernel.money import Money
from bank.products.models import INTEREST_MODES
from bank.products.rules import ProductKind
from bank.runtime.fields import AmountField, CurrencyField

KINDS = [
    (ProductKind.FIXED_DEPOSIT.value, _("Fixed deposit")),
    (ProductKind.RECURRING_DEPOSIT.value, _("Recurring deposit")),
    (ProductKind.CALL_DEPOSIT.value, _("Call deposit")),
    (ProductKind.NOTICE_DEPOSIT.value, _("Notice deposit")),
]
STATUSES = [
    (Status.ACTIVE.value, _("Running")),
    (Status.HELD.value, _("Matured, waiting for an account")),
    (Status.MATURED.value, _("Matured and paid out")),
    (Status.RENEWED.value, _("Renewed")),
    (Status.CLOSED_EARLY.value, _("Closed early")),
    (Status.CLOSED.value, _("Closed")),
]
INSTRUCTIONS = [
    (Instruction.NONE.value, _("Pay everything out")),
    (Instruction.PRINCIPAL.value, _("Renew the deposit, pay the interest out")),
    (Instruction.PRINCIPAL_AND_INTEREST.value, _("Renew the deposit with its interest")),
]
LINE_KINDS = [
    (LineKind.INTEREST.value, _("Interest")),
    (LineKind.INSTALMENT.value, _("Instalment")),
    (LineKind.MATURITY.value, _("Maturity")),
]
LINE_STATUSES = [
    (LineStatus.PENDING.value, _("To come")),
    (LineStatus.PAID.value, _("Paid")),
    (LineStatus.MISSED.value, _("Missed")),
    (LineStatus.LAPSED.value, _("No longer due")),
]


class Deposit(models.Model):
    """``amount`` is what was put in; of a recurring deposit, each instalment."""

    number = models.CharField(_("number"), max_length=NUMBER_DIGITS, unique=True)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="deposits")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    product_version = models.ForeignKey("products.ProductVersion", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=24, choices=KINDS)
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("amount"))
    annual_rate_pct = models.DecimalField(_("per cent a year"), max_digits=9, decimal_places=6)
    day_count = models.CharField(_("day count"), max_length=24)
    mode = models.CharField(_("interest is paid"), max_length=12, choices=INTEREST_MODES)
    tenor_months = models.PositiveSmallIntegerField(_("months"), null=True)
    start_date = models.DateField(_("from"))
    maturity_date = models.DateField(_("matures"), null=True)
    instruction = models.CharField(
        _("at maturity"), max_length=24, choices=INSTRUCTIONS, default=Instruction.NONE.value
    )
    funding_account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    payout_account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=16, choices=STATUSES, default=Status.ACTIVE.value)
    accrued = AmountField(_("interest accrued"), default=0)
    accrued_until = models.DateField(_("accrued until"))
    earned = models.DecimalField(max_digits=30, decimal_places=12, default=0, editable=False)
    """What a call or notice deposit has earned, to the twelfth decimal; ``accrued`` is it rounded."""
    paid_interest = AmountField(_("interest paid"), default=0)
    paid_tax = AmountField(_("tax withheld"), default=0)
    penalties = AmountField(_("penalties for missed instalments"), default=0)
    renewal_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="renewal", verbose_name=_("renewal of")
    )
    closed_date = models.DateField(_("ended"), null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="deposit_of_customer"),
            models.Index(
                fields=["maturity_date"], name="deposit_maturing", condition=Q(status=Status.ACTIVE.value)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(number__regex=rf"^[0-9]{{{NUMBER_DIGITS}}}$"), name="deposit_number_is_digits"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, accrued__gte=0, paid_tax__gte=0, penalties__gte=0),
                name="deposit_amounts",
            ),
            models.CheckConstraint(
                condition=Q(maturity_date__isnull=True, tenor_months__isnull=True)
                | Q(maturity_date__gt=F("start_date"), tenor_months__gte=1),
                name="deposit_term",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(OVER), closed_date__isnull=False)
                | ~Q(status__in=sorted(OVER)) & Q(closed_date__isnull=True),
                name="deposit_over_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    def of(self, amount: object) -> Money:
        """One of the deposit's amounts with its currency."""
        return Money.of(str(amount), self.currency)


class ScheduleLine(models.Model):
    """What is foreseen for a day and what came of it: interest paid, an instalment taken, the maturity."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="schedule")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=LINE_KINDS)
    due_date = models.DateField(_("due"))
    amount = AmountField(_("amount"))
    tax = AmountField(_("tax"), default=0)
    status = models.CharField(
        _("status"), max_length=8, choices=LINE_STATUSES, default=LineStatus.PENDING.value
    )
    done_date = models.DateField(_("done"), null=True)
    refused_on = models.DateField(_("first refused"), null=True)
    refusal = models.CharField(_("why"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("line of a deposit's schedule")
        verbose_name_plural = _("lines of deposits' schedules")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deposit", "number"], name="deposit_line_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["kind", "due_date"],
                name="deposit_line_due",
                condition=Q(status=LineStatus.PENDING.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deposit_id} {self.number}"


class Notice(models.Model):
    """So much of a notice deposit may leave from ``available_date`` on; ``unused`` of it has not left yet."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="notices")
    amount = AmountField(_("amount"))
    unused = AmountField(_("not yet withdrawn"))
    given_date = models.DateField(_("given"))
    available_date = models.DateField(_("may leave from"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar = ["available_date", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, unused__gte=0, unused__lte=F("amount")), name="deposit_notice_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deposit_id} {self.amount} from {self.available_date}"


class Failure(models.Model):
    """What the close of business could not do for a deposit, and why; it is tried again the next day."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="failures")
    step = models.CharField(_("step"), max_length=40)
    business_date = models.DateField(_("business date"))
    reason = models.CharField(_("why"), max_length=300)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("failure")
        verbose_name_plural = _("failures")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deposit", "step", "business_date"], name="deposit_failure_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deposit_id} {self.step} {self.business_date}"


class DepositRequest(models.Model):
    """A deposit a company asked for that waits for its signatures; ``order`` as it was confirmed.

    With ``deposit`` it was opened, with ``why`` given up.
    """

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="deposit_requests")
    summary = models.CharField(_("summary"), max_length=300)
    order = models.JSONField(_("order"))
    rate_pct = models.DecimalField(_("rate a year, in per cent"), max_digits=9, decimal_places=6)
    approval = models.CharField(_("approval"), max_length=20, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("asked"), default=timezone.now)
    deposit = models.OneToOneField(
        Deposit, on_delete=models.PROTECT, null=True, blank=True, related_name="request"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    why = models.CharField(_("why not"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("request for a deposit")
        verbose_name_plural = _("requests for deposits")

    def __str__(self) -> str:
        return self.reference
