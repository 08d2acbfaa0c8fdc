"""What a network says, as a row keeps it: a dataclass of ``bank.payments.network`` to JSON and back.

Text of strangers is kept on one line, without control characters, and only so long.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any, Final, get_args

from bank.kernel.money import Money
from bank.payments.network import Event

_KINDS: Final[dict[str, type[Event]]] = {kind.__name__: kind for kind in get_args(Event)}
_LONGEST: Final = 500


def kind_of(event: Event) -> str:
    return type(event).__name__


def reference_of(event: Event) -> str:
    """The order it speaks of; of money from outside the network's reference."""
    known = getattr(event, "reference", "") or getattr(event, "network_reference", "")
    return cleaned(known)[:64]


def write(event: Event) -> dict[str, Any]:
    """The news as JSON holds it."""
    return {field.name: _plain(getattr(event, field.name)) for field in fields(event)}


def read(kind: str, told: dict[str, Any]) -> Event:
    """The news a row keeps."""
    return _KINDS[kind](**{name: _value(name, value) for name, value in told.items()})


def cleaned(text: str) -> str:
    """A stranger's text on one line, as long as the bank keeps it."""
    return "".join(sign if sign.isprintable() else " " for sign in str(text)).strip()[:_LONGEST]


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, datetime):
        return value.isoformat()
    return cleaned(value) if isinstance(value, str) else value


def _value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return Money.of(value["amount"], value["currency"])
    return datetime.fromisoformat(value) if name == "at" and value else value
