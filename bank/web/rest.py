"""What REST views of all apps share: a strict parser and the idempotency key."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from bank.kernel.errors import InvalidInput

_LONGEST_KEY = 200


class StrictJSONParser(JSONParser):
    """JSON in UTF-8 (RFC 8259) with each name once per object, no NaN or Infinity, and numbers kept exact."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            text = stream.read().decode("utf-8")
            return json.loads(
                text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_refuse_fraction
            )
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON this door takes: {error}") from error


def idempotency_key(request: Request) -> str:
    """The ``Idempotency-Key`` header, required wherever money moves. Raises ``InvalidInput`` without it."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 1 <= len(key) <= _LONGEST_KEY or not key.isprintable():
        raise InvalidInput(
            problem=f"Send an Idempotency-Key header of 1 to {_LONGEST_KEY} printable characters, new for each request."
        )
    return key


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name is repeated in an object")
    return names


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")


def _refuse_fraction(text: str) -> Any:
    raise ValueError(f'write {text} as text: "{text}"')
