"""The catalogue: products, their versions and terms, fees and taxes, all with the days they hold.

What is in force on a day is the latest row that has begun and not ended; both days are included.
A changed price is a new row, so the catalogue can always say what held when.
"""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.kernel.calendars import BusinessDayConvention
from bank.products import rules
from bank.runtime.fields import AmountField, CurrencyField

SEGMENTS = ("RETAIL", "SME", "CORPORATE")
"""Those of the customers, for whom terms and prices may differ."""

PRODUCT_KINDS = [
    (rules.ProductKind.SAVINGS.value, _("Savings account")),
    (rules.ProductKind.CURRENT.value, _("Current account")),
    (rules.ProductKind.FIXED_DEPOSIT.value, _("Fixed deposit")),
    (rules.ProductKind.RECURRING_DEPOSIT.value, _("Recurring deposit")),
    (rules.ProductKind.CALL_DEPOSIT.value, _("Call deposit")),
    (rules.ProductKind.NOTICE_DEPOSIT.value, _("Notice deposit")),
    (rules.ProductKind.LOAN.value, _("Loan")),
]
FREQUENCIES = [
    (rules.Frequency.DAILY.value, _("Daily")),
    (rules.Frequency.MONTHLY.value, _("Monthly")),
    (rules.Frequency.QUARTERLY.value, _("Quarterly")),
    (rules.Frequency.YEARLY.value, _("Yearly")),
]
TIER_METHODS = [
    (rules.TierMethod.WHOLE.value, _("One rate on the whole balance")),
    (rules.TierMethod.MARGINAL.value, _("Each rate on its part of the balance")),
]
BALANCE_BASES = [
    (rules.BalanceBasis.DAILY.value, _("Each day's closing balance")),
    (rules.BalanceBasis.MINIMUM.value, _("Lowest balance of the period")),
    (rules.BalanceBasis.AVERAGE.value, _("Average balance of the period")),
]
FEE_KINDS = [
    (rules.FeeKind.FLAT.value, _("Flat")),
    (rules.FeeKind.PERCENT.value, _("Per cent of the amount")),
    (rules.FeeKind.TIERED.value, _("By the band of the amount")),
    (rules.FeeKind.SLAB.value, _("Band by band")),
]
FEE_EVENTS = [
    (rules.FeeEvent.OWN_TRANSFER.value, _("Transfer between own accounts")),
    (rules.FeeEvent.INTERNAL_TRANSFER.value, _("Transfer within the bank")),
    (rules.FeeEvent.INTERBANK_TRANSFER.value, _("Transfer to another bank")),
    (rules.FeeEvent.EFT.value, _("Electronic funds transfer")),
    (rules.FeeEvent.RTGS.value, _("Real-time gross settlement")),
    (rules.FeeEvent.INTERNATIONAL_WIRE.value, _("International transfer")),
    (rules.FeeEvent.BILL_PAYMENT.value, _("Bill payment")),
    (rules.FeeEvent.MOBILE_MONEY.value, _("Transfer to mobile money")),
    (rules.FeeEvent.CARD_ISSUE_DEBIT.value, _("New debit card")),
    (rules.FeeEvent.CARD_ISSUE_CREDIT.value, _("New credit card")),
    (rules.FeeEvent.CARD_ISSUE_PREPAID.value, _("New prepaid card")),
    (rules.FeeEvent.CARD_REPLACEMENT_DEBIT.value, _("Replacement of a debit card")),
    (rules.FeeEvent.CARD_REPLACEMENT_CREDIT.value, _("Replacement of a credit card")),
    (rules.FeeEvent.CARD_REPLACEMENT_PREPAID.value, _("Replacement of a prepaid card")),
    (rules.FeeEvent.ATM_WITHDRAWAL.value, _("Cash withdrawal at a machine")),
    (rules.FeeEvent.ATM_OFF_US_BALANCE.value, _("Balance inquiry at another bank's machine")),
    (rules.FeeEvent.CHEQUE_BOOK.value, _("Cheque book")),
    (rules.FeeEvent.CHEQUE_STOP.value, _("Stop of a cheque")),
    (rules.FeeEvent.CHEQUE_RETURNED.value, _("Returned cheque")),
]
TAX_KINDS = [
    (rules.TaxKind.EXCISE.value, _("Excise duty on fees")),
    (rules.TaxKind.WITHHOLDING.value, _("Withholding tax on interest")),
]
FEE_BEARERS = [
    (rules.FeeBearer.CUSTOMER.value, _("The customer")),
    (rules.FeeBearer.BANK.value, _("The bank")),
]
INTEREST_MODES = [
    (rules.InterestMode.AT_MATURITY.value, _("At maturity")),
    (rules.InterestMode.MONTHLY.value, _("Every month")),
    (rules.InterestMode.QUARTERLY.value, _("Every quarter")),
    (rules.InterestMode.COMPOUNDED.value, _("Added to the deposit every quarter")),
]
CONVENTIONS = [
    (BusinessDayConvention.FOLLOWING.value, _("Following business day")),
    (BusinessDayConvention.MODIFIED_FOLLOWING.value, _("Following, unless in the next month")),
    (BusinessDayConvention.PRECEDING.value, _("Preceding business day")),
    (BusinessDayConvention.MODIFIED_PRECEDING.value, _("Preceding, unless in the month before")),
    (BusinessDayConvention.NEAREST.value, _("Nearest business day")),
    (BusinessDayConvention.UNADJUSTED.value, _("The day itself")),
]
GL_PURPOSES = [
    (rules.GlPurpose.CONTROL.value, _("Control account of the balances")),
    (rules.GlPurpose.INTEREST_EXPENSE.value, _("Interest the bank pays")),
]


