"""Commands: proposed by one, decided by another, kept for good. The database holds both to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.money import Money
from bank.runtime.fields import AmountField, CurrencyField
from bank.workflows.rules import DECIDED_BY_CHECKER, REASON_LETTERS, Level, State

STATES = [
    (State.PENDING.value, _("Waiting for approval")),
    (State.APPROVED.value, _("Approved")),
    (State.REJECTED.value, _("Rejected")),
    (State.EXPIRED.value, _("Expired")),
    (State.WITHDRAWN.value, _("Withdrawn")),
    (State.FAILED.value, _("Failed")),
]


class Command(models.Model):
    """A change somebody proposed. Triggers keep what was proposed, and what was decided, as they are."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    kind = models.CharField(_("command"), max_length=60)
    payload = models.JSONField(_("payload"))
    difference = models.JSONField(_("difference"), default=list)
    subject_type = models.CharField(_("subject type"), max_length=40)
    subject_id = models.CharField(_("subject"), max_length=100)
    reason = models.CharField(_("reason"), max_length=REASON_LETTERS)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        on_delete=models.PROTECT,
        related_name="commands_made",
    )
    amount = AmountField(_("amount"), null=True)
    currency = CurrencyField(_("currency"), blank=True, default="")
    required_role = models.CharField(_("decided by the role"), max_length=40)
    second_role = models.CharField(_("and by the role"), max_length=40, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=State.PENDING.value)
    proposed_at = models.DateTimeField(_("proposed"), default=clock.now)
    deadline = models.DateTimeField(_("to be decided by"))
    escalated_at = models.DateTimeField(_("reminded of"), null=True)
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="commands_checked",
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_reason = models.CharField(_("why"), max_length=REASON_LETTERS, blank=True)

    class Meta:
        verbose_name = _("command")
        verbose_name_plural = _("commands")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["deadline"], name="command_pending", condition=Q(state=State.PENDING.value)),
            models.Index(fields=["subject_type", "subject_id"], name="command_by_subject"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("maker")),
                name="command_checker_is_not_maker",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=sorted(one.value for one in DECIDED_BY_CHECKER),
                    checker__isnull=False,
                    decided_at__isnull=False,
                )
                | ~Q(state__in=sorted(one.value for one in DECIDED_BY_CHECKER)) & Q(checker__isnull=True),
                name="command_decided_has_a_checker",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id"],
                condition=Q(state=State.PENDING.value),
                name="command_one_pending_per_subject",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money | None:
        return None if self.amount is None else Money(self.amount, self.currency)

    @property
    def roles(self) -> list[str]:
        """Each needs somebody's yes."""
        return [role for role in (self.required_role, self.second_role) if role]


class Consent(models.Model):
    """One person's yes, in one role, to a command. Append-only; of one command nobody gives two."""

    command = models.ForeignKey(Command, on_delete=models.PROTECT, related_name="consents")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(_("role"), max_length=40)
    given_at = models.DateTimeField(_("given"), default=clock.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["command", "user"], name="consent_once_a_person"),
            models.UniqueConstraint(fields=["command", "role"], name="consent_once_a_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.command_id}"


class ApprovalLevel(models.Model):
    """A row of the matrix: amounts above ``above`` of the base currency, of one kind of command or, where
    ``scope`` is empty, of all that have no rows of their own."""

    scope = models.CharField(_("command"), max_length=60, blank=True, default="")
    above = AmountField(_("above"))
    role = models.CharField(_("decided by"), max_length=40)
    second = models.CharField(_("and by"), max_length=40, blank=True, default="")
    hours = models.PositiveSmallIntegerField(_("within hours"))

    class Meta:
        verbose_name = _("approval level")
        verbose_name_plural = _("approval levels")
        ordering: ClassVar = ["scope", "above"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "above"], name="approval_level_once"),
            models.CheckConstraint(condition=Q(above__gte=0, hours__gte=1), name="approval_level_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.scope or '*'} {self.above}: {self.role}"

    @property
    def level(self) -> Level:
        return Level(self.above, self.role, self.hours, self.second)
