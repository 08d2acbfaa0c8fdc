"""Staff tables: companies that collect, mandates, direct debits, claims. What changes is decided by two."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.debits.commands import ADMIT, CLAIM_RIGHT, CREDITOR_RIGHT, DECIDE, STOP, DecideClaim, StopCreditor
from bank.debits.models import CREDITOR_STATUSES, Claim, Collection, Creditor, DebitFile, Mandate
from bank.debits.rules import (
    CREDITOR_STOPS,
    MOST_NOTICE_DAYS,
    Admission,
    ClaimStatus,
    CreditorStatus,
)
from bank.identity.models import User
from bank.runtime import formats
from bank.web import cells
from bank.web.acts import Act, ActingTable, StartingTable
from bank.web.staff import Column, Figure, Panel, ReadOnlyTable
from bank.workflows import services as workflows
from bank.workflows.models import Command

_LINES = 500
_WAITS = _("It waits for somebody else's approval.")
_LONG = forms.Textarea(attrs={"rows": 3})
_TONES = {"ASKED": "PENDING", "ADMITTED": "ACTIVE", "SUSPENDED": "ON_HOLD", "OPEN": "PENDING"}


class TermsForm(forms.Form):
    """An admission but for whose it is."""

    identifier = forms.CharField(
        label=_("Creditor identifier"), max_length=35, required=False,
        help_text=_("Empty: the bank makes one of the customer number."),
    )  # fmt: skip
    core = forms.BooleanField(label=_("Core, of everybody"), required=False, initial=True)
    b2b = forms.BooleanField(label=_("Between companies"), required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, initial=settings.BANK_BASE_CURRENCY)
    each = forms.DecimalField(label=_("Each time at most"), max_digits=18, decimal_places=3)
    month = forms.DecimalField(label=_("In a month at most"), max_digits=18, decimal_places=3)
    notice_days = forms.IntegerField(
        label=_("Days of notice at least"), min_value=1, max_value=MOST_NOTICE_DAYS, initial=MOST_NOTICE_DAYS
    )
    exposure = forms.CharField(
        label=_("Behind its refunds"), max_length=300, widget=_LONG,
        help_text=_("A reserve, or why none: refunds run for eight weeks, claims for thirteen months."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300)


class AdmitForm(TermsForm):
    cif = forms.CharField(label=_("Customer number"), max_length=20)
    field_order = ("cif",)


class StopForm(forms.Form):
    status = forms.ChoiceField(
        label=_("It becomes"),
        choices=[one for one in CREDITOR_STATUSES if one[0] in {"SUSPENDED", "WITHDRAWN", "DECLINED"}],
    )
    reason = forms.CharField(label=_("Reason, which the company reads"), max_length=300)


class DecisionForm(forms.Form):
    accept = forms.ChoiceField(
        label=_("Decision"), choices=[("", "---"), ("yes", _("Accept: give it back")), ("no", _("Deny"))]
    )
    answer = forms.CharField(label=_("Answer, which the customer reads"), max_length=300, widget=_LONG)
    reason = forms.CharField(label=_("Reason, for the bank"), max_length=300)


def _admit(user: User, reason: str, **given: Any) -> Command:
    asked = Admission(**given)
    return workflows.propose(kind=ADMIT, payload=asked, reason=reason, maker=user)


def _admit_one(record: Creditor, user: User, reason: str, **given: Any) -> Command:
    return _admit(user, reason, cif=record.customer.cif, **given)


def _stop(record: Creditor, user: User, status: str, reason: str) -> Command:
    asked = StopCreditor(record.customer.cif, status)
    return workflows.propose(kind=STOP, payload=asked, reason=reason, maker=user)


def _decide(record: Claim, user: User, accept: str, answer: str, reason: str) -> Command:
    asked = DecideClaim(record.reference, accept == "yes", answer)
    return workflows.propose(kind=DECIDE, payload=asked, reason=reason, maker=user)


def _terms_of(record: Creditor) -> dict[str, Any]:
    """What the form begins with: the terms in force, or the bank's first ones."""
    if not record.identifier:
        return {}
    names = ("identifier", "core", "b2b", "currency", "notice_days", "exposure")
    limits = {"each": _plain(record.each_amount), "month": _plain(record.month_amount)}
    return {name: getattr(record, name) for name in names} | limits


def _case(request: HttpRequest, record: Creditor | Claim) -> list[tuple[cells.Words, str]]:
    """The way to the case of an application or a claim, for who may open it."""
    if record.case_id is None or not cells.may_look(request, "cases_case"):
        return []
    return [(_("The case"), reverse("admin:cases_case_change", args=(record.case_id,)))]


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


