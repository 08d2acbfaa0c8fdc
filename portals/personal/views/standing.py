"""What changes the standing of an account, each with a code: waking it, closing it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from bank.accounts import selectors, services
from bank.accounts.rules import JointState
from bank.identity.attempts import Scope
from bank.identity.errors import StepUpFailed
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.runtime import formats
from bank.web.views import confirmation, drafts, holdings
from bank.web.views.drafts import Draft
from bank.web.views.holdings import Holding
from bank.web.views.pages import customer_page, paced, posted, renew_session, spoken, user_of
from portals.personal.forms.accounts import CloseForm
from portals.personal.nav import show

JOURNEY = "standing"


@dataclass(frozen=True, slots=True)
class Deed:
    """What a code is asked for: ``start`` asks, ``run`` does; both take user and the draft's answers."""

    title: str | Promise
    send: str | Promise
    said: str | Promise
    start: Callable[..., Any]
    run: Callable[..., Any]


DEEDS = {
    "wake": Deed(
        _("Wake the account"), _("Wake the account"), _("The account is awake. You can pay from it again."),
        services.start_reactivation, services.reactivate_own,
    ),
    "close": Deed(
        _("Close the account"), _("Close the account"), _("The account is closed."),
        services.start_closing, services.close_own,
    ),
    "agree": Deed(
        _("Check before you agree"), _("Agree"), _("You agreed."),
        services.joint.start_agreeing, services.joint.agree,
    ),
}  # fmt: skip


@customer_page
@require_POST
def wake(request: HttpRequest, number: str) -> HttpResponse:
    """Begins the wake of a dormant account: a code is asked for."""
    held = holdings.own_one(user_of(request), number)
    rows = [[gettext("Account"), held.label], [gettext("Number"), formats.account_number(held.number)]]
    try:
        return begin(request, "wake", rows, back=_page_of(held.number), number=held.number)
    except BankError as error:
        messages.error(request, spoken(error))
        return redirect("personal:account", held.number)


@customer_page
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Where the rest goes; then what closing does, and the code for it."""
    held = holdings.own_one(user_of(request), number)
    others = [one for one in holdings.own(user_of(request)) if _takes_the_rest(one, held)]
    form = CloseForm(posted(request), accounts=others)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        payee = form.cleaned_data["pay_to"]
        try:
            return _begin_closing(request, held, payee)
        except BankError as error:
            refusals = [spoken(error)]
    return show(request, "close.html", account=held, form=form, others=others, refusals=refusals)


def _takes_the_rest(one: Holding, held: Holding) -> bool:
    owners = {held.account.customer_id}
    if held.needs_both:
        owners = {holder.pk for holder in selectors.holders(held.account)}
    same = one.account.customer_id in owners and one.currency == held.currency
    return same and one.number != held.number


def _begin_closing(request: HttpRequest, held: Holding, payee: Holding | None) -> HttpResponse:
    """The preview is what would happen now: interest, taxes, charges and the rest."""
    done = services.preview_closing(
        account=held.account, pay_to=payee.account if payee else None, agreed=held.needs_both
    )
    rows = [
        [gettext("Account"), f"{held.label}, {formats.account_number(held.number)}"],
        [gettext("On it now"), formats.money(done.before)],
        *_settled(done.settled),
        [gettext("Paid out"), formats.money(done.paid_out)],
    ]
    if payee is not None:
        rows.append([gettext("To"), f"{payee.label}, {formats.account_number(payee.number)}"])
    asked = {"number": held.number, "pay_to": payee.number if payee else ""}
    return begin(request, "close", rows, back=_page_of(held.number), **asked)


def _page_of(number: str) -> str:
    return reverse("personal:account", args=[number])


def _settled(amount: Money) -> list[list[str]]:
    if amount.is_zero:
        return []
    return [[gettext("Interest, taxes and charges settled"), formats.money(amount, signed=True)]]


def begin(request: HttpRequest, deed: str, rows: list[list[str]], *, back: str, **asked: str) -> HttpResponse:
    """The check page of a deed, its code asked for; ``back`` is where the reader comes from and goes."""
    draft = drafts.begin(request, JOURNEY, deed=deed, rows=rows, back=back, asked=asked)
    _ask_code(request, draft)
    return redirect("personal:standing", draft.id)


@customer_page
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def check(request: HttpRequest, draft_id: str) -> HttpResponse:
    """What would be done, once more, and the code that does it."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or "challenge" not in draft.answers:
        return redirect("personal:home")
    deed = DEEDS[draft.answers["deed"]]
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid() and _done(request, draft, form, refusals):
        return redirect(draft.answers["back"])
    return show(
        request, "standing.html", deed=deed, draft=draft, rows=draft.answers["rows"], form=form,
        refusals=refusals, back=draft.answers["back"], challenge=draft.answers["challenge"],
    )  # fmt: skip


@customer_page
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Another code for the same; the one before it is void."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None:
        return redirect("personal:home")
    confirmation.ask_again(request, lambda: _ask_code(request, draft))
    return redirect("personal:standing", draft.id)


def _ask_code(request: HttpRequest, draft: Draft) -> None:
    deed = DEEDS[draft.answers["deed"]]
    challenge = deed.start(user=user_of(request), **draft.answers["asked"])
    confirmation.note(request, draft, challenge)


def _done(request: HttpRequest, draft: Draft, form: confirmation.ConfirmForm, refusals: list[str]) -> bool:
    deed, asked = DEEDS[draft.answers["deed"]], draft.answers["asked"]
    code = {"challenge_id": form.challenge_id, "code": form.cleaned_data["code"]}
    try:
        done = deed.run(user=user_of(request), **code, **asked)
    except StepUpFailed as error:
        form.add_error("code", spoken(error))
        return False
    except BankError as error:
        refusals.append(spoken(error))
        return False
    renew_session(request)
    messages.success(request, _said(deed, done))
    return True


def _said(deed: Deed, done: Any) -> str:
    """What became of it, where that is not what the deed's name says: it waits, or the bank refused it."""
    state = getattr(done, "state", "")
    if state == JointState.WAITING:
        return gettext("It waits for the other holder of the account, who was told. Nothing was done yet.")
    if state == JointState.FAILED:
        return gettext("You agreed, but it was not possible: %(why)s") % {"why": done.why}
    return str(deed.said)
