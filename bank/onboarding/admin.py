"""The staff's queue of applications, the application with its documents and history, re-verifications."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from bank.documents import selectors as documents
from bank.documents import serving
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.onboarding import desk, rules, selectors, services
from bank.onboarding.commands import SetThreshold
from bank.onboarding.models import KINDS, RISKS, Application, KycReview, OwnershipThreshold
from bank.onboarding.rules import State
from bank.web import acts as desk_acts
from bank.web import cells
from bank.web.acts import StartingTable
from bank.web.staff import ReadOnlyTable
from bank.workflows import services as workflows
from bank.workflows.models import Command

Act: TypeAlias = Callable[[Application, QueryDict, User], object]

_ACTS: dict[str, Act] = {
    "take": lambda known, _sent, by: services.take(application=known, by=by),
    "tick": lambda known, sent, by: services.tick(application=known, items=sent.getlist("item"), by=by),
    "note": lambda known, sent, by: services.add_note(application=known, words=sent.get("words", ""), by=by),
    "more": lambda known, sent, by: services.ask_for_more(
        application=known, tasks=sent.getlist("task"), reason=sent.get("reason", ""), by=by
    ),
    "recommend": lambda known, sent, by: services.recommend(
        application=known, approve=sent.get("choice") == "APPROVE", reason=sent.get("reason", ""), by=by
    ),
    "back": lambda known, sent, by: services.send_back(
        application=known, reason=sent.get("reason", ""), by=by
    ),
    "decide": lambda known, sent, by: services.decide(
        application=known, approve=sent.get("choice") == "APPROVE", reason=sent.get("reason", ""), by=by
    ),
}
_SAID = {
    "take": _("The application is yours to check."),
    "tick": _("The checklist is noted."),
    "note": _("The note is in the history."),
    "more": _("The applicant is told what is needed and why."),
    "recommend": _("Recommended. Somebody else decides."),
    "back": _("Sent back."),
    "decide": _("Decided. The applicant is told."),
}

_RISK_TONES = {"LOW": "READY", "MEDIUM": "PENDING", "HIGH": "REJECTED"}


class AgeFilter(admin.SimpleListFilter):
    """How long an application has waited since it was sent."""

    title = _("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("More than a day")), ("3", _("More than three days")), ("7", _("More than a week"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"1", "3", "7"}:
            return queryset
        limit = clock.now() - timedelta(days=int(self.value() or 0))
        return queryset.filter(submitted_at__lt=limit, state__in=rules.WITH_STAFF)


@admin.register(Application)
class ApplicationTable(ReadOnlyTable):
    """What strangers and companies sent, the oldest first; drafts are their applicants' own."""

    list_display = ("reference", "name", "kind", "stands", "risk_rated", "submitted_at", "reviewer")
    list_select_related = ("reviewer",)
    list_filter = ("state", "risk", "kind", AgeFilter)
    search_fields = ("reference__iexact", "name__icontains", "applicant__email__iexact")
    search_help_text = _("Reference, name or e-mail address")
    ordering = ("submitted_at",)
    change_form_template = "backoffice/application.html"
    fields = (
        "reference", "name", "kind", "stands", "risk_rated", "applicant", "created_at", "submitted_at",
        "reviewer", "decider", "decided_at", "customer_link",
    )  # fmt: skip
    readonly_fields = ("stands", "risk_rated", "customer_link")
    personal = "APPLICATION"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        return super().get_queryset(request).exclude(state=State.DRAFT)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/act/", view(self.act), name="onboarding_application_act"),
            path(
                "<uuid:pk>/documents/<uuid:document_id>/",
                view(self.document),
                name="onboarding_application_document",
            ),
            *super().get_urls(),
        ]

    def subject(self, record: Application) -> str:
        return record.reference

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        application = kwargs.get("obj") or args[-1]
        context |= desk.shown(application, _staff(request), may_act=_may_act(request))
        return super().render_change_form(request, context, *args, **kwargs)

    def act(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """One thing done to an application, named by ``verb``; only by POST, only for who may."""
        return _act(request, self._known(request, pk))

    def document(self, request: HttpRequest, pk: UUID, document_id: UUID) -> HttpResponse:
        """A document of the application, in its place; the look is on the audit trail."""
        if not cells.may_look(request, "onboarding_application"):
            raise PermissionDenied
        application = self._known(request, pk)
        try:
            found = documents.document_for(selectors.document_owner(application), document_id)
        except BankError as refusal:
            raise Http404 from refusal
        return serving.respond(document=found, viewer=_staff(request))

    @admin.display(description=_("state"), ordering="state")
    def stands(self, application: Application) -> SafeString:
        return cells.state(_tone(application.state), str(application.get_state_display()))

    @admin.display(description=_("risk"), ordering="risk")
    def risk_rated(self, application: Application) -> str | SafeString:
        words = {known: str(label) for known, label in RISKS}
        code = application.risk
        return cells.state(_RISK_TONES[code], words[code]) if code else cells.NOTHING

    @admin.display(description=_("customer"))
    def customer_link(self, application: Application) -> str:
        return application.customer.cif if application.customer else cells.NOTHING

    def _known(self, request: HttpRequest, pk: UUID) -> Application:
        return get_object_or_404(self.get_queryset(request), pk=pk)


@admin.register(KycReview)
class KycReviewTable(ReadOnlyTable):
    """When which customer is to be looked at again."""

    list_display = ("customer", "due_date", "stands", "risk", "answered_at")
    list_select_related = ("customer",)
    list_filter = ("state", "risk")
    search_fields = ("customer__cif__exact", "customer__display_name__icontains")
    search_help_text = _("CIF or name")
    ordering = ("due_date",)
    change_form_template = "backoffice/kyc_review.html"
    fields = (
        "customer",
        "risk",
        "due_date",
        "stands",
        "opened_at",
        "answered_at",
        "answer",
        "done_by",
        "done_at",
    )
    readonly_fields = ("stands",)
    personal = "CUSTOMER"

    def subject(self, record: KycReview) -> str:
        return record.customer.cif

    def get_urls(self) -> list[URLPattern]:
        close = self.admin_site.admin_view(self.close)
        return [path("<int:pk>/close/", close, name="onboarding_kycreview_close"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        review = kwargs.get("obj") or args[-1]
        is_open = review.state in (rules.ReviewState.DUE, rules.ReviewState.ANSWERED)
        context |= {"may_close": is_open and _may_close(request), "risks": list(rules.Risk)}
        return super().render_change_form(request, context, *args, **kwargs)

    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Closes a re-verification with the risk it found."""
        return _close(request, pk)

    @admin.display(description=_("state"), ordering="state")
    def stands(self, review: KycReview) -> SafeString:
        tones = {"DUE": "PENDING", "ANSWERED": "PENDING", "DONE": "READY"}
        return cells.state(tones.get(review.state, "DRAFT"), str(review.get_state_display()))


class ThresholdForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=[one for one in KINDS if one[0] != rules.Kind.PERSONAL])
    named_from_pct = forms.DecimalField(
        label=_("An owner is named from, per cent"), max_digits=5, decimal_places=2
    )
    together_pct = forms.DecimalField(
        label=_("All named reach together, per cent"), max_digits=5, decimal_places=2
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


def _propose_threshold(actor: User, reason: str, **given: Any) -> Command:
    payload = SetThreshold(**given)
    return workflows.propose(kind="onboarding.set_threshold", payload=payload, reason=reason, maker=actor)


@admin.register(OwnershipThreshold)
class OwnershipThresholdTable(StartingTable):
    """What of an organisation's owners must be known."""

    list_display = ("kind", "named_from_pct", "together_pct")
    ordering = ("kind",)
    starts = {
        "thresholds": desk_acts.Act(
            _("Propose other thresholds"), ThresholdForm, _propose_threshold,
            "onboarding.change_ownershipthreshold", _("They wait for somebody else's approval."),
            _("They hold for applications not sent yet. Where there is no row, a small business names owners "
              "from 25 per cent, a company from 10, and together they reach 75."),
        ),
    }  # fmt: skip


@require_POST
def _act(request: HttpRequest, application: Application) -> HttpResponse:
    verb = request.POST.get("verb", "")
    if not _may_act(request):
        raise PermissionDenied
    if verb not in _ACTS:
        raise Http404
    try:
        _ACTS[verb](application, request.POST, _staff(request))
        messages.success(request, str(_SAID[verb]))
    except BankError as refusal:
        messages.error(request, gettext(refusal.sentence).format(**refusal.params))
    return redirect("admin:onboarding_application_change", application.pk)


@require_POST
def _close(request: HttpRequest, pk: int) -> HttpResponse:
    if not _may_close(request):
        raise PermissionDenied
    review = get_object_or_404(KycReview, pk=pk)
    risk = request.POST.get("risk", "")
    if risk not in set(rules.Risk):
        raise Http404
    try:
        services.close_review(
            review=review, risk=risk, reason=request.POST.get("reason", ""), by=_staff(request)
        )
        messages.success(request, gettext("Closed. The next one is scheduled."))
    except BankError as refusal:
        messages.error(request, gettext(refusal.sentence).format(**refusal.params))
    return redirect("admin:onboarding_kycreview_change", pk)


def _may_act(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("onboarding.change_application"))


def _may_close(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("onboarding.change_kycreview"))


def _staff(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _tone(state: str) -> str:
    return {
        State.SUBMITTED: "PENDING",
        State.IN_REVIEW: "SENT",
        State.RECOMMENDED: "WAITING",
        State.APPROVED: "READY",
        State.REJECTED: "REJECTED",
        State.MORE_NEEDED: "RETURNED",
    }.get(State(state), "EXPIRED")
