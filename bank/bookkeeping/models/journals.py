"""Journals booked by hand, and the templates they are written from."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping.rules import Origin, Side
from bank.documents.models import Document
from bank.kernel import clock
from bank.runtime.fields import AmountField

ORIGINS = [
    (Origin.MANUAL.value, _("Written by hand")),
    (Origin.TEMPLATE.value, _("From a template")),
    (Origin.FREQUENT.value, _("Frequent posting")),
    (Origin.CORRECTION.value, _("Correction of customers' accounts")),
    (Origin.SCHEDULE.value, _("From a schedule")),
    (Origin.WRITE_OFF.value, _("Write-off of an open item")),
    (Origin.REVERSAL.value, _("Reversal")),
]
SIDES = [(Side.DEBIT.value, _("Debit")), (Side.CREDIT.value, _("Credit"))]


class JournalTemplate(models.Model):
    """A journal to be written again: amounts left open, fixed, or shares of one total."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    narrative = models.CharField(_("narrative"), max_length=140)
    is_frequent = models.BooleanField(_("frequent posting"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    made_at = models.DateTimeField(_("written"), default=clock.now)

    class Meta:
        verbose_name = _("journal template")
        verbose_name_plural = _("journal templates")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TemplateLine(models.Model):
    """A debit or a credit: of a fixed amount, of a share of the total, or, with neither, left open."""

    template = models.ForeignKey(JournalTemplate, on_delete=models.CASCADE, related_name="lines")
    number = models.SmallIntegerField(_("line"))
    account = models.CharField(_("account"), max_length=34)
    side = models.CharField(_("side"), max_length=6, choices=SIDES)
    amount = AmountField(_("fixed amount"), null=True, blank=True)
    share_pct = models.DecimalField(_("share (%)"), max_digits=7, decimal_places=4, null=True, blank=True)

    class Meta:
        verbose_name = _("line of the template")
        verbose_name_plural = _("lines of the template")
        ordering: ClassVar = ["template", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "number"], name="template_line_once"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(share_pct__isnull=True), name="template_line_one_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id}/{self.number}"


class Journal(models.Model):
    """A journal that was booked: who wrote it, who approved it, and its entry in the ledger."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    origin = models.CharField(_("origin"), max_length=10, choices=ORIGINS)
    narrative = models.CharField(_("narrative"), max_length=140)
    value_date = models.DateField(_("value date"))
    entry_id = models.BigIntegerField(_("entry"), unique=True)
    template = models.ForeignKey(
        JournalTemplate, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("template")
    )
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("attachment")
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal", verbose_name=_("reverses")
    )
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    command = models.CharField(_("command"), max_length=24)
    booked_at = models.DateTimeField(_("booked"), default=clock.now)

    class Meta:
        verbose_name = _("journal")
        verbose_name_plural = _("journals")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [("adjust_journal", "Can propose corrections of customers' accounts")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(maker=models.F("checker")), name="journal_two_people"),
        ]

    def __str__(self) -> str:
        return self.reference
