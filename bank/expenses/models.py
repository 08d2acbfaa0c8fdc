"""Claims of expenses. Who decided is never who claimed: the database holds it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.expenses.rules import REASON_LETTERS, Category, State
from bank.kernel import clock
from bank.kernel.money import Money
from bank.runtime.fields import AmountField, CurrencyField

USER = settings.AUTH_USER_MODEL
STATES = [
    (State.WAITING.value, _("Waiting for approval")),
    (State.APPROVED.value, _("Approved")),
    (State.REJECTED.value, _("Rejected")),
    (State.WITHDRAWN.value, _("Withdrawn")),
    (State.SENT.value, _("Being paid")),
    (State.PAID.value, _("Paid")),
]
CATEGORIES = [
    (Category.TRAVEL.value, _("Travel")),
    (Category.FUEL.value, _("Fuel")),
    (Category.MEALS.value, _("Meals")),
    (Category.LODGING.value, _("Lodging")),
    (Category.SUPPLIES.value, _("Supplies")),
    (Category.EQUIPMENT.value, _("Equipment")),
    (Category.PHONE.value, _("Phone and Internet")),
    (Category.TRAINING.value, _("Training")),
    (Category.OTHER.value, _("Other")),
]
GIVEN_UP = (State.REJECTED.value, State.WITHDRAWN.value)
UNDECIDED = (State.WAITING.value, State.WITHDRAWN.value)


class Expense(models.Model):
    """What somebody paid for the company, to whom it is paid back, and how far that has come.

    ``amount`` is what was paid, ``vat`` the value added tax within it. ``receipt_digest`` is the SHA-256 of
    the receipt as it is kept: one receipt is claimed once.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="expenses")
    claimed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    claimed_at = models.DateTimeField(_("claimed"), default=clock.now)
    merchant = models.CharField(_("paid to"), max_length=140)
    purpose = models.CharField(_("for what"), max_length=140, blank=True)
    category = models.CharField(_("category"), max_length=10, choices=CATEGORIES)
    spent_date = models.DateField(_("day"))
    amount = AmountField(_("amount"))
    vat = AmountField(_("value added tax"))
    currency = CurrencyField(_("currency"))
    account_number = models.CharField(_("paid back to"), max_length=34)
    account_name = models.CharField(_("account holder"), max_length=140)
    name_check = models.CharField(_("name check"), max_length=12)
    document_id = models.UUIDField()
    receipt_digest = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=State.WAITING.value)
    decided_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.CharField(_("reason"), max_length=REASON_LETTERS, blank=True)
    file_reference = models.CharField(_("payment file"), max_length=24, blank=True)

    class Meta:
        verbose_name = _("expense")
        verbose_name_plural = _("expenses")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "receipt_digest"], condition=~Q(state__in=GIVEN_UP),
                name="expense_receipt_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="expense_is_positive"),
            models.CheckConstraint(
                condition=Q(vat__gte=0) & Q(vat__lt=F("amount")), name="expense_vat_is_part_of_it"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("claimed_by")),
                name="expense_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, state__in=UNDECIDED)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(state=State.WAITING.value),
                name="expense_decided_as_its_state_says",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["customer", "id"], name="expense_list"),
            models.Index(fields=["file_reference"], name="expense_sent", condition=Q(state=State.SENT.value)),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def vat_money(self) -> Money:
        return Money(self.vat, self.currency)
