"""Which commands there are. Apps register theirs in ``commands.py``; this app imports none of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bank.identity.models import User
from bank.kernel.money import Money
from bank.workflows.errors import UnknownCommand
from bank.workflows.rules import Change


@dataclass(frozen=True, slots=True)
class Deed:
    """Who stands behind what is carried out."""

    maker: User
    checker: User
    reason: str
    reference: str


def _everybody(payload: Any, checker: User) -> None:
    """Whoever has the role may say yes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A command: its payload's dataclass, who may propose and decide, and how it is carried out.

    ``check`` raises where the payload cannot be carried out (any more), ``difference`` says what
    would change, ``apply`` changes it. All three are called again in the approving transaction,
    with everything locked that ``check`` locks. ``subject`` names what it is about: of one kind,
    one subject has at most one command waiting.

    ``amount`` says what a command moves or allows. Where no ``checker_role`` is named, or the matrix has rows
    for this command, the matrix of amounts says who decides and how soon. ``maker_right`` may depend on
    the payload too.

    ``checker_role`` and ``lifetime`` may depend on the payload (the larger the amount, the higher
    the role), and ``allows`` raises where this checker may not say yes to this payload: the
    command then goes on waiting for somebody who may.
    """

    name: str
    title: Any
    shape: type[Any]
    maker_right: str | Callable[[Any], str]
    subject: Callable[[Any], tuple[str, str]]
    check: Callable[[Any], None]
    difference: Callable[[Any], Sequence[Change]]
    apply: Callable[[Any, Deed], None]
    checker_role: str | Callable[[Any], str] = ""
    lifetime: timedelta | Callable[[Any], timedelta] = timedelta(hours=24)
    amount: Callable[[Any], Money] | None = None
    allows: Callable[[Any, User], None] = _everybody

    def right_for(self, payload: Any) -> str:
        return self.maker_right(payload) if callable(self.maker_right) else self.maker_right

    def role_for(self, payload: Any) -> str:
        return self.checker_role(payload) if callable(self.checker_role) else self.checker_role

    def lifetime_of(self, payload: Any) -> timedelta:
        return self.lifetime(payload) if callable(self.lifetime) else self.lifetime


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _kinds[kind.name] = kind
    return kind


def command(
    name: str,
    title: Any,
    shape: type[Any],
    *,
    maker_right: str | Callable[[Any], str],
    about: tuple[str, str] | Callable[[Any], tuple[str, str]],
    check: Callable[[Any], None],
    difference: Callable[[Any], Sequence[Change]],
    apply: Callable[[Any, Deed], None],
    checker_role: str | Callable[[Any], str] = "",
    lifetime: timedelta | Callable[[Any], timedelta] = timedelta(hours=24),
    amount: Callable[[Any], Money] | None = None,
    allows: Callable[[Any, User], None] = _everybody,
) -> Kind:
    """Registers a command. ``about`` is what it is about: ``("CUSTOMER", "cif")`` takes the member ``cif`` of
    the payload; a function says it of the payload where that does not do."""
    return register(
        Kind(
            name=name,
            title=title,
            shape=shape,
            maker_right=maker_right,
            subject=about if callable(about) else _member(*about),
            check=check,
            difference=difference,
            apply=apply,
            checker_role=checker_role,
            lifetime=lifetime,
            amount=amount,
            allows=allows,
        )
    )


def _member(subject_type: str, name: str) -> Callable[[Any], tuple[str, str]]:
    return lambda payload: (subject_type, str(getattr(payload, name)))


def named(name: str) -> Kind:
    """Raises ``UnknownCommand``."""
    if name not in _kinds:
        raise UnknownCommand(kind=name)
    return _kinds[name]


def names() -> list[str]:
    return sorted(_kinds)
