"""Keyset pages: a cursor names the last item seen, so pages stay put while new items arrive.

Cursors are signed, so that only what the bank gave out comes back, and bound to the list they
were made for.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet
from rest_framework import serializers

from bank.kernel.errors import InvalidInput
from bank.web.rest import StrictSerializer, TextField

DEFAULT_LIMIT, MAX_LIMIT = 50, 500
_LONGEST_CURSOR = 300
Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)


class PageQuery(StrictSerializer):
    """``cursor`` and ``limit``; lists add their filters."""

    cursor = TextField(
        required=False,
        max_length=_LONGEST_CURSOR,
        help_text="`next_cursor` of the page before; absent for the first.",
    )
    limit = serializers.IntegerField(
        required=False, default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT, help_text="Items on a page."
    )


def position(query: dict[str, Any], list_name: str) -> Any:
    """Where the last page ended, or None at the beginning. Raises ``InvalidInput`` for a foreign cursor."""
    cursor = query.get("cursor")
    if cursor is None:
        return None
    try:
        return signing.loads(cursor, salt=_salt(list_name))
    except signing.BadSignature:
        raise InvalidInput(problem="This cursor does not belong to this list. Begin without one.") from None


def page(
    found: Sequence[Item], limit: int, list_name: str, position_of: Callable[[Item], Any]
) -> tuple[Sequence[Item], str | None]:
    """The page's items and the next cursor, of ``found``, which holds one item more if there are more."""
    items = found[:limit]
    if len(found) <= limit:
        return items, None
    return items, signing.dumps(position_of(items[-1]), salt=_salt(list_name))


def newest_first(
    rows: QuerySet[Row], query: dict[str, Any], list_name: str
) -> tuple[Sequence[Row], str | None]:
    """The page of rows listed by falling primary key, and the next cursor. Raises as ``position``."""
    if last := position(query, list_name):
        rows = rows.filter(pk__lt=last)
    found = list(rows[: query["limit"] + 1])
    return page(found, query["limit"], list_name, lambda one: one.pk)


def _salt(list_name: str) -> str:
    return f"bank.web.pagination:{list_name}"
