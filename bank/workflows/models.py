"""Commands: proposed by one, decided by another, kept for good. The database holds both to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.workflows.rules import DECIDED_BY_CHECKER, REASON_LETTERS, State

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
    required_role = models.CharField(_("decided by the role"), max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=State.PENDING.value)
    proposed_at = models.DateTimeField(_("proposed"), default=clock.now)
    deadline = models.DateTimeField(_("to be decided by"))
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
