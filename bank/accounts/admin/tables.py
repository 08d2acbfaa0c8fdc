"""Staff tables of accounts: by number, CIF or name, with what is on them."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.accounts import selectors
from bank.accounts.admin.desk import ACCOUNT_ACTS, CHARGE_ACTS
from bank.accounts.models import Account, AccountFreeze, AccountVersion, Charge, FeeUse, Migration
from bank.kernel.money import Money
from bank.ledger.models import Account as LedgerAccount
from bank.runtime.formats import percent
from bank.web import cells
from bank.web.acts import ActingTable
from bank.web.staff import Column, Figure, Panel, ReadOnlyTable

LINES = 50
_FREE_SHOWN = 20


@admin.register(Account)
class AccountTable(ActingTable):
    acts = ACCOUNT_ACTS
    list_display = ("number", "holder", "product", "booked", "available", "state", "opened_date")
    list_filter = ("status", "currency", "product")
    list_select_related = ("customer", "product")
    search_fields = ("number",)
    search_help_text = _("Number, CIF or name")
    ordering = ("number",)
    fields = (
        "number",
        "holder",
        "product",
        "nickname",
        "state",
        "held",
        "available",
        "joint",
        "signing",
        "opened_date",
        "dormant_since",
        "closed_date",
    )
    readonly_fields = ("holder", "joint", "state", "held", "available")
    personal = "ACCOUNT"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return super().get_queryset(request).select_related("customer", "product")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Account], search_term: str
    ) -> tuple[QuerySet[Account], bool]:
        """A number or a CIF as typed, blanks aside; anything else is a part of the holder's name."""
        text = search_term.replace("\x00", "").strip()
        digits = "".join(text.split()).replace("-", "")
        if not text:
            return queryset, False
        if digits.isdigit():
            return queryset.filter(Q(number=digits) | Q(customer__cif=digits)), False
        return queryset.filter(customer__display_name__icontains=text), False

    def complete(self, rows: list[Any]) -> None:
        balances = ledger.balances(row.number for row in rows)
        for row in rows:
            row.balance_now = balances[row.number]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Account | None:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.complete([found])
        return found

    def figure(self, record: Account) -> Figure:
        return Figure(_balance(record).booked, _("booked"))

    def links(self, request: HttpRequest, record: Account) -> list[tuple[cells.Words, str]]:
        book = LedgerAccount.objects.only("pk").get(code=record.number)
        found = (
            (_("Customer"), "cif_customer", reverse("admin:cif_customer_change", args=(record.customer_id,))),
            (_("In the ledger"), "ledger_account", reverse("admin:ledger_account_change", args=(book.pk,))),
            (_("Payments"), "payments_paymentorder", _listed("payments_paymentorder", record)),
            (_("Statements"), "statements_statement", _listed("statements_statement", record)),
        )
        shown = [(label, address) for label, table, address in found if cells.may_look(request, table)]
        return [*super().links(request, record), *shown]

    def panels(self, request: HttpRequest, record: Account) -> list[Panel]:
        makers = (_overdrafts, _charges, _free_events, _versions)
        more = [panel for make in makers if (panel := make(request, record)) is not None]
        return [_freezes(record), _holds(record), *more, _lines(request, record)]

    @admin.display(description=_("holder"), ordering="customer__display_name")
    def holder(self, account: Account) -> str:
        return f"{account.customer.display_name} ({account.customer.cif})"

    @admin.display(description=_("joint holders"))
    def joint(self, account: Account) -> str:
        return cells.joined([one.customer.display_name for one in selectors.joint_holders(account)])

    @admin.display(description=_("booked"))
    def booked(self, account: Account) -> str:
        return cells.money(_balance(account).booked)

    @admin.display(description=_("held"))
    def held(self, account: Account) -> str:
        return cells.money(_balance(account).held)

    @admin.display(description=_("available"))
    def available(self, account: Account) -> str:
        return cells.money(_balance(account).available)

    @admin.display(description=_("status"), ordering="status")
    def state(self, account: Account) -> SafeString:
        return cells.state(account.status)


@admin.register(Charge)
class ChargeTable(ActingTable):
    """What accounts owe, the open ones first to be found."""

    acts = CHARGE_ACTS
    list_display = ("account", "kind", "period_date", "due", "still_open", "charged_date", "settled_date")
    list_filter = (("settled_date", admin.EmptyFieldListFilter), "kind")
    list_select_related = ("account",)
    search_fields = ("account__number__exact",)
    search_help_text = _("Account number")
    ordering = ("-id",)
    fields = (
        *("account", "kind", "period_date", "reference", "due", "still_open", "income_role", "charged_date"),
        *("settled_date", "waived_date", "waived_by", "waiver_reason"),
    )
    readonly_fields = ("due", "still_open")
    personal = "CHARGE"

    @admin.display(description=_("due"))
    def due(self, charge: Charge) -> str:
        return cells.money(Money(charge.fee + charge.excise, charge.account.currency))

    @admin.display(description=_("open"))
    def still_open(self, charge: Charge) -> str:
        return cells.NOTHING if charge.waived_date else cells.money(charge.open_sum)


@admin.register(Migration)
class MigrationTable(ReadOnlyTable):
    list_display = ("from_version", "to_version", "on_date", "reference", "decided_by", "finished_date")
    list_select_related = ("from_version", "to_version", "decided_by")
    ordering = ("-id",)


