"""What each event says: its topic, its payload as JSON Schema, and whose order it keeps.

An app declares the topics it emits in its ``events.py``. ``docs/events.md`` is written from these
declarations, the relay sends their version along, and tests hold every payload to its schema.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "integer"}
UUID: Final[Schema] = {"type": "string", "format": "uuid"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
MONEY: Final[Schema] = {"type": "string", "description": "an amount and its currency, such as `1,250.00 KES`"}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}


@dataclass(frozen=True, slots=True)
class Topic:
    """``order`` names a kind of thing and the member of the payload that says which one: events about one
    thing are told in the order they happened. What is ``kept_inside`` concerns one person's sign-in or
    papers and is never relayed to a broker.
    """

    name: str
    says: str
    members: Mapping[str, Schema]
    order: tuple[str, str] | None = None
    version: int = 1
    kept_inside: bool = False

    def schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of the payload."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:umoja:event:{self.name}:{self.version}",
            "title": self.name,
            "description": self.says,
            "type": "object",
            "properties": dict(self.members),
            "required": sorted(self.members),
            "additionalProperties": False,
        }

    def subject_of(self, payload: Mapping[str, Any]) -> str:
        """Such as ``account:0100000012``; empty where the order does not matter."""
        if self.order is None or not payload.get(self.order[1]):
            return ""
        return f"{self.order[0]}:{payload[self.order[1]]}"[:120]


_topics: dict[str, Topic] = {}


def declare(
    name: str,
    says: str,
    *,
    order: tuple[str, str] | None = None,
    schema_version: int = 1,
    kept_inside: bool = False,
    **members: Schema,
) -> Topic:
    """Every member is always there; a member more, or another meaning, is another version."""
    _topics[name] = Topic(name, says, members, order, schema_version, kept_inside)
    return _topics[name]


def known(name: str) -> Topic | None:
    return _topics.get(name)


def every() -> Iterator[Topic]:
    """All of them, by name."""
    yield from (_topics[name] for name in sorted(_topics))
