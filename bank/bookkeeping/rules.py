"""Words and decisions of bookkeeping in plain Python: who approves how much, how amounts are spread.

Amounts are ``Money`` above zero with a side, as people write them; the ledger's sign (credit above
zero) begins in ``postings``.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bank.bookkeeping.errors import JournalUnusable
from bank.kernel.money import Money

MOST_LINES: Final = 200
MOST_PARTS: Final = 120
NARRATIVE_LETTERS: Final = 140


class Side(StrEnum):
    DEBIT = "DEBIT"
    CREDIT = "CREDIT"


class Origin(StrEnum):
    """How a journal came about."""

    MANUAL = "MANUAL"
    TEMPLATE = "TEMPLATE"
    FREQUENT = "FREQUENT"
    CORRECTION = "CORRECTION"
    SCHEDULE = "SCHEDULE"
    WRITE_OFF = "WRITE_OFF"
    REVERSAL = "REVERSAL"


class PeriodAct(StrEnum):
    CLOSE = "CLOSE"
    REOPEN = "REOPEN"


class ScheduleKind(StrEnum):
    """An accrual books what is not paid yet, a prepayment uses up what was paid in advance."""

    ACCRUAL = "ACCRUAL"
    PREPAYMENT = "PREPAYMENT"


class Spread(StrEnum):
    EQUAL = "EQUAL"
    DAYS = "DAYS"


class ItemSide(StrEnum):
    STATEMENT = "STATEMENT"
    BOOK = "BOOK"


@dataclass(frozen=True, slots=True)
class Line:
    """A debit or credit as people write it; ``amount`` is above zero."""

    account: str
    side: Side
    amount: Money

    @property
    def signed(self) -> Money:
        """With the ledger's sign: credit above zero."""
        return self.amount if self.side == Side.CREDIT else -self.amount


def sums(lines: Sequence[Line]) -> dict[str, tuple[Money, Money]]:
    """Debits and credits per currency."""
    totals: dict[str, tuple[Money, Money]] = {}
    for line in lines:
        nothing = Money.zero(line.amount.currency)
        debits, credits_ = totals.get(line.amount.currency, (nothing, nothing))
        if line.side == Side.DEBIT:
            totals[line.amount.currency] = (debits + line.amount, credits_)
        else:
            totals[line.amount.currency] = (debits, credits_ + line.amount)
    return dict(sorted(totals.items()))


def require_balanced(lines: Sequence[Line]) -> None:
    """Two lines or more, every amount above zero, debits equal to credits in each currency.

    Raises ``JournalUnusable``.
    """
    if not 2 <= len(lines) <= MOST_LINES:
        raise JournalUnusable(problem=f"A journal has from 2 to {MOST_LINES} lines.")
    if any(not line.amount.is_positive for line in lines):
        raise JournalUnusable(problem="Every amount must be above zero; choose the side instead of a sign.")
    for currency, (debits, credits_) in sums(lines).items():
        if debits != credits_:
            raise JournalUnusable(
                problem=f"In {currency}, debits {debits.amount} and credits {credits_.amount} must agree."
            )


def narrative(text: str) -> str:
    """One line of visible words. Raises ``JournalUnusable``."""
    words = " ".join(text.split())
    if not words or len(words) > NARRATIVE_LETTERS or not words.isprintable():
        raise JournalUnusable(
            problem=f"Say in up to {NARRATIVE_LETTERS} visible letters what the journal is for."
        )
    return words


# --- months


def month_of(day: date) -> date:
    return day.replace(day=1)


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_after(day: date) -> date:
    return month_end(day) + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """What falls due at the end of one month."""

    due_date: date
    days: int
    amount: Money


def spread_over(amount: Money, from_date: date, to_date: date, spread: Spread) -> list[Part]:
    """``amount`` in monthly parts that sum to it exactly, each due at its month's end (or ``to_date``).

    EQUAL cuts equal parts, the last takes the remainder; DAYS shares by the days of each month
    within the period, both ends included (largest remainder). Raises ``JournalUnusable``.
    """
    months = _months(from_date, to_date)
    if spread == Spread.DAYS:
        shares = amount.allocate([days for _, days in months])
    else:
        each = Money.from_minor(amount.minor // len(months), amount.currency)
        shares = [each] * (len(months) - 1)
        shares.append(amount - each * (len(months) - 1))
    if any(not share.is_positive for share in shares):
        raise JournalUnusable(problem="The amount is too small for so many months.")
    return [Part(due, days, share) for (due, days), share in zip(months, shares, strict=True)]


def _months(from_date: date, to_date: date) -> list[tuple[date, int]]:
    if to_date < from_date:
        raise JournalUnusable(problem="The last day is before the first; exchange the two.")
    if (to_date.year - from_date.year) * 12 + to_date.month - from_date.month >= MOST_PARTS:
        raise JournalUnusable(problem=f"A schedule has at most {MOST_PARTS} months.")
    months, start = [], from_date
    while start <= to_date:
        end = min(month_end(start), to_date)
        months.append((end, (end - start).days + 1))
        start = month_after(start)
    return months


# --- templates


@dataclass(frozen=True, slots=True)
class TemplateSlot:
    """A line of a template: fixed, a share of the total, or, with neither, asked for."""

    account: str
    side: Side
    amount: Decimal | None
    share_pct: Decimal | None

    @property
    def is_open(self) -> bool:
        return self.amount is None and self.share_pct is None


def check_slots(slots: Sequence[TemplateSlot]) -> None:
    """A template has both sides, and the shares of a side come to 100 %. Raises ``JournalUnusable``."""
    if {slot.side for slot in slots} != set(Side):
        raise JournalUnusable(problem="A template has at least one debit and one credit.")
    for side in Side:
        shares = [slot.share_pct for slot in slots if slot.side == side and slot.share_pct is not None]
        if shares and (sum(shares) != 100 or min(shares) <= 0):
            raise JournalUnusable(
                problem=f"The shares on the {side.lower()} side must be above zero and come to 100 %."
            )


def fill(
    slots: Sequence[TemplateSlot],
    currencies: Sequence[str],
    total: Money | None,
    asked: Sequence[Money | None],
) -> list[Line]:
    """The template's lines with amounts: fixed ones as they are, shares of ``total`` so that each side
    sums to it exactly, open ones from ``asked`` (lines left empty drop out).

    ``currencies`` and ``asked`` stand line by line. Raises ``JournalUnusable``.
    """
    shared = shares(slots, total)
    lines = []
    for n, slot in enumerate(slots):
        fixed = None if slot.amount is None else Money.of(slot.amount, currencies[n])
        amount = fixed or shared.get(n) or asked[n]
        if amount is not None and not amount.is_zero:
            lines.append(Line(slot.account, slot.side, amount))
    return lines


def shares(slots: Sequence[TemplateSlot], total: Money | None) -> dict[int, Money]:
    """What of ``total`` each line with a share gets, by its place; each side sums to it."""
    found: dict[int, Money] = {}
    for side in Side:
        numbered = [
            (n, s.share_pct) for n, s in enumerate(slots) if s.side == side and s.share_pct is not None
        ]
        if not numbered:
            continue
        if total is None or not total.is_positive:
            raise JournalUnusable(problem="This template shares out a total; enter it.")
        found |= dict(
            zip((n for n, _ in numbered), total.allocate([pct for _, pct in numbered]), strict=True)
        )
    return found
