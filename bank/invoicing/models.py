"""Debtors, invoices with their lines, money that came in and what it was for, reminders, recurrences;
vendors and their bills. Triggers keep an issued invoice as it was issued.
"""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.invoicing import rules
from bank.invoicing.rules import BillState, Every, Kind, State
from bank.kernel import clock, ids
from bank.kernel.money import Money
from bank.runtime.fields import AmountField, CurrencyField

USER = settings.AUTH_USER_MODEL
KINDS = [(Kind.INVOICE.value, _("Invoice")), (Kind.CREDIT_NOTE.value, _("Credit note"))]
STATES = [
    (State.DRAFT.value, _("Draft")),
    (State.ISSUED.value, _("Issued")),
    (State.CANCELLED.value, _("Cancelled")),
    (State.WRITTEN_OFF.value, _("Written off")),
]
EVERY = [
    (Every.WEEK.value, _("Every week")),
    (Every.MONTH.value, _("Every month")),
    (Every.QUARTER.value, _("Every quarter")),
    (Every.YEAR.value, _("Every year")),
]
BILL_STATES = [
    (BillState.OPEN.value, _("Open")),
    (BillState.WAITING.value, _("Being paid")),
    (BillState.PAID.value, _("Paid")),
    (BillState.VOID.value, _("Void")),
]


class VatRate(models.Model):
    """A rate of value added tax and from when it holds. Configuration, disclosed on every invoice."""

    code = models.CharField(_("code"), max_length=12)
    title = models.CharField(_("title"), max_length=60)
    percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2)
    valid_from = models.DateField(_("from"))

    class Meta:
        verbose_name = _("rate of value added tax")
        verbose_name_plural = _("rates of value added tax")
        ordering: ClassVar = ["code", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="vat_rate_once"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="vat_rate_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.percent}"


class Seller(models.Model):
    """A company that invoices: where it is paid, how it counts. The row is the lock of its numbers."""

    customer = models.OneToOneField("cif.Customer", on_delete=models.PROTECT, related_name="seller")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(_("prefix of numbers"), max_length=6, default="INV")
    tax_number = models.CharField(_("tax number"), max_length=20, blank=True)
    terms_days = models.PositiveSmallIntegerField(_("days to pay"), default=30)
    footer = models.CharField(_("words at the foot"), max_length=300, blank=True)
    last_invoice = models.PositiveIntegerField(default=0)
    last_credit_note = models.PositiveIntegerField(default=0)
    seen_version = models.BigIntegerField(default=0)
    """Up to which line of the account money that came in was looked at."""

    class Meta:
        verbose_name = _("invoicing company")
        verbose_name_plural = _("invoicing companies")

    def __str__(self) -> str:
        return f"{self.customer_id}"


class Debtor(models.Model):
    """Whom a company invoices."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="debtors")
    name = models.CharField(_("name"), max_length=140)
    email = models.EmailField(_("e-mail address"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=20, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("debtor")
        verbose_name_plural = _("debtors")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "name"], condition=Q(removed_at__isnull=True), name="debtor_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Invoice(models.Model):
    """An invoice or a credit note. ``paid`` and ``credited`` grow; the rest is fixed once issued.

    Amounts are in ``currency``. ``token`` opens the page to pay at; whoever has it sees this invoice.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="invoices")
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS, default=Kind.INVOICE.value)
    state = models.CharField(_("state"), max_length=12, choices=STATES, default=State.DRAFT.value)
    serial = models.PositiveIntegerField(null=True)
    number = models.CharField(_("number"), max_length=20, blank=True)
    reference = models.CharField(_("reference for payment"), max_length=25, blank=True)
    token = models.CharField(max_length=43, blank=True)
    account_number = models.CharField(_("paid to"), max_length=34, blank=True)
    currency = CurrencyField(_("currency"))
    seller_name = models.CharField(_("seller"), max_length=140, blank=True)
    seller_tax_number = models.CharField(max_length=20, blank=True)
    debtor_name = models.CharField(_("to"), max_length=140, blank=True)
    debtor_email = models.EmailField(blank=True)
    debtor_address = models.CharField(max_length=200, blank=True)
    debtor_tax_number = models.CharField(max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    terms_days = models.PositiveSmallIntegerField(_("days to pay"))
    issue_date = models.DateField(_("issued"), null=True)
    due_date = models.DateField(_("due"), null=True)
    net = AmountField(_("net"), default=0)
    vat = AmountField(_("value added tax"), default=0)
    gross = AmountField(_("total"), default=0)
    paid = AmountField(_("paid"), default=0)
    credited = AmountField(_("credited"), default=0)
    credits = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credit_notes")
    why_closed = models.CharField(_("why"), max_length=300, blank=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="invoice_by_customer"),
            models.Index(
                fields=["due_date"], condition=Q(state=State.ISSUED.value), name="invoice_issued_by_due"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "kind", "serial"], name="invoice_number_once"),
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="invoice_reference_once"
            ),
            models.UniqueConstraint(fields=["token"], condition=~Q(token=""), name="invoice_token_once"),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT.value, serial__isnull=True)
                | ~Q(state=State.DRAFT.value) & Q(serial__isnull=False, issue_date__isnull=False),
                name="invoice_issued_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, credited__gte=0, gross=F("net") + F("vat"))
                & Q(gross__gte=F("paid") + F("credited")),
                name="invoice_sums_hold",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.INVOICE.value, credits__isnull=True)
                | Q(kind=Kind.CREDIT_NOTE.value, credits__isnull=False),
                name="invoice_credit_note_credits",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.id)

    def money(self, field: str) -> Money:
        """One of its amounts."""
        return Money(getattr(self, field), self.currency)

    @property
    def total(self) -> Money:
        return self.money("gross")

    @property
    def open_money(self) -> Money:
        """What is left to pay."""
        return Money(self.gross - self.paid - self.credited, self.currency)

    def shown_on(self, today: date) -> rules.Shown:
        return rules.shown(
            self.state,
            open_amount=self.open_money.amount,
            settled=self.paid + self.credited,
            due=self.due_date,
            today=today,
        )


