"""Staff tables of deposits: what is held for whom, on which terms; the acts go through the services."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.deposits import rules, selectors, services
from bank.deposits.commands import CloseEarly
from bank.deposits.models import INSTRUCTIONS, Deposit, Failure
from bank.deposits.rules import LineStatus, Status
from bank.identity.models import User
from bank.ledger.models import Account as LedgerAccount
from bank.products.rules import ProductKind
from bank.web import cells
from bank.web.acts import Act, ActingTable
from bank.web.staff import Column, Figure, Panel, ReadOnlyTable, adds_panel
from bank.workflows import services as workflows

_RIGHT = "deposits.change_deposit"
_TONES = {
    Status.ACTIVE: "ACTIVE", Status.HELD: "PENDING", Status.MATURED: "PAID", Status.RENEWED: "PAID",
    Status.CLOSED_EARLY: "CLOSED", Status.CLOSED: "CLOSED",
}  # fmt: skip
_LINE_TONES = {
    LineStatus.PENDING: "SCHEDULED", LineStatus.PAID: "PAID", LineStatus.MISSED: "REJECTED",
    LineStatus.LAPSED: "CLOSED",
}  # fmt: skip


class InstructForm(forms.Form):
    instruction = forms.ChoiceField(label=_("At maturity"), choices=INSTRUCTIONS)
    payout_number = forms.CharField(
        label=_("Pay to account"), max_length=20, required=False, help_text=_("Empty leaves it as it is.")
    )


class PayOutForm(forms.Form):
    account_number = forms.CharField(
        label=_("Account"), max_length=20, help_text=_("One of the same customer, in the same currency.")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It stays on record, and whoever decides reads it.")
    )


def _instruct(deposit: Deposit, actor: User, instruction: str, payout_number: str) -> None:
    services.change_instruction(
        deposit=deposit,
        instruction=instruction,
        payout_number=payout_number.replace(" ", ""),
        actor=actor,
        for_customer=False,
    )


def _pay_out(deposit: Deposit, actor: User, account_number: str) -> None:
    services.pay_out_held(deposit=deposit, account_number=account_number.replace(" ", ""), actor=actor)


def _propose_closing(deposit: Deposit, actor: User, reason: str) -> None:
    payload = CloseEarly(deposit.number)
    workflows.propose(kind="deposits.close_early", payload=payload, reason=reason, maker=actor)


@admin.register(Deposit)
class DepositTable(ActingTable):
    list_display = ("number", "holder", "product", "sum", "rate", "maturity_date", "state")
    list_filter = ("status", "kind", "currency")
    list_select_related = ("customer", "product")
    search_fields = ("number",)
    search_help_text = _("Number, CIF or name")
    ordering = ("-id",)
    fields = (
        "number", "holder", "product", "state", "sum", "rate", "mode", "tenor_months", "start_date",
        "maturity_date", "instruction", "funding_account", "payout_account", "interest", "paid", "withheld",
        "owed", "renewal_of", "closed_date",
    )  # fmt: skip
    readonly_fields = ("holder", "state", "sum", "rate", "interest", "paid", "withheld", "owed")
    personal = "DEPOSIT"
    acts = {
        "instruct": Act(
            _("Change the instruction"), InstructForm, _instruct, _RIGHT, _("The instruction is kept."),
            lead=_("At the customer's written wish."),
            initial=lambda deposit: {"instruction": deposit.instruction},
            possible=lambda deposit: not deposit.is_over,
        ),
        "pay-out": Act(
            _("Pay out"), PayOutForm, _pay_out, _RIGHT, _("The deposit was paid out."),
            possible=lambda deposit: deposit.status == Status.HELD,
        ),
        "close": Act(
            _("Propose early closing"), ReasonForm, _propose_closing, _RIGHT,
            _("A branch manager decides on it."), lead=_("The cost is reckoned on the day it is approved."),
            possible=lambda deposit: deposit.status == Status.ACTIVE and deposit.kind in rules.TERM_KINDS,
        ),
    }  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Deposit], search_term: str
    ) -> tuple[QuerySet[Deposit], bool]:
        """A number or a CIF as typed, blanks aside; anything else is a part of the holder's name."""
        text = search_term.replace("\x00", "").strip()
        digits = "".join(text.split())
        if not text:
            return queryset, False
        if digits.isdigit():
            return queryset.filter(Q(number=digits) | Q(customer__cif=digits)), False
        return queryset.filter(customer__display_name__icontains=text), False

    def figure(self, record: Deposit) -> Figure:
        return Figure(selectors.standing(record).balance, _("in the deposit"))

    def links(self, request: HttpRequest, record: Deposit) -> list[tuple[cells.Words, str]]:
        book = LedgerAccount.objects.only("pk").get(code=record.number)
        found = (
            (_("Customer"), "cif_customer", record.customer_id),
            (_("In the ledger"), "ledger_account", book.pk),
            (_("Funded from"), "accounts_account", record.funding_account_id),
        )
        looks = [
            (label, reverse(f"admin:{table}_change", args=(pk,)))
            for label, table, pk in found
            if cells.may_look(request, table)
        ]
        return [*super().links(request, record), *looks]

    def panels(self, request: HttpRequest, record: Deposit) -> list[Panel]:
        shown = [_schedule(record)]
        if record.kind == ProductKind.NOTICE_DEPOSIT:
            shown.append(_notices(record))
        return [*shown, _entries(request, record), _failures(record)]

    @admin.display(description=_("holder"), ordering="customer__display_name")
    def holder(self, deposit: Deposit) -> str:
        return f"{deposit.customer.display_name} ({deposit.customer.cif})"

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, deposit: Deposit) -> str:
        return cells.money(deposit.money)

    @admin.display(description=_("per cent a year"), ordering="annual_rate_pct")
    def rate(self, deposit: Deposit) -> str:
        return f"{deposit.annual_rate_pct:.2f}%"

    @admin.display(description=_("interest accrued"))
    def interest(self, deposit: Deposit) -> str:
        return cells.money(deposit.of(deposit.accrued))

    @admin.display(description=_("interest paid"))
    def paid(self, deposit: Deposit) -> str:
        return cells.money(deposit.of(deposit.paid_interest))

    @admin.display(description=_("tax withheld"))
    def withheld(self, deposit: Deposit) -> str:
        return cells.money(deposit.of(deposit.paid_tax))

    @admin.display(description=_("penalties for missed instalments"))
    def owed(self, deposit: Deposit) -> str:
        return cells.money(deposit.of(deposit.penalties))

    @admin.display(description=_("status"), ordering="status")
    def state(self, deposit: Deposit) -> SafeString:
        return cells.state(_TONES[Status(deposit.status)], str(deposit.get_status_display()))


