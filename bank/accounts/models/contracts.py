"""Accounts: the contract over a ledger account of the same number.

The ledger holds the money and decides what may move. ``Account.status`` mirrors the ledger
account's, changed in the same database transaction.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bank.accounts.rules import (
    AUTHORITY_LETTERS,
    NICKNAME_LETTERS,
    NUMBER_DIGITS,
    REASON_LETTERS,
    AccountRole,
    AccountStatus,
    FreezeScope,
    Signing,
)
from bank.runtime.fields import AmountField, CurrencyField

STATUSES = [
    (AccountStatus.ACTIVE.value, _("Active")),
    (AccountStatus.FROZEN_DEBIT.value, _("Frozen for payments")),
    (AccountStatus.FROZEN_CREDIT.value, _("Frozen for receipts")),
    (AccountStatus.FROZEN.value, _("Frozen")),
    (AccountStatus.DORMANT.value, _("Dormant")),
    (AccountStatus.CLOSED.value, _("Closed")),
]
SIGNINGS = [
    (Signing.SOLE.value, _("One holder")),
    (Signing.EITHER.value, _("Either of the holders")),
    (Signing.BOTH.value, _("Both holders together")),
]
ROLES = [
    (AccountRole.MAIN.value, _("Account")),
    (AccountRole.POT.value, _("Pot")),
    (AccountRole.CURRENCY.value, _("Currency of an account")),
]
SCOPES = [
    (FreezeScope.DEBIT.value, _("Payments")),
    (FreezeScope.CREDIT.value, _("Receipts")),
    (FreezeScope.ALL.value, _("Payments and receipts")),
]


class Account(models.Model):
    """A customer's account; it keeps the product version it was opened under."""

    number = models.CharField(_("number"), max_length=NUMBER_DIGITS, unique=True)
    role = models.CharField(_("role"), max_length=8, choices=ROLES, default=AccountRole.MAIN.value)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("under"),
    )
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="accounts")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="accounts")
    product_version = models.ForeignKey(
        "products.ProductVersion", on_delete=models.PROTECT, related_name="accounts"
    )
    currency = CurrencyField(_("currency"))
    nickname = models.CharField(_("nickname"), max_length=NICKNAME_LETTERS, blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=STATUSES, default=AccountStatus.ACTIVE.value
    )
    opened_date = models.DateField(_("opened"))
    closed_date = models.DateField(_("closed"), null=True, blank=True)
    signing = models.CharField(_("signing"), max_length=8, choices=SIGNINGS, default=Signing.SOLE.value)
    dormant_since = models.DateField(_("dormant since"), null=True, blank=True)
    dormancy_notice_date = models.DateField(_("told of dormancy"), null=True, blank=True)
    woken_date = models.DateField(_("woken"), null=True, blank=True)
    idle_review_date = models.DateField(_("looked at for dormancy on"), null=True, blank=True)
    single_debit_limit = AmountField(_("most a single payment may take"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes: ClassVar = [
            models.Index(
                fields=["idle_review_date", "id"],
                condition=Q(idle_review_date__isnull=False),
                name="account_idle_review",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role=AccountRole.MAIN.value) | Q(parent__isnull=False),
                name="account_part_has_a_parent",
            ),
            models.CheckConstraint(
                condition=Q(number__regex=rf"^[0-9]{{{NUMBER_DIGITS}}}$"), name="account_number_is_digits"
            ),
            models.CheckConstraint(
                condition=Q(status=AccountStatus.CLOSED.value, closed_date__isnull=False)
                | ~Q(status=AccountStatus.CLOSED.value) & Q(closed_date__isnull=True),
                name="account_closed_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        """What its owner calls it: the nickname, or the product's name."""
        return self.nickname or self.product.name


class AccountFreeze(models.Model):
    """An order not to move an account's money, from when it was placed until it is lifted."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="freezes")
    scope = models.CharField(_("scope"), max_length=8, choices=SCOPES)
    reason = models.CharField(_("reason"), max_length=REASON_LETTERS)
    authority = models.CharField(_("ordered by"), max_length=AUTHORITY_LETTERS, blank=True)
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "scope"],
                condition=Q(lifted_at__isnull=True),
                name="account_freeze_once_per_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.account_id}"
