"""Staff tables of the book. Postings and day totals are read through the ledger's selectors."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.kernel import ids
from bank.kernel.money import Money
from bank.ledger.models import Account, Block, BusinessDay, Entry, Hold, Posting, Proof
from bank.web import cells
from bank.web.staff import Column, Figure, Panel, ReadOnlyTable

LINES = 50
RECENT_DAYS = 14
RECENT_ENTRIES = 10_000
_LARGEST_ID = 2**63 - 1


class CodeFilter(admin.SimpleListFilter):
    """By business event, out of those among the latest entries: the journal has no index of codes."""

    title = _("code")
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        latest = Entry.objects.order_by("-id").values_list("code", flat=True)[:RECENT_ENTRIES]
        return [(code, code) for code in sorted(set(latest))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset.filter(code=self.value()) if self.value() else queryset


class DayFilter(admin.SimpleListFilter):
    """By booking date. Ids grow with the days, so a day is a range of the primary key."""

    title = _("booking date")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        days = BusinessDay.objects.order_by("-date").values_list("date", flat=True)[:RECENT_DAYS]
        return [(day.isoformat(), cells.day(day)) for day in days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        if not self.value():
            return queryset
        day = _day(str(self.value()))
        opened = BusinessDay.objects.filter(date=day).first() if day else None
        if opened is None:
            return queryset.none()
        return queryset.filter(booking_date=opened.date, pk__gt=opened.last_claim)


@admin.register(Entry)
class JournalTable(ReadOnlyTable):
    heading = _("Journal")
    list_display = ("id", "booking_date", "value_date", "code", "narrative", "reference", "legs", "booked_at")
    list_filter = (CodeFilter, DayFilter)
    search_fields = ("reference",)
    search_help_text = _("Entry, reference or account")
    ordering = ("-id",)
    sortable_by = ("id",)
    fields = (
        "id",
        "code",
        "booking_date",
        "value_date",
        "booked_at",
        "narrative",
        "reference",
        "key",
        "details",
    )
    readonly_fields = ("key", "details")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """Exactly what was typed, by index: an account's entries, else an entry's id or reference."""
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        account = Account.objects.filter(code="".join(text.upper().split())).first()
        if account is not None:
            return queryset.filter(pk__in=Posting.objects.filter(account=account).values("entry_id")), False
        by_reference = queryset.filter(reference__in={text, ids.read_reference(text)})
        entry_id = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
        if 0 < entry_id <= _LARGEST_ID and not by_reference.exists():
            return queryset.filter(pk=entry_id), False
        return by_reference, False

    @admin.display(description=_("key"))
    def key(self, entry: Entry) -> str:
        return ledger.entry(entry.pk).key

    @admin.display(description=_("details"))
    def details(self, entry: Entry) -> str:
        return cells.joined([f"{name}: {value}" for name, value in (entry.meta or {}).items()])

    def panels(self, request: HttpRequest, record: Entry) -> list[Panel]:
        return [_postings(request, ledger.entry(record.pk))]

    def links(self, request: HttpRequest, record: Entry) -> list[tuple[cells.Words, str]]:
        journal = ledger.entry(record.pk)
        chain = ((_("What it reverses"), journal.reverses), (_("Its reversal"), journal.reversed_by))
        return [(label, reverse("admin:ledger_entry_change", args=(pk,))) for label, pk in chain if pk]


@admin.register(Account)
class LedgerAccountTable(ReadOnlyTable):
    heading = _("Ledger accounts")
    list_display = ("code", "name", "kind", "currency", "booked", "held", "available")
    list_filter = ("kind", "currency", "guarded")
    search_fields = ("code__startswith", "name__icontains")
    search_help_text = _("Account or name")
    ordering = ("code",)
    fields = (
        "code",
        "name",
        "kind",
        "currency",
        "control_account",
        "roles",
        "status",
        "held",
        "available",
        "opened_at",
    )
    readonly_fields = ("control_account", "roles", "status", "held", "available")
    personal = "LEDGER_ACCOUNT"

    def complete(self, rows: list[Any]) -> None:
        balances = ledger.balances(row.code for row in rows)
        for row in rows:
            row.balance_now = balances[row.code]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Account | None:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.complete([found])
        return found

    def subject(self, record: Account) -> str:
        return record.code

    def figure(self, record: Account) -> Figure:
        return Figure(_balance(record).booked, _("booked"))

    @admin.display(description=_("booked"))
    def booked(self, account: Account) -> str:
        return cells.money(_balance(account).booked)

    @admin.display(description=_("held"))
    def held(self, account: Account) -> str:
        return cells.money(_balance(account).held) if account.guarded else cells.NOTHING

    @admin.display(description=_("available"))
    def available(self, account: Account) -> str:
        return cells.money(_balance(account).available)

    @admin.display(description=_("status"))
    def status(self, account: Account) -> SafeString:
        return cells.state(_balance(account).status)

    @admin.display(description=_("control account"))
    def control_account(self, account: Account) -> str:
        return str(account.control or cells.NOTHING)

    @admin.display(description=_("roles"))
    def roles(self, account: Account) -> str:
        return cells.joined([role.role for role in account.roles.all()])

    def panels(self, request: HttpRequest, record: Account) -> list[Panel]:
        before = request.GET.get("before", "")
        upto = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
        return [_lines(request, record.code, upto)]


@admin.register(Hold)
class HoldTable(ReadOnlyTable):
    list_display = (
        "id",
        "account",
        "set_aside",
        "taken",
        "state_shown",
        "placed_at",
        "expires_at",
        "reference",
    )
    list_filter = ("state",)
    list_select_related = ("account",)
    search_fields = ("reference", "account__code")
    search_help_text = _("Reference or account")
    ordering = ("-id",)
    fields = (
        "id",
        "account",
        "set_aside",
        "taken",
        "state_shown",
        "placed_at",
        "expires_at",
        "narrative",
        "reference",
    )
    readonly_fields = ("set_aside", "taken", "state_shown")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Hold], search_term: str
    ) -> tuple[QuerySet[Hold], bool]:
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        found = queryset.filter(account__code="".join(text.split()))
        return found if found.exists() else queryset.filter(reference=text), False

    @admin.display(description=_("set aside"))
    def set_aside(self, hold: Hold) -> str:
        return cells.money(Money.from_minor(hold.amount, hold.account.currency))

    @admin.display(description=_("taken"))
    def taken(self, hold: Hold) -> str:
        return cells.money(Money.from_minor(hold.captured, hold.account.currency))

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, hold: Hold) -> SafeString:
        return cells.state("ON_HOLD" if hold.state == "OPEN" else hold.state)

    def panels(self, request: HttpRequest, record: Hold) -> list[Panel]:
        currency = record.account.currency
        rows = [
            (
                cells.moment(event.at),
                event.kind.capitalize(),
                cells.money(Money.from_minor(event.amount, currency)),
                cells.record_link(request, "ledger_entry", event.entry_id, event.entry_id or ""),
            )
            for event in record.events.order_by("id")
        ]
        columns = (Column(_("At")), Column(_("Event")), Column(_("Amount"), figures=True), Column(_("Entry")))
        return [Panel(_("What happened"), columns, rows)]


@admin.register(BusinessDay)
class BusinessDayTable(ReadOnlyTable):
    list_display = ("date", "opened_at", "closed_at")
    ordering = ("-date",)
    fields = ("date", "opened_at", "closed_at")

    def links(self, request: HttpRequest, record: BusinessDay) -> list[tuple[cells.Words, str]]:
        day = record.date.isoformat()
        return [
            (_("Its entries"), reverse("admin:ledger_entry_changelist", query={"day": day})),
            (_("Trial balance"), reverse("admin:trial_balance", query={"date": day})),
        ]


@admin.register(Proof)
class ProofTable(ReadOnlyTable):
    list_display = ("started_at", "finished_at", "entries", "postings", "verdict")
    list_filter = (("fault", admin.EmptyFieldListFilter),)
    ordering = ("-id",)
    fields = ("started_at", "finished_at", "entries", "postings", "verdict", "fault")
    readonly_fields = ("verdict",)

    @admin.display(description=_("verdict"))
    def verdict(self, proof: Proof) -> SafeString:
        return (
            cells.state("REJECTED", str(_("Fault found")))
            if proof.fault
            else cells.state("PAID", str(_("Proven")))
        )


@admin.register(Block)
class BlockTable(ReadOnlyTable):
    heading = _("Hash chain")
    list_display = ("number", "sealed_at", "entries", "hash_shown")
    ordering = ("-number",)
    fields = ("number", "sealed_at", "entries", "hash_shown", "previous_shown")
    readonly_fields = ("hash_shown", "previous_shown")

    @admin.display(description=_("hash"))
    def hash_shown(self, block: Block) -> SafeString:
        return cells.code(bytes(block.hash).hex())

    @admin.display(description=_("hash before it"))
    def previous_shown(self, block: Block) -> SafeString:
        return cells.code(bytes(block.previous).hex())


def _postings(request: HttpRequest, entry: ledger.JournalEntry) -> Panel:
    """The entry as bookkeepers write it: debits left, credits right, equal in every currency."""
    accounts = Account.objects.filter(code__in={one.account for one in entry.postings}).in_bulk(
        field_name="code"
    )
    rows = [
        (
            cells.record_link(request, "ledger_account", accounts[one.account].pk, one.account),
            accounts[one.account].name,
            one.amount.currency,
            cells.debit(one.amount),
            cells.credit(one.amount),
        )
        for one in entry.postings
    ]
    columns = (
        Column(_("Account")),
        Column(_("Name")),
        Column(_("Currency")),
        Column(_("Debit"), figures=True),
        Column(_("Credit"), figures=True),
    )
    return Panel(_("Postings"), columns, rows, totals=_sums([one.amount for one in entry.postings]))


def _sums(amounts: list[Money]) -> list[tuple[object, ...]]:
    sums: list[tuple[object, ...]] = []
    for currency in sorted({amount.currency for amount in amounts}):
        own, nothing = [one for one in amounts if one.currency == currency], Money.zero(currency)
        debits = sum((one for one in own if one.is_negative), nothing)
        credits_ = sum((one for one in own if one.is_positive), nothing)
        sums.append((_("Total"), "", currency, cells.debit(debits), cells.credit(credits_)))
    return sums


def _lines(request: HttpRequest, code: str, before: int | None) -> Panel:
    """A page of an account's postings, newest first, with the running balance where it has one."""
    lines = ledger.statement_lines(code, before=before, limit=LINES)
    more = f"?before={lines[-1].version}" if len(lines) == LINES else ""
    rows = [
        (
            cells.record_link(request, "ledger_entry", line.entry_id, line.entry_id),
            cells.day(line.booking_date),
            cells.day(line.value_date),
            line.narrative or line.code,
            cells.joined(line.counter_accounts[:2]),
            cells.debit(line.amount),
            cells.credit(line.amount),
            cells.money(line.balance_after),
        )
        for line in lines
    ]
    columns = (
        Column(_("Entry")),
        Column(_("Booked")),
        Column(_("Value")),
        Column(_("Narrative")),
        Column(_("Against")),
        Column(_("Debit"), figures=True),
        Column(_("Credit"), figures=True),
        Column(_("Balance"), figures=True),
    )
    nothing = _("Nothing was booked yet.")
    return Panel(_("Postings"), columns, rows, empty=nothing, more=more, more_label=_("Older postings"))


def _balance(account: Account) -> ledger.AccountBalance:
    balance: ledger.AccountBalance = account.balance_now  # type: ignore[attr-defined]
    return balance


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
