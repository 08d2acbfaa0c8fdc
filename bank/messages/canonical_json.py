"""What was read from a message as JSON: money and days as text, what is empty left out."""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any


def lines(found: Iterable[Any]) -> Iterator[str]:
    """One JSON object a line for each thing read, as it is read."""
    for each in found:
        yield json.dumps(plain(each), ensure_ascii=False)


def plain(value: Any) -> Any:
    """Dataclasses as objects, everything else as what JSON has."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = ((field.name, plain(getattr(value, field.name))) for field in dataclasses.fields(value))
        return {name: inner for name, inner in named if inner not in ("", None, [], {})}
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: inner for name, each in value.items() if (inner := plain(each)) not in ("", None)}
    return value
