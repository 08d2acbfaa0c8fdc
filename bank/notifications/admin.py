"""Staff tables of events: what waits to be told, what is parked, why; webhooks and their calls."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.audit import rules as audit
from bank.identity.models import User
from bank.notifications import selectors, services
from bank.notifications.commands import MAKER_RIGHT, Discard
from bank.notifications.models import Endpoint, WebhookDelivery
from bank.notifications.rules import DeliveryState, EndpointState
from bank.runtime import outbox, topics
from bank.runtime.models import OutboxMessage
from bank.web import cells
from bank.web.acts import Act, ActingTable
from bank.web.staff import Column, Panel, ReadOnlyTable
from bank.workflows import services as workflows


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def _replay(message: OutboxMessage, actor: User, reason: str) -> None:
    services.replay(message_id=message.pk, actor=actor, reason=reason)


def _propose_discarding(message: OutboxMessage, actor: User, reason: str) -> None:
    workflows.propose(kind="outbox.discard", payload=Discard(str(message.pk)), reason=reason, maker=actor)


def _is_parked(message: OutboxMessage) -> bool:
    return message.parked_at is not None and message.delivered_at is None


class ParkedFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("parked", _("Parked")), ("waiting", _("Waiting")), ("told", _("Told"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
        chosen = {
            "parked": {"parked_at__isnull": False, "delivered_at__isnull": True},
            "waiting": {"parked_at__isnull": True, "delivered_at__isnull": True},
            "told": {"delivered_at__isnull": False},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


@admin.register(OutboxMessage)
class OutboxTable(ActingTable):
    heading = _("Outbox")
    list_display = ("created_at", "topic", "subject", "state", "attempts", "next_try_at", "fault")
    list_filter = (ParkedFilter, "topic")
    search_fields = ("subject__exact", "correlation_id__exact")
    search_help_text = _("What it is about, such as payment:PAY-…, or the correlation id")
    ordering = ("-created_at",)
    fields = (
        "id", "topic", "subject", "state", "created_at", "attempts", "next_try_at", "parked_at", "held_back",
        "delivered_at", "relayed_at", "correlation_id", "last_error", "says",
    )  # fmt: skip
    readonly_fields = ("state", "held_back", "says")
    acts = {
        "replay": Act(
            _("Replay"), ReasonForm, _replay, MAKER_RIGHT, _("The message is told again."),
            lead=_("When what it failed on is mended: it and those behind it are tried again."),
            possible=_is_parked,
        ),
        "discard": Act(
            _("Propose discarding"), ReasonForm, _propose_discarding, MAKER_RIGHT,
            _("An administrator decides on it."), possible=_is_parked,
            lead=_("Nobody will be told. What waits behind it goes on."),
        ),
    }  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        do = self.admin_site.admin_view(self.do_message)
        inherited = [url for url in super().get_urls() if url.name != "runtime_outboxmessage_do"]
        return [path("<uuid:pk>/do/<str:act>/", do, name="runtime_outboxmessage_do"), *inherited]

    def do_message(self, request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
        return self.do(request, pk, act)  # type: ignore[arg-type]

    @admin.display(description=_("last error"))
    def fault(self, message: OutboxMessage) -> str:
        return message.last_error[:80]

    @admin.display(description=_("state"))
    def state(self, message: OutboxMessage) -> SafeString:
        if message.delivered_at is not None:
            return cells.state("PAID", gettext("Discarded") if message.parked_at else gettext("Told"))
        if message.parked_at is not None:
            return cells.state("REJECTED", gettext("Parked"))
        return cells.state("PENDING", gettext("Waiting"))

    @admin.display(description=_("waiting behind it"))
    def held_back(self, message: OutboxMessage) -> int:
        return outbox.held_back(message)

    @admin.display(description=_("says"))
    def says(self, message: OutboxMessage) -> str:
        """The payload without secrets; of what is kept inside only what is in it."""
        declared = topics.known(message.topic)
        if declared is None or declared.kept_inside:
            return ", ".join(f"{name}: …" for name in message.payload)
        return ", ".join(f"{name}: {value}" for name, value in audit.clean_detail(message.payload).items())


_SHOWN = 20
_STATES = {
    DeliveryState.WAITING: ("PENDING", _("On its way")),
    DeliveryState.DELIVERED: ("PAID", _("Delivered")),
    DeliveryState.GIVEN_UP: ("REJECTED", _("Given up")),
}


@admin.register(Endpoint)
class EndpointTable(ReadOnlyTable):
    """Whose servers are told what, and since when one does not answer. Secrets are not shown to staff."""

    personal = "WEBHOOK"
    list_display = ("customer", "url", "shown_state", "failing_since", "created_at")
    list_filter = ("state",)
    list_select_related = ("customer",)
    search_fields = ("customer__cif__exact", "url__icontains")
    search_help_text = _("CIF number, or a part of the address")
    ordering = ("-created_at",)
    fields = (
        "customer", "url", "events", "accounts", "shown_state", "failing_since", "created_by", "created_at",
    )  # fmt: skip
    readonly_fields = ("shown_state",)

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, endpoint: Endpoint) -> SafeString:
        code = "READY" if endpoint.state == EndpointState.ACTIVE else "CANCELLED"
        failing = endpoint.state == EndpointState.ACTIVE and endpoint.failing_since is not None
        return cells.state("PENDING" if failing else code, endpoint.get_state_display())

    def panels(self, request: HttpRequest, record: Endpoint) -> list[Panel]:
        newest = record.deliveries.order_by("-id")[:_SHOWN]
        columns = (Column(_("At")), Column(_("Event")), Column(_("About")), Column(_("State")))
        rows = [(_opened(request, one), one.event, one.subject, _state_of(one)) for one in newest]
        return [Panel(_("The newest deliveries"), columns, rows)]


def _opened(request: HttpRequest, one: WebhookDelivery) -> str | SafeString:
    return cells.record_link(request, "notifications_webhookdelivery", one.pk, cells.moment(one.created_at))


def _state_of(one: WebhookDelivery) -> SafeString:
    code, words = _STATES[one.state]
    return cells.state(code, str(words))


class DeliveryFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, words) for state, (_code, words) in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> Any:
        return queryset.filter(**selectors.IN_STATE.get(self.value() or "", {}))


def _tell_again(delivery: WebhookDelivery, actor: User, reason: str) -> None:
    services.tell_again(actor=actor, delivery_id=delivery.pk, reason=reason)


@admin.register(WebhookDelivery)
class DeliveryTable(ActingTable):
    """Every call, with how each try went. What it said is the company's: staff see what it was about."""

    list_display = ("created_at", "endpoint", "event", "subject", "shown_state", "attempts", "next_try_at")
    list_filter = (DeliveryFilter, "event")
    list_select_related = ("endpoint",)
    search_fields = ("subject__exact", "event_id__exact", "endpoint__customer__cif__exact")
    search_help_text = _("What it is about, the event's id, or the CIF number")
    ordering = ("-id",)
    fields = (
        "id", "endpoint", "event", "event_id", "subject", "shown_state", "created_at", "attempts",
        "next_try_at", "try_until", "delivered_at", "given_up_at",
    )  # fmt: skip
    readonly_fields = ("shown_state",)
    acts = {
        "again": Act(
            _("Send again"), ReasonForm, _tell_again, MAKER_RIGHT, _("It is sent again."),
            lead=_("With the id it had, for three more days. The company reads of it in its trail."),
            possible=lambda one: one.state == DeliveryState.GIVEN_UP,
        ),
    }  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        do = self.admin_site.admin_view(self.do_delivery)
        name = "notifications_webhookdelivery_do"
        inherited = [url for url in super().get_urls() if url.name != name]
        return [path("<uuid:pk>/do/<str:act>/", do, name=name), *inherited]

    def do_delivery(self, request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
        return self.do(request, pk, act)  # type: ignore[arg-type]

    @admin.display(description=_("state"))
    def shown_state(self, delivery: WebhookDelivery) -> SafeString:
        return _state_of(delivery)

    def panels(self, request: HttpRequest, record: WebhookDelivery) -> list[Panel]:
        columns = (Column(_("At")), Column(_("Answer")), Column(_("Took"), figures=True), Column(_("Said")))
        rows = [
            (cells.moment(one.at), str(one.status or cells.NOTHING), f"{one.duration_ms} ms",
             one.problem or one.response[:80])
            for one in record.tries.all()[:_SHOWN]
        ]  # fmt: skip
        return [Panel(_("Tries, latest first"), columns, rows)]
