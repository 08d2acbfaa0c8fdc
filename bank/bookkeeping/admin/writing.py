"""The page on which a journal is written: lines of debit and credit, a preview, and the proposal.

Works without script: ``More lines`` and ``Check`` are buttons that send the page and show it again
with everything that was typed. Only ``Propose`` proposes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.bookkeeping import commands, rules
from bank.bookkeeping.admin.fields import REASON, GlAccountField
from bank.bookkeeping.models import JournalTemplate
from bank.bookkeeping.rules import Line, Origin, Side
from bank.bookkeeping.selectors import journals
from bank.documents import services as documents
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money, parse_amount
from bank.web.views.fields import DayField
from bank.workflows import selectors as workflows
from bank.workflows.models import Command

FEWEST_ROWS: Final = 4
MORE_ROWS: Final = 4
_TYPED: Final = {"inputmode": "decimal", "autocomplete": "off", "size": 11}


@dataclass(frozen=True, slots=True)
class Preview:
    """A line with what its account has before and would have after; debits above zero."""

    line: Line
    name: str
    before: Money
    after: Money


class JournalForm(forms.Form):
    """What is said of the whole journal; its lines are added by number."""

    narrative = forms.CharField(label=_("Narrative"), max_length=rules.NARRATIVE_LETTERS)
    value_date = DayField(
        label=_("Value date"), help_text=_("Empty: the day it is approved."), required=False
    )
    is_correction = forms.BooleanField(label=_("Corrects customers' accounts"), required=False)
    attachment = forms.FileField(
        label=_("Attachment"), help_text=_("A PDF or a picture; chosen again when proposing."), required=False
    )
    reason = forms.CharField(label=_("Reason"), help_text=REASON, max_length=300)

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.lines: list[Line] = []
        for n in range(rows):
            self.fields[f"account_{n}"] = GlAccountField(label=_("Account"), required=False)
            for side in ("debit", "credit"):
                self.fields[f"{side}_{n}"] = forms.CharField(
                    label=_("Debit") if side == "debit" else _("Credit"),
                    max_length=40,
                    required=False,
                    widget=forms.TextInput(attrs=_TYPED),
                )

    @property
    def grid(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(self[f"account_{n}"], self[f"debit_{n}"], self[f"credit_{n}"]) for n in range(self.rows)]

    def clean(self) -> dict[str, Any]:
        """Reads the lines, each amount in its account's currency; every fault stands at its field."""
        given = super().clean() or self.cleaned_data
        typed = [
            n for n in range(self.rows) if any(given.get(f"{f}_{n}") for f in ("account", "debit", "credit"))
        ]
        known = ledger.facts(str(given.get(f"account_{n}", "")) for n in typed)
        for n in typed:
            account = known.get(str(given.get(f"account_{n}", "")))
            if account is None:
                self.add_error(f"account_{n}", gettext("There is no such account; choose one of the chart."))
            else:
                self._read(n, account)
        return given

    def _read(self, n: int, account: ledger.AccountFacts) -> None:
        sides = [side for side in ("debit", "credit") if self.cleaned_data.get(f"{side}_{n}")]
        if len(sides) != 1:
            self.add_error(f"debit_{n}", gettext("Enter either a debit or a credit."))
            return
        try:
            amount = parse_amount(self.cleaned_data[f"{sides[0]}_{n}"], account.currency)
        except BankError as refusal:
            self.add_error(f"{sides[0]}_{n}", refusal.message)
            return
        self.lines.append(Line(account.code, Side(sides[0].upper()), amount))


class TotalForm(forms.Form):
    """What a template asks for before its lines can be written."""

    total = forms.CharField(
        label=_("Total to share out"), max_length=40, widget=forms.TextInput(attrs=_TYPED)
    )