class DatedSet(models.QuerySet[Any]):
    def in_force(self, on: date) -> "DatedSet":
        """Rows that have begun and not ended on the day, the latest first."""
        running = self.filter(
            Q(effective_until__isnull=True) | Q(effective_until__gte=on), effective_from__lte=on
        )
        return running.order_by("-effective_from")


class Dated(models.Model):
    effective_from = models.DateField(_("in force from"))
    effective_until = models.DateField(_("in force until"), null=True, blank=True)

    objects = DatedSet.as_manager()

    class Meta:
        abstract = True


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    ordered = Q(effective_until__isnull=True) | Q(effective_until__gte=F("effective_from"))
    return models.CheckConstraint(condition=ordered, name=name)


class Product(models.Model):
    """Something a customer can have an account of, in ``currency`` unless asked otherwise."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=240, blank=True)
    kind = models.CharField(_("kind"), max_length=24, choices=PRODUCT_KINDS)
    currency = CurrencyField(_("currency"), default="KES")

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.name


class ProductVersion(Dated):
    """A product as it was sold from a day on; an account keeps the version it was opened under."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("product version")
        verbose_name_plural = _("product versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "number"], name="product_version_numbered_once"),
            models.UniqueConstraint(fields=["product", "effective_from"], name="product_version_one_per_day"),
            _ends_after_it_begins("product_version_dates"),
        ]

    def __str__(self) -> str:
        known = self._state.fields_cache.get("product")
        return f"{known.code if known else self.product_id} v{self.number}"


class ProductTerms(models.Model):
    """The parameters of a version in one currency, for one segment or (blank) for all.

    Without a row a version is not offered in that currency to that segment.
    """

    version = models.ForeignKey(ProductVersion, on_delete=models.CASCADE, related_name="terms")
    currency = CurrencyField(_("currency"))
    segment = models.CharField(_("segment"), max_length=12, blank=True)
    minimum_opening = AmountField(_("smallest opening deposit"), default=0)
    day_count = models.CharField(_("day count"), max_length=24, default="ACT_365F")
    accrual_frequency = models.CharField(
        _("accrued"), max_length=12, choices=FREQUENCIES, default=rules.Frequency.DAILY.value
    )
    capitalisation_frequency = models.CharField(
        _("capitalised"), max_length=12, choices=FREQUENCIES, default=rules.Frequency.MONTHLY.value
    )
    tier_method = models.CharField(
        _("tiers"), max_length=12, choices=TIER_METHODS, default=rules.TierMethod.MARGINAL.value
    )
    balance_basis = models.CharField(
        _("balance that earns"), max_length=12, choices=BALANCE_BASES, default=rules.BalanceBasis.DAILY.value
    )
    debit_rate_pct = models.DecimalField(
        _("per cent a year on an overdraft"), max_digits=9, decimal_places=6, default=0
    )
    minimum_balance = AmountField(_("balance to keep"), default=0)
    monthly_fee = AmountField(_("monthly fee"), default=0)
    below_minimum_fee = AmountField(_("fee below the balance to keep"), default=0)
    waived_from_balance = AmountField(_("monthly fee waived from a balance of"), null=True, blank=True)
    waived_from_payments = models.PositiveSmallIntegerField(
        _("monthly fee waived from so many payments a month"), null=True, blank=True
    )
    fee_bearer = models.CharField(
        _("who bears the period's fees"),
        max_length=8,
        choices=FEE_BEARERS,
        default=rules.FeeBearer.CUSTOMER.value,
    )
    dormancy_days = models.PositiveSmallIntegerField(_("dormant after so many days"), null=True, blank=True)
    single_debit_limit = AmountField(_("most a single payment may take"), null=True, blank=True)

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "currency", "segment"], name="product_terms_once"),
            models.CheckConstraint(condition=Q(minimum_opening__gte=0), name="product_terms_opening"),
            models.CheckConstraint(
                condition=Q(debit_rate_pct__gte=0, debit_rate_pct__lte=rules.HIGHEST_RATE_PCT),
                name="product_terms_debit_rate",
            ),
            models.CheckConstraint(
                condition=Q(minimum_balance__gte=0, monthly_fee__gte=0, below_minimum_fee__gte=0),
                name="product_terms_fees",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.currency} {self.segment}".strip()


