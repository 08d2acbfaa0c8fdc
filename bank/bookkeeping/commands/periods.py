"""Closing and reopening a month: an accountant proposes, the finance manager decides."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping import rules
from bank.bookkeeping.errors import PeriodOutOfOrder
from bank.bookkeeping.rules import PeriodAct
from bank.bookkeeping.selectors import checklist, periods
from bank.bookkeeping.services import periods as closing
from bank.identity.models import User
from bank.workflows import kinds
from bank.workflows import services as workflows
from bank.workflows.kinds import Deed
from bank.workflows.models import Command
from bank.workflows.rules import Change

CLOSE = "bookkeeping.close_period"
REOPEN = "bookkeeping.reopen_period"
_MONTH: Final = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChangePeriod:
    """A month, such as 2026-10."""

    month: str


def propose(*, act: PeriodAct, month: str, reason: str, maker: User) -> Command:
    """Proposes to close or to reopen a month; the reason stays with it."""
    kind = CLOSE if act == PeriodAct.CLOSE else REOPEN
    return workflows.propose(kind=kind, payload=ChangePeriod(month), reason=reason, maker=maker)


def _first(asked: ChangePeriod) -> date:
    if not _MONTH.fullmatch(asked.month):
        raise PeriodOutOfOrder(problem="Write the month as 2026-10.")
    return date.fromisoformat(f"{asked.month}-01")


def _check_close(asked: ChangePeriod) -> None:
    closing.check_close(_first(asked))


def _check_reopen(asked: ChangePeriod) -> None:
    closing.check_reopen(_first(asked))


def _until() -> str:
    until = periods.closed_until()
    return "" if until is None else until.isoformat()


def _close_difference(asked: ChangePeriod) -> list[Change]:
    """Up to where, and what the maker saw ticked: where a tick has changed since, it is proposed anew."""
    ticks = [
        Change(str(one.point.title), "", gettext("✓ Done") if one.is_done else gettext("✗ Still open"))
        for one in checklist.of(rules.month_end(_first(asked)))
    ]
    return [Change(gettext("Books closed"), _until(), gettext("Up to the end of %s") % asked.month), *ticks]


def _reopen_difference(asked: ChangePeriod) -> list[Change]:
    before = _first(asked) - timedelta(days=1)
    return [Change(gettext("Books closed"), _until(), before.isoformat())]


def _apply(asked: ChangePeriod, deed: Deed, act: PeriodAct) -> None:
    closing.change(
        month=_first(asked),
        act=act,
        reason=deed.reason,
        maker=deed.maker,
        checker=deed.checker,
        command=deed.reference,
    )


def _apply_close(asked: ChangePeriod, deed: Deed) -> None:
    _apply(asked, deed, PeriodAct.CLOSE)


def _apply_reopen(asked: ChangePeriod, deed: Deed) -> None:
    _apply(asked, deed, PeriodAct.REOPEN)


kinds.command(
    CLOSE,
    _("Closing of a month"),
    ChangePeriod,
    maker_right="bookkeeping.change_periodchange",
    checker_role="FINANCE_MANAGER",
    lifetime=timedelta(hours=72),
    about=("PERIOD", "month"),
    check=_check_close,
    difference=_close_difference,
    apply=_apply_close,
)
kinds.command(
    REOPEN,
    _("Reopening of a month"),
    ChangePeriod,
    maker_right="bookkeeping.change_periodchange",
    checker_role="FINANCE_MANAGER",
    lifetime=timedelta(hours=72),
    about=("PERIOD", "month"),
    check=_check_reopen,
    difference=_reopen_difference,
    apply=_apply_reopen,
)
