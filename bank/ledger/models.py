"""The book's tables. Amounts are signed minor units: credit above zero, debit below.

Written only by the functions in ``sql/``; the triggers there refuse what would break the book,
whoever connects. No other app reads these tables: ``selectors`` answers.
"""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from bank.ledger.rules import HoldEventKind, HoldState, Kind, Status

TEXT = "C"
"""Codes and keys compare byte by byte: the same everywhere, and fastest."""


if TYPE_CHECKING:
    _AnyField = models.Field[Any, Any]
else:
    _AnyField = models.Field


class CommitOrderField(_AnyField):
    """The id of the database transaction that wrote the row (``xid8``), filled in by the database."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class CurrentCommit(models.Func):
    function = "pg_current_xact_id"
    arity = 0
    output_field = CommitOrderField()


class Account(models.Model):
    """A line of the book: a customer's account (guarded) or a general-ledger account (summed)."""

    code = models.CharField(max_length=34, db_collation=TEXT)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3, db_collation=TEXT)
    exponent = models.SmallIntegerField()
    kind = models.CharField(max_length=9, choices=[(k.value, k.value.title()) for k in Kind])
    guarded = models.BooleanField()
    control = models.ForeignKey("self", models.PROTECT, null=True, related_name="subaccounts")
    is_control = models.BooleanField(default=False)
    closed = models.BooleanField(
        default=False, help_text="Summed accounts only; a guarded one's status is its balance's."
    )
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_account"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="ledger_account_code"),
            models.CheckConstraint(
                condition=Q(guarded=False) | Q(closed=False), name="ledger_account_status_one_place"
            ),
            models.CheckConstraint(
                condition=Q(guarded=False) | Q(is_control=False), name="ledger_control_is_summed"
            ),
            models.CheckConstraint(
                condition=Q(guarded=True) | Q(control=None), name="ledger_only_guarded_has_control"
            ),
            models.CheckConstraint(
                condition=Q(exponent__gte=0, exponent__lte=4), name="ledger_account_exponent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Balance(models.Model):
    """The only truth about a guarded account: what it has, what is held, how far it may go.

    ``held`` and ``overdraft`` are of a domain that has no number below zero: a CHECK of the table would
    be read again with every posting, a domain's only where the column is written.
    """

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True)
    code = models.CharField(max_length=34, db_collation=TEXT, help_text="The account's; orders the locks.")
    currency = models.CharField(max_length=3, db_collation=TEXT)
    booked = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    overdraft = models.BigIntegerField(
        null=True, help_text="How far below zero it may go; null: without a floor."
    )
    version = models.BigIntegerField(default=0)
    status = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in Status], default=Status.ACTIVE
    )
    last_booked_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_balance"
        constraints = [
            models.UniqueConstraint(fields=["code"], name="ledger_balance_code"),
            models.CheckConstraint(
                condition=Q(booked__gte=models.F("held") - models.F("overdraft")), name="ledger_balance_floor"
            ),
        ]

    def __str__(self) -> str:
        return f"balance of {self.account_id}"


class AccountChange(models.Model):
    """Every status and overdraft limit an account has had, from when."""

    account = models.ForeignKey(Account, models.PROTECT)
    at = models.DateTimeField()
    status = models.CharField(max_length=16)
    overdraft = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "ledger_account_change"
        indexes = [models.Index(fields=["account", "at"], name="ledger_account_change_at")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.status} from {self.at}"


class Claim(models.Model):
    """An idempotency key and the digest of what it was used for. Its id is the id of what came of it:
    an entry, a hold or a refusal."""

    key = models.CharField(max_length=120, db_collation=TEXT)
    digest = models.UUIDField()

    class Meta:
        db_table = "ledger_claim"
        constraints = [models.UniqueConstraint(fields=["key"], name="ledger_claim_once")]

    def __str__(self) -> str:
        return self.key


class Refusal(models.Model):
    """A decided refusal of a batch with an outcome for each entry: kept, and answered again."""

    id = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=40)
    params = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_refusal"

    def __str__(self) -> str:
        return f"{self.id} {self.code}"