@admin.register(Creditor)
class CreditorTable(StartingTable):
    personal = "CREDITOR"
    heading = _("Companies that collect")
    list_display = ("customer", "identifier", "state", "core", "b2b", "month_shown", "asked_at")
    list_filter = ("status", "core", "b2b")
    list_select_related = ("customer",)
    search_fields = ("identifier__exact", "customer__cif__exact")
    search_help_text = _("Creditor identifier or customer number")
    ordering = ("-asked_at", "-id")
    fields = (
        "customer", "state", "reason", "identifier", "core", "b2b", "each_shown", "month_shown",
        "notice_days", "exposure", "case", "asked_at", "decided_by", "decided_at",
    )  # fmt: skip
    readonly_fields = ("state", "each_shown", "month_shown")
    starts = {"admit": Act(_("Admit a company"), AdmitForm, _admit, CREDITOR_RIGHT, _WAITS)}
    acts = {
        "terms": Act(
            _("Admit, or change the terms"), TermsForm, _admit_one, CREDITOR_RIGHT, _WAITS, initial=_terms_of
        ),
        "stop": Act(
            _("Suspend, withdraw or decline"), StopForm, _stop, CREDITOR_RIGHT, _WAITS,
            _("What was announced and not taken yet is not taken any more."),
            possible=lambda one: bool(CREDITOR_STOPS[CreditorStatus(one.status)]),
        ),
    }  # fmt: skip

    @admin.display(description=_("status"), ordering="status")
    def state(self, one: Creditor) -> SafeString:
        return cells.state(_TONES.get(one.status, one.status), one.get_status_display())

    @admin.display(description=_("each time at most"))
    def each_shown(self, one: Creditor) -> str:
        return cells.money(one.each)

    @admin.display(description=_("in a month at most"), ordering="month_amount")
    def month_shown(self, one: Creditor) -> str:
        return cells.money(one.month)

    def links(self, request: HttpRequest, record: Creditor) -> list[tuple[cells.Words, str]]:
        return [*_case(request, record), *super().links(request, record)]

    def panels(self, request: HttpRequest, record: Creditor) -> list[Panel]:
        held = record.customer.debit_mandates.order_by("-pk")[:100]
        rows = [[one.reference, one.debtor_name, one.kind, one.get_status_display()] for one in held]
        columns = [Column(_("Mandate")), Column(_("Of")), Column(_("Kind")), Column(_("Status"))]
        return [Panel(_("Mandates"), columns, rows, empty=_("It holds no mandate yet"))]


@admin.register(DebitFile)
class DebitFileTable(ReadOnlyTable):
    heading = _("Files of direct debits")
    list_display = ("reference", "creditor", "message_id", "count", "accepted_count", "sent_at")
    list_select_related = ("creditor__customer",)
    search_fields = ("reference__exact", "message_id__exact")
    search_help_text = _("Reference or message id")
    ordering = ("-id",)
    fields = (
        "reference", "creditor", "message", "message_id", "count", "accepted_count", "control_sum_shown",
        "sent_by", "sent_at",
    )  # fmt: skip
    readonly_fields = ("control_sum_shown",)

    @admin.display(description=_("control sum"))
    def control_sum_shown(self, file: DebitFile) -> str:
        return formats.number(file.control_sum)

    def panels(self, request: HttpRequest, record: DebitFile) -> list[Panel]:
        columns = [
            Column(_("Line")),
            Column(_("Company's reference")),
            Column(_("Amount")),
            Column(_("Outcome")),
        ]
        whole = [[0, "", "", one["sentence"]] for one in record.faults]
        rows = [[row["line"], row["end_to_end_id"], row["amount"], _said(row)] for row in record.rows]
        return [Panel(_("Lines"), columns, [*whole, *rows[:_LINES]])]


def _said(row: dict[str, Any]) -> str:
    return row["collection"] or " ".join(one["sentence"] for one in row["faults"]) or cells.NOTHING


