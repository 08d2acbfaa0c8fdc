"""What can wait for signatures. Apps register theirs in ``commands.py``; this app imports none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bank.identity.models import User
from bank.signing.rules import State


@dataclass(frozen=True, slots=True)
class Kind:
    """``carry_out(subject, by)`` does the act in the transaction of the last signature; ``give_up(subject,
    state, by, reason)`` records that it will not be done, or, ``RETURNED``, not as it is. Both lock what
    they change."""

    name: str
    title: Any
    carry_out: Callable[[str, User], None]
    give_up: Callable[[str, State, User | None, str], None]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _kinds[kind.name] = kind
    return kind


def named(name: str) -> Kind:
    return _kinds[name]


def titles() -> list[tuple[str, Any]]:
    """Every kind with its title, to choose from."""
    return [(name, _kinds[name].title) for name in sorted(_kinds)]
