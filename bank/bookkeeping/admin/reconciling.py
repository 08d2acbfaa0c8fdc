"""The screen on which an account is reconciled: proof, suggestions, both sides, what was matched.

Works without script: every step is a form that is sent, carried out by one service call, and shown again.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from bank import ledger
from bank.bookkeeping import matching
from bank.bookkeeping.errors import MatchRefused
from bank.bookkeeping.models import Match, OpenItem
from bank.bookkeeping.rules import ItemSide
from bank.bookkeeping.selectors import reconciliation
from bank.bookkeeping.services import reconciling
from bank.identity.models import User
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money

RIGHT: Final = "bookkeeping.change_openitem"
SHOWN_ITEMS: Final = 300
"""Of each side, the oldest; what is matched makes room for the rest."""


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An open item as the table shows it; ``days`` is its age on the business date."""

    pk: int
    item: OpenItem
    open_money: Money
    whole: Money
    days: int


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    score: int
    why: str
    items: list[ShownItem]

    @property
    def ids(self) -> str:
        return ",".join(str(one.pk) for one in self.items)


def accounts_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The accounts with open items, and the chart to begin with another."""
    if not request.user.has_perm("bookkeeping.view_openitem"):
        raise PermissionDenied
    if request.GET.get("account"):
        address = reverse("admin:bookkeeping_reconcile", query={"account": request.GET["account"].strip()})
        return redirect(address)
    shown = {
        "title": gettext("Reconciliation"),
        "accounts": reconciliation.accounts(),
        "chart": ledger.chart_accounts(),
    }
    return TemplateResponse(request, "backoffice/bookkeeping/accounts.html", context | shown)


def page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Both sides of ``?account=``; on POST a match, or a match undone."""
    if not request.user.has_perm("bookkeeping.view_openitem"):
        raise PermissionDenied
    account = request.GET.get("account", "")
    try:
        facts = reconciling.reconcilable(account)
    except BankError as refusal:
        messages.error(request, refusal.message)
        return redirect("admin:bookkeeping_reconcile_accounts")
    if request.method == "POST":
        _carry_out(request, account)
        return redirect(reverse("admin:bookkeeping_reconcile", query={"account": account}))
    reconciling.pull_postings(account=account)
    return TemplateResponse(
        request, "backoffice/bookkeeping/reconcile.html", context | _shown(request, facts)
    )


def _shown(request: HttpRequest, facts: ledger.AccountFacts) -> dict[str, Any]:
    on = ledger.business_date()
    items = list(reconciliation.open_items(facts.code)[: 2 * SHOWN_ITEMS])
    by_id = {item.pk: _item(item, on) for item in items}
    theirs = [by_id[one.pk] for one in items if one.side == ItemSide.STATEMENT]
    ours = [by_id[one.pk] for one in items if one.side == ItemSide.BOOK]
    return {
        "title": gettext("Reconcile %(account)s") % {"account": facts.code},
        "account": facts,
        "proof": reconciliation.proof(facts.code),
        "ages": reconciliation.ages(items, facts.currency, on),
        "suggestions": [_suggestion(one, by_id) for one in reconciling.suggestions(facts.code)],
        "sides": (
            (gettext("What they say"), ItemSide.STATEMENT.value, theirs),
            (gettext("What our book says"), ItemSide.BOOK.value, ours),
        ),
        "matches": reconciliation.recent_matches(facts.code),
        "may_match": request.user.has_perm(RIGHT),
        "may_write_off": request.user.has_perm("bookkeeping.add_journal"),
    }


def _item(item: OpenItem, on: Any) -> ShownItem:
    return ShownItem(
        item.pk,
        item,
        Money(item.open_amount, item.currency),
        Money(item.amount, item.currency),
        max((on - item.booking_date).days, 0),
    )


def _suggestion(one: matching.Suggestion, known: dict[int, ShownItem]) -> ShownSuggestion:
    return ShownSuggestion(one.score, one.why, [known[pk] for pk in one.items if pk in known])


def _carry_out(request: HttpRequest, account: str) -> None:
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    try:
        said = _STEPS.get(request.POST.get("do", ""), _unknown)(request, account)
    except BankError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)


def _match(request: HttpRequest, account: str) -> str:
    ids = [int(text) for text in request.POST.getlist("item") if _is_id(text)]
    parts = {pk: part for pk in ids if (part := _part(request.POST.get(f"part_{pk}", ""))) is not None}
    reconciling.match(account=account, items=ids, actor=_user(request), parts=parts, why="Chosen by hand")
    return gettext("Matched.")


def _accept(request: HttpRequest, account: str) -> str:
    """A suggestion, with its score and reasons kept beside the match."""
    ids = [int(text) for text in request.POST.get("items", "").split(",") if _is_id(text)]
    score = request.POST.get("score", "")
    reconciling.match(
        account=account,
        items=ids,
        actor=_user(request),
        why=request.POST.get("why", ""),
        score=int(score) if _is_id(score) and int(score) <= 100 else None,
    )
    return gettext("Matched.")


def _undo(request: HttpRequest, account: str) -> str:
    pk = request.POST.get("match", "")
    match = get_object_or_404(Match, account=account, pk=pk if _is_id(pk) else 0)
    reconciling.unmatch(match=match, reason=request.POST.get("reason", ""), actor=_user(request))
    return gettext("The match is undone; its items are open again.")


def _unknown(request: HttpRequest, account: str) -> str:
    raise NotFound(what="step of a reconciliation")


_STEPS: Final = {"match": _match, "accept": _accept, "undo": _undo}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _part(text: str) -> Decimal | None:
    """The part of an item as typed; empty for all of it. Raises ``MatchRefused``."""
    typed = text.replace(",", "").strip()
    if not typed:
        return None
    try:
        found = Decimal(typed)
    except InvalidOperation:
        raise MatchRefused(problem=f"{typed[:30]} is no amount; write it as 1,250.00.") from None
    if not found.is_finite():
        raise MatchRefused(problem=f"{typed[:30]} is no amount; write it as 1,250.00.")
    return found


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
