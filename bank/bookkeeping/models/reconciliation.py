"""What others say about an account, what our book says, and which of the two belong together.

Signs: what the statement credits is above zero, as the account's keeper sees it; our book's side
keeps the ledger's sign. Money we have there is a credit of theirs and a debit of ours, so what
belongs together sums to zero.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping.rules import ItemSide
from bank.kernel import clock
from bank.kernel.money import Money
from bank.runtime.fields import AmountField, CurrencyField

ITEM_SIDES = [(ItemSide.STATEMENT.value, _("Statement")), (ItemSide.BOOK.value, _("Book"))]


class ImportedStatement(models.Model):
    """A statement of a general-ledger account's keeper; its balances chain from one to the next."""

    account = models.CharField(_("account"), max_length=34)
    currency = CurrencyField(_("currency"))
    format = models.CharField(_("format"), max_length=10)
    file_name = models.CharField(_("file"), max_length=120)
    digest = models.CharField(_("digest"), max_length=64)
    statement_id = models.CharField(_("statement"), max_length=70)
    their_account = models.CharField(_("account with them"), max_length=40)
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("to"))
    opening = AmountField(_("opening balance"))
    closing = AmountField(_("closing balance"))
    line_count = models.IntegerField(_("lines"))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("imported by")
    )
    imported_at = models.DateTimeField(_("imported"), default=clock.now)

    class Meta:
        verbose_name = _("imported statement")
        verbose_name_plural = _("imported statements")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["account", "digest"], name="statement_by_file")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "statement_id", "to_date"], name="statement_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.statement_id}"


class OpenItem(models.Model):
    """A line of a statement or a posting of the book; ``open_amount`` is what is not matched yet."""

    account = models.CharField(_("account"), max_length=34)
    side = models.CharField(_("side"), max_length=9, choices=ITEM_SIDES)
    statement = models.ForeignKey(
        ImportedStatement,
        on_delete=models.PROTECT,
        null=True,
        related_name="items",
        verbose_name=_("statement"),
    )
    entry_id = models.BigIntegerField(_("entry"), null=True)
    number = models.IntegerField(_("line"))
    booking_date = models.DateField(_("booked"))
    value_date = models.DateField(_("value"))
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("amount"))
    open_amount = AmountField(_("open"))
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    narrative = models.CharField(_("narrative"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("open item")
        verbose_name_plural = _("open items")
        ordering: ClassVar = ["booking_date", "id"]
        indexes: ClassVar = [
            models.Index(fields=["account", "booking_date"], name="open_items", condition=~Q(open_amount=0)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["statement", "number"], name="statement_line_once", condition=Q(side="STATEMENT")
            ),
            models.UniqueConstraint(
                fields=["account", "entry_id", "number"], name="book_posting_once", condition=Q(side="BOOK")
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, open_amount__gte=0, open_amount__lte=F("amount"))
                | Q(amount__lt=0, open_amount__lte=0, open_amount__gte=F("amount")),
                name="open_within_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.number}"


class Match(models.Model):
    """Items that belong together, whole or in part, and cancel out."""

    account = models.CharField(_("account"), max_length=34)
    why = models.CharField(_("why"), max_length=300)
    score = models.SmallIntegerField(_("score"), null=True)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("matched by")
    )
    matched_at = models.DateTimeField(_("matched"), default=clock.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone"), null=True)
    undo_reason = models.CharField(_("why undone"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.account} #{self.pk}"


class MatchPart(models.Model):
    """How much of an item a match takes, with the item's sign."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="parts")
    item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, related_name="parts")
    amount = AmountField(_("amount"))

    class Meta:
        verbose_name = _("part of the match")
        verbose_name_plural = _("parts of the match")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["match", "item"], name="match_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.match_id}/{self.item_id}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.item.currency)
