"""Requests to pay with the payments they led to, whom nobody wants to hear from, billers and bills paid."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.money import Money
from bank.requests.rules import Check, DeclineReason, RequestStatus
from bank.runtime.fields import AmountField, CurrencyField

USER = settings.AUTH_USER_MODEL
REQUEST_STATUSES = [
    (RequestStatus.PENDING.value, _("Waiting for payment")),
    (RequestStatus.PARTLY_PAID.value, _("Partly paid")),
    (RequestStatus.PAID.value, _("Paid")),
    (RequestStatus.DECLINED.value, _("Declined")),
    (RequestStatus.CANCELLED.value, _("Taken back")),
    (RequestStatus.EXPIRED.value, _("Expired")),
]
DECLINE_REASONS = [
    (DeclineReason.UNKNOWN.value, _("I do not know what this is for")),
    (DeclineReason.AMOUNT.value, _("The amount is wrong")),
    (DeclineReason.PAID_BEFORE.value, _("I have paid this already")),
    (DeclineReason.NO_WISH.value, _("I do not want to pay this")),
]
CHECKS = [
    (Check.NONE.value, _("None")),
    (Check.LUHN.value, _("Luhn")),
    (Check.MOD_11.value, _("Modulus 11")),
    (Check.MOD_97.value, _("Modulus 97")),
]
CATEGORIES = [
    ("ELECTRICITY", _("Electricity")),
    ("WATER", _("Water")),
    ("SCHOOL", _("School fees")),
    ("AIRTIME", _("Airtime")),
    ("TELEVISION", _("Television and internet")),
    ("TAX", _("Taxes and fees")),
]


class PaymentRequest(models.Model):
    """Somebody asks to be paid. Without a ``debtor_account`` anybody at the bank who has the link may pay.

    ``decided`` is what somebody decided; whether it is paid follows from its payments.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    creditor_account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="requests_made", verbose_name=_("to")
    )
    debtor_account = models.ForeignKey(
        "accounts.Account",
        on_delete=models.PROTECT,
        null=True,
        related_name="requests_received",
        verbose_name=_("asked of"),
    )
    amount = AmountField(_("amount"), null=True)
    currency = CurrencyField(_("currency"))
    remittance = models.CharField(_("what for"), max_length=140)
    allows_partial = models.BooleanField(_("in parts"), default=False)
    expires_at = models.DateTimeField(_("until"))
    decided = models.CharField(_("decided"), max_length=12, choices=REQUEST_STATUSES)
    decline_reason = models.CharField(_("reason"), max_length=12, choices=DECLINE_REASONS, blank=True)
    decline_words = models.CharField(_("in their words"), max_length=140, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    reminded_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), default=clock.now)
    idempotency_key = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("request to pay")
        verbose_name_plural = _("requests to pay")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["made_by", "idempotency_key"], name="request_key_once"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="request_amount_sane"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money | None:
        return None if self.amount is None else Money(self.amount, self.currency)


class RequestPayment(models.Model):
    """A payment made for a request."""

    request = models.ForeignKey(PaymentRequest, on_delete=models.PROTECT, related_name="payments")
    payment = models.OneToOneField("payments.PaymentOrder", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("payment of a request")
        verbose_name_plural = _("payments of requests")

    def __str__(self) -> str:
        return f"{self.request_id} {self.payment_id}"


class BlockedRequester(models.Model):
    """A customer who may send another no requests."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.CASCADE, related_name="+")
    requester = models.ForeignKey("cif.Customer", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("blocked requester")
        verbose_name_plural = _("blocked requesters")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "requester"], name="requester_blocked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.requester_id}"


class Biller(models.Model):
    """Who is paid by bill: where the money goes, how its references look and check, what it takes at once."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    category = models.CharField(_("category"), max_length=12, choices=CATEGORIES)
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="billers", verbose_name=_("account")
    )
    reference_label = models.CharField(_("reference is called"), max_length=40)
    reference_pattern = models.CharField(_("pattern"), max_length=80)
    reference_example = models.CharField(_("example"), max_length=35)
    reference_check = models.CharField(_("check digits"), max_length=8, choices=CHECKS)
    least = AmountField(_("at least"))
    most = AmountField(_("at most"))
    is_whole = models.BooleanField(_("whole amounts only"), default=False)
    is_active = models.BooleanField(_("open"), default=True)

    class Meta:
        verbose_name = _("biller")
        verbose_name_plural = _("billers")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(least__gt=0, most__gte=models.F("least")), name="biller_sane"),
        ]

    def __str__(self) -> str:
        return self.name


class BillPayment(models.Model):
    """A bill somebody paid."""

    biller = models.ForeignKey(Biller, on_delete=models.PROTECT, related_name="payments")
    reference = models.CharField(_("reference"), max_length=35)
    payment = models.OneToOneField("payments.PaymentOrder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("bill paid")
        verbose_name_plural = _("bills paid")
        indexes: ClassVar = [models.Index(fields=["biller", "at"], name="bill_by_biller")]

    def __str__(self) -> str:
        return f"{self.biller_id} {self.reference}"


class SavedBill(models.Model):
    """A biller with a customer's own reference, kept for next time."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.CASCADE, related_name="+")
    biller = models.ForeignKey(Biller, on_delete=models.CASCADE, related_name="+")
    reference = models.CharField(_("reference"), max_length=35)
    nickname = models.CharField(_("nickname"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("saved bill")
        verbose_name_plural = _("saved bills")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "biller", "reference"], name="saved_bill_once"),
        ]

    def __str__(self) -> str:
        return self.nickname or self.reference
