"""Reports of a period: the income statement and the cash flow statement."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from bank import ledger
from bank.bookkeeping.reports import figures
from bank.bookkeeping.reports.figures import Axis, Figure, Period, Report, Row
from bank.kernel.money import Money
from bank.ledger.rules import Kind

CASH_ROLES = ("CASH", "TELLER_CASH", "ATM_CASH", "NOSTRO", "NOSTRO_SWIFT", "NOSTRO_RTGS", "NOSTRO_EFT")
"""Cash and balances with other banks: what the cash flow statement explains."""
INVESTING_NUMBERS = ("16", "17")
"""The chart keeps property and equipment under these numbers; its changes are investing."""


def _columns(periods: Sequence[Period], currency: str, by: Axis) -> list[tuple[str, list[list[Figure]]]]:
    columns = [figures.movements(period, by) for period in periods]
    if not currency:
        return figures.by_currency(columns)
    return [
        (
            currency,
            [
                figures.translated(column, currency, period.to_date)
                for column, period in zip(columns, periods, strict=True)
            ],
        )
    ]


def income_statement(*, periods: Sequence[Period], currency: str = "", by: Axis = "BOOKING") -> list[Report]:
    """What the bank earned and spent in each period, whether or not a year was closed in it.

    Translated at the rate of each period's last day. Raises ``RateMissing``.
    """
    labels = tuple(period.label for period in periods)
    return [_income_statement(labels, *one) for one in _columns(periods, currency, by)]


def _income_statement(labels: tuple[str, ...], currency: str, columns: list[list[Figure]]) -> Report:
    width = len(columns)
    income = figures.section(
        _("Income"), _("Total income"), figures.rows(columns, [Kind.INCOME], 1), currency, width
    )
    expense = figures.section(
        _("Expense"), _("Total expense"), figures.rows(columns, [Kind.EXPENSE], -1), currency, width
    )
    result = Row(
        _("Result of the period"),
        tuple(one - two for one, two in zip(income.total.amounts, expense.total.amounts, strict=True)),
    )
    return Report(_("Income statement"), currency, labels, (income, expense), (result,), ())


def cash_flow(*, periods: Sequence[Period], currency: str = "", by: Axis = "BOOKING") -> list[Report]:
    """Where cash came from and went to, by the indirect method (IAS 7.18(b)): the result, corrected by what
    other accounts changed.

    Cash is what plays one of ``CASH_ROLES``. Loans, deposits and everything else of the day's
    business are operating (IAS 7.22 lets banks show them net), property is investing, equity is
    financing. Translated, both ends of a period are at its last day's rate, so that no difference
    of rates looks like cash. Raises ``RateMissing``.
    """
    cash = ledger.playing(CASH_ROLES)
    labels = tuple(period.label for period in periods)
    held = _cash_at_end(periods, currency, by, set(cash))
    return [
        _cash_flow(labels, one_currency, columns, set(cash), held.get(one_currency, ()), bool(currency))
        for one_currency, columns in _columns(periods, currency, by)
    ]


def _cash_at_end(
    periods: Sequence[Period], currency: str, by: Axis, cash: set[str]
) -> dict[str, tuple[Money, ...]]:
    """Cash at the end of each period, by currency; debits above zero."""
    columns = []
    for period in periods:
        held = [one for one in figures.balances(period.to_date, by) if one.account in cash]
        columns.append(figures.translated(held, currency, period.to_date) if currency else held)
    found = {}
    for one_currency, some in figures.by_currency(columns):
        nothing = Money.zero(one_currency)
        found[one_currency] = tuple(sum((-one.amount for one in column), nothing) for column in some)
    return found


def _cash_flow(
    labels: tuple[str, ...],
    currency: str,
    columns: list[list[Figure]],
    cash: set[str],
    held: tuple[Money, ...],
    is_translated: bool,
) -> Report:
    width = len(columns)
    nothing = Money.zero(currency)
    other = [[one for one in column if one.account not in cash] for column in columns]
    changed = tuple(sum((-one.amount for one in some if one.account in cash), nothing) for some in columns)
    sections = tuple(
        figures.section(title, total, rows, currency, width)
        for title, total, rows in (
            (_("Operating activities"), _("Cash from operations"), _operating(other, currency)),
            (_("Investing activities"), _("Cash from investing"), _investing(other)),
            (_("Financing activities"), _("Cash from financing"), figures.rows(other, [Kind.EQUITY], 1)),
        )
    )
    flows = figures.added(_("Sum of the flows"), [section.total for section in sections])
    closing, off = _explained(flows, changed, held or (nothing,) * width, is_translated)
    return Report(_("Cash flow statement"), currency, labels, sections, closing, off)


def _operating(columns: Sequence[Sequence[Figure]], currency: str) -> list[Row]:
    nothing = Money.zero(currency)
    result = tuple(
        sum((one.amount for one in column if one.kind in (Kind.INCOME, Kind.EXPENSE)), nothing)
        for column in columns
    )
    rest = figures.rows(columns, [Kind.ASSET, Kind.LIABILITY], 1)
    return [
        Row(_("Result of the period"), result),
        *(row for row in rest if not row.account.startswith(INVESTING_NUMBERS)),
    ]


def _investing(columns: Sequence[Sequence[Figure]]) -> list[Row]:
    rows = figures.rows(columns, [Kind.ASSET], 1)
    return [row for row in rows if row.account.startswith(INVESTING_NUMBERS)]


def _explained(
    flows: Row, changed: tuple[Money, ...], held: tuple[Money, ...], is_translated: bool
) -> tuple[tuple[Row, ...], tuple[Money, ...]]:
    """Cash at the beginning and at the end, and by how much the flows fail to explain the change: by nothing,
    but for the rounding of a translation, which has a line of its own."""
    off = tuple(flow - change for flow, change in zip(flows.amounts, changed, strict=True))
    rows = [flows]
    if is_translated and any(not one.is_zero for one in off):
        rows.append(Row(_("Rounding of translation"), tuple(-one for one in off)))
        off = tuple(one - one for one in off)
    opening = tuple(end - change for end, change in zip(held, changed, strict=True))
    rows += [Row(_("Cash at the beginning"), opening), Row(_("Cash at the end"), held)]
    return tuple(rows), off
