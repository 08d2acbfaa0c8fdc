"""What the staff tables of all apps share: they show, and change nothing.

Whatever changes the bank is a command of a service; a table has no form to save.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin, ShowFacets, TabularInline
from django.contrib.admin.filters import ListFilter
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst

from bank.audit import services as audit
from bank.kernel.money import Money
from bank.web.cells import Words

COUNTED_AT_MOST = 10_000
"""Lists say "more than" above this: counting a journal of millions of entries helps nobody."""

_LOOKUPS = frozenset({"", "exact", "id__exact", "isempty", "isnull", "gte", "lt", "year", "month", "day"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a panel; ``figures`` stand at its end."""

    label: Words
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A table below a record. Cells are text or safe HTML; ``more`` is where it goes on."""

    title: Words
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    totals: Sequence[Sequence[object]] = ()
    empty: Words = ""
    more: str = ""
    more_label: Words = ""

    @property
    def body(self) -> list[list[tuple[object, Column]]]:
        """The rows with each cell's column beside it."""
        return [list(zip(row, self.columns, strict=True)) for row in self.rows]

    @property
    def foot(self) -> list[list[tuple[object, Column]]]:
        return [list(zip(row, self.columns, strict=True)) for row in self.totals]


@dataclass(frozen=True, slots=True)
class Figure:
    """The one big figure of a record."""

    money: Money
    note: Words


class _LookOnly:
    """Nothing is added, changed or deleted by a table: money and its records change by commands alone."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class BoundedPaginator(Paginator):
    """Counts no further than ``COUNTED_AT_MOST``; a search narrows down what lies behind."""

    @cached_property
    def count(self) -> int:
        return int(self.object_list[: COUNTED_AT_MOST + 1].count())  # type: ignore[attr-defined]


class _Page(ChangeList):
    """A page of a table, whose rows are completed at once rather than one by one."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        self.model_admin.complete(rows)  # type: ignore[attr-defined]
        self.result_list = rows


class ReadOnlyTable(_LookOnly, ModelAdmin):
    """A table to search and look at, and its records with panels below them.

    ``personal`` names the kind of subject (``CUSTOMER``) where a record is about a customer: who
    opens it is then written to the audit trail as ``CUSTOMER_VIEWED`` (GDPR art. 5(2) and 32).
    ``heading`` is what the bar at the side calls the table, where that is not the model's own name.
    """

    actions = None
    change_form_template = "backoffice/record.html"
    heading: ClassVar[Words] = ""
    list_max_show_all = 0
    list_per_page = 50
    paginator = BoundedPaginator
    personal: ClassVar[str] = ""
    show_facets = ShowFacets.NEVER
    show_full_result_count = False

    def complete(self, rows: list[Any]) -> None:
        """Adds to the rows of a page what would otherwise be a query for each of them."""

    def panels(self, request: HttpRequest, record: Any) -> list[Panel]:
        """The tables below a record."""
        return []

    def figure(self, record: Any) -> Figure | None:
        """The record's one big figure, if it has one."""
        return None

    def links(self, request: HttpRequest, record: Any) -> list[tuple[Words, str]]:
        """What may be opened or done from the record: a label and an address each."""
        return []

    def subject(self, record: Any) -> str:
        """What the audit trail calls the record."""
        return str(record)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _Page

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the page offers as a filter: a made-up address guesses at no column (ASVS 5.0 8.2.3)."""
        field, _separator, rest = lookup.partition("__")
        return rest in _LOOKUPS and field in {self.date_hierarchy, *map(_asks, self.get_list_filter(request))}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = {**(extra_context or {}), "heading": self._heading()}
        return super().changelist_view(request, shown)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if self.personal:
            self._note_view(request, obj)
        shown = {
            "heading": self._heading(),
            "panels": self.panels(request, obj),
            "figure": self.figure(obj),
            "links": self.links(request, obj),
        }
        return super().render_change_form(request, context | shown, add, change, form_url, obj)

    def _heading(self) -> str:
        return str(self.heading) or str(capfirst(self.opts.verbose_name_plural))

    def _note_view(self, request: HttpRequest, record: Any) -> None:
        audit.record(
            f"{self.personal}_VIEWED",
            actor=request.user,  # type: ignore[arg-type]
            subject_type=self.personal,
            subject_id=self.subject(record),
        )


class ReadOnlyLines(_LookOnly, TabularInline):
    """Lines under a record, to look at."""

    extra = 0
    can_delete = False
    show_change_link = False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return tuple(map(str, self.fields or ()))


def _asks(spec: Any) -> str:
    """The name under which a filter of a table stands in the page's address."""
    if isinstance(spec, tuple):
        return str(spec[0])
    if isinstance(spec, type) and issubclass(spec, ListFilter):
        return str(getattr(spec, "parameter_name", ""))
    return str(spec)
