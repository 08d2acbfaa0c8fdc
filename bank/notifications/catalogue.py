"""``docs/events.md``: every event with its JSON Schema, written from what the apps declare."""

import json
from pathlib import Path
from typing import Final

from bank.runtime import services, topics
from bank.runtime.topics import Topic

PLACE: Final[Path] = services.ROOT / "docs" / "events.md"
_HEAD: Final = """# Events

Written by `script/manage events --write` from what the apps declare in their `events.py`; a test holds it
true.

Every event is a row of the outbox, kept in the database transaction of what it tells. From there it goes to
the bank's own subscribers (mails, notices, webhooks, statements) and, where `EVENTS_URL` names a broker, to
the topic exchange `EVENTS_EXCHANGE` (`umoja.events`) with the event's name as routing key (RabbitMQ), or to
the topic of that name with what it is about as key (Kafka).

- **At least once.** A consumer sees an event again after a crash; `id` tells it that it has.
- **In order per subject.** Events about one thing (the third column) come in the order they happened.
- **Nothing unknown.** A payload has exactly the members of its schema. A member more is a version more.
- A message of the broker is JSON: `{"id", "event", "version", "subject", "at", "correlation_id", "data"}`;
  the same stands in its headers, so that nobody need read the body to route it.
- *Inside*: concerns one person's sign-in, papers or mail; never relayed.

A message that fails fifteen times, over some five hours, is **parked**: `/healthz/ready` counts it, staff see
it under *Outbox* with its fault, replay it with a reason, or have two people discard it. Later messages about
the same subject wait behind it, so nobody learns of a payment's return before its settlement; all others go
on.
"""


def written() -> str:
    rows = [
        f"| [`{one.name}`](#{_anchor(one)}) | {one.says} | {one.order[0] if one.order else '–'}"
        f" | {'inside' if one.kept_inside else 'relayed'} |"
        for one in topics.every()
    ]
    table = ["| event | says | in order per | |", "|---|---|---|---|", *rows]
    return "\n".join([_HEAD, *table, "", *map(_section, topics.every())])


def _section(topic: Topic) -> str:
    schema = json.dumps(topic.schema(), indent=2, ensure_ascii=False)
    return f"## {topic.name}\n\nVersion {topic.version}. {topic.says}\n\n```json\n{schema}\n```\n"


def _anchor(topic: Topic) -> str:
    return topic.name.lower().replace(".", "")
