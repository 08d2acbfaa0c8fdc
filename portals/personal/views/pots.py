"""Pots: money put aside for something, moved in and out at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from bank.accounts import selectors, services
from bank.accounts.selectors import PotPosition
from bank.kernel import ids
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.runtime import formats
from bank.web.views import holdings
from bank.web.views.holdings import Holding
from bank.web.views.pages import customer_page, posted, spoken, user_of
from portals.personal.forms.accounts import MoveForm, PotForm
from portals.personal.nav import show
from portals.personal.views import together


@customer_page
@require_http_methods(["GET", "POST"])
def pots(request: HttpRequest, number: str) -> HttpResponse:
    """The pots of an account with how far they are, and the form for another."""
    held = holdings.own_one(user_of(request), number)
    form = PotForm(posted(request), account=held)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_pot(
                user=user_of(request), number=held.number, key=ids.uuid7().hex, **form.cleaned_data
            )
            if services.joint.waits(made):
                return together.waiting(request, made)
            return redirect("personal:pot", made.account.number)
        except BankError as error:
            refusals = [spoken(error)]
    found = [_row(one) for one in selectors.pot_positions(held.account)]
    return show(request, "pots.html", account=held, pots=found, form=form, refusals=refusals)


@customer_page
@require_http_methods(["GET", "POST"])
def pot(request: HttpRequest, number: str) -> HttpResponse:
    """One pot: how far it is, money in, money out."""
    known = selectors.pot_for(user_of(request), number)
    held = holdings.any_one(user_of(request), known.account.number)
    form = MoveForm(posted(request), account=held, initial={"key": ids.uuid7().hex})
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid() and (done := _moved(request, held, form, refusals)):
        return done
    head = holdings.any_one(user_of(request), known.head.number)
    shown = selectors.pot_position(known, held.booked)
    return show(
        request, "pot.html", **_row(shown), account=held, head=head, form=form, refusals=refusals,
        key=form["key"].value(),
    )  # fmt: skip


@customer_page
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Another name, goal or day."""
    known = selectors.pot_for(user_of(request), number)
    held = holdings.any_one(user_of(request), known.account.number)
    now = {
        "name": held.label,
        "goal": formats.amount(known.goal_sum) if known.goal_sum else "",
        "target": known.target_date,
    }
    form = PotForm(posted(request), account=held, initial=now)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.change_pot(user=user_of(request), number=held.number, **form.cleaned_data)
            return redirect("personal:pot", held.number)
        except BankError as error:
            refusals = [spoken(error)]
    return show(request, "pot_change.html", account=held, form=form, refusals=refusals)


@customer_page
@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Everything back to the account, and the pot is gone."""
    known = selectors.pot_for(user_of(request), number)
    head = known.head.number
    try:
        back = services.close_pot(user=user_of(request), number=known.account.number)
    except BankError as error:
        messages.error(request, spoken(error))
        return redirect("personal:pot", known.account.number)
    if services.joint.waits(back):
        return together.waiting(request, back)
    assert isinstance(back, Money)
    said = gettext("The pot is closed; %(sum)s came back to the account.") % {"sum": formats.money(back)}
    messages.success(request, said)
    return redirect("personal:pots", head)


def _moved(request: HttpRequest, held: Holding, form: MoveForm, refusals: list[str]) -> HttpResponse | None:
    """Where the move leads to; ``None`` where it was refused, which ``refusals`` says."""
    asked: dict[str, Any] = {"number": held.number, "amount": form.cleaned_data["money"]}
    is_in = form.cleaned_data["way"] == "IN"
    move = services.move_in if is_in else services.move_out
    try:
        done = move(user=user_of(request), key=form.cleaned_data["key"], **asked)
    except BankError as error:
        refusals.append(spoken(error))
        return None
    if services.joint.waits(done):
        return together.waiting(request, done)
    said = gettext("%(sum)s put aside.") if is_in else gettext("%(sum)s taken back.")
    messages.success(request, said % {"sum": formats.money(asked["amount"])})
    return redirect("personal:pot", held.number)


def _row(found: PotPosition) -> dict[str, Any]:
    """A pot as the pages show it; the goal as the bar has it, in whole units."""
    goal = found.pot.goal_sum
    return {
        "pot": found.pot,
        "saved": found.saved,
        "goal": goal,
        "progress": found.progress,
        "by": found.pot.target_date,
    }
