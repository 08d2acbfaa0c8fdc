"""Business event → journal entry. Plain Python; the ledger's sign: credit above zero, debit below."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bank.bookkeeping.rules import Line
from bank.kernel.money import Money
from bank.ledger.entries import Entry, Posting


def journal(
    *,
    reference: str,
    lines: Sequence[Line],
    narrative: str,
    value_date: date | None,
    code: str = "MANUAL_JOURNAL",
    meta: Mapping[str, Any] | None = None,
) -> Entry:
    """A journal written by hand: its debits and credits as they stand."""
    postings = tuple(Posting(line.account, line.signed) for line in lines)
    return Entry(
        key=f"journal:{reference}",
        postings=postings,
        code=code,
        value_date=value_date,
        narrative=narrative,
        reference=reference,
        meta=meta,
    )


def schedule_part(
    *, schedule: str, number: int, debit: str, credit: str, amount: Money, due_date: date, narrative: str
) -> Entry:
    """A month's part of an accrual or a prepayment: Dr ``debit`` / Cr ``credit``, value on its due day."""
    return Entry(
        key=f"schedule:{schedule}:{number}",
        postings=(Posting(debit, -amount), Posting(credit, amount)),
        code="SCHEDULE_PART",
        value_date=due_date,
        narrative=narrative,
        reference=schedule,
    )


def revaluation(*, day: date, position: str, gains: str, losses: str, result: Money) -> Entry:
    """The position's worth moved by ``result`` since it was last revalued.

    A gain: Dr FX_POSITION / Cr FX_GAINS. A loss: Dr FX_LOSSES / Cr FX_POSITION. Base currency only.
    """
    other = gains if result.is_positive else losses
    return Entry(
        key=f"revaluation:{day.isoformat()}",
        postings=(Posting(position, -result), Posting(other, result)),
        code="FX_REVALUATION",
        narrative=f"Foreign exchange position revalued on {day.isoformat()}",
    )


def year_close(
    *, year: int, currency: str, taken: Mapping[str, Money], retained: str, value_date: date
) -> Entry:
    """Income (credit balances) is debited, expense credited, and the result goes to retained earnings.

    ``taken`` are the balances of the income and expense accounts with the ledger's sign.
    """
    result = sum(taken.values(), Money.zero(currency))
    legs = [Posting(account, -balance) for account, balance in sorted(taken.items())]
    if not result.is_zero:
        legs.append(Posting(retained, result))
    return Entry(
        key=f"year-close:{year}:{currency}",
        postings=tuple(legs),
        code="YEAR_CLOSE",
        value_date=value_date,
        narrative=f"Result of {year} to retained earnings",
        reference=f"YEAR-{year}-{currency}",
    )
