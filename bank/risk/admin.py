"""The compliance desk: lists by version, and screenings with what they found laid side by side."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from bank.identity.models import User
from bank.kernel.errors import BankError, NotFound
from bank.risk.models import Match, Screening, WatchEntry, WatchList
from bank.risk.rules import Decision, Outcome
from bank.risk.screening import selectors, services
from bank.risk.wording import explained
from bank.web import cells
from bank.web.staff import ReadOnlyTable

_TONES = {
    Outcome.NOT_SCREENED: "PENDING",
    Outcome.CLEAR: "PAID",
    Outcome.POSSIBLE: "ON_HOLD",
    Outcome.HIT: "REJECTED",
}


@admin.register(Screening)
class ScreeningTable(ReadOnlyTable):
    change_form_template = "backoffice/screening.html"
    list_display = ("name", "subject", "kind", "result", "screened_at", "is_latest")
    list_filter = ("outcome", "kind", "is_latest")
    search_fields = ("subject",)
    search_help_text = _("Subject, such as customer:1000001, or the whole name")
    ordering = ("-screened_at",)
    fields = ("name", "subject", "kind", "birth_date", "nations", "result", "screened_at", "is_latest")
    readonly_fields = ("result", "nations")
    personal = "SCREENING"

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        return [
            path("<uuid:pk>/matches/<int:match>/decide/", decide, name="risk_match_decide"),
            *super().get_urls(),
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Screening], search_term: str
    ) -> tuple[QuerySet[Screening], bool]:
        text = " ".join(search_term.replace("\x00", "").split())
        if not text:
            return queryset, False
        return queryset.filter(Q(subject=text) | Q(name__iexact=text)), False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        screening = kwargs.get("obj") or args[-1]
        shown = {
            "matches": [(match, explained(match)) for match in selectors.matches_of(screening)],
            "may_decide": request.user.has_perm("risk.change_match"),
        }
        return super().render_change_form(request, context | shown, *args, **kwargs)

    def subject(self, record: Screening) -> str:
        return record.subject

    def decide(self, request: HttpRequest, pk: Any, match: int) -> HttpResponse:
        """A decision on one match, by POST; the service says whether it may be taken."""
        return _decide(request, pk, match)

    @admin.display(description=_("outcome"), ordering="outcome")
    def result(self, screening: Screening) -> SafeString:
        return cells.state(_TONES[Outcome(screening.outcome)], str(screening.get_outcome_display()))

    @admin.display(description=_("countries"))
    def nations(self, screening: Screening) -> str:
        return ", ".join(screening.countries) or cells.NOTHING


@admin.register(WatchList)
class WatchListTable(ReadOnlyTable):
    list_display = ("source", "topic", "entries", "added", "changed", "removed", "loaded_at", "is_current")
    list_filter = ("topic", "is_current")
    ordering = ("-loaded_at",)
    fields = (
        "source",
        "topic",
        "entries",
        "added",
        "changed",
        "removed",
        "loaded_at",
        "is_current",
        "sha256",
    )


@admin.register(WatchEntry)
class WatchEntryTable(ReadOnlyTable):
    list_display = ("name", "kind", "source", "key", "programme", "topic")
    list_filter = ("topic", "kind")
    search_fields = ("name",)
    search_help_text = _("Number on the list, or a part of the name")
    ordering = ("source", "key")
    fields = (
        "name", "kind", "other_names", "births_shown", "countries_shown", "source", "key", "topic",
        "programme", "remarks", "came_with", "left_with",
    )  # fmt: skip
    readonly_fields = ("other_names", "births_shown", "countries_shown")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[WatchEntry], search_term: str
    ) -> tuple[QuerySet[WatchEntry], bool]:
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        return queryset.filter(Q(key=text) | Q(name__icontains=text)), False

    @admin.display(description=_("other names"))
    def other_names(self, entry: WatchEntry) -> str:
        return "; ".join(entry.aliases) or cells.NOTHING

    @admin.display(description=_("born"))
    def births_shown(self, entry: WatchEntry) -> str:
        return ", ".join(entry.births) or cells.NOTHING

    @admin.display(description=_("countries"))
    def countries_shown(self, entry: WatchEntry) -> str:
        return ", ".join(entry.countries) or cells.NOTHING


@require_POST
def _decide(request: HttpRequest, pk: Any, match_id: int) -> HttpResponse:
    if not request.user.has_perm("risk.change_match"):
        raise PermissionDenied
    match = get_object_or_404(Match, pk=match_id, screening_id=pk)
    try:
        _carry_out(request, match)
    except BankError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, gettext("The decision is on the record."))
    return redirect("admin:risk_screening_change", pk)


def _carry_out(request: HttpRequest, match: Match) -> None:
    by, reason = request.user, request.POST.get("reason", "")
    assert isinstance(by, User)
    steps: dict[str, Callable[[], Match]] = {
        Decision.FALSE_ALARM: lambda: services.decide(
            match=match, decision=Decision.FALSE_ALARM, reason=reason, by=by
        ),
        Decision.TRUE_MATCH: lambda: services.decide(
            match=match, decision=Decision.TRUE_MATCH, reason=reason, by=by
        ),
        Decision.RELEASE_PROPOSED: lambda: services.propose_release(match=match, reason=reason, by=by),
        Decision.RELEASED: lambda: services.release(match=match, by=by),
    }
    step = steps.get(request.POST.get("decision", ""))
    if step is None:
        raise NotFound(what="decision")
    step()