@admin.register(Claim)
class ClaimTable(ActingTable):
    heading = _("Claims of direct debits")
    list_display = ("reference", "company", "amount_shown", "state", "due_shown", "asked_at")
    list_filter = ("status",)
    list_select_related = ("collection__mandate__creditor",)
    search_fields = ("reference__exact", "collection__reference__exact", "case__reference__exact")
    search_help_text = _("Claim, direct debit or case")
    ordering = ("due_date", "id")
    fields = (
        "state", "why", "due_shown", "answer", "company", "collection", "case", "asked_by", "asked_at",
        "decided_by", "decided_at",
    )  # fmt: skip
    readonly_fields = ("state", "due_shown", "company")
    acts = {
        "decide": Act(
            _("Propose a decision"), DecisionForm, _decide, CLAIM_RIGHT, _WAITS,
            _("Accepted, the money goes back at once: of the company what it has, the rest of suspense."),
            possible=lambda one: one.status == ClaimStatus.OPEN,
        ),
    }  # fmt: skip

    @admin.display(description=_("status"), ordering="status")
    def state(self, one: Claim) -> SafeString:
        return cells.state(_TONES.get(one.status, one.status), one.get_status_display())

    @admin.display(description=_("answer due"), ordering="due_date")
    def due_shown(self, one: Claim) -> str | SafeString:
        late = one.status == ClaimStatus.OPEN and one.due_date < ledger.business_date()
        return (
            cells.state("FAILED", f"{cells.day(one.due_date)}, {_('late')}")
            if late
            else cells.day(one.due_date)
        )

    @admin.display(description=_("company"))
    def company(self, one: Claim) -> str:
        return one.collection.mandate.creditor.display_name

    @admin.display(description=_("amount"))
    def amount_shown(self, one: Claim) -> str:
        return cells.money(one.collection.money)

    def links(self, request: HttpRequest, record: Claim) -> list[tuple[cells.Words, str]]:
        return [*_case(request, record), *super().links(request, record)]

    def figure(self, record: Claim) -> Figure:
        return Figure(record.collection.money, _("taken by %(name)s") % {"name": self.company(record)})

    def panels(self, request: HttpRequest, record: Claim) -> list[Panel]:
        """What was signed, for who judges it."""
        mandate = record.collection.mandate
        rows = [
            [_("Mandate"), f"{mandate.reference}, {mandate.creditor_reference}"],
            [_("Confirmed"), cells.moment(mandate.confirmed_at) if mandate.confirmed_at else cells.NOTHING],
            [_("Confirmed by"), mandate.confirmed_by.full_name if mandate.confirmed_by else cells.NOTHING],
            [_("Each time at most"), cells.money(mandate.limit)],
            [_("Taken on"), cells.day(record.collection.collected_date)],
            [_("Collections on it"), str(mandate.collections.count())],
        ]
        return [Panel(_("What was signed"), [Column(_("What")), Column(_("As it stands"))], rows)]


@admin.register(Mandate)
class MandateTable(ReadOnlyTable):
    personal = "DEBIT_MANDATE"
    heading = _("Direct debit mandates")
    list_display = ("reference", "creditor", "creditor_reference", "debtor_name", "kind", "status")
    list_filter = ("status", "kind", "currency")
    list_select_related = ("creditor",)
    search_fields = ("reference", "creditor_reference", "debtor_account__number", "creditor__cif")
    ordering = ("-id",)
    fields = (
        "reference", "status", "end_reason", "kind", "creditor", "creditor_account", "creditor_reference",
        "debtor_account", "debtor_name", "limit_amount", "month_amount", "currency", "first_date",
        "last_date", "notice_days", "made_by", "made_at", "confirmed_by", "confirmed_at",
    )  # fmt: skip

    def panels(self, request: HttpRequest, record: Mandate) -> list[Panel]:
        rows = [_row(one) for one in record.collections.order_by("-due_date", "-pk")[:100]]
        return [Panel(_("Collections"), _COLUMNS, rows, empty=_("Nothing was collected yet"))]


@admin.register(Collection)
class CollectionTable(ReadOnlyTable):
    heading = _("Direct debits")
    list_display = ("reference", "mandate", "amount_shown", "due_date", "status", "reason")
    list_filter = ("status", "reason", "refund_kind")
    list_select_related = ("mandate",)
    search_fields = ("reference", "end_to_end_id", "mandate__reference")
    ordering = ("-id",)
    fields = (
        "reference", "mandate", "end_to_end_id", "amount_shown", "remittance", "due_date", "run_date",
        "status", "reason", "sentence", "entry_id", "collected_date", "refund_kind", "refund_entry_id",
        "refunded_date", "claim", "made_by", "made_at",
    )  # fmt: skip
    readonly_fields = ("amount_shown",)

    @admin.display(description=_("amount"))
    def amount_shown(self, collection: Collection) -> str:
        return cells.money(collection.money)


_COLUMNS = [Column(_("Due")), Column(_("Amount")), Column(_("Status")), Column(_("Why"))]


def _row(one: Collection) -> list[object]:
    state = cells.state(one.status, one.get_status_display())
    return [cells.day(one.due_date), cells.money(one.money), state, one.sentence]
