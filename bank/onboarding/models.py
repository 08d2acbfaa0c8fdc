"""Registrations, applications with their answers, the staff's work on them, invitations, re-verifications.

National identifiers and tax numbers stand encrypted in ``sealed``; what must be found again is found by
a keyed hash.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock, ids
from bank.onboarding.rules import (
    InvitationState,
    Kind,
    PartyKind,
    PartyRole,
    Recommendation,
    ReviewState,
    Risk,
    State,
)
from bank.runtime.fields import AmountField, CurrencyField, EncryptedTextField

KINDS = [
    (Kind.PERSONAL.value, _("Personal")),
    (Kind.SME.value, _("Small business")),
    (Kind.CORPORATE.value, _("Company")),
]
STATES = [
    (State.DRAFT.value, _("Not sent yet")),
    (State.SUBMITTED.value, _("Waiting to be taken")),
    (State.IN_REVIEW.value, _("Being checked")),
    (State.MORE_NEEDED.value, _("More is needed")),
    (State.RECOMMENDED.value, _("Waiting for a second person")),
    (State.APPROVED.value, _("Approved")),
    (State.REJECTED.value, _("Rejected")),
    (State.WITHDRAWN.value, _("Withdrawn")),
    (State.EXPIRED.value, _("Expired")),
]
RISKS = [(Risk.LOW.value, _("Low")), (Risk.MEDIUM.value, _("Medium")), (Risk.HIGH.value, _("High"))]
PARTY_ROLES = [
    (PartyRole.DIRECTOR.value, _("Director")),
    (PartyRole.OWNER.value, _("Owner")),
    (PartyRole.DIRECTOR_OWNER.value, _("Director and owner")),
]
PARTY_KINDS = [(PartyKind.PERSON.value, _("A person")), (PartyKind.ORGANISATION.value, _("An organisation"))]


class Registration(models.Model):
    """Somebody who says an e-mail address is theirs; the code that proves it is derived, never stored."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    email = models.EmailField()
    kind = models.CharField(max_length=10, choices=KINDS)
    language = models.CharField(max_length=8, default="en")
    ip = models.CharField(max_length=45, blank=True)
    is_known = models.BooleanField(default=False)
    """The address has a user already: its mail says so, and no code opens this registration."""
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["email", "-created_at"], name="registrations_of_email"),
            models.Index(fields=["ip", "-created_at"], name="registrations_from_ip"),
        )

    def __str__(self) -> str:
        return str(self.id)