def page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The empty or prefilled page on GET; on POST more lines, the preview, or the proposal."""
    if not request.user.has_perm("bookkeeping.add_journal"):
        raise PermissionDenied
    if request.method == "POST":
        return _sent(request, context)
    template = _template(request)
    total = TotalForm(request.GET if request.GET.get("total") else None)
    initial, faults = _prefilled(template, request.GET.get("total", "")) if template else ({}, [])
    form = JournalForm(initial=initial, rows=max(FEWEST_ROWS, len(initial) // 2))
    return _shown(request, context, form, template=template, total=total, faults=faults)


def _template(request: HttpRequest) -> JournalTemplate | None:
    code = request.GET.get("template", "") or request.POST.get("template", "")
    return journals.template(code) if code else None


def _prefilled(template: JournalTemplate, total: str) -> tuple[dict[str, str], list[str]]:
    """The template's lines as if they had been typed; shares only once a total is given."""
    slots = journals.slots(template)
    known = ledger.facts(slot.account for slot in slots)
    initial = {"narrative": template.narrative}
    try:
        currencies = [known[slot.account].currency for slot in slots]
        whole = parse_amount(total, currencies[0]) if total else None
        shares = rules.shares(slots, whole) if whole else {}
    except (BankError, KeyError) as refusal:
        return initial, [str(refusal)]
    for n, slot in enumerate(slots):
        amount = slot.amount if slot.amount is not None else shares[n].amount if n in shares else ""
        initial[f"account_{n}"] = slot.account
        initial[f"{slot.side.lower()}_{n}"] = str(amount)
    return initial, []


def _sent(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    rows = _rows(request.POST.get("rows", ""))
    step = request.POST.get("do", "check")
    template = _template(request)
    if step == "more":
        form = JournalForm(initial=request.POST.dict(), rows=min(rows + MORE_ROWS, rules.MOST_LINES))
        return _shown(request, context, form, template=template)
    form = JournalForm(request.POST, request.FILES, rows=rows)
    if form.is_valid() and step == "propose":
        command = _proposed(request, form, template)
        if command is not None:
            messages.success(
                request, gettext("It waits for somebody else's approval; nothing is booked yet.")
            )
            return redirect(reverse("admin:workflows_command_change", args=(command.pk,)))
    return _shown(request, context, form, template=template, previewed=not form.errors)


def _rows(text: str) -> int:
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else FEWEST_ROWS
    return min(max(asked, FEWEST_ROWS), rules.MOST_LINES)


def _proposed(request: HttpRequest, form: JournalForm, template: JournalTemplate | None) -> Command | None:
    assert isinstance(request.user, User)
    reference, given = ids.reference("JRN"), form.cleaned_data
    origin = Origin.TEMPLATE if template else Origin.MANUAL
    try:
        with transaction.atomic():
            return commands.journals.propose(
                lines=form.lines,
                narrative=given["narrative"],
                reason=given["reason"],
                maker=request.user,
                value_date=given["value_date"],
                origin=Origin.CORRECTION if given["is_correction"] else origin,
                template=template.code if template else "",
                document=_attached(given["attachment"], reference, request.user),
                reference=reference,
            )
    except BankError as refusal:
        form.add_error(None, refusal.message)
        return None


def _attached(upload: Any, reference: str, by: User) -> str:
    if not upload:
        return ""
    kept = documents.store(
        owner=commands.journals.attachment_owner(reference),
        purpose="JOURNAL",
        upload=upload,
        filename=upload.name,
        uploaded_by=by,
    )
    return str(kept.pk)


def _shown(
    request: HttpRequest,
    context: dict[str, Any],
    form: JournalForm,
    *,
    template: JournalTemplate | None = None,
    total: TotalForm | None = None,
    faults: Sequence[str] = (),
    previewed: bool = False,
) -> HttpResponse:
    lines = form.lines if previewed else []
    shown = {
        "title": gettext("Write a journal"),
        "form": form,
        "template": template,
        "total": total,
        "asks_total": template is not None and any(slot.share_pct for slot in journals.slots(template)),
        "faults": faults,
        "chart": ledger.chart_accounts(),
        "back": reverse("admin:bookkeeping_journal_changelist"),
        "preview": _preview(lines),
        "sums": [(currency, *both, both[0] - both[1]) for currency, both in rules.sums(lines).items()],
        "tier": _tier(lines),
    }
    return TemplateResponse(request, "backoffice/bookkeeping/journal.html", context | shown)


def _preview(lines: Sequence[Line]) -> list[Preview]:
    known, balances = (
        ledger.facts(line.account for line in lines),
        ledger.balances(line.account for line in lines),
    )
    found = []
    for line in lines:
        before = balances[line.account].booked
        found.append(Preview(line, known[line.account].name, -before, -(before + line.signed)))
    return found


def _tier(lines: Sequence[Line]) -> str:
    """Who will have to approve, or why that cannot be said."""
    try:
        if not lines:
            return ""
        level = workflows.level_for(commands.journals.JOURNAL, journals.weight(lines))
        roles = ", ".join(filter(None, (level.role, level.second))).replace("_", " ").lower()
        return gettext("To be approved by: %s") % roles
    except (BankError, NotFound) as refusal:
        return refusal.message