class InterestTier(models.Model):
    """Balances from ``from_balance`` earn ``annual_rate_pct`` a year."""

    terms = models.ForeignKey(ProductTerms, on_delete=models.CASCADE, related_name="interest_tiers")
    from_balance = AmountField(_("from a balance of"), default=0)
    annual_rate_pct = models.DecimalField(_("per cent a year"), max_digits=9, decimal_places=6)

    class Meta:
        verbose_name = _("interest tier")
        verbose_name_plural = _("interest tiers")
        ordering = ["from_balance"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["terms", "from_balance"], name="interest_tier_once"),
            models.CheckConstraint(
                condition=Q(
                    annual_rate_pct__gte=0, annual_rate_pct__lte=rules.HIGHEST_RATE_PCT, from_balance__gte=0
                ),
                name="interest_tier_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_balance}: {self.annual_rate_pct} %"


class TermRate(models.Model):
    """What a version of a deposit pays for a term, from ``minimum`` on."""

    version = models.ForeignKey(ProductVersion, on_delete=models.CASCADE, related_name="term_rates")
    currency = CurrencyField(_("currency"))
    tenor_months = models.PositiveSmallIntegerField(_("months"))
    minimum = AmountField(_("smallest deposit"))
    annual_rate_pct = models.DecimalField(_("per cent a year"), max_digits=9, decimal_places=6)
    day_count = models.CharField(_("day count"), max_length=24, default="ACT_365F")

    class Meta:
        verbose_name = _("rate for a term")
        verbose_name_plural = _("rates for terms")
        ordering = ["tenor_months"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "currency", "tenor_months"], name="term_rate_once"),
            models.CheckConstraint(
                condition=Q(
                    annual_rate_pct__gte=0,
                    annual_rate_pct__lte=rules.HIGHEST_RATE_PCT,
                    minimum__gt=0,
                    tenor_months__gte=1,
                ),
                name="term_rate_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenor_months}: {self.annual_rate_pct} %"


class DepositTerms(models.Model):
    """What a version of a deposit says besides its rates; see ``rules.DepositRules``."""

    version = models.OneToOneField(ProductVersion, on_delete=models.CASCADE, related_name="deposit_terms")
    modes = models.JSONField(_("ways interest is paid"), default=list)
    convention = models.CharField(_("business-day rule"), max_length=20, default="FOLLOWING")
    cooling_days = models.PositiveSmallIntegerField(_("days it cannot be closed"), default=0)
    early_steps = models.JSONField(_("points off the rate, by months left"), default=list, blank=True)
    early_share_pct = models.DecimalField(
        _("share of the rate when closed early"), max_digits=9, decimal_places=6, default=100
    )
    grace_days = models.PositiveSmallIntegerField(_("days of grace for an instalment"), default=0)
    missed_pct = models.DecimalField(
        _("per cent of a missed instalment"), max_digits=9, decimal_places=6, default=0
    )
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), default=0)
    early_withdrawal = models.BooleanField(_("withdrawn before notice at a cost"), default=True)

    class Meta:
        verbose_name = _("deposit terms")
        verbose_name_plural = _("deposit terms")

    def __str__(self) -> str:
        return f"{self.version_id}"