@admin.register(Failure)
class FailureTable(ReadOnlyTable):
    """What the close of business could not do for a deposit; it tries again the next day."""

    personal = "DEPOSIT_FAILURE"
    list_display = ("deposit", "step", "business_date", "reason", "at")
    list_filter = ("step",)
    list_select_related = ("deposit",)
    search_fields = ("deposit__number__exact",)
    ordering = ("-id",)
    fields = ("deposit", "step", "business_date", "reason", "at")
    heading = _("Deposits the close could not serve")


def _schedule(deposit: Deposit) -> Panel:
    columns = (
        Column(_("Due")), Column(_("What")), Column(_("Amount"), figures=True),
        Column(_("Tax"), figures=True), Column(_("Status")), Column(_("Done")), Column(_("Refused")),
    )  # fmt: skip
    rows = [
        (
            cells.day(line.due_date),
            line.get_kind_display(),
            cells.money(deposit.of(line.amount)),
            cells.money(deposit.of(line.tax)),
            cells.state(_LINE_TONES[LineStatus(line.status)], str(line.get_status_display())),
            cells.day(line.done_date),
            line.refusal or cells.NOTHING,
        )
        for line in selectors.schedule_of(deposit)
    ]
    return Panel(_("Schedule"), columns, rows, empty=_("Nothing is foreseen."))


def _notices(deposit: Deposit) -> Panel:
    columns = (Column(_("May leave from")), Column(_("Given")), Column(_("Amount"), figures=True))
    rows = [
        (cells.day(one.available_date), cells.day(one.given_date), cells.money(deposit.of(one.unused)))
        for one in selectors.notices_of(deposit)
    ]
    return Panel(_("Under notice"), columns, rows, empty=_("Nothing is under notice."))


def _entries(request: HttpRequest, deposit: Deposit) -> Panel:
    columns = (
        Column(_("Booked")), Column(_("Value")), Column(_("Details")), Column(_("Entry")),
        Column(_("Debit"), figures=True), Column(_("Credit"), figures=True),
        Column(_("Balance"), figures=True),
    )  # fmt: skip
    rows = [
        (
            cells.day(line.booking_date),
            cells.day(line.value_date),
            line.narrative,
            cells.record_link(request, "ledger_entry", line.entry_id, line.entry_id),
            cells.debit(line.amount),
            cells.credit(line.amount),
            cells.money(line.balance_after),
        )
        for line in ledger.statement_lines(deposit.number)
    ]
    return Panel(_("Bookings"), columns, rows, empty=_("Nothing was booked yet."))


def _failures(deposit: Deposit) -> Panel:
    columns = (Column(_("Day")), Column(_("Step")), Column(_("Why")))
    rows = [(cells.day(one.business_date), one.step, one.reason) for one in deposit.failures.order_by("-id")]
    return Panel(_("What the close could not do"), columns, rows, empty=_("Nothing."))


@adds_panel("cif_customer", rank=8)
def _of_customer(request: HttpRequest, customer: Any) -> Panel | None:
    """The customer's deposits, on the customer's own screen."""
    if not cells.may_look(request, "deposits_deposit"):
        return None
    rows = [
        (
            cells.record_link(request, "deposits_deposit", one.deposit.pk, one.deposit.number),
            one.deposit.product.name,
            cells.money(one.balance),
            f"{one.deposit.annual_rate_pct:.2f}%",
            cells.day(one.deposit.maturity_date),
            cells.state(_TONES[Status(one.deposit.status)], str(one.deposit.get_status_display())),
        )
        for one in selectors.deposits_of(customer)
    ]
    columns = (
        Column(_("Number")), Column(_("Product")), Column(_("In it"), figures=True),
        Column(_("A year"), figures=True), Column(_("Matures")), Column(_("Status")),
    )  # fmt: skip
    return Panel(_("Deposits"), columns, rows, empty=_("No deposits."))
