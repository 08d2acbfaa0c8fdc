"""Cheques: books of the bank's own, stops, presentments on them, and others' cheques on the way in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.accounts.rules import REASON_LETTERS, DepositState, ReturnReason
from bank.kernel.money import Money
from bank.runtime.fields import AmountField

RETURN_REASONS = [
    (ReturnReason.UNKNOWN_NUMBER.value, _("No such cheque was issued")),
    (ReturnReason.ALREADY_PAID.value, _("Already paid")),
    (ReturnReason.STOPPED.value, _("Stopped by the drawer")),
    (ReturnReason.STALE.value, _("Older than six months")),
    (ReturnReason.POSTDATED.value, _("Dated in the future")),
    (ReturnReason.ACCOUNT_CLOSED.value, _("Account closed")),
    (ReturnReason.ACCOUNT_FROZEN.value, _("Account may not pay")),
    (ReturnReason.INSUFFICIENT_FUNDS.value, _("Insufficient funds")),
]
DEPOSIT_STATES = [
    (DepositState.CLEARING.value, _("Being cleared")),
    (DepositState.CLEARED.value, _("Cleared")),
    (DepositState.RETURNED.value, _("Returned")),
]


class ChequeBook(models.Model):
    """Leaves of an account, numbered on when they are issued."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="cheque_books")
    leaves = models.PositiveSmallIntegerField(_("leaves"))
    first_number = models.PositiveIntegerField(_("first number"), null=True, blank=True)
    ordered_date = models.DateField(_("ordered"))
    issued_date = models.DateField(_("issued"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("cheque book")
        verbose_name_plural = _("cheque books")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(issued_date__isnull=True), name="cheque_book_ordered_once"
            ),
            models.UniqueConstraint(fields=["account", "first_number"], name="cheque_book_numbered_once"),
            models.CheckConstraint(
                condition=Q(issued_date__isnull=True, first_number__isnull=True)
                | Q(issued_date__isnull=False, first_number__isnull=False),
                name="cheque_book_numbered_when_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_number or '–'} ({self.leaves})"

    @property
    def last_number(self) -> int | None:
        return None if self.first_number is None else self.first_number + self.leaves - 1


class ChequeStop(models.Model):
    """The drawer forbids to pay these numbers, both ends included."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="cheque_stops")
    first_number = models.PositiveIntegerField(_("from number"))
    last_number = models.PositiveIntegerField(_("to number"))
    reason = models.CharField(_("reason"), max_length=REASON_LETTERS)
    stopped_date = models.DateField(_("stopped"))
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("stop of cheques")
        verbose_name_plural = _("stops of cheques")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "first_number", "last_number"], name="cheque_stop_once"
            ),
            models.CheckConstraint(condition=Q(last_number__gte=F("first_number")), name="cheque_stop_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_number}–{self.last_number}"


class PresentedCheque(models.Model):
    """A cheque of ours another bank presents: paid, or returned with the reason."""

    account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="presented_cheques"
    )
    number = models.PositiveIntegerField(_("number"))
    amount = AmountField(_("amount"))
    dated = models.DateField(_("dated"))
    payee = models.CharField(_("payee"), max_length=140, blank=True)
    presenting_bank = models.CharField(_("presented by"), max_length=60)
    presented_date = models.DateField(_("presented"))
    return_reason = models.CharField(
        _("why it was returned"), max_length=20, choices=RETURN_REASONS, blank=True
    )

    class Meta:
        verbose_name = _("presented cheque")
        verbose_name_plural = _("presented cheques")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "number"], condition=Q(return_reason=""), name="cheque_paid_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cheque_amount_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.number:06d}"

    @property
    def sum(self) -> Money:
        return Money(self.amount, self.account.currency)


class ChequeDeposit(models.Model):
    """Another bank's cheque on its way into an account: credited on ``clears_date``, not before."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="cheque_deposits")
    drawer_bank = models.CharField(_("drawn on"), max_length=60)
    drawer_account = models.CharField(_("drawer's account"), max_length=34)
    number = models.CharField(_("number"), max_length=12)
    amount = AmountField(_("amount"))
    deposited_date = models.DateField(_("deposited"))
    clears_date = models.DateField(_("clears"))
    state = models.CharField(
        _("state"), max_length=10, choices=DEPOSIT_STATES, default=DepositState.CLEARING.value
    )
    entry_id = models.BigIntegerField(_("entry"))
    settled_date = models.DateField(_("cleared or returned"), null=True, blank=True)
    return_reason = models.CharField(_("why it was returned"), max_length=REASON_LETTERS, blank=True)

    class Meta:
        verbose_name = _("deposited cheque")
        verbose_name_plural = _("deposited cheques")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["drawer_bank", "drawer_account", "number"],
                condition=~Q(state=DepositState.RETURNED.value),
                name="cheque_deposited_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cheque_deposit_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.drawer_bank} {self.number}"

    @property
    def sum(self) -> Money:
        return Money(self.amount, self.account.currency)
