"""What other banks want back of what came in: a row a wish, open until two of the staff answered it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.payments.models.networks import IncomingPayment
from bank.payments.models.orders import USER
from bank.payments.rules import RecallStatus

RECALL_STATUSES = [
    (RecallStatus.OPEN.value, _("Waits for an answer")),
    (RecallStatus.REFUSED.value, _("Refused")),
    (RecallStatus.GRANTED.value, _("Given back")),
]


class IncomingRecall(models.Model):
    """``recall_id`` is the other bank's name for the wish, ``transaction_id`` its name for the payment.

    ``why`` is what was found before the answer: how the customer agreed, or what spoke against it.
    """

    payment = models.ForeignKey(
        IncomingPayment, on_delete=models.PROTECT, related_name="recalls", verbose_name=_("incoming payment")
    )
    rail = models.CharField(_("rail"), max_length=20)
    recall_id = models.CharField(_("their reference"), max_length=64)
    transaction_id = models.CharField(_("their payment"), max_length=64, blank=True)
    reason = models.CharField(_("reason"), max_length=40)
    sentence = models.CharField(_("explanation"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=RECALL_STATUSES)
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    answer_by = models.DateField(_("answer by"))
    answer = models.CharField(_("answer"), max_length=4, blank=True)
    why = models.CharField(_("what was found"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("agreed by")
    )

    class Meta:
        verbose_name = _("recall of another bank")
        verbose_name_plural = _("recalls of other banks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rail", "recall_id"], name="incoming_recall_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["answer_by"], condition=Q(status=RecallStatus.OPEN.value), name="incoming_recall_open"
            ),
        ]

    def __str__(self) -> str:
        return self.recall_id
