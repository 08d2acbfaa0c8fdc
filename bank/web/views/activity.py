"""What happened on an account: filters in the address, keyset pages, sums of the selection, export.

The same page, the same sums and the same file for every portal. Days are filtered by the
ledger; words and direction are compared with what the lines say to their reader, over the
newest ``SEARCHED_LINES`` of those days.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, Final

from django import forms
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.accounts import selectors
from bank.accounts.selectors import PendingLine, StatementLine
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.ledger import movements
from bank.statements.rules import spreadsheet_text
from bank.web.views import holdings, paging
from bank.web.views.fields import DayField
from bank.web.views.holdings import Holding

_FIRST_DAY: Final = date(1900, 1, 1)
_AT_ONCE: Final = 2_000
SEARCHED_LINES: Final = 10_000
PAGE_LINES: Final = 50
DIRECTIONS = [("", _("In and out")), ("IN", _("Money in")), ("OUT", _("Money out"))]


class ActivityFilter(forms.Form):
    """Everything optional; what cannot be read is said, and filters nothing."""

    text = forms.CharField(label=_("Search"), max_length=80, required=False)
    direction = forms.ChoiceField(label=_("Direction"), choices=DIRECTIONS, required=False)
    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("The last day must not be before the first."))
        return given


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters that could be read."""

    text: str
    direction: str
    since: date | None
    until: date | None

    def fits(self, line: StatementLine) -> bool:
        """Whether the line goes the way and holds the words that were asked for."""
        if self.direction and (line.amount.is_positive != (self.direction == "IN")):
            return False
        said = f"{line.description} {line.counterparty} {line.reference} {abs(line.amount).amount}".casefold()
        return all(word in said for word in self.text.casefold().split())


@dataclass(frozen=True, slots=True)
class Sums:
    """What a selection of lines comes to; ``money_out`` is below zero or zero."""

    count: int
    money_in: Money
    money_out: Money


class Days:
    """All lines of a span of days: paged and summed by the ledger."""

    is_cut = False

    def __init__(self, holding: Holding, wanted: Wanted) -> None:
        self.holding, self.wanted = holding, wanted

    def page(self, before: int | None, limit: int) -> list[StatementLine]:
        wanted = self.wanted
        return selectors.statement_lines(
            self.holding.account, from_date=wanted.since, to_date=wanted.until, before=before, limit=limit
        )

    def newer(self, first: StatementLine) -> int | None:
        """Where the page before the one that begins with ``first`` starts; versions have no gaps."""
        newest = self.page(None, 1)[0].version
        return first.version + PAGE_LINES + 1 if first.version < newest else None

    def sums(self) -> Sums:
        holding, wanted = self.holding, self.wanted
        moved = movements.turnover(
            holding.number,
            holding.currency,
            from_date=wanted.since or _FIRST_DAY,
            to_date=wanted.until or ledger.business_date(),
        )
        return Sums(moved.lines, moved.credits, moved.debits)

    def all(self) -> Iterator[StatementLine]:
        before: int | None = None
        while found := self.page(before, _AT_ONCE):
            yield from found
            before = found[-1].version


class Search:
    """The lines among the newest of those days that say what was asked for."""

    def __init__(self, holding: Holding, wanted: Wanted) -> None:
        days = list(islice(Days(holding, wanted).all(), SEARCHED_LINES))
        self.is_cut = len(days) == SEARCHED_LINES
        self.found = [line for line in days if wanted.fits(line)]
        self.nothing = Money.zero(holding.currency)

    def page(self, before: int | None, limit: int) -> list[StatementLine]:
        return [line for line in self.found if before is None or line.version < before][:limit]

    def newer(self, first: StatementLine) -> int | None:
        place = self.found.index(first)
        return self.found[max(place - PAGE_LINES, 0)].version + 1 if place else None

    def sums(self) -> Sums:
        amounts = [line.amount for line in self.found]
        credits = sum((one for one in amounts if one.is_positive), self.nothing)
        debits = sum((one for one in amounts if one.is_negative), self.nothing)
        return Sums(len(amounts), credits, debits)

    def all(self) -> Iterator[StatementLine]:
        return iter(self.found)


