"""Companies that may collect, mandates, what is collected on them, and claims that nobody authorised it.

Amounts are in the currency of the mandate, or of the company's admission.
"""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.debits.rules import (
    ClaimStatus,
    CollectionStatus,
    CreditorStatus,
    MandateKind,
    MandateStatus,
    RefundKind,
)
from bank.kernel import clock
from bank.kernel.money import Money
from bank.runtime.fields import AmountField, CurrencyField

USER = settings.AUTH_USER_MODEL
KINDS = [
    (MandateKind.CORE.value, _("Core")),
    (MandateKind.B2B.value, _("Between companies")),
]
MANDATE_STATUSES = [
    (MandateStatus.PROPOSED.value, _("Waiting for confirmation")),
    (MandateStatus.WAITING.value, _("Waiting for signatures")),
    (MandateStatus.ACTIVE.value, _("Active")),
    (MandateStatus.DECLINED.value, _("Declined")),
    (MandateStatus.CANCELLED.value, _("Cancelled")),
    (MandateStatus.EXPIRED.value, _("Expired")),
]
CREDITOR_STATUSES = [
    (CreditorStatus.ASKED.value, _("Being looked into")),
    (CreditorStatus.ADMITTED.value, _("Admitted")),
    (CreditorStatus.SUSPENDED.value, _("Suspended")),
    (CreditorStatus.WITHDRAWN.value, _("Withdrawn")),
    (CreditorStatus.DECLINED.value, _("Declined")),
]
CLAIM_STATUSES = [
    (ClaimStatus.OPEN.value, _("Being looked into")),
    (ClaimStatus.ACCEPTED.value, _("Accepted")),
    (ClaimStatus.DENIED.value, _("Denied")),
]
COLLECTION_STATUSES = [
    (CollectionStatus.PENDING.value, _("To come")),
    (CollectionStatus.COLLECTED.value, _("Collected")),
    (CollectionStatus.FAILED.value, _("Not collected")),
    (CollectionStatus.REFUSED.value, _("Refused")),
    (CollectionStatus.CANCELLED.value, _("Cancelled")),
    (CollectionStatus.REFUNDED.value, _("Refunded")),
]
REFUND_KINDS = [
    (RefundKind.NO_QUESTION.value, _("Asked back within eight weeks")),
    (RefundKind.UNAUTHORISED.value, _("Not authorised")),
]


class Creditor(models.Model):
    """A company the bank lets collect, or was asked to. Limits are over all its mandates."""

    customer = models.OneToOneField(
        "cif.Customer", on_delete=models.PROTECT, related_name="debit_creditor", verbose_name=_("company")
    )
    status = models.CharField(_("status"), max_length=10, choices=CREDITOR_STATUSES)
    identifier = models.CharField(_("creditor identifier"), max_length=35, blank=True)
    core = models.BooleanField(_("core"), default=False)
    b2b = models.BooleanField(_("between companies"), default=False)
    currency = CurrencyField(_("currency"))
    each_amount = AmountField(_("each time at most"), default=Decimal(0))
    month_amount = AmountField(_("in a month at most"), default=Decimal(0))
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), default=14)
    exposure = models.CharField(_("behind its refunds"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("application")
    )
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    decided_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("company that collects")
        verbose_name_plural = _("companies that collect")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(status="ADMITTED")
                | Q(
                    Q(core=True) | Q(b2b=True),
                    ~Q(identifier=""),
                    decided_by__isnull=False,
                    each_amount__gt=0,
                    month_amount__gte=F("each_amount"),
                ),
                name="creditor_is_admitted",
            ),
            models.UniqueConstraint(
                fields=["identifier"], condition=~Q(identifier=""), name="creditor_identifier_once"
            ),
        ]

    def __str__(self) -> str:
        return self.identifier or self.customer.cif

    @property
    def schemes(self) -> set[str]:
        """The kinds of mandate it may collect on."""
        kinds = ((MandateKind.CORE, self.core), (MandateKind.B2B, self.b2b))
        return {kind.value for kind, admitted in kinds if admitted}

    @property
    def each(self) -> Money:
        return Money(self.each_amount, self.currency)

    @property
    def month(self) -> Money:
        return Money(self.month_amount, self.currency)


