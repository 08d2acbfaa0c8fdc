"""What passes to and from networks, for staff: messages, news that fits nothing, money in suspense, days
that do not meet, the banks that can be paid. Closing takes a reason, and books nothing."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments.commands import (
    CREDIT_RIGHT,
    CREDIT_SUSPENDED,
    RETURN_REASONS,
    RETURN_SUSPENDED,
    CreditSuspended,
    ReturnSuspended,
)
from bank.payments.models import (
    IncomingPayment,
    Institution,
    NetworkDay,
    NetworkDifference,
    NetworkEvent,
    NetworkMessage,
)
from bank.payments.rules import EventOutcome, IncomingStatus
from bank.payments.services import networks
from bank.web import cells
from bank.web.acts import Act, ActingTable
from bank.web.staff import Column, Figure, Panel, ReadOnlyTable
from bank.workflows import services as workflows

_LINES = 200
_CHANGE = "payments.change_networkevent"


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What was found"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class OwnerForm(forms.Form):
    number = forms.CharField(label=_("Account it belongs to"), max_length=34)
    reason = forms.CharField(
        label=_("How the owner was found"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReturnForm(forms.Form):
    code = forms.ChoiceField(label=_("Why it goes back"), choices=tuple(RETURN_REASONS.items()))
    reason = forms.CharField(
        label=_("What was found"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class NothingForm(forms.Form):
    """No question."""


def _again(record: NetworkEvent, user: User) -> Any:
    return networks.try_again(user=user, event_id=record.pk)


def _close_event(record: NetworkEvent, user: User, note: str) -> Any:
    return networks.close_event(user=user, event_id=record.pk, note=note)


def _propose_crediting(record: IncomingPayment, user: User, number: str, reason: str) -> Any:
    asked = CreditSuspended(record.reference, number)
    return workflows.propose(kind=CREDIT_SUSPENDED, payload=asked, reason=reason, maker=user)


def _propose_returning(record: IncomingPayment, user: User, code: str, reason: str) -> Any:
    asked = ReturnSuspended(record.reference, code)
    return workflows.propose(kind=RETURN_SUSPENDED, payload=asked, reason=reason, maker=user)


def _close_difference(record: NetworkDifference, user: User, note: str) -> Any:
    return networks.close_difference(user=user, difference_id=record.pk, note=note)


@admin.register(NetworkMessage)
class MessageTable(ReadOnlyTable):
    heading = _("Network messages")
    list_display = ("created_at", "rail", "direction", "kind", "key", "state", "attempts", "next_try_at")
    list_filter = ("rail", "direction", "purpose", "status")
    search_fields = ("key__exact",)
    search_help_text = _("Key")
    ordering = ("-id",)
    fields = (
        *("rail", "direction", "purpose", "kind", "key", "state", "attempts", "last_error"),
        *("created_at", "next_try_at", "done_at"),
    )
    readonly_fields = ("state",)

    @admin.display(description=_("status"), ordering="status")
    def state(self, message: NetworkMessage) -> SafeString:
        return cells.state(message.status)

    def panels(self, request: HttpRequest, record: NetworkMessage) -> list[Panel]:
        columns = (Column(_("News")), Column(_("About")), Column(_("Outcome")), Column(_("Note")))
        rows = [
            (one.kind, one.reference, cells.state(one.outcome), one.note or cells.NOTHING)
            for one in record.events.all()[:_LINES]
        ]
        orders = [(one,) for one in record.references[:_LINES]]
        return [
            Panel(_("News in it"), columns, rows, empty=_("None.")),
            Panel(_("Orders in it"), (Column(_("Reference")),), orders, empty=_("None.")),
        ]


@admin.register(NetworkEvent)
class NewsTable(ActingTable):
    heading = _("Network news")
    list_display = ("told_at", "rail", "kind", "reference", "state", "note")
    list_filter = ("outcome", "kind", "message__rail")
    list_select_related = ("message",)
    search_fields = ("reference__exact",)
    search_help_text = _("Reference")
    ordering = ("-id",)
    fields = ("message", "kind", "reference", "state", "note", "told_at", "applied_at", "closed_by")
    readonly_fields = ("state",)
    acts = {
        "again": Act(
            _("Try again"), NothingForm, _again, _CHANGE, _("The news was looked at again."),
            possible=lambda one: one.outcome == EventOutcome.PARKED,
        ),
        "close": Act(
            _("Close"), NoteForm, _close_event, _CHANGE, _("Closed."),
            possible=lambda one: one.outcome == EventOutcome.PARKED,
        ),
    }  # fmt: skip

    @admin.display(description=_("rail"))
    def rail(self, event: NetworkEvent) -> str:
        return event.message.rail

    @admin.display(description=_("outcome"), ordering="outcome")
    def state(self, event: NetworkEvent) -> SafeString:
        return cells.state(event.outcome)


@admin.register(IncomingPayment)
class IncomingTable(ActingTable):
    heading = _("Incoming payments")
    list_display = (
        "reference",
        "received_at",
        "rail",
        "debtor_name",
        "creditor_number",
        "amount_shown",
        "state",
    )
    list_filter = ("status", "rail", "currency")
    search_fields = ("reference__exact", "network_reference__exact", "creditor_number__exact")
    search_help_text = _("Reference or account")
    ordering = ("-id",)
    fields = (
        *("reference", "state", "rail", "network_reference", "amount_shown", "debtor_name", "debtor_number"),
        *("debtor_agent", "creditor_name", "creditor_number", "creditor_account", "remittance"),
        *("end_to_end_id", "uetr", "received_at"),
    )
    readonly_fields = ("state", "amount_shown")
    personal = "INCOMING_PAYMENT"
    acts = {
        "credit": Act(
            _("Propose crediting its owner"), OwnerForm, _propose_crediting, CREDIT_RIGHT,
            _("Somebody else decides on it."),
            possible=lambda one: one.status == IncomingStatus.SUSPENDED,
        ),
        "return": Act(
            _("Propose sending it back"), ReturnForm, _propose_returning, CREDIT_RIGHT,
            _("Somebody else decides on it."),
            possible=lambda one: one.status == IncomingStatus.SUSPENDED,
        ),
    }  # fmt: skip

    def figure(self, record: IncomingPayment) -> Figure:
        return Figure(record.money, _("from %(name)s") % {"name": record.debtor_name})

    def panels(self, request: HttpRequest, record: IncomingPayment) -> list[Panel]:
        columns = (Column(_("At")), Column(_("Status")), Column(_("Reason")))
        rows = [
            (
                cells.moment(step.at),
                cells.state(step.status),
                " ".join(filter(None, (step.reason, step.sentence))) or cells.NOTHING,
            )
            for step in record.steps.all()
        ]
        return [Panel(_("Timeline"), columns, rows)]

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, payment: IncomingPayment) -> str:
        return cells.money(payment.money)

    @admin.display(description=_("status"), ordering="status")
    def state(self, payment: IncomingPayment) -> SafeString:
        return cells.state(payment.status)


@admin.register(NetworkDay)
class NetworkDayTable(ReadOnlyTable):
    heading = _("Network days")
    list_display = ("day", "rail", "matched", "differing", "made_at")
    list_filter = ("rail",)
    ordering = ("-day", "rail")
    fields = ("day", "rail", "matched", "differing", "made_at")

    def panels(self, request: HttpRequest, record: NetworkDay) -> list[Panel]:
        columns = (
            Column(_("Difference")),
            Column(_("Our reference")),
            Column(_("Network's reference")),
            Column(_("Ours"), figures=True),
            Column(_("Theirs"), figures=True),
            Column(_("Explanation")),
        )
        rows = [
            (
                cells.record_link(request, "payments_networkdifference", one.pk, one.get_kind_display()),
                one.reference or cells.NOTHING,
                one.network_reference or cells.NOTHING,
                _money(one.ours, one),
                _money(one.theirs, one),
                one.note or cells.NOTHING,
            )
            for one in record.differences.all()[:_LINES]
        ]
        return [Panel(_("What differs"), columns, rows, empty=_("Both sides have the same."))]


@admin.register(NetworkDifference)
class DifferenceTable(ActingTable):
    heading = _("Network differences")
    list_display = (
        "network_day",
        "kind",
        "reference",
        "network_reference",
        "we_have",
        "they_have",
        "closed_at",
    )
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "kind", "network_day__rail")
    list_select_related = ("network_day",)
    search_fields = ("reference__exact", "network_reference__exact")
    ordering = ("-id",)
    fields = (
        *("network_day", "kind", "reference", "network_reference", "we_have", "they_have"),
        *("note", "closed_by", "closed_at"),
    )
    readonly_fields = ("we_have", "they_have")
    acts = {
        "close": Act(
            _("Close"), NoteForm, _close_difference, "payments.change_networkdifference", _("Closed."),
            possible=lambda one: one.closed_at is None,
        ),
    }  # fmt: skip

    @admin.display(description=_("ours"))
    def we_have(self, one: NetworkDifference) -> str:
        return _money(one.ours, one)

    @admin.display(description=_("theirs"))
    def they_have(self, one: NetworkDifference) -> str:
        return _money(one.theirs, one)


@admin.register(Institution)
class InstitutionTable(ReadOnlyTable):
    heading = _("Banks elsewhere")
    list_display = ("name", "country", "scheme", "number", "is_open")
    list_filter = ("scheme", "country", "is_open")
    search_fields = ("name__icontains", "number__exact")
    ordering = ("name", "scheme")
    fields = ("name", "country", "scheme", "number", "is_open")


def _money(amount: Any, one: NetworkDifference) -> str:
    return cells.money(None if amount is None else Money(amount, one.currency))
