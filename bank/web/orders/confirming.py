"""The last page of every journey here: all answers once more, and the code that does it, once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from bank.identity.attempts import Scope
from bank.identity.errors import StepUpFailed
from bank.identity.models import Challenge
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.payments import selectors
from bank.payments import services as payments
from bank.payments.models import PaymentOrder
from bank.payments.rules import PaymentStatus
from bank.runtime import formats
from bank.web.orders.desk import Desk, at_desk
from bank.web.views import confirmation, drafts, pricing
from bank.web.views.confirmation import ConfirmForm
from bank.web.views.drafts import Draft
from bank.web.views.pages import paced, posted, renew_session, spoken

JOURNEY: Final = "order"
Row = tuple[str, str]
Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page shows: the rows to check, warnings (tone, title, sentence), the button's words."""

    challenge: Challenge
    rows: list[Row]
    send: str
    warnings: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """``ask`` reckons the act anew and opens a challenge; ``do`` does it: where to, what to say."""

    name: str
    title: Callable[[], str]
    ask: Callable[[Desk, Answers], Asked]
    do: Callable[[Desk, Answers, dict[str, Any]], tuple[str, str]]


def money_of(answers: Answers) -> Money:
    """The sum a draft keeps."""
    return Money.of(*answers["sum"])


def priced(desk: Desk, debtor: str, creditor: str, name: str, money: Money) -> list[Row]:
    """What paying costs and comes to. Raises what the payment would be refused for."""
    quoted = payments.quote(
        user=desk.user, debtor_number=debtor, creditor_number=creditor, creditor_name=name, amount=money
    )
    return [(gettext("Fee"), pricing.fee(quoted)), (gettext("In total"), formats.money(quoted.total))]


def said(payment: PaymentOrder, done: str) -> str:
    """``done``, unless the bank looks at it first, or others must agree: signatories, or the other holder
    of an account."""
    if payment.status == PaymentStatus.AWAITING_APPROVAL:
        if selectors.is_held(payment):
            return gettext("The bank looks at it first. Nothing was paid yet.")
        return gettext("It waits until the others agree. Nothing was paid yet.")
    return done


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _kinds[kind.name] = kind
    return kind


def begin(request: HttpRequest, desk: Desk, kind: Kind, back: str, **answers: Any) -> str:
    """A draft with its code asked for; the address of its check page. Raises what the act would be refused
    for."""
    draft = drafts.begin(request, JOURNEY, kind=kind.name, back=back, **answers)
    _ask(request, desk, draft)
    return f"{desk.root}confirm/{draft.id}/"


def began_at(request: HttpRequest) -> str:
    """The address of the place a page belongs to: of the last page of a journey here, that of its first."""
    match = request.resolver_match
    if match is None or match.url_name not in {"order-check", "order-code"}:
        return request.path
    draft = drafts.find(request, JOURNEY, match.kwargs["draft_id"])
    return draft.answers["back"] if draft else request.path


@require_http_methods(["GET", "POST"])
@at_desk
@paced(Scope.WRONG_CODE, only_failures=True)
def check(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponseBase:
    """Everything once more, and the code. A second press gets the same answer."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or "challenge" not in draft.answers:
        return redirect(desk.root)
    if done := draft.answers.get("done"):
        return redirect(done)
    form = ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        address = _do(request, desk, draft, form, refusals)
        if address:
            return redirect(address)
    kind = _kinds[draft.answers["kind"]]
    context = {"form": form, "refusals": refusals, "draft": draft, "title": kind.title(), **draft.answers}
    return desk.show(request, "check.html", **context)


@require_POST
@at_desk
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponseBase:
    """Another code for the same act; the one before it is void."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or "challenge" not in draft.answers:
        return redirect(desk.root)
    confirmation.ask_again(request, lambda: _ask(request, desk, draft))
    return redirect(f"{desk.root}confirm/{draft.id}/")


def _ask(request: HttpRequest, desk: Desk, draft: Draft) -> None:
    asked = _kinds[draft.answers["kind"]].ask(desk, draft.answers)
    draft.answers |= {"rows": asked.rows, "send": asked.send, "warnings": list(asked.warnings)}
    confirmation.note(request, draft, asked.challenge)


def _do(request: HttpRequest, desk: Desk, draft: Draft, form: ConfirmForm, refusals: list[str]) -> str:
    given: dict[str, Any] = {"key": draft.id, "code": form.cleaned_data["code"]}
    try:
        proof = {**given, "challenge_id": form.challenge_id}
        address, said = _kinds[draft.answers["kind"]].do(desk, draft.answers, proof)
    except StepUpFailed as error:
        form.add_error("code", spoken(error))
        return ""
    except BankError as error:
        refusals.append(spoken(error))
        return ""
    draft.answers["done"] = address
    drafts.keep(request, draft)
    renew_session(request)
    if said:
        messages.success(request, said)
    return address
