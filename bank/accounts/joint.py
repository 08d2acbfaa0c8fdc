"""What can wait for the other holders of an account. Apps register theirs in ``commands.py``; this one
imports none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bank.accounts.models import JointAct
from bank.accounts.rules import JointState
from bank.identity.models import User


@dataclass(frozen=True, slots=True)
class Kind:
    """``carry_out(asked, by)`` does the act in the transaction of the last word; ``give_up(asked, state, by,
    why)`` records that it will not be done. Both lock what they change."""

    name: str
    title: Any
    carry_out: Callable[[JointAct, User], None]
    give_up: Callable[[JointAct, JointState, User | None, str], None]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _kinds[kind.name] = kind
    return kind


def named(name: str) -> Kind:
    return _kinds[name]
