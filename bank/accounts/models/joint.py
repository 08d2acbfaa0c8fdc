"""What one holder asked of an account all sign for together, and the word of each holder. The database
holds them to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.accounts.rules import REASON_LETTERS, JointState
from bank.kernel import clock
from bank.kernel.money import Money
from bank.runtime.fields import AmountField, CurrencyField

JOINT_STATES = [
    (JointState.WAITING.value, _("Waiting for the other holder")),
    (JointState.AGREED.value, _("Agreed")),
    (JointState.REFUSED.value, _("Refused")),
    (JointState.WITHDRAWN.value, _("Withdrawn")),
    (JointState.EXPIRED.value, _("Expired")),
    (JointState.FAILED.value, _("Not possible")),
]


class JointAct(models.Model):
    """An act of one holder that waits for the others. ``subject`` names what is done, as its kind knows it;
    ``act`` is what their codes are bound to. Nothing is booked before the state is AGREED."""

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="joint_acts")
    kind = models.CharField(_("kind"), max_length=30)
    subject = models.CharField(_("subject"), max_length=40)
    summary = models.CharField(_("summary"), max_length=300)
    act = models.JSONField(_("act"))
    amount = AmountField(_("amount"), null=True, blank=True)
    currency = CurrencyField(_("currency"))
    needed = models.PositiveSmallIntegerField(_("holders"))
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("asked"), default=clock.now)
    deadline = models.DateTimeField(_("until"))
    state = models.CharField(
        _("state"), max_length=10, choices=JOINT_STATES, default=JointState.WAITING.value
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=REASON_LETTERS, blank=True)

    class Meta:
        verbose_name = _("act of joint holders")
        verbose_name_plural = _("acts of joint holders")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["deadline"], condition=Q(state=JointState.WAITING.value), name="joint_act_waiting"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "subject"], name="joint_act_once"),
            models.CheckConstraint(condition=Q(needed__gte=2), name="joint_act_needs_two"),
            models.CheckConstraint(
                condition=Q(state=JointState.WAITING.value, decided_at__isnull=True)
                | ~Q(state=JointState.WAITING.value) & Q(decided_at__isnull=False),
                name="joint_act_decided_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money | None:
        return None if self.amount is None else Money(self.amount, self.currency)


class JointWord(models.Model):
    """A holder's yes, given by a person: whoever asked by asking, each other one with a code.

    A person speaks for one holder, a holder once.
    """

    joint_act = models.ForeignKey(JointAct, on_delete=models.PROTECT, related_name="words")
    holder = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("given"), default=clock.now)

    class Meta:
        verbose_name = _("word of a holder")
        verbose_name_plural = _("words of holders")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["joint_act", "holder"], name="joint_word_once_a_holder"),
            models.UniqueConstraint(fields=["joint_act", "user"], name="joint_word_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.joint_act_id} {self.holder_id}"
