"""Cases, the steps of each, and by when the bank answers."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.cases.rules import FINISHED, NAME_LETTERS, SUBJECT_LETTERS, Kind, Priority, State, Step
from bank.kernel import clock

KINDS = [
    (Kind.COMPLAINT.value, _("Complaint")),
    (Kind.SERVICE_REQUEST.value, _("Service request")),
    (Kind.ENQUIRY.value, _("Enquiry")),
]
PRIORITIES = [
    (Priority.LOW.value, _("Low")),
    (Priority.NORMAL.value, _("Normal")),
    (Priority.HIGH.value, _("High")),
    (Priority.URGENT.value, _("Urgent")),
]
STATES = [
    (State.NEW.value, _("New")),
    (State.IN_PROGRESS.value, _("Being looked into")),
    (State.WAITING_FOR_CUSTOMER.value, _("Waiting for the customer")),
    (State.RESOLVED.value, _("Resolved")),
    (State.CLOSED.value, _("Closed")),
]
STEPS = [
    (Step.OPENED.value, _("Opened")),
    (Step.ASSIGNED.value, _("Assigned")),
    (Step.PRIORITISED.value, _("Priority changed")),
    (Step.NOTED.value, _("Internal note")),
    (Step.ANSWERED.value, _("Answered")),
    (Step.ASKED_BACK.value, _("Asked the customer")),
    (Step.CUSTOMER_WROTE.value, _("The customer wrote")),
    (Step.RESOLVED.value, _("Resolved")),
    (Step.CLOSED.value, _("Closed")),
]


class ServiceTarget(models.Model):
    """By when a case of one kind and priority is answered and resolved."""

    kind = models.CharField(_("kind"), max_length=16, choices=KINDS)
    priority = models.CharField(_("priority"), max_length=8, choices=PRIORITIES)
    first_answer_hours = models.PositiveSmallIntegerField(_("first answer within open hours"))
    resolution_days = models.PositiveSmallIntegerField(_("resolved within business days"))

    class Meta:
        verbose_name = _("service target")
        verbose_name_plural = _("service targets")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "priority"], name="service_target_once"),
            models.CheckConstraint(
                condition=Q(first_answer_hours__gt=0, resolution_days__gt=0),
                name="service_target_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.priority}"


class Case(models.Model):
    """What somebody asked of the bank, and by when it owes an answer.

    ``next_due_at`` is what the queue is sorted by: the earliest of what is still owed, nothing
    while the clock stands still or nothing is owed.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=KINDS)
    priority = models.CharField(
        _("priority"), max_length=8, choices=PRIORITIES, default=Priority.NORMAL.value
    )
    state = models.CharField(_("state"), max_length=24, choices=STATES, default=State.NEW.value)
    subject = models.CharField(_("subject"), max_length=SUBJECT_LETTERS)
    customer = models.ForeignKey(
        "cif.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
    )
    contact_name = models.CharField(_("name"), max_length=NAME_LETTERS)
    contact_email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=8, default="en")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("opened by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        on_delete=models.PROTECT,
        null=True,
        related_name="assigned_cases",
    )
    opened_at = models.DateTimeField(_("opened"), default=clock.now)
    first_answer_due_at = models.DateTimeField(_("first answer due"))
    resolution_due_at = models.DateTimeField(_("resolution due"))
    next_due_at = models.DateTimeField(_("due next"), null=True)
    first_answered_at = models.DateTimeField(_("first answered"), null=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    paused_at = models.DateTimeField(_("clock stopped"), null=True)
    paused_for = models.DurationField(_("open hours spent waiting"))
    first_answer_breached = models.BooleanField(_("first answer was late"), default=False)
    resolution_breached = models.BooleanField(_("resolution was late"), default=False)
    reminded_for = models.DateTimeField(null=True, editable=False)
    """The due time somebody was last reminded of."""

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering: ClassVar = ["next_due_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["next_due_at"], name="case_due", condition=Q(next_due_at__isnull=False)),
            models.Index(fields=["customer", "-id"], name="case_of_customer"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(one.value for one in FINISHED), resolved_at__isnull=False)
                | ~Q(state__in=sorted(one.value for one in FINISHED)),
                name="case_resolved_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WAITING_FOR_CUSTOMER.value, paused_at__isnull=False)
                | ~Q(state=State.WAITING_FOR_CUSTOMER.value) & Q(paused_at__isnull=True),
                name="case_clock_stands_while_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED


class CaseStep(models.Model):
    """One thing that happened to a case: what, who, when, and the words of it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(_("step"), max_length=16, choices=STEPS)
    at = models.DateTimeField(_("at"), default=clock.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    state = models.CharField(_("state after it"), max_length=24, choices=STATES)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.step} {self.case_id}"
