"""Staff tables of payments: orders with what happened to them, files with their lines and faults, payees."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.kernel import clock, ids
from bank.kernel.money import Money
from bank.payments import selectors
from bank.payments.models import (
    Beneficiary,
    PayeeTrial,
    PaymentFile,
    PaymentFileLine,
    PaymentOrder,
    PaymentPermit,
)
from bank.runtime import formats
from bank.web import cells
from bank.web.staff import Column, Figure, Panel, ReadOnlyTable, adds_panel

LINES = 100


@admin.register(PaymentOrder)
class PaymentTable(ReadOnlyTable):
    heading = _("Payment orders")
    list_display = ("reference", "initiated_at", "debtor", "creditor", "amount_shown", "charges", "state")
    list_filter = ("status", "rail", "currency", "channel")
    list_select_related = ("debtor_account",)
    search_fields = ("reference",)
    search_help_text = _("Reference or account")
    date_hierarchy = "initiated_at"
    ordering = ("-id",)
    fields = (
        "reference", "uetr", "state", "rail", "debtor", "creditor", "creditor_agent", "name_check_shown",
        "amount_shown", "charges", "remittance", "end_to_end_id", "instruction_id", "requested_date",
        "initiated_by", "initiated_at", "channel", "authority",
    )  # fmt: skip
    readonly_fields = ("state", "debtor", "creditor", "name_check_shown", "amount_shown", "charges")
    personal = "PAYMENT"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PaymentOrder], search_term: str
    ) -> tuple[QuerySet[PaymentOrder], bool]:
        """A reference, however typed, or the number of the account on either side."""
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        number = "".join(text.split())
        found = Q(reference=ids.read_reference(text))
        found |= Q(debtor_account__number=number) | Q(creditor_account__number=number)
        return queryset.filter(found), False

    def figure(self, record: PaymentOrder) -> Figure:
        return Figure(record.money, _("to %(name)s") % {"name": record.creditor_name})

    def links(self, request: HttpRequest, record: PaymentOrder) -> list[tuple[cells.Words, str]]:
        parties = (
            (_("Debtor's account"), record.debtor_account_id),
            (_("Creditor's account"), record.creditor_account_id),
        )
        if not cells.may_look(request, "accounts_account"):
            return []
        return [(label, reverse("admin:accounts_account_change", args=(pk,))) for label, pk in parties if pk]

    def panels(self, request: HttpRequest, record: PaymentOrder) -> list[Panel]:
        return [_timeline(record), _entries(request, record)]

    @admin.display(description=_("from"))
    def debtor(self, order: PaymentOrder) -> str:
        return f"{order.debtor_name}, {order.debtor_number}"

    @admin.display(description=_("to"))
    def creditor(self, order: PaymentOrder) -> str:
        return f"{order.creditor_name}, {order.creditor_number}"

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, order: PaymentOrder) -> str:
        return cells.money(order.money)

    @admin.display(description=_("charges"))
    def charges(self, order: PaymentOrder) -> str:
        return cells.money(order.charges)

    @admin.display(description=_("status"), ordering="status")
    def state(self, order: PaymentOrder) -> SafeString:
        return cells.state(order.status)

    @admin.display(description=_("name check"))
    def name_check_shown(self, order: PaymentOrder) -> str:
        return order.get_name_check_display()


@admin.register(PaymentFile)
class PaymentFileTable(ReadOnlyTable):
    list_display = (
        "reference",
        "uploaded_at",
        "customer",
        "message",
        "line_count",
        "faulty_count",
        "sums",
        "state",
    )
    list_filter = ("status", "message", "channel")
    list_select_related = ("customer",)
    search_fields = ("reference",)
    search_help_text = _("Reference, message id or CIF")
    ordering = ("-id",)
    fields = (
        "reference", "state", "customer", "uploaded_by", "uploaded_at", "channel", "message", "message_id",
        "initiating_party", "line_count", "faulty_count", "warning_count", "settled_count", "sums",
        "hash_total", "confirmed_by", "confirmed_at", "authority",
    )  # fmt: skip
    readonly_fields = ("state", "sums")
    personal = "PAYMENT_FILE"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PaymentFile], search_term: str
    ) -> tuple[QuerySet[PaymentFile], bool]:
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        found = Q(reference=ids.read_reference(text)) | Q(message_id=text) | Q(customer__cif=text)
        return queryset.filter(found), False

    def panels(self, request: HttpRequest, record: PaymentFile) -> list[Panel]:
        return [_faults(record), _file_lines(request, record)]

    @admin.display(description=_("status"), ordering="status")
    def state(self, file: PaymentFile) -> SafeString:
        return cells.state(file.status)

    @admin.display(description=_("sums"))
    def sums(self, file: PaymentFile) -> str:
        return cells.joined([f"{currency} {amount}" for currency, amount in file.totals.items()])


@admin.register(Beneficiary)
class BeneficiaryTable(ReadOnlyTable):
    list_display = ("name", "number", "agent", "customer", "name_check", "added_at", "removed_at")
    list_filter = ("name_check", ("removed_at", admin.EmptyFieldListFilter))
    list_select_related = ("customer",)
    search_fields = ("name__icontains", "number__exact", "customer__cif__exact")
    search_help_text = _("Name, number or CIF")
    ordering = ("-id",)
    fields = (
        "name",
        "nickname",
        "number",
        "agent",
        "customer",
        "name_check",
        "added_by",
        "added_at",
        "removed_at",
    )
    personal = "PAYEE"

    def subject(self, record: Beneficiary) -> str:
        return str(record.pk)

    def panels(self, request: HttpRequest, record: Beneficiary) -> list[Panel]:
        """How the trial of the account went, where one was asked for."""
        trial = PayeeTrial.objects.filter(payee=record).first()
        if trial is None:
            return []
        columns = tuple(
            Column(one) for one in (_("Reference"), _("State"), _("Money may follow on"), _("Reason"))
        )
        said = f"{trial.reason} {trial.sentence}".strip()
        row = (trial.reference, trial.state_on(clock.today()), formats.day(trial.until), said)
        return [Panel(_("Trial of the account"), columns, [row])]


@admin.register(PaymentPermit)
class PermitTable(ReadOnlyTable):
    personal = "PAYMENT_PERMIT"
    heading = _("Permits")
    list_display = ("account", "user", "single", "daily", "valid_until", "granted_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("account", "user")
    search_fields = ("account__number__exact", "user__email__exact")
    search_help_text = _("Account or e-mail address")
    ordering = ("-id",)
    fields = ("account", "user", "single", "daily", "valid_until", "granted_at", "revoked_at")
    readonly_fields = ("single", "daily")

    @admin.display(description=_("single payment at most"))
    def single(self, permit: PaymentPermit) -> str:
        return cells.money(Money(permit.single_maximum, permit.account.currency))

    @admin.display(description=_("in a day at most"))
    def daily(self, permit: PaymentPermit) -> str:
        return cells.money(Money(permit.daily_maximum, permit.account.currency))


def _timeline(order: PaymentOrder) -> Panel:
    columns = (Column(_("At")), Column(_("Status")), Column(_("By")), Column(_("Reason")))
    rows = [
        (
            cells.moment(event.at),
            cells.state(event.status),
            event.actor or cells.NOTHING,
            " ".join(filter(None, (event.reason, event.sentence))) or cells.NOTHING,
        )
        for event in selectors.timeline(order)
    ]
    return Panel(_("What happened"), columns, rows, empty=_("Nothing yet."))


def _entries(request: HttpRequest, order: PaymentOrder) -> Panel:
    """What the payment did to the book."""
    columns = (Column(_("Entry")), Column(_("Code")), Column(_("Booked")), Column(_("Narrative")))
    rows = [
        (
            cells.record_link(request, "ledger_entry", entry.id, entry.id),
            entry.code,
            cells.day(entry.booking_date),
            entry.narrative,
        )
        for entry in ledger.entries_by_reference(order.reference)
    ]
    return Panel(_("In the journal"), columns, rows, empty=_("Nothing was booked."))


def _faults(file: PaymentFile) -> Panel:
    columns = (Column(_("Code")), Column(_("Fault")))
    rows = [_fault(fault) for fault in file.faults]
    return Panel(_("Faults of the file"), columns, rows, empty=_("None."))


def _fault(fault: Any) -> tuple[str, str]:
    if isinstance(fault, dict):
        return str(fault.get("code", "")), str(fault.get("sentence") or fault.get("message") or "")
    return "", str(fault)


def _file_lines(request: HttpRequest, file: PaymentFile) -> Panel:
    """A page of the lines as they were sent, each with its faults; ``?after=`` goes on."""
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    lines = selectors.file_lines(file, after=start, limit=LINES)
    more = f"?after={lines[-1].line}" if len(lines) == LINES else ""
    columns = (
        Column(_("Line")),
        Column(_("To")),
        Column(_("Account")),
        Column(_("Amount"), figures=True),
        Column(_("Status")),
        Column(_("Faults")),
        Column(_("Payment")),
    )
    rows = [_file_line(request, line) for line in lines]
    return Panel(_("Lines"), columns, rows, empty=_("None."), more=more, more_label=_("More lines"))


def _file_line(request: HttpRequest, line: PaymentFileLine) -> tuple[object, ...]:
    return (
        line.line,
        line.creditor_name,
        line.creditor_number,
        f"{line.currency} {line.amount_text}",
        cells.state(line.status),
        cells.joined([" ".join(filter(None, _fault(fault))) for fault in line.faults]),
        cells.record_link(request, "payments_paymentorder", line.order_id, line.reference),
    )


_OF_CUSTOMER = 10


@adds_panel("cif_customer", rank=10)
def _of_customer(request: HttpRequest, customer: Any) -> Panel | None:
    """The latest payments from the customer's accounts, on the customer's own screen."""
    if not cells.may_look(request, "payments_paymentorder"):
        return None
    found = PaymentOrder.objects.filter(debtor_account__customer=customer).order_by("-id")[:_OF_CUSTOMER]
    rows = [
        (
            cells.record_link(request, "payments_paymentorder", order.pk, order.reference),
            cells.moment(order.initiated_at),
            order.creditor_name,
            cells.money(order.money),
            cells.state(order.status),
        )
        for order in found
    ]
    columns = (
        Column(_("Reference")),
        Column(_("When")),
        Column(_("To")),
        Column(_("Amount"), figures=True),
        Column(_("Status")),
    )
    return Panel(_("Latest payments"), columns, rows, empty=_("No payments."))
