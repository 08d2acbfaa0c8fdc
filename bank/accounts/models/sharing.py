"""Who else holds an account, and numbers that stand for it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.accounts.rules import NICKNAME_LETTERS, NUMBER_DIGITS


class JointHolder(models.Model):
    """Another customer who holds the account, beside the one it was opened for."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="joint_holders")
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="joint_accounts")
    since_date = models.DateField(_("since"))
    until_date = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("joint holder")
        verbose_name_plural = _("joint holders")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "customer"],
                condition=Q(until_date__isnull=True),
                name="joint_holder_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer)


class CollectionNumber(models.Model):
    """A number payers are given: what is paid to it credits the account, with the reference kept."""

    number = models.CharField(_("number"), max_length=NUMBER_DIGITS, unique=True)
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="collection_numbers"
    )
    reference = models.CharField(_("reference"), max_length=NICKNAME_LETTERS)
    opened_date = models.DateField(_("opened"))
    closed_date = models.DateField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("collection number")
        verbose_name_plural = _("collection numbers")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "reference"],
                condition=Q(closed_date__isnull=True),
                name="collection_reference_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number