@dataclass(frozen=True, slots=True)
class Activity:
    """One page of an account's lines, and what the whole selection comes to.

    Each line's ``reference`` is its place, ``number-version``, for the address of its own page.
    """

    form: ActivityFilter
    lines: list[StatementLine]
    pending: list[PendingLine]
    sums: Sums
    newer: str
    older: str
    export: str
    here: str
    reset: str
    is_filtered: bool
    is_cut: bool
    detail: str


def read(request: HttpRequest, holding: Holding, *, export: str, detail: str) -> Activity:
    """The page the address asks for; ``export`` is where the file is, ``detail`` the URL name of a line."""
    form = ActivityFilter(request.GET or None)
    selection, is_filtered = _selection(holding, form)
    before = paging.whole(request.GET.get("before"))
    lines = selection.page(before, PAGE_LINES + 1)
    newer = selection.newer(lines[0]) if before is not None and lines else None
    is_first = newer is None and not is_filtered
    return Activity(
        form=form,
        lines=[replace(line, reference=f"{holding.number}-{line.version}") for line in lines[:PAGE_LINES]],
        pending=selectors.pending_lines(holding.account) if is_first and not holding.held.is_zero else [],
        sums=selection.sums(),
        newer=paging.address(request, before=newer) if newer else "",
        older=paging.address(request, before=lines[PAGE_LINES - 1].version)
        if len(lines) > PAGE_LINES
        else "",
        export=paging.address(request, export),
        here=request.path,
        reset=request.path if is_filtered else "",
        is_filtered=is_filtered,
        is_cut=selection.is_cut,
        detail=detail,
    )


def export(request: HttpRequest, holding: Holding) -> StreamingHttpResponse:
    """The selection on screen as CSV, all its pages in the same order; UTF-8 with a mark for spreadsheets."""
    selection, _is_filtered = _selection(holding, ActivityFilter(request.GET or None))
    response = StreamingHttpResponse(_csv(selection.all()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="activity-{holding.number}.csv"'
    return response


def line_of(user: User, place: str) -> tuple[Holding, StatementLine]:
    """The line at a place, ``number-version``, and its account. Raises ``NotFound``."""
    number, _dash, text = place.partition("-")
    held, version = holdings.any_one(user, number), paging.whole(text)
    found = selectors.statement_lines(held.account, before=version + 1, limit=1) if version else []
    if not found or found[0].version != version:
        raise NotFound(what="statement line")
    return held, found[0]


def _selection(holding: Holding, form: ActivityFilter) -> tuple[Days | Search, bool]:
    given = form.cleaned_data if form.is_valid() else {}
    wanted = Wanted(given.get("text", ""), given.get("direction", ""), given.get("since"), given.get("until"))
    is_filtered = wanted != Wanted("", "", None, None)
    return (Search if wanted.text or wanted.direction else Days)(holding, wanted), is_filtered


class _Echo:
    """A file that hands back what is written, so that rows stream as they are read."""

    def write(self, text: str) -> str:
        return text


def _csv(lines: Iterator[StatementLine]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    heading = [
        gettext("Booked"), gettext("Value date"), gettext("Details"), gettext("Counterparty"),
        gettext("Reference"), gettext("Currency"), gettext("Amount"), gettext("Balance"),
    ]  # fmt: skip
    yield "\ufeff" + writer.writerow(heading)
    for line in lines:
        yield writer.writerow(_row(line))


def _row(line: StatementLine) -> list[str]:
    words = [spreadsheet_text(text) for text in (line.description, line.counterparty, line.reference)]
    figures = [line.amount.currency, str(line.amount.amount), str(line.balance_after.amount)]
    return [line.booking_date.isoformat(), line.value_date.isoformat(), *words, *figures]
