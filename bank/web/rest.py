"""What REST views of all apps share: strict parsing, strict fields, money, the idempotency key."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import IO, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from bank.identity.models import User
from bank.kernel.errors import BankError, InvalidInput
from bank.kernel.money import Money
from bank.runtime import idempotency

_LONGEST_KEY = 200
_LARGEST_JSON = 256_000
_NOT_MONEY = 'Write {"amount": "12.50", "currency": "KES"}.'
_NOT_TEXT = "Write amount and currency as text, in quotes."

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 200 printable characters, new for each request. Sending the same request again under "
    "the same key has its effect once: the first answer is 201, every later one 200 with "
    "`Idempotency-Replayed: true`. The same key with another content is refused with 409.",
)


class TooLarge(APIException):
    """RFC 9110 §15.5.14."""

    status_code = 413
    default_code = "content_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit:,} bytes.")


class StrictJSONParser(JSONParser):
    """JSON in UTF-8 (RFC 8259) with each name once per object, no NaN or Infinity, and numbers kept exact."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        refuse_other_charsets(media_type)
        try:
            return _strict_json(read_at_most(stream, _LARGEST_JSON).decode("utf-8"))
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON this door takes: {error}") from error


class StrictSerializer(serializers.Serializer[Any]):
    """Takes an object with exactly the named members; a member it does not know is refused, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            sentence = "There is no such member here."
            raise serializers.ValidationError(
                {name[:60]: [sentence] for name in unknown[:20]}, code="unknown_member"
            )
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """A JSON string: numbers and booleans are not taken for text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("Write a text, in quotes.", code="not_text")
        return super().to_internal_value(data)


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            "amount": {
                "type": "string",
                "pattern": r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,4})?$",
                "description": "A decimal number as text, with at most the decimals the currency has.",
                "example": "12.50",
            },
            "currency": {
                "type": "string",
                "pattern": "^[A-Z]{3}$",
                "description": "ISO 4217.",
                "example": "KES",
            },
        },
        "required": ["amount", "currency"],
        "additionalProperties": False,
        "example": {"amount": "12.50", "currency": "KES"},
    }
)
class MoneyField(serializers.Field[Money, Any, dict[str, str], Any]):
    """``{"amount": "12.50", "currency": "KES"}`` and nothing looser."""

    def to_internal_value(self, data: Any) -> Money:
        if not isinstance(data, dict) or set(data) != {"amount", "currency"}:
            raise serializers.ValidationError(
                'Write {"amount": "12.50", "currency": "KES"}.', code="not_money"
            )
        if not isinstance(data["amount"], str) or not isinstance(data["currency"], str):
            raise serializers.ValidationError(
                "Write amount and currency as text, in quotes.", code="not_text"
            )
        try:
            return Money.of(data["amount"], data["currency"])
        except BankError as error:
            raise serializers.ValidationError(error.message, code=error.code) from error

    def to_representation(self, value: Money) -> dict[str, str]:
        return {"amount": f"{value.amount:f}", "currency": value.currency}


def body_of(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """The request's body, checked member by member. Raises DRF's ``ValidationError`` with every fault."""
    return _checked(serializer, request.data)


def query_of(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """The query string, each name at most once and none unknown."""
    repeated = [name for name, values in request.query_params.lists() if len(values) > 1]
    if repeated:
        raise serializers.ValidationError({repeated[0][:60]: ["Give this parameter once."]}, code="repeated")
    return _checked(serializer, request.query_params.dict())


def user_of(request: Request) -> User:
    """Who the access token speaks for; views behind the door always have one."""
    assert isinstance(request.user, User)
    return request.user


def idempotency_key(request: Request) -> str:
    """The ``Idempotency-Key`` header, required wherever money moves. Raises ``InvalidInput`` without it."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 1 <= len(key) <= _LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise InvalidInput(
            problem=f"Send an Idempotency-Key header of 1 to {_LONGEST_KEY} printable characters, "
            "new for each request."
        )
    return key


def once(
    request: Request, operation: str, content: dict[str, Any], run: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Does it once under the request's key; a repeated request finds it done, and its answer."""
    key, owner = idempotency_key(request), f"user:{user_of(request).pk}"
    found, _replayed = idempotency.once(owner=owner, operation=operation, key=key, content=content, run=run)
    return found


def created(body: Any, *, replayed: bool, location: str, status: int = 201) -> Response:
    """The answer to an idempotent POST: ``status`` the first time, 200 and ``Idempotency-Replayed`` after."""
    response = Response(body, status=200 if replayed else status)
    response["Location"] = location
    if replayed:
        response["Idempotency-Replayed"] = "true"
    return response


def read_at_most(stream: IO[bytes], limit: int) -> bytes:
    """The whole body. Raises ``TooLarge`` above ``limit`` bytes, without reading further."""
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(limit)
    return body


def refuse_other_charsets(media_type: str | None) -> None:
    """Raises 415 where a content type names a charset that is not UTF-8."""
    for parameter in (media_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType(media_type or "")


def _checked(serializer: type[StrictSerializer], given: Any) -> dict[str, Any]:
    return dict(_shape(serializer).run_validation(given))


@cache
def _shape(serializer: type[StrictSerializer]) -> StrictSerializer:
    """One instance for all requests: building its fields costs more than using them, and validation
    leaves nothing behind in it."""
    return serializer()


def _strict_json(text: str) -> Any:
    return json.loads(
        text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_refuse_fraction
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name is repeated in an object")
    return names


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")


def _refuse_fraction(text: str) -> Any:
    raise ValueError(f'write {text[:40]} as text: "{text[:40]}"')