class Entry(models.Model):
    """A journal entry: never changed, never deleted, only reversed."""

    id = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=40, db_collation=TEXT)
    booking_date = models.DateField()
    value_date = models.DateField()
    booked_at = models.DateTimeField()
    narrative = models.CharField(max_length=200)
    reference = models.CharField(max_length=80, db_collation=TEXT)
    meta = models.JSONField(null=True)
    legs = models.IntegerField()
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversals", db_index=False, db_constraint=False
    )
    commit_order = CommitOrderField(db_default=CurrentCommit(), editable=False)

    class Meta:
        db_table = "ledger_entry"
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["commit_order", "id"], name="ledger_entry_commit_order"),
            models.Index(fields=["reference"], name="ledger_entry_reference", condition=~Q(reference="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"], name="ledger_reversed_once", condition=Q(reverses__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.code}"


class Posting(models.Model):
    """One debit or credit of an entry.

    ``version`` numbers a guarded account's postings without a gap and ``balance_after`` is its
    running balance; a summed account's version merely grows, and it has no running balance.
    """

    pk = models.CompositePrimaryKey("entry_id", "leg")
    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="postings", db_index=False, db_constraint=False
    )
    leg = models.IntegerField()
    account = models.ForeignKey(Account, models.PROTECT, db_index=False, db_constraint=False)
    version = models.BigIntegerField()
    amount = models.BigIntegerField()
    balance_after = models.BigIntegerField(null=True)

    class Meta:
        db_table = "ledger_posting"
        constraints = [
            models.UniqueConstraint(fields=["account", "version"], name="ledger_posting_version"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.leg}"


class Hold(models.Model):
    """Money set aside on a guarded account until it is captured, released or expires."""

    id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT)
    amount = models.BigIntegerField()
    captured = models.BigIntegerField(default=0)
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in HoldState], default=HoldState.OPEN
    )
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    narrative = models.CharField(max_length=200)
    reference = models.CharField(max_length=80, db_collation=TEXT)

    class Meta:
        db_table = "ledger_hold"
        indexes = [
            models.Index(
                fields=["expires_at"], name="ledger_hold_due", condition=Q(state=HoldState.OPEN.value)
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_hold_amount"),
            models.CheckConstraint(
                condition=Q(captured__gte=0) & Q(captured__lte=models.F("amount")),
                name="ledger_hold_captured",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.id}"


class HoldEvent(models.Model):
    """What happened to a hold: the amount by which each event changed what is held."""

    id = models.BigAutoField(primary_key=True)
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in HoldEventKind])
    amount = models.BigIntegerField(
        help_text="Above zero when placed, below when captured, released or expired."
    )
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_hold_event"

    def __str__(self) -> str:
        return f"{self.hold_id} {self.kind}"


class BusinessDay(models.Model):
    """The bank's days; the one not closed is the business date, moved only by the close of business."""

    date = models.DateField(primary_key=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    last_claim = models.BigIntegerField(default=0, help_text="The highest id given before the day opened.")
    kept_from = models.DateTimeField(null=True, help_text="When keeping the day's balances began.")
    kept_at = models.DateTimeField(null=True, help_text="When the day's balances were kept whole.")

    class Meta:
        db_table = "ledger_business_day"
        constraints = [
            models.UniqueConstraint(
                models.Func("closed_at", function="ROW", template="(%(expressions)s IS NULL)"),
                condition=Q(closed_at=None),
                name="ledger_one_business_date",
            ),
        ]

    def __str__(self) -> str:
        return str(self.date)


class DayBalance(models.Model):
    """What a guarded account stood at when a business day ended: a row where it moved since the row before.

    The balance at the end of a day is that of the last row up to it. ``version`` is that of the account's
    last posting by then.
    """

    pk = models.CompositePrimaryKey("account_id", "date")
    account = models.ForeignKey(Account, models.PROTECT, db_index=False, db_constraint=False)
    date = models.DateField()
    booked = models.BigIntegerField()
    version = models.BigIntegerField()

    class Meta:
        db_table = "ledger_day_balance"

    def __str__(self) -> str:
        return f"{self.account_id} at the end of {self.date}"


class GLRole(models.Model):
    """Which account of the chart plays a role that posting rules name, per currency."""

    role = models.CharField(max_length=40, db_collation=TEXT)
    currency = models.CharField(max_length=3, db_collation=TEXT)
    account = models.ForeignKey(Account, models.PROTECT, related_name="roles")

    class Meta:
        db_table = "ledger_gl_role"
        constraints = [models.UniqueConstraint(fields=["role", "currency"], name="ledger_gl_role_once")]

    def __str__(self) -> str:
        return f"{self.role}.{self.currency}"


class Block(models.Model):
    """A link of the hash chain: SHA-256 over the hash before it and the digests of its entries in order.

    Every entry before (``next_order``, ``next_entry``) in order of commit is sealed by now, and some after.
    """

    number = models.BigIntegerField(primary_key=True)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    entries = models.IntegerField()
    next_order = CommitOrderField(editable=False)
    next_entry = models.BigIntegerField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_block"

    def __str__(self) -> str:
        return f"block {self.number}"


class Seal(models.Model):
    """An entry's SHA-256, and its block."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, db_constraint=False)
    block = models.ForeignKey(Block, models.PROTECT, related_name="seals", db_constraint=False)
    digest = models.BinaryField(max_length=32)

    class Meta:
        db_table = "ledger_seal"

    def __str__(self) -> str:
        return f"seal of {self.entry_id}"


class DayTotal(models.Model):
    """Sealed turnover of an account per booking and value date; for a control account, of its
    sub-accounts. Rolled up by the sealer, independently of the running balances."""

    pk = models.CompositePrimaryKey("account_id", "booking_date", "value_date")
    account = models.ForeignKey(Account, models.PROTECT, db_index=False, db_constraint=False)
    booking_date = models.DateField()
    value_date = models.DateField()
    debits = models.DecimalField(max_digits=38, decimal_places=0)
    credits = models.DecimalField(max_digits=38, decimal_places=0)
    postings = models.BigIntegerField()

    class Meta:
        db_table = "ledger_day_total"

    def __str__(self) -> str:
        return f"{self.account_id} {self.booking_date}"


class Proof(models.Model):
    """A run of the verifier over the whole book and what it found."""

    id = models.BigAutoField(primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    entries = models.BigIntegerField()
    postings = models.BigIntegerField()
    fault = models.TextField(blank=True, help_text="The first fault found; empty when the book is proven.")

    class Meta:
        db_table = "ledger_proof"

    def __str__(self) -> str:
        return f"proof of {self.started_at:%Y-%m-%d %H:%M}"