class Application(models.Model):
    """What an applicant answers and what became of it; after approval it leads to the customer."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(_("reference"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="applications"
    )
    name = models.CharField(_("name"), max_length=161, blank=True)
    """What the queue calls it: the person's or the organisation's name, once answered."""
    answers = models.JSONField(default=dict)
    sealed = EncryptedTextField(blank=True, default="")
    id_number_hash = models.BinaryField(max_length=32, null=True, db_index=True)
    tax_number_hash = models.BinaryField(max_length=32, null=True, db_index=True)
    state = models.CharField(_("state"), max_length=12, choices=STATES, default=State.DRAFT.value)
    risk = models.CharField(_("risk"), max_length=8, choices=RISKS, blank=True)
    risk_reasons = models.JSONField(default=list)
    screening = models.JSONField(default=list)
    """What screening found at the last submission, one entry per name that was screened."""
    agreement_version = models.CharField(_("agreement"), max_length=20, blank=True)
    agreed_at = models.DateTimeField(_("agreed at"), null=True)
    created_at = models.DateTimeField(_("begun"), default=clock.now)
    changed_at = models.DateTimeField(_("last changed"), default=clock.now)
    submitted_at = models.DateTimeField(_("sent"), null=True)
    more_wanted = models.JSONField(default=list)
    """The tasks the staff asked to be answered again, empty for any."""
    more_reason = models.TextField(blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("taken by"),
    )
    recommendation = models.CharField(
        _("recommendation"), max_length=10, blank=True, choices=[(r.value, r.value) for r in Recommendation]
    )
    recommendation_reason = models.TextField(blank=True)
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decision_reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    customer = models.ForeignKey(
        "cif.Customer", on_delete=models.PROTECT, null=True, related_name="applications"
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        indexes = (models.Index(fields=["state", "submitted_at"], name="applications_waiting"),)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decider__isnull=True) | Q(reviewer__isnull=False) & ~Q(reviewer=F("decider")),
                name="application_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=(Q(reviewer__isnull=True) | ~Q(reviewer=F("applicant")))
                & (Q(decider__isnull=True) | ~Q(decider=F("applicant"))),
                name="application_not_judged_by_its_applicant",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.APPROVED.value, State.REJECTED.value])
                | Q(decider__isnull=False, decided_at__isnull=False),
                name="application_decision_has_a_decider",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=True) | Q(state=State.APPROVED.value),
                name="application_only_approved_has_a_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}".strip()

    def answer(self, task: str, name: str, otherwise: Any = "") -> Any:
        """One answer, or ``otherwise`` where it was not given yet."""
        return self.answers.get(task, {}).get(name, otherwise)


class Party(models.Model):
    """A director, owner or signatory of the organisation that applies."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="parties")
    kind = models.CharField(max_length=12, choices=PARTY_KINDS, default=PartyKind.PERSON.value)
    role = models.CharField(max_length=16, choices=PARTY_ROLES)
    name = models.CharField(max_length=161)
    birth_date = models.DateField(null=True)
    country = models.CharField(max_length=2, default="KE")
    id_number = EncryptedTextField(blank=True, default="")
    share_pct = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    is_exposed = models.BooleanField(default=False)
    is_signatory = models.BooleanField(default=False)
    email = models.EmailField(blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(share_pct__gte=0, share_pct__lte=100), name="party_share_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(is_signatory=False) | Q(kind=PartyKind.PERSON.value),
                name="party_signatory_is_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owns(self) -> bool:
        return self.role != PartyRole.DIRECTOR

    @property
    def directs(self) -> bool:
        return self.role != PartyRole.OWNER


class OwnershipThreshold(models.Model):
    """From which share an owner must be named, and what the named must reach; one row per kind."""

    kind = models.CharField(_("kind"), max_length=10, choices=KINDS, unique=True)
    named_from_pct = models.DecimalField(_("named from, per cent"), max_digits=5, decimal_places=2)
    together_pct = models.DecimalField(_("together at least, per cent"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("ownership threshold")
        verbose_name_plural = _("ownership thresholds")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    named_from_pct__gt=0, named_from_pct__lte=100, together_pct__gt=0, together_pct__lte=100
                ),
                name="threshold_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class ChecklistTick(models.Model):
    """An item of the checklist somebody vouches for."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="ticks")
    item = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "item"], name="checklist_item_once"),
        ]

    def __str__(self) -> str:
        return self.item


class Step(models.Model):
    """The application's history: what was done, by whom, with which words. Notes are steps too."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="steps")
    action = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.action


class Invitation(models.Model):
    """A company's administrator lets somebody in; of the token in the mail only a digest is here."""

    STATES: ClassVar = [
        (InvitationState.WAITING.value, _("Waiting for signatures")),
        (InvitationState.OPEN.value, _("Open")),
        (InvitationState.ACCEPTED.value, _("Accepted")),
        (InvitationState.REVOKED.value, _("Revoked")),
    ]
    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=12)
    can_pay = models.BooleanField(default=False)
    single_limit = AmountField(null=True)
    limit_currency = CurrencyField(blank=True)
    until_date = models.DateField(null=True)
    """The last day the mandate holds, as for an accountant who closes one year."""
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signatures = models.PositiveSmallIntegerField(null=True)
    """How many of the company stood behind it when it went out; none counted where the bank's staff did."""
    state = models.CharField(max_length=10, choices=STATES, default=InvitationState.OPEN.value)
    issue = models.PositiveIntegerField(default=1)
    """Raised by each resend; a token of an earlier issue opens nothing."""
    token_digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "email"],
                condition=Q(state__in=[InvitationState.OPEN.value, InvitationState.WAITING.value]),
                name="invitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class KycReview(models.Model):
    """When a customer is to be looked at again, and what came of it."""

    STATES: ClassVar = [
        (ReviewState.SCHEDULED.value, _("Scheduled")),
        (ReviewState.DUE.value, _("Waiting for the customer")),
        (ReviewState.ANSWERED.value, _("Waiting for the bank")),
        (ReviewState.DONE.value, _("Done")),
    ]
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="kyc_reviews")
    risk = models.CharField(_("risk"), max_length=8, choices=RISKS)
    due_date = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=ReviewState.SCHEDULED.value)
    opened_at = models.DateTimeField(_("put to the customer"), null=True)
    answer = models.TextField(_("what changed"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("done by"),
    )
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("re-verification")
        verbose_name_plural = _("re-verifications")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], condition=~Q(state=ReviewState.DONE.value), name="kyc_review_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.due_date}"