def _overdrafts(request: HttpRequest, account: Account) -> Panel | None:
    arranged = account.overdrafts.select_related("arranged_by", "approved_by").order_by("-id")
    rows = [
        (
            cells.money(Money(one.limit, account.currency)),
            cells.day(one.expires_date),
            _("as the product says") if one.annual_rate_pct is None else percent(one.annual_rate_pct / 100),
            one.reference,
            one.arranged_by or cells.NOTHING,
            one.approved_by or cells.NOTHING,
            cells.day(one.ended_date),
            _("being paid back") if one.runs_down else one.end_reason,
        )
        for one in arranged
    ]
    columns = (
        *(
            Column(_("Limit"), figures=True),
            Column(_("Until")),
            Column(_("Rate a year"), figures=True),
            Column(_("Approval")),
            Column(_("Proposed by")),
        ),
        *(Column(_("Approved by")), Column(_("Ended")), Column(_("Why"))),
    )
    return Panel(_("Overdrafts"), columns, rows) if rows else None


def _charges(request: HttpRequest, account: Account) -> Panel | None:
    rows = [
        (
            cells.record_link(request, "accounts_charge", one.pk, one.get_kind_display()),
            cells.day(one.period_date),
            cells.money(Money(one.fee + one.excise, account.currency)),
            cells.NOTHING if one.waived_date else cells.money(one.open_sum),
        )
        for one in account.charges.select_related("account").order_by("-id")[:LINES]
    ]
    columns = (
        *(Column(_("Charge")), Column(_("For")), Column(_("Due"), figures=True)),
        Column(_("Open"), figures=True),
    )
    return Panel(_("Charges"), columns, rows) if rows else None


def _free_events(request: HttpRequest, account: Account) -> Panel | None:
    """What the account had for nothing lately, the latest first."""
    used = FeeUse.objects.filter(account=account).order_by("-month", "event", "slot")[:_FREE_SHOWN]
    rows = [(f"{one.month:%Y-%m}", one.event, str(one.slot), one.reference) for one in used]
    columns = (
        Column(_("Month")),
        Column(_("Event")),
        Column(_("Number in the month"), figures=True),
        Column(_("Reference")),
    )
    return Panel(_("Free of charge"), columns, rows) if rows else None


def _versions(request: HttpRequest, account: Account) -> Panel | None:
    """Which version of the product the account was under, from when."""
    moves = AccountVersion.objects.filter(account=account).select_related("before", "version", "migration")
    rows = [
        (cells.day(one.from_date), one.before.number, one.version.number, one.migration.reference)
        for one in moves.order_by("-id")
    ]
    columns = (Column(_("From")), Column(_("Before")), Column(_("Version")), Column(_("Approval")))
    return Panel(_("Versions of the product"), columns, rows) if rows else None


def _freezes(account: Account) -> Panel:
    columns = (
        Column(_("Stops")),
        Column(_("Reason")),
        Column(_("Ordered by")),
        Column(_("Placed")),
        Column(_("By")),
        Column(_("Lifted")),
        Column(_("By")),
    )
    freezes = account.freezes.select_related("placed_by", "lifted_by").order_by("-id")
    return Panel(_("Freezes"), columns, [_freeze(one) for one in freezes], empty=_("Never frozen."))


def _freeze(freeze: AccountFreeze) -> tuple[object, ...]:
    return (
        freeze.get_scope_display(),
        freeze.reason,
        freeze.authority or cells.NOTHING,
        cells.moment(freeze.placed_at),
        freeze.placed_by or cells.NOTHING,
        cells.moment(freeze.lifted_at),
        freeze.lifted_by or cells.NOTHING,
    )


def _holds(account: Account) -> Panel:
    columns = (
        Column(_("Placed")),
        Column(_("For")),
        Column(_("Reference")),
        Column(_("Expires")),
        Column(_("Amount"), figures=True),
    )
    rows = [
        (
            cells.moment(line.placed_at),
            line.description,
            line.reference,
            cells.moment(line.expires_at),
            cells.money(line.amount),
        )
        for line in selectors.pending_lines(account)
    ]
    return Panel(_("Not yet booked"), columns, rows, empty=_("Nothing is held."))


def _lines(request: HttpRequest, account: Account) -> Panel:
    """The latest statement lines as the customer reads them; ``?before=`` goes further back."""
    before = request.GET.get("before", "")
    upto = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    lines = selectors.statement_lines(account, before=upto, limit=LINES)
    more = f"?before={lines[-1].version}" if len(lines) == LINES else ""
    columns = (
        Column(_("Booked")),
        Column(_("Value")),
        Column(_("Details")),
        Column(_("With")),
        Column(_("Entry")),
        Column(_("Debit"), figures=True),
        Column(_("Credit"), figures=True),
        Column(_("Balance"), figures=True),
    )
    rows = [_line(request, line) for line in lines]
    nothing = _("Nothing was booked yet.")
    return Panel(_("Statement"), columns, rows, empty=nothing, more=more, more_label=_("Older lines"))


def _line(request: HttpRequest, line: selectors.StatementLine) -> tuple[object, ...]:
    return (
        cells.day(line.booking_date),
        cells.day(line.value_date),
        line.description,
        line.counterparty,
        cells.record_link(request, "ledger_entry", line.entry_id, line.entry_id),
        cells.debit(line.amount),
        cells.credit(line.amount),
        cells.money(line.balance_after),
    )


def _listed(table: str, account: Account) -> str:
    return reverse(f"admin:{table}_changelist", query={"q": account.number})


def _balance(account: Account) -> ledger.AccountBalance:
    balance: ledger.AccountBalance = account.balance_now  # type: ignore[attr-defined]
    return balance
