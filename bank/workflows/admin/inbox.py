"""Several commands decided in one go: what they change, their totals, one reason, an answer for each."""

import re
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.web import cells
from bank.workflows import selectors, services
from bank.workflows.models import Command
from bank.workflows.rules import State

MOST = 50
_KEY: Final = re.compile(r" \d+:[0-9a-f-]{36}$")  # what a program adds to tell two alike apart


def waiting(user: User) -> list[Command]:
    """What the user could decide now, what ends first at the top."""
    return [one for one in selectors.pending() if selectors.may_decide(user, one)][:MOST]


def shown(command: Command, title: str) -> dict[str, Any]:
    return {
        "command": command,
        "title": title,
        "changes": selectors.difference_kept(command),
        "money": command.money,
        "about": _KEY.sub("", command.subject_id),
        "open": cells.roles(*selectors.roles_open(command)),
    }


def totals(commands: list[Command]) -> list[Money]:
    """Per currency."""
    sums: dict[str, Money] = {}
    for money in (one.money for one in commands if one.money is not None):
        sums[money.currency] = sums.get(money.currency, Money.zero(money.currency)) + money
    return [sums[currency] for currency in sorted(sums)]


def decide(request: HttpRequest, user: User) -> bool:
    """Decides on what is ticked, each in a transaction of its own; one refused does not stop the others."""
    chosen = [one for one in waiting(user) if one.reference in request.POST.getlist("command")]
    wants_approval = request.POST.get("decision") == "approve"
    reason = request.POST.get("reason", "")
    if not chosen or not (wants_approval or reason.strip()):
        messages.error(request, gettext("Tick at least one, and say why where you reject."))
        return False
    for command in chosen:
        _decide(request, command, user, "" if wants_approval else reason)
    return True


def _decide(request: HttpRequest, command: Command, user: User, reason: str) -> None:
    try:
        if reason:
            done = services.reject(command=command, checker=user, reason=reason)
        else:
            done = services.approve(command=command, checker=user)
    except BankError as refusal:
        messages.error(request, f"{command.reference}: {refusal.message}")
        return
    failed = done.state == State.FAILED
    words = done.decision_reason if failed else str(done.get_state_display())
    say = messages.error if failed else messages.success
    say(request, f"{command.reference}: {words}")
