"""Who asks, from where and under which correlation id: set at the door, read by audit and logs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class RequestContext:
    correlation_id: str = ""
    actor_id: int | None = None
    ip: str = ""
    user_agent: str = ""
    channel: str = "SYSTEM"
    through: str = ""
    """The app or API key that speaks for the actor; empty where they act themselves."""


_OUTSIDE = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request_context", default=_OUTSIDE)


def current() -> RequestContext:
    """The context of the work in progress; outside any request, channel ``SYSTEM``."""
    return _current.get()


@contextmanager
def use(**changes: Any) -> Iterator[RequestContext]:
    """The current context with ``changes``, until the block ends."""
    token = _current.set(replace(_current.get(), **changes))
    try:
        yield _current.get()
    finally:
        _current.reset(token)


def identify(actor_id: int, through: str = "") -> None:
    """Names the actor of the request in progress and the program that speaks for them, for doors that learn
    it after the context was set."""
    _current.set(replace(_current.get(), actor_id=actor_id, through=through))
