"""Reads for reconciliation: what is open and since when, and the proof that nothing is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from bank import ledger
from bank.bookkeeping.models import ImportedStatement, Match, OpenItem
from bank.bookkeeping.rules import ItemSide
from bank.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Proof:
    """Their closing balance and our booked one (as they would see it) differ by what is open, and by
    nothing else."""

    statement: ImportedStatement | None
    theirs: Money
    ours: Money
    open_theirs: Money
    open_ours: Money

    @property
    def explained(self) -> Money:
        """What is open on both sides, as they would see it."""
        return self.open_theirs + self.open_ours

    @property
    def unexplained(self) -> Money:
        return self.theirs - self.ours - self.explained

    @property
    def holds(self) -> bool:
        return self.unexplained.is_zero


@dataclass(frozen=True, slots=True)
class Age:
    """Open items by how old they are on a day."""

    label: str
    count: int
    theirs: Money
    ours: Money


_AGES = ((0, 1, "0–1"), (2, 7, "2–7"), (8, 30, "8–30"), (31, 90, "31–90"), (91, None, "91+"))


def proof(account: str) -> Proof:
    """Both sides of an account reckoned anew: from the statements and items, and from the ledger itself."""
    booked = ledger.balance(account).booked
    last = ImportedStatement.objects.filter(account=account).order_by("-id").first()
    sides = {
        side: Money(total or Decimal(0), booked.currency)
        for side, total in OpenItem.objects.filter(account=account)
        .exclude(open_amount=0)
        .values_list("side")
        .annotate(total=Sum("open_amount"))
    }
    nothing = Money.zero(booked.currency)
    return Proof(
        statement=last,
        theirs=nothing if last is None else Money(last.closing, booked.currency),
        ours=-booked,
        open_theirs=sides.get(ItemSide.STATEMENT, nothing),
        open_ours=sides.get(ItemSide.BOOK, nothing),
    )


def open_items(account: str) -> QuerySet[OpenItem]:
    """What is not wholly matched, the oldest first."""
    return OpenItem.objects.filter(account=account).exclude(open_amount=0).order_by("booking_date", "id")


def ages(items: Sequence[OpenItem], currency: str, on: date) -> list[Age]:
    """The open items in bands of days."""
    return [_age(items, currency, on, *band) for band in _AGES]


def _age(items: Sequence[OpenItem], currency: str, on: date, least: int, most: int | None, label: str) -> Age:
    inside = [
        item
        for item in items
        if least <= max((on - item.booking_date).days, 0)
        and (most is None or (on - item.booking_date).days <= most)
    ]
    return Age(
        label,
        len(inside),
        _sum(inside, ItemSide.STATEMENT, currency),
        _sum(inside, ItemSide.BOOK, currency),
    )


def _sum(items: Sequence[OpenItem], side: ItemSide, currency: str) -> Money:
    return Money(sum((one.open_amount for one in items if one.side == side), Decimal(0)), currency)


def recent_matches(account: str, most: int = 20) -> list[Match]:
    return list(
        Match.objects.filter(account=account)
        .select_related("matched_by", "undone_by")
        .prefetch_related("parts__item")
        .order_by("-id")[:most]
    )


def accounts() -> list[dict[str, Any]]:
    """The accounts with anything to reconcile, and how many items are open."""
    found = OpenItem.objects.exclude(open_amount=0).values("account", "currency")
    return [dict(row) for row in found.annotate(items=Count("id")).order_by("account")]