class LoanTerms(models.Model):
    """Bounds and price of a version of a loan in one currency; see ``rules.LoanPrice``."""

    version = models.ForeignKey(ProductVersion, on_delete=models.CASCADE, related_name="loan_terms")
    currency = CurrencyField(_("currency"))
    segment = models.CharField(_("segment"), max_length=12, blank=True)
    minimum = AmountField(_("smallest loan"))
    maximum = AmountField(_("largest loan"))
    minimum_months = models.PositiveSmallIntegerField(_("shortest term in months"))
    maximum_months = models.PositiveSmallIntegerField(_("longest term in months"))
    annual_rate_pct = models.DecimalField(_("lowest rate a year"), max_digits=9, decimal_places=6)
    highest_rate_pct = models.DecimalField(_("highest rate a year"), max_digits=9, decimal_places=6)
    fee_pct = models.DecimalField(_("fee in per cent of the loan"), max_digits=9, decimal_places=6, default=0)

    class Meta:
        verbose_name = _("loan terms")
        verbose_name_plural = _("loan terms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "currency", "segment"], name="loan_terms_once"),
            models.CheckConstraint(
                condition=Q(
                    minimum__gt=0,
                    maximum__gte=F("minimum"),
                    minimum_months__gte=1,
                    maximum_months__gte=F("minimum_months"),
                    annual_rate_pct__gte=0,
                    highest_rate_pct__gte=F("annual_rate_pct"),
                    highest_rate_pct__lte=rules.HIGHEST_RATE_PCT,
                    fee_pct__gte=0,
                    fee_pct__lt=rules.HIGHEST_RATE_PCT,
                ),
                name="loan_terms_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.currency} {self.segment}".strip()


class ProductGlRole(models.Model):
    """Which role of the chart of accounts a version uses for a purpose."""

    version = models.ForeignKey(ProductVersion, on_delete=models.CASCADE, related_name="gl_roles")
    purpose = models.CharField(_("purpose"), max_length=24, choices=GL_PURPOSES)
    role = models.CharField(_("GL role"), max_length=40)

    class Meta:
        verbose_name = _("GL role")
        verbose_name_plural = _("GL roles")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "purpose"], name="product_gl_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.role}"


class FeeRule(Dated):
    """The price of an event in one currency, for one segment or (blank) for all; see ``rules.FeeTerms``."""

    event = models.CharField(_("event"), max_length=32, choices=FEE_EVENTS)
    currency = CurrencyField(_("currency"))
    segment = models.CharField(_("segment"), max_length=12, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=FEE_KINDS)
    flat = AmountField(_("flat sum"), default=0)
    rate_pct = models.DecimalField(_("per cent"), max_digits=9, decimal_places=6, default=0)
    minimum = AmountField(_("at least"), null=True, blank=True)
    maximum = AmountField(_("at most"), null=True, blank=True)
    free_per_month = models.PositiveSmallIntegerField(_("free each month, by account"), default=0)
    income_role = models.CharField(_("GL role of the income"), max_length=40)

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "currency", "segment", "effective_from"], name="fee_rule_one_per_day"
            ),
            models.CheckConstraint(
                condition=Q(flat__gte=0, rate_pct__gte=0, rate_pct__lte=rules.HIGHEST_RATE_PCT),
                name="fee_rule_sane",
            ),
            _ends_after_it_begins("fee_rule_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.currency} from {self.effective_from}"


class FeeBand(models.Model):
    """A band of a TIERED or SLAB fee: amounts up to and including ``up_to``, the last one without end."""

    rule = models.ForeignKey(FeeRule, on_delete=models.CASCADE, related_name="bands")
    up_to = AmountField(_("up to"), null=True, blank=True)
    flat = AmountField(_("flat sum"), default=0)
    rate_pct = models.DecimalField(_("per cent"), max_digits=9, decimal_places=6, default=0)

    class Meta:
        verbose_name = _("band")
        verbose_name_plural = _("bands")
        ordering = [F("up_to").asc(nulls_last=True)]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "up_to"], nulls_distinct=False, name="fee_band_once"),
            models.CheckConstraint(
                condition=Q(flat__gte=0, rate_pct__gte=0, rate_pct__lte=rules.HIGHEST_RATE_PCT),
                name="fee_band_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"up to {self.up_to}: {self.flat} + {self.rate_pct} %"


class TaxRule(Dated):
    """The rate of a tax the bank collects for the state."""

    kind = models.CharField(_("tax"), max_length=16, choices=TAX_KINDS)
    rate_pct = models.DecimalField(_("per cent"), max_digits=9, decimal_places=6)
    gl_role = models.CharField(_("GL role"), max_length=40)

    class Meta:
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "effective_from"], name="tax_rule_one_per_day"),
            models.CheckConstraint(
                condition=Q(rate_pct__gte=0, rate_pct__lte=rules.HIGHEST_RATE_PCT), name="tax_rule_sane"
            ),
            _ends_after_it_begins("tax_rule_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.rate_pct} %"
