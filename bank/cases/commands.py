"""What needs two people about cases: by when the bank promises to answer and to resolve."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.cases import rules, selectors, services
from bank.cases.errors import UnusableTarget
from bank.cases.models import Case
from bank.kernel import clock
from bank.kernel.errors import Conflict
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change


@dataclass(frozen=True, slots=True)
class SetTarget:
    """By when cases of a kind and priority are answered (open hours) and resolved (business days)."""

    kind: str
    priority: str
    first_answer_hours: int
    resolution_days: int


def _check(asked: SetTarget) -> None:
    if asked.kind not in set(rules.Kind) or asked.priority not in set(rules.Priority):
        raise UnusableTarget(problem="Choose one of the kinds and priorities there are.")
    target = _target(asked)
    rules.check_target(target)
    if target == selectors.target_for(asked.kind, asked.priority):
        raise Conflict(problem="The bank promises this already.")


def _target(asked: SetTarget) -> rules.Target:
    return rules.Target(asked.first_answer_hours, asked.resolution_days)


def _difference(asked: SetTarget) -> list[Change]:
    """The promise, and what becomes of the cases whose clock runs."""
    now = selectors.target_for(asked.kind, asked.priority)
    then, hours = _target(asked), selectors.office_hours()
    touched = list(_open_ones(asked))
    late = [sum(_is_late(one, target) for one in touched) for target in (now, then)]
    said = gettext("%(hours)d open hours to a first answer, %(days)d business days to a resolution")
    promise = [said % {"hours": one.first_answer_hours, "days": one.resolution_days} for one in (now, then)]
    moved = sum(
        rules.due(one.opened_at, now, one.paused_for, hours)
        != rules.due(one.opened_at, then, one.paused_for, hours)
        for one in touched
    )
    return [
        Change(gettext("Promise"), *promise),
        Change(gettext("Open cases due on another day"), "", str(moved), is_forecast=True),
        Change(gettext("Open cases that are late"), *map(str, late), is_forecast=True),
    ]


def _open_ones(asked: SetTarget) -> Iterator[Case]:
    return selectors.owed().filter(kind=asked.kind, priority=asked.priority).iterator(chunk_size=500)


def _is_late(case: Case, target: rules.Target) -> bool:
    due = rules.due(case.opened_at, target, case.paused_for, selectors.office_hours())
    owed: list[datetime] = [due.resolution_at]
    if case.first_answered_at is None:
        owed.append(due.first_answer_at)
    return min(owed) < clock.now()


def _apply(asked: SetTarget, deed: Deed) -> None:
    services.set_target(kind=asked.kind, priority=asked.priority, target=_target(asked), actor=deed.checker)


SET_TARGET = kinds.command(
    "cases.set_target",
    _("By when cases are answered"),
    SetTarget,
    maker_right="cases.change_servicetarget",
    checker_role="BRANCH_MANAGER",
    lifetime=timedelta(days=2),
    about=lambda asked: ("SERVICE_TARGET", f"{asked.kind} {asked.priority}"[:100]),
    check=_check,
    difference=_difference,
    apply=_apply,
)
