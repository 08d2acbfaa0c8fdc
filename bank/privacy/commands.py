"""What needs two people about privacy: for how long a kind of data is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import Conflict
from bank.privacy import retention, rules, selectors, services
from bank.privacy.rules import Rule
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change


@dataclass(frozen=True, slots=True)
class SetRetention:
    """A kind of data is kept for so many years after the end."""

    kind: str
    years: int


def _check(asked: SetRetention) -> None:
    rules.check(asked.kind, asked.years)
    if selectors.retention_rules()[asked.kind].years == asked.years:
        raise Conflict(problem="It is kept so long already.")


def _difference(asked: SetRetention) -> list[Change]:
    """The years, and how much would be erased the next night; what is gone already stays gone."""
    now = selectors.retention_rules()
    rule = now[asked.kind]
    then = {**now, asked.kind: replace(rule, years=asked.years)}
    years = gettext("%d years")
    rows = [str(_due_rows(asked.kind, held)) for held in (now, then)]
    return [
        Change(gettext("Kept for"), years % (rule.years or 0), years % asked.years),
        Change(gettext("Why"), rule.basis, rule.basis),
        Change(gettext("Rows erased the next night"), *rows, is_forecast=True),
    ]


def _due_rows(kind: str, held: Mapping[str, Rule]) -> int:
    if kind in rules.OF_APPLICATIONS:
        return len(retention.due_applications(given=held)[kind])
    return retention.count(retention.due(given=held)).get(kind, 0)


def _apply(asked: SetRetention, deed: Deed) -> None:
    services.set_retention(kind=asked.kind, years=asked.years, actor=deed.checker)


SET_RETENTION = kinds.command(
    "privacy.set_retention",
    _("How long a kind of data is kept"),
    SetRetention,
    maker_right="privacy.change_retentionrule",
    checker_role="COMPLIANCE",
    lifetime=timedelta(days=3),
    about=("RETENTION_RULE", "kind"),
    check=_check,
    difference=_difference,
    apply=_apply,
)
