"""Another time for the close of business."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.eod import schedule
from bank.kernel.errors import Conflict, InvalidInput
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

MAKER_RIGHT: Final = "eod.change_run"


@dataclass(frozen=True, slots=True)
class ChangeClosing:
    """When the business date is closed (``22:00``, where the bank is), and whether by itself at all."""

    at: str
    enabled: bool


def _check(asked: ChangeClosing) -> None:
    standing = schedule.row()
    if (_time(asked), asked.enabled) == (schedule.closes_at(), standing is None or standing.enabled):
        raise Conflict(problem="That is when the business date is closed already.")


def _time(asked: ChangeClosing) -> time:
    try:
        at = time.fromisoformat(asked.at)
    except ValueError:
        raise InvalidInput(problem="A time of day is written like 22:00.") from None
    if at.second or at.microsecond or at.tzinfo is not None:
        raise InvalidInput(problem="A time of day is written like 22:00.")
    return at


def _difference(asked: ChangeClosing) -> list[Change]:
    standing = schedule.row()
    on = standing is None or standing.enabled
    return [
        Change(
            gettext("The business date is closed"),
            _said(schedule.closes_at(), on),
            _said(_time(asked), asked.enabled),
        )
    ]


def _said(at: time, enabled: bool) -> str:
    return gettext("at %s") % f"{at:%H:%M}" if enabled else gettext("by hand alone")


def _apply(asked: ChangeClosing, deed: Deed) -> None:
    schedule.change(at=_time(asked), enabled=asked.enabled)


CHANGE_CLOSING = kinds.command(
    "eod.change_closing",
    _("Another time for the close of business"),
    ChangeClosing,
    maker_right=MAKER_RIGHT,
    checker_role="ADMINISTRATOR",
    lifetime=timedelta(days=2),
    about=lambda _asked: ("SCHEDULE", schedule.NAME),
    check=_check,
    difference=_difference,
    apply=_apply,
)