class InvoiceLine(models.Model):
    """What is charged for: quantity × price, and its tax, each rounded half up."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(_("what for"), max_length=200)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    unit_price = AmountField(_("price"))
    vat_code = models.CharField(_("tax"), max_length=12)
    vat_percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2)
    net = AmountField(_("net"))
    vat = AmountField(_("value added tax"))

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_once"),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def net_money(self) -> Money:
        return Money(self.net, self.invoice.currency)

    @property
    def price_money(self) -> Money:
        return Money(self.unit_price, self.invoice.currency)


class Receipt(models.Model):
    """Money that came into a seller's account: a line of its statement, once."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="receipts")
    account_number = models.CharField(_("account"), max_length=34)
    version = models.BigIntegerField()
    booking_date = models.DateField(_("day"))
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    matched = AmountField(_("matched"), default=0)
    payer_name = models.CharField(_("from"), max_length=140, blank=True)
    payer_number = models.CharField(max_length=34, blank=True)
    text = models.CharField(_("text"), max_length=300, blank=True)
    reference = models.CharField(_("reference"), max_length=40, blank=True)
    set_aside_at = models.DateTimeField(null=True)
    """Said to be for no invoice."""

    class Meta:
        verbose_name = _("money that came in")
        verbose_name_plural = _("money that came in")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account_number", "version"], name="receipt_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, matched__gte=0, amount__gte=F("matched")), name="receipt_sums_hold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_number}-{self.version}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def left(self) -> Money:
        return Money(self.amount - self.matched, self.currency)


class Allocation(models.Model):
    """So much of a receipt paid an invoice: by the bank where it was certain, else by a person."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    amount = AmountField(_("amount"))
    reasons = models.JSONField(default=list)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    """Nobody: matched by the bank."""
    made_at = models.DateTimeField(default=clock.now)
    undone_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.invoice_id} {self.amount}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.receipt.currency)


class Recurrence(models.Model):
    """An invoice made again and again by the close of business, as its model is."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="recurrences")
    model = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="recurrences")
    every = models.CharField(_("how often"), max_length=8, choices=EVERY)
    anchor_day = models.PositiveSmallIntegerField()
    next_date = models.DateField(_("next"))
    ended_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["model"], condition=Q(ended_at__isnull=True), name="recurrence_one_per_model"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_id} {self.every}"


class ReminderRule(models.Model):
    """Remind so many days after the due day; before it, where below zero."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="reminder_rules")
    days = models.SmallIntegerField(_("days after the due day"))

    class Meta:
        ordering: ClassVar = ["days"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "days"], name="reminder_rule_once"),
            models.CheckConstraint(condition=Q(days__gte=-30, days__lte=180), name="reminder_rule_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.days}"


class Reminder(models.Model):
    """A reminder that was sent: of one invoice each at most once per rule."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders")
    days = models.SmallIntegerField()
    sent_at = models.DateTimeField(_("sent"), default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "days"], name="reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.days}"


class Vendor(models.Model):
    """Whom a company owes: a payee with the outcome of the check of the name."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="vendors")
    name = models.CharField(_("name"), max_length=140)
    number = models.CharField(_("account number"), max_length=34)
    name_check = models.CharField(_("name check"), max_length=12)
    email = models.EmailField(_("e-mail address"), blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "number"], condition=Q(removed_at__isnull=True), name="vendor_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Bill(models.Model):
    """What a vendor is owed. Paid by a payment file that names it; whether that happened, the file says."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="bills")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="bills")
    number = models.CharField(_("number"), max_length=35)
    state = models.CharField(_("state"), max_length=8, choices=BILL_STATES, default=BillState.OPEN.value)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    bill_date = models.DateField(_("dated"))
    due_date = models.DateField(_("due"))
    document_id = models.UUIDField(null=True)
    file_reference = models.CharField(max_length=24, blank=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        ordering: ClassVar = ["due_date", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["vendor", "number"], condition=~Q(state=BillState.VOID.value), name="bill_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bill_is_positive"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
