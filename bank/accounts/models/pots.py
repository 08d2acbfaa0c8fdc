"""Money put aside of an account, for something, by a day."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.accounts.models.contracts import Account
from bank.kernel.money import Money
from bank.runtime.fields import AmountField


class Pot(models.Model):
    """A pot: an account of its own in the book, under the account it belongs to; its nickname is its name."""

    account = models.OneToOneField("accounts.Account", on_delete=models.PROTECT, related_name="pot")
    goal = AmountField(_("goal"), null=True, blank=True)
    target_date = models.DateField(_("by"), null=True, blank=True)

    class Meta:
        verbose_name = _("pot")
        verbose_name_plural = _("pots")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(goal__isnull=True) | Q(goal__gt=0), name="pot_goal_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return self.account.nickname

    @property
    def head(self) -> Account:
        """The account the pot belongs to."""
        assert self.account.parent is not None
        return self.account.parent

    @property
    def goal_sum(self) -> Money | None:
        return None if self.goal is None else Money(self.goal, self.account.currency)
