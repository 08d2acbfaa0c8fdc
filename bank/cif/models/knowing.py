"""How well the bank knows a customer: profile, rating and its rules, notes, pairs that may be one."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.cif.models.customers import Customer
from bank.cif.rating import Channel, Rating, Screening
from bank.cif.rules import KycLevel
from bank.kernel import clock

KYC_LEVELS = [
    (KycLevel.NONE.value, _("Not known yet")),
    (KycLevel.SIMPLIFIED.value, _("Simplified")),
    (KycLevel.STANDARD.value, _("Standard")),
    (KycLevel.ENHANCED.value, _("Enhanced")),
]
RATINGS = [
    (Rating.LOW.value, _("Low")),
    (Rating.MEDIUM.value, _("Medium")),
    (Rating.HIGH.value, _("High")),
]
SCREENINGS = [
    (Screening.NOT_SCREENED.value, _("Not screened yet")),
    (Screening.CLEAR.value, _("Clear")),
    (Screening.POSSIBLE.value, _("Possible match")),
    (Screening.HIT.value, _("Match")),
]
CHANNELS = [
    (Channel.BRANCH.value, _("Branch")),
    (Channel.ONLINE.value, _("Online")),
    (Channel.AGENT.value, _("Agent")),
]


class CustomerProfile(models.Model):
    """What the bank must know of a customer beyond their name, and how well it knows them."""

    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="profile"
    )
    occupation = models.CharField(_("occupation"), max_length=60, blank=True)
    sector = models.CharField(_("sector"), max_length=30, blank=True)
    source_of_funds = models.CharField(_("source of funds"), max_length=140, blank=True)
    channel = models.CharField(
        _("taken on through"), max_length=8, choices=CHANNELS, default=Channel.BRANCH.value
    )
    products = models.JSONField(_("products"), default=list)
    is_pep = models.BooleanField(_("politically exposed"), default=False)
    screening = models.CharField(
        _("screening"), max_length=12, choices=SCREENINGS, default=Screening.NOT_SCREENED.value
    )
    kyc_level = models.CharField(
        _("due diligence"), max_length=12, choices=KYC_LEVELS, default=KycLevel.NONE.value
    )
    kyc_reviewed_date = models.DateField(_("last review"), null=True, blank=True)
    next_review_date = models.DateField(_("next review"), null=True, blank=True)
    segment_reason = models.CharField(_("why this segment"), max_length=200, blank=True)
    legal_hold = models.CharField(_("legal hold"), max_length=200, blank=True)
    erased_at = models.DateTimeField(_("personal data erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kyc_level}"


class RiskAssessment(models.Model):
    """How risky the bank judged a customer to be, when and why; the latest one counts."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="assessments")
    score = models.PositiveSmallIntegerField(_("score"))
    rating = models.CharField(_("rating"), max_length=6, choices=RATINGS)
    reasons = models.JSONField(_("reasons"), default=list)
    cause = models.CharField(_("cause"), max_length=60)
    rated_at = models.DateTimeField(_("rated"), default=clock.now)

    class Meta:
        verbose_name = _("risk assessment")
        verbose_name_plural = _("risk assessments")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["customer", "-id"], name="rating_of_customer")]

    def __str__(self) -> str:
        return f"{self.rating} {self.score}"


class RatingRule(models.Model):
    """One rule of the risk rating as staff set it; what no row says is as ``rating.DEFAULTS``."""

    code = models.CharField(_("rule"), max_length=30, unique=True)
    figure = models.PositiveSmallIntegerField(_("figure"))
    members = models.JSONField(_("about"), default=list, blank=True)

    class Meta:
        verbose_name = _("rule of the risk rating")
        verbose_name_plural = _("rules of the risk rating")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(figure__lte=100), name="rating_rule_up_to_a_hundred"),
        ]

    def __str__(self) -> str:
        return self.code


class CustomerNote(models.Model):
    """What staff wrote down about a customer; never shown to them, and part of their data export."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("text"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.text[:60]


class DuplicateCandidate(models.Model):
    """Two customers who may be one, and what was decided about them."""

    first = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="like_first"
    )
    second = models.ForeignKey(
        Customer, verbose_name=_("may be the same as"), on_delete=models.PROTECT, related_name="like_second"
    )
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(_("reasons"), default=list)
    found_at = models.DateTimeField(_("found"), default=clock.now)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    decision = models.CharField(_("decision"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering: ClassVar = ["-score", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_once_per_pair"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="duplicate_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} / {self.second_id}"
