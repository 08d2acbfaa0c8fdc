"""The states of a command and the reading of its payload. Plain Python."""

from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
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
    """One line of the difference a command makes, in words for people."""

    label: str
    before: str
    after: str


P = TypeVar("P")


def read_payload(shape: type[P], raw: dict[str, Any]) -> P:
    """The payload in its own type. Raises ``PayloadUnusable`` for a name too many, one missing, or
    a value of another kind: what was stored is exactly what is carried out.
    """
    hints = get_type_hints(shape)
    known = {field.name: field for field in fields(shape)}  # type: ignore[arg-type]
    if surplus := sorted(raw.keys() - known.keys()):
        raise PayloadUnusable(problem=f"There is no {surplus[0]} in this command.")
    values = {}
    for name, field in known.items():
        if name in raw:
            values[name] = _read(name, hints[name], raw[name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise PayloadUnusable(problem=f"{name} is missing.")
    return shape(**values)


def write_payload(payload: Any) -> dict[str, Any]:
    """The payload as JSON keeps it: days and decimals as text."""
    return {field.name: _plain(getattr(payload, field.name)) for field in fields(payload)}


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
