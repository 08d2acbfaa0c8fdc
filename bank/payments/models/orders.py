"""Payment orders in ISO 20022 terms, what happened to them, and what may be paid by whom.

An order is written once; afterwards only its ``status`` moves, each step with a ``PaymentEvent``
that the database never lets go, and what its network says of it: a reference, instants, what came back.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments.rules import (
    ALIVE,
    Authority,
    ChargeBearer,
    Door,
    FileStatus,
    LineStatus,
    NameCheck,
    PaymentStatus,
)
from bank.runtime.fields import AmountField, CurrencyField

STATUSES = [
    (PaymentStatus.DRAFT.value, _("Draft")),
    (PaymentStatus.AWAITING_APPROVAL.value, _("Waiting for approval")),
    (PaymentStatus.ACCEPTED.value, _("Accepted")),
    (PaymentStatus.RELEASED.value, _("Released")),
    (PaymentStatus.SENT.value, _("Sent")),
    (PaymentStatus.SETTLED.value, _("Settled")),
    (PaymentStatus.REJECTED.value, _("Rejected")),
    (PaymentStatus.RETURNED.value, _("Returned")),
    (PaymentStatus.RECALLED.value, _("Recalled")),
    (PaymentStatus.CANCELLED.value, _("Cancelled")),
    (PaymentStatus.EXPIRED.value, _("Expired")),
]
NAME_CHECKS = [
    (NameCheck.MATCH.value, _("Match")),
    (NameCheck.CLOSE_MATCH.value, _("Close match")),
    (NameCheck.NO_MATCH.value, _("No match")),
    (NameCheck.UNAVAILABLE.value, _("Not available")),
]
AUTHORITIES = [
    (Authority.STEP_UP.value, _("Confirmed with a code")),
    (Authority.PERMIT.value, _("Standing permit")),
    (Authority.OPERATOR.value, _("Operator")),
]
DOORS = [
    (Door.PORTAL.value, _("Portals")),
    (Door.API.value, _("Programs (API)")),
    (Door.FILE.value, _("Payment files")),
]
CHARGE_BEARERS = [
    (ChargeBearer.DEBT.value, _("Debtor")),
    (ChargeBearer.CRED.value, _("Creditor")),
    (ChargeBearer.SHAR.value, _("Shared")),
    (ChargeBearer.SLEV.value, _("By service level")),
]
FILE_STATUSES = [
    (FileStatus.RECEIVED.value, _("Received")),
    (FileStatus.VALIDATING.value, _("Being checked")),
    (FileStatus.RELEASING.value, _("Being paid")),
    (FileStatus.REJECTED.value, _("Rejected")),
    (FileStatus.CHECKED.value, _("Checked")),
    (FileStatus.WAITING.value, _("Waiting for signatures")),
    (FileStatus.PAID.value, _("Paid")),
    (FileStatus.CANCELLED.value, _("Cancelled")),
]
LINE_STATUSES = [
    (LineStatus.VALID.value, _("Valid")),
    (LineStatus.FAULTY.value, _("Faulty")),
    (LineStatus.EXCLUDED.value, _("Left out")),
    (LineStatus.HELD.value, _("Held by the bank")),
    (LineStatus.SENT.value, _("Sent")),
    (LineStatus.SETTLED.value, _("Settled")),
    (LineStatus.REJECTED.value, _("Rejected")),
]
USER = settings.AUTH_USER_MODEL
_BLANK: dict[str, Any] = {"blank": True, "default": "", "db_default": ""}
"""Empty for most payments; the database fills it in, so that inserting many need not name it."""


class PaymentOrder(models.Model):
    """One payment from a debtor to a creditor. Fee and excise are the debtor's, on top of the amount."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    uetr = models.UUIDField(_("UETR"), db_index=True)
    status = models.CharField(_("status"), max_length=20, choices=STATUSES)
    rail = models.CharField(_("rail"), max_length=20)
    debtor_account = models.ForeignKey(
        "accounts.Account",
        on_delete=models.PROTECT,
        related_name="payments_out",
        verbose_name=_("debtor account"),
    )
    debtor_name = models.CharField(_("debtor"), max_length=140)
    debtor_agent = models.CharField(_("debtor's bank"), max_length=11)
    creditor_account = models.ForeignKey(
        "accounts.Account",
        on_delete=models.PROTECT,
        null=True,
        related_name="payments_in",
        verbose_name=_("creditor account"),
    )
    creditor_number = models.CharField(_("creditor's number"), max_length=34)
    creditor_name = models.CharField(_("creditor"), max_length=140)
    creditor_agent = models.CharField(_("creditor's bank"), max_length=35)
    creditor_country = models.CharField(_("creditor's country"), max_length=2, **_BLANK)
    creditor_address = models.CharField(_("creditor's address"), max_length=210, **_BLANK)
    ultimate_debtor = models.CharField(_("on behalf of"), max_length=140, **_BLANK)
    ultimate_creditor = models.CharField(_("in favour of"), max_length=140, **_BLANK)
    name_check = models.CharField(_("name check"), max_length=12, choices=NAME_CHECKS)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    fee = AmountField(_("fee"), default=0)
    excise = AmountField(_("excise duty"), default=0)
    fee_event = models.CharField(_("priced as"), max_length=24, **_BLANK)
    """What priced it, where that is not how its rail prices payments: a bill."""
    charge_bearer = models.CharField(
        _("charges"), max_length=4, choices=CHARGE_BEARERS, default=ChargeBearer.SHAR.value
    )
    end_to_end_id = models.CharField(_("end-to-end id"), max_length=35, blank=True)
    instruction_id = models.CharField(_("instruction id"), max_length=35, blank=True)
    remittance = models.CharField(_("remittance"), max_length=140, blank=True)
    creditor_reference = models.CharField(_("creditor's reference"), max_length=35, **_BLANK)
    purpose = models.CharField(_("purpose"), max_length=35, **_BLANK)
    requested_date = models.DateField(_("requested date"))
    execution_date = models.DateField(_("leaves on"), null=True)
    release_at = models.DateTimeField(_("waits until"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    settled_at = models.DateTimeField(_("settled by the network"), null=True)
    network_reference = models.CharField(_("network's reference"), max_length=64, **_BLANK)
    returned = AmountField(_("came back"), null=True)
    routing = models.JSONField(_("choice of the rail"), null=True)
    initiated_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("initiated by")
    )
    initiated_at = models.DateTimeField(_("initiated"), default=clock.now)
    channel = models.CharField(_("channel"), max_length=20)
    authority = models.CharField(_("authority"), max_length=12, choices=AUTHORITIES)
    # Null, not blank: the lines of a file have no key of their own.
    idempotency_key = models.CharField(max_length=200, null=True)  # noqa: DJ001
    request_digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["initiated_by", "idempotency_key"], name="payment_key_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, fee__gte=0, excise__gte=0), name="payment_amounts_sane"
            ),
            models.CheckConstraint(
                condition=Q(creditor_account__isnull=True) | ~Q(creditor_account=F("debtor_account")),
                name="payment_between_two_accounts",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["debtor_account", "-id"], name="payment_by_debtor"),
            models.Index(fields=["creditor_account", "-id"], name="payment_by_creditor"),
            models.Index(fields=["debtor_account", "creditor_number"], name="payment_by_payee"),
            models.Index(
                fields=["debtor_account", "initiated_at"],
                condition=~Q(channel=Door.FILE.value),
                name="payment_single_by_moment",
            ),
            models.Index(
                fields=["rail", "release_at"],
                condition=Q(status=PaymentStatus.ACCEPTED.value),
                name="payment_to_release",
            ),
            models.Index(
                fields=["rail", "id"],
                condition=Q(status__in=[PaymentStatus.RELEASED.value, PaymentStatus.SENT.value]),
                name="payment_under_way",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def charges(self) -> Money:
        """Fee and excise duty together."""
        return Money(self.fee + self.excise, self.currency)

    @property
    def total(self) -> Money:
        """What leaves the debtor's account."""
        return self.money + self.charges

    @property
    def debtor_number(self) -> str:
        return self.debtor_account.number


class PaymentEvent(models.Model):
    """A step of a payment: when, by whom, why. Append-only."""

    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="events")
    status = models.CharField(_("status"), max_length=20, choices=STATUSES)
    at = models.DateTimeField(_("at"), default=clock.now)
    actor = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    sentence = models.CharField(_("explanation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.status}"


class PaymentLimit(models.Model):
    """What may be paid in a currency: by one customer, else by a segment, else by anybody.

    A row of a ``rail``, of a ``channel`` or of both bounds what goes by it or came in there, besides the row
    that bounds everything.
    """

    customer = models.ForeignKey(
        "cif.Customer", on_delete=models.PROTECT, null=True, blank=True, related_name="payment_limits"
    )
    segment = models.CharField(_("segment"), max_length=12, blank=True)
    currency = CurrencyField(_("currency"))
    single_maximum = AmountField(_("single payment at most"))
    daily_maximum = AmountField(_("in a day at most"), null=True, blank=True)
    monthly_maximum = AmountField(_("in a month at most"), null=True, blank=True)
    rail = models.CharField(_("only by the rail"), max_length=20, **_BLANK)
    channel = models.CharField(_("only by the channel"), max_length=12, choices=DOORS, **_BLANK)
    daily_ceiling = AmountField(_("the customer may raise the day to"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment limit")
        verbose_name_plural = _("payment limits")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "segment", "currency", "rail", "channel"],
                nulls_distinct=False,
                name="payment_limit_once",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=True) | Q(segment=""),
                name="payment_limit_of_customer_or_segment",
            ),
            models.CheckConstraint(
                condition=Q(single_maximum__gt=0) & (Q(daily_maximum__isnull=True) | Q(daily_maximum__gte=0)),
                name="payment_limit_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.segment or self.customer_id or 'all'}"


class DailyUse(models.Model):
    """What a customer, or a permit, has paid on a day: one row, so that adding to it is the lock."""

    scope = models.CharField(max_length=60)
    day = models.DateField()
    currency = CurrencyField()
    amount = AmountField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "day", "currency"], name="daily_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.day} {self.currency} {self.amount}"


class PaymentPermit(models.Model):
    """A customer's word, given once with a code, that a user's programs may pay up to a bound without one."""

    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="payment_permits")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="payment_permits")
    single_maximum = AmountField(_("single payment at most"))
    daily_maximum = AmountField(_("in a day at most"))
    valid_until = models.DateField(_("valid until"))
    granted_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("payment permit")
        verbose_name_plural = _("payment permits")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "account"],
                condition=Q(revoked_at__isnull=True),
                name="payment_permit_one_unrevoked",
            ),
            models.CheckConstraint(
                condition=Q(single_maximum__gt=0, daily_maximum__gte=F("single_maximum")),
                name="payment_permit_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.account_id} {self.single_maximum}"


class Beneficiary(models.Model):
    """A payee a customer keeps; adding one needs a code."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="beneficiaries")
    name = models.CharField(_("name"), max_length=140)
    number = models.CharField(_("account number"), max_length=34)
    agent = models.CharField(_("bank"), max_length=35)
    country = models.CharField(_("country"), max_length=2, **_BLANK)
    nickname = models.CharField(_("nickname"), max_length=40, blank=True)
    name_check = models.CharField(_("name check"), max_length=12, choices=NAME_CHECKS)
    added_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("payee")
        verbose_name_plural = _("payees")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "agent", "number"],
                condition=Q(removed_at__isnull=True),
                name="beneficiary_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class PaymentFile(models.Model):
    """A message of many payments: what it says of itself, what was found, what became of it.

    ``faults`` are those of the message as a whole; a message with any is REJECTED.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    uploaded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="payment_files")
    uploaded_at = models.DateTimeField(_("uploaded"), default=clock.now)
    channel = models.CharField(_("channel"), max_length=20)
    customer = models.ForeignKey(
        "cif.Customer",
        on_delete=models.PROTECT,
        null=True,
        related_name="payment_files",
        verbose_name=_("customer"),
    )
    message = models.CharField(_("message"), max_length=20)
    message_id = models.CharField(_("message id"), max_length=35)
    initiating_party = models.CharField(_("initiating party"), max_length=140, blank=True)
    digest = models.BinaryField(max_length=32)
    idempotency_key = models.CharField(max_length=200)
    status = models.CharField(_("status"), max_length=12, choices=FILE_STATUSES)
    line_count = models.PositiveIntegerField(_("lines"), default=0)
    faulty_count = models.PositiveIntegerField(_("faulty lines"), default=0)
    warning_count = models.PositiveIntegerField(_("lines with warnings"), default=0)
    settled_count = models.PositiveIntegerField(_("settled lines"), default=0)
    control_sum = models.DecimalField(_("control sum"), max_digits=38, decimal_places=5, default=0)
    hash_total = models.CharField(_("hash total"), max_length=64, blank=True)
    totals = models.JSONField(_("totals by currency"), default=dict)
    faults = models.JSONField(_("faults"), default=list)
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmation_key = models.CharField(max_length=200, blank=True)
    authority = models.CharField(_("authority"), max_length=12, choices=AUTHORITIES, blank=True)
    name = models.CharField(_("file name"), max_length=120, blank=True)
    # Each edit of a line makes another file to agree to: codes and signatures are bound to it.
    revision = models.PositiveIntegerField(default=0)
    # Sent to other banks, or held by the bank: neither paid yet nor refused.
    sent_count = models.PositiveIntegerField(_("lines under way"), default=0)
    excluded_count = models.PositiveIntegerField(_("lines left out"), default=0)
    is_batch_booked = models.BooleanField(_("one debit for all"), default=False)
    is_confidential = models.BooleanField(_("confidential"), default=False)
    retry_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="retries")
    similar_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    override_reason = models.CharField(_("why it is paid although similar"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("payment file")
        verbose_name_plural = _("payment files")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["uploaded_by", "idempotency_key"], name="payment_file_key_once"),
            models.UniqueConstraint(
                fields=["customer", "message_id"],
                condition=Q(status__in=[one.value for one in ALIVE]),
                name="payment_file_message_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "-id"], name="payment_file_by_customer")]

    def __str__(self) -> str:
        return self.reference


class PaymentFileLine(models.Model):
    """One payment of a file as it was sent, its faults, and the order it became.

    ``reference`` and ``uetr`` are given at once and are those of the order. ``amount`` is empty
    where the text is no amount in the currency.
    """

    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField(_("line"))
    part = models.CharField(_("part"), max_length=35)
    reference = models.CharField(_("reference"), max_length=24)
    uetr = models.UUIDField()
    status = models.CharField(_("status"), max_length=10, choices=LINE_STATUSES)
    debtor_account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    debtor_number = models.CharField(_("debtor account"), max_length=34)
    creditor_account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    creditor_number = models.CharField(_("creditor account"), max_length=34)
    creditor_name = models.CharField(_("creditor"), max_length=140)
    creditor_agent = models.CharField(_("creditor's bank"), max_length=35)
    creditor_country = models.CharField(_("creditor's country"), max_length=2, **_BLANK)
    ultimate_debtor = models.CharField(_("on behalf of"), max_length=140, **_BLANK)
    ultimate_creditor = models.CharField(_("in favour of"), max_length=140, **_BLANK)
    rail = models.CharField(_("rail"), max_length=20, default="INTERNAL", db_default="INTERNAL")
    name_check = models.CharField(_("name check"), max_length=12, choices=NAME_CHECKS)
    amount = AmountField(_("amount"), null=True)
    amount_text = models.CharField(_("amount as sent"), max_length=60)
    currency = models.CharField(_("currency"), max_length=3)
    fee = AmountField(_("fee"), default=0)
    excise = AmountField(_("excise duty"), default=0)
    charge_bearer = models.CharField(_("charges"), max_length=4)
    end_to_end_id = models.CharField(_("end-to-end id"), max_length=35)
    instruction_id = models.CharField(_("instruction id"), max_length=35)
    remittance = models.CharField(_("remittance"), max_length=140)
    purpose = models.CharField(_("purpose"), max_length=35, **_BLANK)
    requested_date = models.DateField(_("requested date"), null=True)
    faults = models.JSONField(_("faults"), default=list)
    order = models.OneToOneField(PaymentOrder, on_delete=models.PROTECT, null=True, related_name="file_line")

    class Meta:
        verbose_name = _("file line")
        verbose_name_plural = _("file lines")
        ordering = ["line"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "line"], name="payment_file_line_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["file", "status", "line"], name="payment_file_line_status"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.line}"
