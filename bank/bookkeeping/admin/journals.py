"""Journals that were booked, and the templates they are written from."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.bookkeeping import commands, rules
from bank.bookkeeping.admin import writing
from bank.bookkeeping.admin.fields import reason
from bank.bookkeeping.errors import JournalUnusable
from bank.bookkeeping.models import Journal, JournalTemplate, TemplateLine
from bank.bookkeeping.rules import Origin, Side, TemplateSlot
from bank.bookkeeping.selectors import journals
from bank.bookkeeping.services import journals as booking
from bank.identity.models import User
from bank.kernel.money import parse_amount
from bank.web import cells
from bank.web.acts import Act, StartingTable
from bank.web.cells import Words
from bank.web.staff import Column, Panel, ReadOnlyLines
from bank.web.views.fields import DayField
from bank.workflows.models import Command

_ADD = "bookkeeping.add_journal"
_WAITS = _("It waits for somebody else's approval; nothing is booked yet.")
_SLOT: Final = re.compile(r"(\S+)\s+(DEBIT|CREDIT|DR|CR)(?:\s+([0-9.,]+)\s*(%?))?", re.I | re.ASCII)


class ReversalForm(forms.Form):
    reason = reason()


class FrequentForm(forms.Form):
    """A posting of two legs by its code."""

    code = forms.ChoiceField(label=_("Posting"), choices=lambda: _templates(frequent=True))
    amount = forms.CharField(
        label=_("Amount"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    narrative = forms.CharField(
        label=_("Narrative"),
        help_text=_("Empty: that of the posting."),
        max_length=rules.NARRATIVE_LETTERS,
        required=False,
    )
    value_date = DayField(
        label=_("Value date"), help_text=_("Empty: the day it is approved."), required=False
    )
    reason = reason()


class TemplateForm(forms.Form):
    """A template as text: a line of it on each line."""

    code = forms.RegexField("^[A-Za-z0-9-]{2,20}$", label=_("Code"))
    name = forms.CharField(label=_("Name"), max_length=80)
    narrative = forms.CharField(label=_("Narrative"), max_length=rules.NARRATIVE_LETTERS)
    lines = forms.CharField(
        label=_("Lines"),
        help_text=_(
            "One on each line: account, DEBIT or CREDIT, then an amount, a share such as 60 %, or nothing"
            " where it is asked for each time. Example: 5900.KES DEBIT 60 %"
        ),
        max_length=6_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    is_frequent = forms.BooleanField(label=_("Frequent posting (one debit, one credit)"), required=False)


def _templates(*, frequent: bool) -> list[tuple[str, str]]:
    found = JournalTemplate.objects.filter(is_active=True, is_frequent=frequent).order_by("code")
    return [("", "–"), *((one.code, str(one)) for one in found)]


def read_slots(text: str) -> list[TemplateSlot]:
    """The lines of a template as typed. Raises ``JournalUnusable`` naming the line that cannot be read."""
    return [_slot(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]


def _slot(number: int, line: str) -> TemplateSlot:
    found = _SLOT.fullmatch(line.strip())
    if found is None:
        raise JournalUnusable(problem=f"Line {number} cannot be read: {line.strip()[:40]}")
    account, side, figure, percent = found.groups()
    try:
        amount = Decimal(figure.replace(",", "")) if figure else None
    except InvalidOperation:
        raise JournalUnusable(problem=f"Line {number}: {figure} is no number.") from None
    return TemplateSlot(
        account.upper(),
        Side.DEBIT if side.upper().startswith("D") else Side.CREDIT,
        None if percent else amount,
        amount if percent else None,
    )


def _post_frequent(
    user: User, code: str, amount: str, narrative: str, value_date: date | None, reason: str
) -> Command:
    template = journals.template(code)
    slots = journals.slots(template)
    known = journals.require_postable([slot.account for slot in slots])
    currencies = [known[slot.account].currency for slot in slots]
    whole = parse_amount(amount, currencies[0])
    return commands.journals.propose(
        lines=rules.fill(slots, currencies, whole, [whole] * len(slots)),
        narrative=narrative or template.narrative,
        reason=reason,
        maker=user,
        value_date=value_date,
        origin=Origin.FREQUENT,
        template=template.code,
    )


def _reverse(journal: Journal, user: User, reason: str) -> None:
    commands.journals.propose_reversal(journal=journal.reference, reason=reason, maker=user)


def _write_template(user: User, lines: str, **given: Any) -> JournalTemplate:
    return booking.write_template(slots=read_slots(lines), actor=user, **given)


def _retire(template: JournalTemplate, user: User) -> None:
    booking.retire_template(template=template, actor=user)


def _is_reversible(journal: Journal) -> bool:
    return not journal.reverses_id and not journals.is_reversed(journal)


@admin.register(Journal)
class JournalTable(StartingTable):
    heading = _("Journals")
    list_display = (
        "reference",
        "narrative_shown",
        "origin",
        "value_date",
        "moved",
        "maker",
        "checker",
        "standing",
    )
    list_filter = ("origin",)
    list_select_related = ("maker", "checker", "reversal")
    search_fields = ("reference__exact", "narrative__icontains", "command__exact")
    search_help_text = _("Reference, command or narrative")
    ordering = ("-id",)
    fields = (
        *("reference", "narrative", "origin", "value_date", "entry", "template", "document", "reverses"),
        *("maker", "checker", "command_link", "booked_at", "standing"),
    )
    readonly_fields = ("entry", "command_link", "standing")
    starts = {
        "frequent": Act(_("Frequent posting"), FrequentForm, _post_frequent, _ADD, _WAITS, _WAITS),
    }
    acts = {
        "reverse": Act(
            _("Reverse"), ReversalForm, _reverse, _ADD, _WAITS,
            _("Every line is booked again on the other side, once somebody else has approved."),
            possible=_is_reversible,
        ),
    }  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        write = self.admin_site.admin_view(self.write)
        return [path("write/", write, name="bookkeeping_journal_write"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Journal]:
        return super().get_queryset(request).select_related("maker", "checker", "reversal")

    def start_links(self, request: HttpRequest) -> list[tuple[Words, str]]:
        links = super().start_links(request)
        if not request.user.has_perm(_ADD):
            return links
        return [(_("Write a journal"), reverse("admin:bookkeeping_journal_write")), *links]

    def write(self, request: HttpRequest) -> HttpResponse:
        return writing.page(request, self.admin_site.each_context(request))

    def complete(self, rows: list[Any]) -> None:
        for row in rows:
            row.entry_now = ledger.entry(row.entry_id)

    @admin.display(description=_("narrative"), ordering="narrative")
    def narrative_shown(self, journal: Journal) -> str:
        return journal.narrative

    @admin.display(description=_("amount"))
    def moved(self, journal: Journal) -> str:
        postings = journal.entry_now.postings  # type: ignore[attr-defined]
        return cells.joined([cells.money(-one.amount) for one in postings if one.amount.is_negative][:2])

    @admin.display(description=_("entry"))
    def entry(self, journal: Journal) -> SafeString | str:
        address = reverse("admin:ledger_entry_change", args=(journal.entry_id,))
        return cells.anchor(address, journal.entry_id)

    @admin.display(description=_("command"))
    def command_link(self, journal: Journal) -> SafeString | str:
        address = reverse("admin:workflows_command_changelist", query={"q": journal.command})
        return cells.anchor(address, journal.command)

    @admin.display(description=_("state"))
    def standing(self, journal: Journal) -> SafeString:
        if journal.reverses_id:
            return cells.state("ACCEPTED", gettext("Reversal"))
        if hasattr(journal, "reversal"):
            return cells.state("REJECTED", gettext("Reversed"))
        return cells.state("PAID", gettext("Booked"))

    def panels(self, request: HttpRequest, record: Journal) -> list[Panel]:
        postings = ledger.entry(record.entry_id).postings
        names = ledger.facts(one.account for one in postings)
        rows = [
            (
                one.account,
                names[one.account].name,
                one.amount.currency,
                cells.debit(one.amount),
                cells.credit(one.amount),
            )
            for one in postings
        ]
        columns = (
            Column(_("Account")),
            Column(_("Name")),
            Column(_("Currency")),
            Column(_("Debit"), figures=True),
            Column(_("Credit"), figures=True),
        )
        return [Panel(_("Lines"), columns, rows)]


class TemplateLines(ReadOnlyLines):
    model = TemplateLine
    fields = ("account", "side", "amount", "share_pct")


class NothingForm(forms.Form):
    """A step that asks for nothing more."""


@admin.register(JournalTemplate)
class JournalTemplateTable(StartingTable):
    heading = _("Journal templates")
    list_display = ("code", "name", "narrative", "kind", "in_use")
    list_filter = ("is_frequent", "is_active")
    search_fields = ("code__exact", "name__icontains")
    ordering = ("code",)
    fields = ("code", "name", "narrative", "kind", "in_use", "made_by", "made_at")
    readonly_fields = ("kind", "in_use")
    inlines = (TemplateLines,)
    starts = {
        "new": Act(
            _("New template"), TemplateForm, _write_template, "bookkeeping.add_journaltemplate",
            _("The template can be used."),
        ),
    }  # fmt: skip
    acts = {
        "retire": Act(
            _("Take out of use"), NothingForm, _retire, "bookkeeping.change_journaltemplate",
            _("It is no longer offered."), _("Journals written from it stay as they are."),
            possible=lambda template: template.is_active,
        ),
    }  # fmt: skip

    def links(self, request: HttpRequest, record: JournalTemplate) -> list[tuple[Words, str]]:
        links = super().links(request, record)
        if not (record.is_active and request.user.has_perm(_ADD)):
            return links
        if record.is_frequent:
            address = reverse(
                "admin:bookkeeping_journal_start", args=("frequent",), query={"code": record.code}
            )
        else:
            address = reverse("admin:bookkeeping_journal_write", query={"template": record.code})
        return [(_("Write a journal"), address), *links]

    @admin.display(description=_("kind"), ordering="is_frequent")
    def kind(self, template: JournalTemplate) -> str:
        return gettext("Frequent posting") if template.is_frequent else gettext("Template")

    @admin.display(description=_("in use"), ordering="is_active")
    def in_use(self, template: JournalTemplate) -> str:
        return cells.yes_no(template.is_active)