class Mandate(models.Model):
    """Whom the holder of an account lets collect from it, how much and until when.

    ``creditor_reference`` is the company's unique mandate reference.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    creditor = models.ForeignKey(
        "cif.Customer", on_delete=models.PROTECT, related_name="debit_mandates", verbose_name=_("company")
    )
    creditor_account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="mandates_held", verbose_name=_("into")
    )
    creditor_reference = models.CharField(_("mandate reference"), max_length=35)
    debtor_account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="mandates_given", verbose_name=_("from")
    )
    debtor_name = models.CharField(_("name given"), max_length=140)
    kind = models.CharField(_("kind"), max_length=4, choices=KINDS)
    limit_amount = AmountField(_("each time at most"))
    month_amount = AmountField(_("in a month at most"))
    currency = CurrencyField(_("currency"))
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"), null=True)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"))
    status = models.CharField(_("status"), max_length=10, choices=MANDATE_STATUSES)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("proposed"), default=clock.now)
    confirmed_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta:
        verbose_name = _("direct debit mandate")
        verbose_name_plural = _("direct debit mandates")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["creditor", "creditor_reference"], name="mandate_reference_once"),
            models.CheckConstraint(
                condition=Q(limit_amount__gt=0, month_amount__gte=F("limit_amount")), name="mandate_limits"
            ),
            models.CheckConstraint(
                condition=~Q(status="ACTIVE") | Q(confirmed_by__isnull=False), name="mandate_is_confirmed"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def limit(self) -> Money:
        return Money(self.limit_amount, self.currency)

    @property
    def month_limit(self) -> Money:
        return Money(self.month_amount, self.currency)


class DebitFile(models.Model):
    """Collections a company sent as one pain.008. ``rows`` says what became of each, by its line.

    A file nothing was announced of leaves its message id free.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    creditor = models.ForeignKey(
        Creditor, on_delete=models.PROTECT, related_name="files", verbose_name=_("company")
    )
    message = models.CharField(_("format"), max_length=20)
    message_id = models.CharField(_("message id"), max_length=35)
    digest = models.CharField(max_length=64, editable=False)
    count = models.PositiveIntegerField(_("collections"))
    accepted_count = models.PositiveIntegerField(_("announced"))
    control_sum = AmountField(_("control sum"))
    faults = models.JSONField(_("faults of the file"), default=list)
    rows = models.JSONField(_("lines"), default=list)
    sent_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    sent_at = models.DateTimeField(_("sent"), default=clock.now)

    class Meta:
        verbose_name = _("file of direct debits")
        verbose_name_plural = _("files of direct debits")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creditor", "message_id"], condition=Q(accepted_count__gt=0), name="debit_file_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Collection(models.Model):
    """One sum a company takes on a mandate. ``run_date`` is the business day it is taken on."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="collections")
    end_to_end_id = models.CharField(_("company's reference"), max_length=35)
    amount = AmountField(_("amount"))
    remittance = models.CharField(_("what for"), max_length=140, blank=True)
    due_date = models.DateField(_("due"))
    run_date = models.DateField(_("taken on"))
    status = models.CharField(_("status"), max_length=10, choices=COLLECTION_STATUSES)
    reason = models.CharField(_("reason"), max_length=4, blank=True)
    sentence = models.CharField(_("explanation"), max_length=300, blank=True)
    entry_id = models.BigIntegerField(_("entry"), null=True)
    collected_date = models.DateField(_("collected"), null=True)
    refund_kind = models.CharField(_("refund"), max_length=12, choices=REFUND_KINDS, blank=True)
    refund_entry_id = models.BigIntegerField(_("entry of the refund"), null=True)
    refunded_date = models.DateField(_("refunded"), null=True)
    claim = AmountField(_("claimed from the company"), default=0)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("announced"), default=clock.now)

    class Meta:
        verbose_name = _("direct debit")
        verbose_name_plural = _("direct debits")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mandate", "end_to_end_id"], name="collection_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="collection_above_zero"),
            models.CheckConstraint(
                condition=~Q(status__in=["COLLECTED", "REFUNDED"]) | Q(entry_id__isnull=False),
                name="collection_has_entry",
            ),
            models.CheckConstraint(
                condition=~Q(status="REFUNDED") | Q(refund_entry_id__isnull=False), name="refund_has_entry"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run_date"], condition=Q(status="PENDING"), name="collection_due"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money:
        return Money(self.amount, self.mandate.currency)


class Claim(models.Model):
    """Somebody says a direct debit of theirs was not authorised; two of the staff decide by ``due_date``."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    collection = models.OneToOneField(
        Collection, on_delete=models.PROTECT, related_name="refund_claim", verbose_name=_("direct debit")
    )
    why = models.CharField(_("what happened"), max_length=1000)
    status = models.CharField(
        _("status"), max_length=8, choices=CLAIM_STATUSES, default=ClaimStatus.OPEN.value
    )
    due_date = models.DateField(_("answer due"))
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+", verbose_name=_("case"))
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    asked_at = models.DateTimeField(_("claimed"), default=clock.now)
    decided_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("claim of a direct debit")
        verbose_name_plural = _("claims of direct debits")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="OPEN") | Q(decided_by__isnull=False), name="claim_is_decided_by_somebody"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_date"], condition=Q(status="OPEN"), name="claim_due"),
        ]

    def __str__(self) -> str:
        return self.reference
