"""What two of the staff agree on: a statutory rate and from which day it holds."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.audit import services as audit
from bank.identity.models import User
from bank.payroll import selectors, statutory
from bank.payroll.errors import RateUnusable
from bank.payroll.models import StatutoryRate
from bank.payroll.rules import Code
from bank.runtime import formats
from bank.workflows import kinds
from bank.workflows import services as workflows
from bank.workflows.kinds import Deed
from bank.workflows.models import Command
from bank.workflows.rules import Change

MAKER_RIGHT: Final = "payroll.change_statutoryrate"


@dataclass(frozen=True, slots=True)
class SetRate:
    """A rate by its code, its parts as ``statutory`` writes them, from ``valid_from`` on (ISO 8601)."""

    code: str
    valid_from: str
    parts: str
    source: str


def propose(*, code: str, valid_from: date, parts: str, source: str, reason: str, maker: User) -> Command:
    """Proposes it; wages of months that end on that day or later are worked out with it once approved."""
    payload = SetRate(code, valid_from.isoformat(), parts, source)
    return workflows.propose(kind=SET_RATE.name, payload=payload, reason=reason, maker=maker)


def _check(asked: SetRate) -> None:
    """Raises ``RateUnusable`` for a rate that is none, and for a day in a month that is over."""
    if asked.code not in {one.value for one in Code}:
        raise RateUnusable(problem=f"The bank knows no rate {asked.code[:20]}.")
    parts = statutory.read(Code(asked.code), asked.parts)
    if not asked.source.strip():
        raise RateUnusable(problem="Name the law or notice the rate comes from.")
    since = date.fromisoformat(asked.valid_from)
    if since < selectors.this_month():
        raise RateUnusable(problem="It holds from a day of this month or later: wages before it are paid.")
    known = StatutoryRate.objects.filter(code=asked.code, valid_from=since).first()
    if known is not None and known.parameters == parts:
        raise RateUnusable(problem="This rate holds from that day already.")


def _difference(asked: SetRate) -> list[Change]:
    since = date.fromisoformat(asked.valid_from)
    rows = StatutoryRate.objects.filter(code=asked.code, valid_from__lte=since)
    before = rows.order_by("-valid_from").first()
    label = gettext("%(code)s from %(day)s") % {"code": asked.code, "day": formats.day(since)}
    parts = statutory.read(Code(asked.code), asked.parts)
    return [Change(label, _line(statutory.written(before.parameters)) if before else "",
                   _line(statutory.written(parts)))]  # fmt: skip


def _line(text: str) -> str:
    return ", ".join(text.splitlines())


def _apply(asked: SetRate, deed: Deed) -> None:
    parts = statutory.read(Code(asked.code), asked.parts)
    StatutoryRate.objects.update_or_create(
        code=asked.code,
        valid_from=date.fromisoformat(asked.valid_from),
        defaults={"parameters": parts, "source": asked.source.strip()[:140]},
    )
    audit.record(
        "STATUTORY_RATE_SET", actor=deed.checker, subject_type="STATUTORY_RATE", subject_id=asked.code,
        detail={"from": asked.valid_from, "parts": asked.parts, "command": deed.reference},
    )  # fmt: skip


SET_RATE = kinds.command(
    "payroll.set_rate",
    _("Statutory rate of wages"),
    SetRate,
    maker_right=MAKER_RIGHT,
    checker_role="ADMINISTRATOR",
    lifetime=timedelta(days=7),
    about=("STATUTORY_RATE", "code"),
    check=_check,
    difference=_difference,
    apply=_apply,
)
