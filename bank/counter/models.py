"""Drawers, the sessions tellers have at them, each move of cash, and the figures that bound them.

Moves are append-only and a closed session stays as it is: the database holds both.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.counter.rules import BRANCH_DIGITS, DIGITS_SHOWN, REASON_LETTERS, Bound, Move, Paper
from bank.kernel import clock
from bank.kernel.money import Money
from bank.runtime.fields import AmountField, CurrencyField

USER = settings.AUTH_USER_MODEL
MOVES = [
    (Move.FROM_VAULT.value, _("From the vault")),
    (Move.TO_VAULT.value, _("To the vault")),
    (Move.DEPOSIT.value, _("Deposit")),
    (Move.WITHDRAWAL.value, _("Withdrawal")),
]
PAPERS = [
    (Paper.NATIONAL_ID.value, _("National ID")),
    (Paper.PASSPORT.value, _("Passport")),
    (Paper.ALIEN_CARD.value, _("Alien card")),
    (Paper.MILITARY_ID.value, _("Military ID")),
]
BOUNDS = [
    (Bound.DRAWER_MINIMUM.value, _("A drawer is opened with at least")),
    (Bound.DRAWER_MAXIMUM.value, _("A drawer holds at most")),
    (Bound.CUSTOMER_DAY.value, _("A customer takes out in cash a day at most")),
    (Bound.DIFFERENCE_ALONE.value, _("A teller closes alone up to a difference of")),
]


class Drawer(models.Model):
    """A drawer of a branch, by the code that stands on it."""

    code = models.CharField(_("drawer"), max_length=12, unique=True)
    branch = models.CharField(_("branch"), max_length=BRANCH_DIGITS)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("drawer")
        verbose_name_plural = _("drawers")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class DrawerSession(models.Model):
    """A teller at a drawer, from the float to the count. ``held`` is what should be in the drawer now.

    ``notes`` are the numbers of each note at the count; ``difference`` is what was counted less what should
    have been there.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    drawer = models.ForeignKey(
        Drawer, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("drawer")
    )
    teller = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("teller"))
    business_date = models.DateField(_("business date"))
    currency = CurrencyField(_("currency"))
    held = AmountField(_("should hold"))
    opened_at = models.DateTimeField(_("opened"), default=clock.now)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("counted by")
    )
    approved_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    notes = models.JSONField(_("notes"), default=dict)
    counted = AmountField(_("counted"), null=True)
    difference = AmountField(_("difference"), null=True)
    reason = models.CharField(_("reason"), max_length=REASON_LETTERS, blank=True)
    entry_id = models.BigIntegerField(_("entry"), null=True)

    class Meta:
        verbose_name = _("counter session")
        verbose_name_plural = _("counter sessions")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["teller"], condition=Q(closed_at__isnull=True), name="counter_one_session_a_teller"
            ),
            models.UniqueConstraint(
                fields=["drawer"], condition=Q(closed_at__isnull=True), name="counter_one_session_a_drawer"
            ),
            models.CheckConstraint(condition=Q(held__gte=0), name="counter_drawer_not_below_zero"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, counted__isnull=True)
                | Q(closed_at__isnull=False, counted__isnull=False, closed_by__isnull=False),
                name="counter_closed_is_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money:
        return Money(self.held, self.currency)

    @property
    def counted_money(self) -> Money | None:
        return None if self.counted is None else Money(self.counted, self.currency)

    @property
    def difference_money(self) -> Money | None:
        return None if self.difference is None else Money(self.difference, self.currency)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Slip(models.Model):
    """A move of cash with its receipt: what it was, the entry that books it, what the drawer held after it.

    Who takes cash out shows a document; of an account both holders sign for, each shows one.
    """

    reference = models.CharField(_("receipt"), max_length=24, unique=True)
    session = models.ForeignKey(
        DrawerSession, on_delete=models.PROTECT, related_name="slips", verbose_name=_("session")
    )
    move = models.CharField(_("what"), max_length=10, choices=MOVES)
    account = models.ForeignKey(
        "accounts.Account",
        on_delete=models.PROTECT,
        null=True,
        related_name="cash_slips",
        verbose_name=_("account"),
    )
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    held_after = AmountField(_("drawer after it"))
    paper = models.CharField(_("document shown"), max_length=12, choices=PAPERS, blank=True)
    paper_ending = models.CharField(_("number ends in"), max_length=DIGITS_SHOWN, blank=True)
    other_paper = models.CharField(_("of the other holder"), max_length=12, choices=PAPERS, blank=True)
    other_ending = models.CharField(_("number ends in"), max_length=DIGITS_SHOWN, blank=True)
    approved_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    entry_id = models.BigIntegerField(_("entry"), unique=True)
    business_date = models.DateField(_("business date"))
    made_at = models.DateTimeField(_("made"), default=clock.now)

    class Meta:
        verbose_name = _("counter receipt")
        verbose_name_plural = _("counter receipts")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["account", "business_date"], name="counter_slip_of_day")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="counter_slip_above_zero"),
            models.CheckConstraint(
                condition=Q(move__in=[Move.DEPOSIT.value, Move.WITHDRAWAL.value], account__isnull=False)
                | Q(move__in=[Move.FROM_VAULT.value, Move.TO_VAULT.value], account__isnull=True),
                name="counter_slip_has_its_account",
            ),
            models.CheckConstraint(
                condition=~Q(move=Move.WITHDRAWAL.value) | ~Q(paper_ending=""),
                name="counter_withdrawal_against_paper",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class CashRule(models.Model):
    """A figure of the counter, in the base currency; changed by two of the staff."""

    bound = models.CharField(_("what"), max_length=20, choices=BOUNDS, unique=True)
    amount = AmountField(_("amount"))

    class Meta:
        verbose_name = _("rule of the counter")
        verbose_name_plural = _("rules of the counter")
        ordering: ClassVar = ["bound"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="counter_rule_not_below_zero")
        ]

    def __str__(self) -> str:
        return str(self.get_bound_display())
