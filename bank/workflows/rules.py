"""The states of a command and the reading of its payload. Plain Python."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from bank.workflows.errors import PayloadUnusable

REASON_LETTERS: Final = 300


class State(StrEnum):
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    FAILED = "FAILED"


#: Those in which a checker had a say.
DECIDED_BY_CHECKER: Final = frozenset({State.APPROVED, State.REJECTED, State.FAILED})


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the difference a command makes, in words for people.

    ``is_forecast``: what it would come to, such as how many customers it touches. That moves by itself from
    day to day, so a command is not stale for it.
    """

    label: str
    before: str
    after: str
    is_forecast: bool = field(default=False, kw_only=True)


def write_change(change: Change) -> dict[str, Any]:
    """As the command keeps it; a forecast says so."""
    kept = {"label": change.label, "before": change.before, "after": change.after}
    return {**kept, "is_forecast": True} if change.is_forecast else kept


@dataclass(frozen=True, slots=True)
class Level:
    """Amounts above ``above``, in the base currency, are decided by ``role`` and, where one is named, by
    ``second`` too, within ``hours``."""

    above: Decimal
    role: str
    hours: int
    second: str = ""


MATRIX: Final = (
    Level(Decimal(0), "SUPERVISOR", 24),
    Level(Decimal(100_000), "BRANCH_MANAGER", 48),
    Level(Decimal(1_000_000), "BRANCH_MANAGER", 72, "ADMINISTRATOR"),
)
"""Who decides on a command with an amount, until staff agree on other rows."""

MOST_LEVELS: Final = 10
LONGEST_HOURS: Final = 30 * 24


def level_for(levels: Iterable[Level], amount: Decimal) -> Level:
    """The highest level the amount is above of; the lowest also for nothing at all."""
    ordered = sorted(levels, key=lambda level: level.above)
    return next((one for one in reversed(ordered) if amount > one.above), ordered[0])


def check_levels(levels: Sequence[Level], roles: Collection[str]) -> None:
    """Raises ``PayloadUnusable`` unless they begin at nothing, rise, and name roles there are."""
    if not 1 <= len(levels) <= MOST_LEVELS or levels[0].above != 0:
        raise PayloadUnusable(problem=f"Give one to {MOST_LEVELS} levels, the first above 0.")
    if any(low.above >= high.above for low, high in pairwise(levels)):
        raise PayloadUnusable(problem="Levels rise: each begins above the one before.")
    for one in levels:
        if one.role not in roles or (one.second and one.second not in roles) or one.second == one.role:
            raise PayloadUnusable(problem="Name roles there are, and two different ones where two decide.")
        if not 1 <= one.hours <= LONGEST_HOURS:
            raise PayloadUnusable(problem=f"A level gives one to {LONGEST_HOURS} hours.")


P = TypeVar("P")


def read_payload(shape: type[P], raw: dict[str, Any]) -> P:
    """The payload in its own type. Raises ``PayloadUnusable`` for a name too many, one missing, or
    a value of another kind: what was stored is exactly what is carried out.
    """
    hints = get_type_hints(shape)
    known = {member.name: member for member in fields(shape)}  # type: ignore[arg-type]
    if surplus := sorted(raw.keys() - known.keys()):
        raise PayloadUnusable(problem=f"There is no {surplus[0]} in this command.")
    values = {}
    for name, member in known.items():
        if name in raw:
            values[name] = _read(name, hints[name], raw[name])
        elif member.default is MISSING and member.default_factory is MISSING:
            raise PayloadUnusable(problem=f"{name} is missing.")
    return shape(**values)


def write_payload(payload: Any) -> dict[str, Any]:
    """The payload as JSON keeps it: days and decimals as text."""
    return {member.name: _plain(getattr(payload, member.name)) for member in fields(payload)}


def reason(text: str) -> str:
    """Why something is proposed or rejected: one line, never empty. Raises ``PayloadUnusable``."""
    words = " ".join(text.split())
    if not words:
        raise PayloadUnusable(problem="Say why: the reason stays on record.")
    if len(words) > REASON_LETTERS or not words.isprintable():
        raise PayloadUnusable(problem=f"A reason may have {REASON_LETTERS} letters, none of them invisible.")
    return words


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value


def _read(name: str, kind: Any, value: Any) -> Any:
    if isinstance(kind, UnionType):
        if value is None and NoneType in get_args(kind):
            return None
        return _read(name, next(one for one in get_args(kind) if one is not NoneType), value)
    if get_origin(kind) is list and isinstance(value, list):
        return [_read(name, get_args(kind)[0], one) for one in value]
    if kind in (Decimal, date) and isinstance(value, str | Decimal | date):
        return _exact(name, kind, str(value))
    if type(value) is kind:
        return value
    raise PayloadUnusable(problem=f"{name} is not of the kind this command takes.")


def _exact(name: str, kind: Any, text: str) -> Any:
    try:
        return Decimal(text) if kind is Decimal else date.fromisoformat(text)
    except (InvalidOperation, ValueError):
        raise PayloadUnusable(problem=f"{name} cannot be read.") from None
