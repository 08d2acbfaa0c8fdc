"""What the staff tables of all apps share: they show, and change nothing.

Whatever changes the bank is a command of a service; a table has no form to save.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

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


PanelMaker: TypeAlias = Callable[[HttpRequest, Any], Panel | None]
_more: dict[str, list[tuple[int, PanelMaker]]] = {}


def adds_panel(table: str, *, rank: int) -> Callable[[PanelMaker], PanelMaker]:
    """Has the records of ``app_model`` show what another app knows of them, in the order of ranks.

    So a customer's screen shows their loans as soon as there is an app of loans, and no app knows
    those above it. The maker returns ``None`` where the reader may not look.
    """

    def register(make: PanelMaker) -> PanelMaker:
        _more.setdefault(table, []).append((rank, make))
        return make

    return register


def _added(table: str, request: HttpRequest, record: Any) -> list[Panel]:
    makers = sorted(_more.get(table, ()), key=lambda entry: entry[0])
    return [panel for _rank, make in makers if (panel := make(request, record)) is not None]


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
    opens it is then written to the audit trail as ``CUSTOMER_VIEWED``, who looks through the table
    as ``CUSTOMER_LIST_VIEWED`` with what was asked for.
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
        if self.personal:
            asked = {name: request.GET.getlist(name) for name in sorted(request.GET)[:20]}
            note_look(request, f"{self.personal}_LIST", self.opts.label_lower, asked=asked)
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
        self.note_view(request, obj)
        shown = {
            "heading": self._heading(),
            "panels": [
                *self.panels(request, obj),
                *_added(f"{self.opts.app_label}_{self.opts.model_name}", request, obj),
            ],
            "figure": self.figure(obj),
            "links": self.links(request, obj),
        }
        return super().render_change_form(request, context | shown, add, change, form_url, obj)

    def _heading(self) -> str:
        return str(self.heading) or str(capfirst(self.opts.verbose_name_plural))

    def note_view(self, request: HttpRequest, record: Any) -> None:
        """Who opened a record about a customer stays on the trail."""
        if self.personal:
            note_look(request, self.personal, self.subject(record))


class ReadOnlyLines(_LookOnly, TabularInline):
    """Lines under a record, to look at."""

    extra = 0
    can_delete = False
    show_change_link = False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return tuple(map(str, self.fields or ()))


def note_look(request: HttpRequest, subject_type: str, subject_id: str, **detail: object) -> None:
    """The line that says who of the staff looked at whose data (GDPR art. 5(2) and 32)."""
    audit.record(
        f"{subject_type}_VIEWED",
        actor=request.user,  # type: ignore[arg-type]
        subject_type=subject_type,
        subject_id=subject_id,
        detail=detail,
    )


def _asks(spec: Any) -> str:
    """The name under which a filter of a table stands in the page's address."""
    if isinstance(spec, tuple):
        return str(spec[0])
    if isinstance(spec, type) and issubclass(spec, ListFilter):
        return str(getattr(spec, "parameter_name", ""))
    return str(spec)
