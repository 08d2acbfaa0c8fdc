"""Other levels of the matrix: who decides on how much."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.contrib.auth.models import Group
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.identity.models import User
from bank.kernel.errors import Conflict
from bank.runtime import formats
from bank.workflows import kinds, rules, selectors, services
from bank.workflows.errors import PayloadUnusable
from bank.workflows.kinds import Deed
from bank.workflows.models import ApprovalLevel, Command
from bank.workflows.rules import Change, Level

MAKER_RIGHT: Final = "workflows.change_approvallevel"


@dataclass(frozen=True, slots=True)
class SetLevels:
    """All levels of one command, or, without ``scope``, of all: above, role, second role, hours."""

    scope: str
    levels: list[list[str]]


def propose(*, scope: str, levels: list[Level], reason: str, maker: User) -> Command:
    """Proposes other levels; they count for what is proposed after somebody else has approved them."""
    raw = [[f"{one.above:f}", one.role, one.second, str(one.hours)] for one in levels]
    return services.propose(kind=SET_LEVELS.name, payload=SetLevels(scope, raw), reason=reason, maker=maker)


def read(lines: str) -> list[Level]:
    """``1000000 BRANCH_MANAGER+ADMINISTRATOR 72``, a line each. Raises ``PayloadUnusable``."""
    return [_read(*line.split()) for line in lines.splitlines() if line.strip()]


def _read(*parts: str) -> Level:
    if len(parts) != 3:
        raise PayloadUnusable(problem="Write each level as amount, role and hours, such as 0 SUPERVISOR 24.")
    above, roles, hours = parts
    role, _plus, second = roles.upper().partition("+")
    return _level([above.replace(",", ""), role, second, hours])


def written(levels: list[Level]) -> str:
    """As ``read`` reads it."""
    rows = [(f"{one.above:f}", "+".join(filter(None, (one.role, one.second))), one.hours) for one in levels]
    return "\n".join(f"{above} {roles} {hours}" for above, roles, hours in rows)


def _level(raw: list[str]) -> Level:
    above, role, second, hours = raw
    if not above.replace(".", "", 1).isdecimal() or not above.isascii() or len(above) > 19:
        raise PayloadUnusable(problem=f"{above[:40]} is no amount.")
    if not (hours.isascii() and hours.isdecimal() and len(hours) <= 4):
        raise PayloadUnusable(problem=f"{hours[:40]} is no number of hours.")
    return Level(Decimal(above), role, int(hours), second)


def _levels(asked: SetLevels) -> list[Level]:
    if any(len(one) != 4 for one in asked.levels):
        raise PayloadUnusable(problem="A level has an amount, a role, perhaps a second, and hours.")
    return [_level(one) for one in asked.levels]


def _check(asked: SetLevels) -> None:
    if asked.scope and asked.scope not in kinds.names():
        raise PayloadUnusable(problem=f"The bank knows no command {asked.scope[:60]}.")
    found = _levels(asked)
    rules.check_levels(found, set(Group.objects.values_list("name", flat=True)))
    if found == selectors.levels(asked.scope) and selectors.has_levels(asked.scope):
        raise Conflict(problem="These levels hold already.")


def _difference(asked: SetLevels) -> list[Change]:
    before = {one.above.normalize(): _said(one) for one in selectors.levels(asked.scope)}
    after = {one.above.normalize(): _said(one) for one in _levels(asked)}
    scope = asked.scope or gettext("Every command with an amount")
    return [
        Change(
            gettext("%(scope)s, above %(sum)s") % {"scope": scope, "sum": formats.number(above)},
            before.get(above, ""),
            after.get(above, ""),
        )
        for above in sorted(before.keys() | after.keys())
    ]


def _said(level: Level) -> str:
    roles = " + ".join(filter(None, (level.role, level.second)))
    return f"{roles}, {level.hours} h"


def _apply(asked: SetLevels, deed: Deed) -> None:
    ApprovalLevel.objects.filter(scope=asked.scope).delete()
    ApprovalLevel.objects.bulk_create(
        ApprovalLevel(scope=asked.scope, above=one.above, role=one.role, second=one.second, hours=one.hours)
        for one in _levels(asked)
    )


SET_LEVELS = kinds.command(
    "workflows.set_levels",
    _("Who approves how much"),
    SetLevels,
    maker_right=MAKER_RIGHT,
    checker_role="ADMINISTRATOR",
    lifetime=timedelta(days=2),
    about=("LEVELS", "scope"),
    check=_check,
    difference=_difference,
    apply=_apply,
)
