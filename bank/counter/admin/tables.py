"""The staff tables of the counter, to look at; the teller's pages hang below the one of sessions."""

from decimal import Decimal

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.counter import commands, selectors, services
from bank.counter.admin import desk
from bank.counter.admin.forms import BoundForm, DrawerForm
from bank.counter.models import CashRule, Drawer, DrawerSession, Slip
from bank.counter.rules import NOTES
from bank.identity.models import User
from bank.kernel.money import Money
from bank.web import cells
from bank.web.acts import Act, StartingTable
from bank.web.cells import Words
from bank.web.staff import Column, Figure, Panel, ReadOnlyTable
from bank.workflows.models import Command


@admin.register(DrawerSession)
class SessionTable(ReadOnlyTable):
    heading = _("Counter sessions")
    list_display = (
        "reference",
        "drawer",
        "teller",
        "business_date",
        "opened_at",
        "standing",
        "should",
        "off",
    )
    list_filter = ("drawer", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("drawer", "teller")
    search_fields = ("reference__exact", "teller__full_name__icontains", "drawer__code__exact")
    search_help_text = _("Reference, drawer or teller")
    date_hierarchy = "business_date"
    ordering = ("-id",)
    fields = (
        *("reference", "standing", "drawer", "teller", "business_date", "opened_at", "should"),
        *("closed_at", "closed_by", "approved_by", "counted_shown", "off", "reason", "entry"),
    )
    readonly_fields = ("standing", "should", "counted_shown", "off", "entry")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("desk/", view(self.home), name="counter_desk"),
            path("desk/open/", view(self.begin), name="counter_open"),
            path("desk/close/", view(self.count), name="counter_close"),
            path("desk/cash/<str:way>/", view(self.cash), name="counter_cash"),
            path("desk/vault/<str:way>/", view(self.vault), name="counter_vault"),
            path("<int:pk>/count/", view(self.count), name="counter_drawersession_count"),
            *super().get_urls(),
        ]

    def home(self, request: HttpRequest) -> HttpResponse:
        return desk.home(request, self.admin_site.each_context(request))

    def begin(self, request: HttpRequest) -> HttpResponse:
        return desk.begin(request, self.admin_site.each_context(request))

    def cash(self, request: HttpRequest, way: str) -> HttpResponse:
        return desk.cash(request, way, self.admin_site.each_context(request))

    def vault(self, request: HttpRequest, way: str) -> HttpResponse:
        return desk.vault(request, way, self.admin_site.each_context(request))

    def count(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        found = get_object_or_404(self.get_queryset(request), pk=pk) if pk is not None else None
        return desk.count(request, found, self.admin_site.each_context(request))

    def links(self, request: HttpRequest, record: DrawerSession) -> list[tuple[Words, str]]:
        may = request.user.has_perm(commands.CLOSE_RIGHT) and record.teller_id != request.user.pk
        if not (record.is_open and may):
            return []
        return [(_("Count and close"), reverse("admin:counter_drawersession_count", args=(record.pk,)))]

    def figure(self, record: DrawerSession) -> Figure | None:
        return Figure(record.money, _("should be in the drawer")) if record.is_open else None

    def panels(self, request: HttpRequest, record: DrawerSession) -> list[Panel]:
        moves = desk.moves_panel(request, record, gettext("Moves of cash"))
        return [moves] if record.is_open else [_counted(record), moves]

    @admin.display(description=_("state"), ordering="closed_at")
    def standing(self, session: DrawerSession) -> SafeString:
        return cells.state("ACTIVE", gettext("Open")) if session.is_open else cells.state("CLOSED")

    @admin.display(description=_("should hold"), ordering="held")
    def should(self, session: DrawerSession) -> str:
        return cells.money(session.money) if session.is_open else cells.NOTHING

    @admin.display(description=_("counted"), ordering="counted")
    def counted_shown(self, session: DrawerSession) -> str:
        return cells.money(session.counted_money)

    @admin.display(description=_("over or short"), ordering="difference")
    def off(self, session: DrawerSession) -> str:
        return cells.money(session.difference_money)

    @admin.display(description=_("entry"))
    def entry(self, session: DrawerSession) -> str:
        return str(session.entry_id or cells.NOTHING)


def _counted(session: DrawerSession) -> Panel:
    currency = session.currency
    rows = [
        (f"{note:,}", str(session.notes.get(str(note), 0)), cells.money(_of_note(note, session)))
        for note in NOTES
    ]
    coins = Money.of(Decimal(session.notes.get("coins", "0")), currency)
    columns = (Column(_("Note")), Column(_("Number"), figures=True), Column(_("Amount"), figures=True))
    total = ((gettext("Counted"), "", cells.money(session.counted_money)),)
    return Panel(gettext("Count"), columns, [*rows, (gettext("Coins"), "", cells.money(coins))], total)


def _of_note(note: int, session: DrawerSession) -> Money:
    return Money.of(note * int(session.notes.get(str(note), 0)), session.currency)


@admin.register(Slip)
class SlipTable(ReadOnlyTable):
    heading = _("Counter receipts")
    list_display = (
        "reference",
        "made_at",
        "move",
        "customer",
        "sum_shown",
        "drawer",
        "teller",
        "approved_by",
    )
    list_filter = ("move", "business_date")
    list_select_related = ("session__drawer", "session__teller", "account__customer", "approved_by")
    search_fields = ("reference__exact", "account__number__exact", "session__reference__exact")
    search_help_text = _("Receipt, account or session")
    ordering = ("-id",)
    fields = (
        *("reference", "move", "session", "drawer", "teller", "account", "customer", "sum_shown", "after"),
        *("paper", "paper_ending", "other_paper", "other_ending", "approved_by", "business_date", "made_at"),
        "entry",
    )
    readonly_fields = ("customer", "sum_shown", "after", "drawer", "teller", "entry")
    personal = "SLIP"

    def get_urls(self) -> list[URLPattern]:
        receipt = self.admin_site.admin_view(self.receipt)
        return [
            path("<int:pk>/receipt/", receipt, name="counter_slip_receipt"),
            *super().get_urls(),
        ]

    def receipt(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = self.get_queryset(request).select_related(*self.list_select_related)
        return desk.receipt(request, get_object_or_404(rows, pk=pk), self.admin_site.each_context(request))

    def links(self, request: HttpRequest, record: Slip) -> list[tuple[Words, str]]:
        return [(_("Receipt"), reverse("admin:counter_slip_receipt", args=(record.pk,)))]

    @admin.display(description=_("customer"), ordering="account__customer__display_name")
    def customer(self, slip: Slip) -> str:
        return slip.account.customer.display_name if slip.account else cells.NOTHING

    @admin.display(description=_("amount"), ordering="amount")
    def sum_shown(self, slip: Slip) -> str:
        return cells.money(slip.money)

    @admin.display(description=_("drawer after it"))
    def after(self, slip: Slip) -> str:
        return cells.money(Money(slip.held_after, slip.currency))

    @admin.display(description=_("drawer"), ordering="session__drawer__code")
    def drawer(self, slip: Slip) -> str:
        return slip.session.drawer.code

    @admin.display(description=_("teller"), ordering="session__teller__full_name")
    def teller(self, slip: Slip) -> str:
        return slip.session.teller.full_name

    @admin.display(description=_("entry"))
    def entry(self, slip: Slip) -> str:
        return str(slip.entry_id)


def _add_drawer(user: User, code: str, branch: str) -> Drawer:
    return services.add_drawer(code=code, branch=branch, actor=user)


@admin.register(Drawer)
class DrawerTable(StartingTable):
    heading = _("Drawers")
    list_display = ("code", "branch", "is_active")
    list_filter = ("branch", "is_active")
    ordering = ("code",)
    fields = ("code", "branch", "is_active")
    starts = {
        "new": Act(
            _("New drawer"), DrawerForm, _add_drawer, "counter.change_drawer",
            _("The drawer can be opened."),
        ),
    }  # fmt: skip


def _propose_bound(user: User, bound: str, amount: Decimal, reason: str) -> Command:
    return commands.propose_bound(bound=bound, amount=amount, reason=reason, maker=user)


@admin.register(CashRule)
class CashRuleTable(StartingTable):
    heading = _("Rules of the counter")
    list_display = ("bound", "figure_shown")
    ordering = ("bound",)
    fields = ("bound", "figure_shown")
    readonly_fields = ("figure_shown",)
    starts = {
        "change": Act(
            _("Propose a figure"), BoundForm, _propose_bound, commands.RULE_RIGHT,
            _("It waits for somebody else's approval."), _("It holds once somebody else has approved it."),
        ),
    }  # fmt: skip

    @admin.display(description=_("amount"), ordering="amount")
    def figure_shown(self, rule: CashRule) -> str:
        return cells.money(Money(rule.amount, selectors.currency()))
