"""Reports of a day: the trial balance and the balance sheet."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from bank.bookkeeping.reports import figures
from bank.bookkeeping.reports.figures import Axis, Figure, Report, Row
from bank.kernel.money import Money
from bank.ledger.rules import Kind
from bank.runtime import formats

_DISTRIBUTED = (Kind.INCOME, Kind.EXPENSE)


def _columns(days: Sequence[date], currency: str, by: Axis) -> list[tuple[str, list[list[Figure]]]]:
    """The balances at each day, apart by currency or all in one at each day's own rates."""
    columns = [figures.balances(day, by) for day in days]
    if not currency:
        return figures.by_currency(columns)
    return [
        (
            currency,
            [figures.translated(column, currency, day) for column, day in zip(columns, days, strict=True)],
        )
    ]


def balance_sheet(*, days: Sequence[date], currency: str = "", by: Axis = "BOOKING") -> list[Report]:
    """What the bank has, owes and is worth at the end of each of ``days``; the newest first.

    Income and expense that no year end has moved yet stand within equity as the result so far, so
    assets equal liabilities and equity before a year is closed and after. Translated, the rounding
    of single accounts has a line of its own. Raises ``RateMissing``.
    """
    labels = tuple(formats.day(day) for day in days)
    return [_balance_sheet(labels, *one, bool(currency)) for one in _columns(days, currency, by)]


def _balance_sheet(
    labels: tuple[str, ...], currency: str, columns: list[list[Figure]], is_translated: bool
) -> Report:
    width = len(columns)
    assets = figures.section(
        _("Assets"), _("Total assets"), figures.rows(columns, [Kind.ASSET], -1), currency, width
    )
    liabilities = figures.section(
        _("Liabilities"),
        _("Total liabilities"),
        figures.rows(columns, [Kind.LIABILITY], 1),
        currency,
        width,
    )
    worth = [*figures.rows(columns, [Kind.EQUITY], 1), _result(columns, currency)]
    off = _off(columns, currency)
    if is_translated and any(not one.is_zero for one in off):
        worth.append(Row(_("Rounding of translation"), tuple(-one for one in off)))
    equity = figures.section(_("Equity"), _("Total equity"), worth, currency, width)
    both = figures.added(_("Liabilities and equity"), [liabilities.total, equity.total])
    proof = tuple(a - b for a, b in zip(assets.total.amounts, both.amounts, strict=True))
    return Report(_("Balance sheet"), currency, labels, (assets, liabilities, equity), (both,), proof)


def _result(columns: Sequence[Sequence[Figure]], currency: str) -> Row:
    nothing = Money.zero(currency)
    amounts = tuple(
        sum((one.amount for one in column if one.kind in _DISTRIBUTED), nothing) for column in columns
    )
    return Row(_("Result not yet moved to retained earnings"), amounts)


def _off(columns: Sequence[Sequence[Figure]], currency: str) -> tuple[Money, ...]:
    """By how much all figures of a column miss zero: nothing, but for rounding when translated."""
    return tuple(sum((one.amount for one in column), Money.zero(currency)) for column in columns)


def trial_balance(*, days: Sequence[date], currency: str = "", by: Axis = "BOOKING") -> list[Report]:
    """Every account's balance at the end of each of ``days``, in a debit and a credit column each.

    Raises ``RateMissing``.
    """
    labels = tuple(f"{side} {formats.day(day)}" for day in days for side in (_("Debit"), _("Credit")))
    return [_trial_balance(labels, *one, bool(currency)) for one in _columns(days, currency, by)]


def _trial_balance(
    labels: tuple[str, ...], currency: str, columns: list[list[Figure]], is_translated: bool
) -> Report:
    lines = [_two_sided(row) for row in figures.rows(columns, Kind, 1)]
    off = _off(columns, currency)
    if is_translated and any(not one.is_zero for one in off):
        lines.append(_two_sided(Row(_("Rounding of translation"), tuple(-one for one in off))))
    listed = figures.section(_("Accounts"), _("Total"), lines, currency, 2 * len(columns))
    sums = listed.total.amounts
    proof = tuple(sums[n] - sums[n + 1] for n in range(0, len(sums), 2))
    return Report(_("Trial balance"), currency, labels, (listed,), (), proof)


def _two_sided(row: Row) -> Row:
    amounts: list[Money] = []
    for one in row.amounts:
        nothing = Money.zero(one.currency)
        amounts += [-one, nothing] if one.is_negative else [nothing, one]
    return Row(row.label, tuple(amounts), row.account)
