"""What the generated OpenAPI schema needs told: how one signs in, and that every refusal is a problem."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

from bank.access.rules import CONSENT_SCOPES
from bank.web.oauth import wording

_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_STATUS = {
    "400": "The request is malformed or a member has a fault; `errors` lists each.",
    "401": "No access token, or one that is expired, revoked or not for this API.",
    "429": "Too many requests; `Retry-After` says when to try again.",
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A refusal (RFC 9457). `code` is stable and explained at `type`.",
    "required": ["type", "title", "status", "detail", "code", "correlation_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and how to fix it."},
        "code": {"type": "string"},
        "correlation_id": {"type": "string", "description": "Quote it when you ask the bank."},
        "errors": {
            "type": "array",
            "description": "Every fault of the request's members.",
            "items": {
                "type": "object",
                "required": ["field", "detail", "code"],
                "properties": {
                    "field": {"type": "string"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}
_EXAMPLES = {
    "400": ("INVALID_INPUT", "amount: Write amount and currency as text, in quotes."),
    "401": ("TOKEN_INVALID", "This token is not valid here. Sign in again."),
    "404": ("NOT_FOUND", "There is no such account."),
    "429": ("THROTTLED", "Too many requests. Try again in 42 seconds."),
}


class AccessToken(OpenApiAuthenticationExtension):
    """The security scheme: a bearer token for the audience of this API."""

    target_class = "bank.identity.tokens.AccessTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token of five minutes, signed with ES256, audience `umoja-api`.",
        }


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """The security scheme: a customer's own key."""

    target_class = "bank.access.doors.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "umk_…",
            "description": "A key made on the developers' page, with scopes, an end and perhaps a list of "
            "addresses. An address or account outside of them is refused: 403 `SCOPE_MISSING`, 404.",
        }


class ConsentScheme(OpenApiAuthenticationExtension):
    """The security scheme: OAuth 2.0, with the two flows there are."""

    target_class = "bank.access.doors.ConsentAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {scope.value: str(words) for scope, words in wording.SCOPES.items()}
        consented = {scope.value: scopes[scope.value] for scope in CONSENT_SCOPES}
        token = {"tokenUrl": "/oauth/token/", "refreshUrl": "/oauth/token/"}
        return {
            "type": "oauth2",
            "description": "PKCE with S256 is required; redirect addresses are compared letter by letter; "
            "a refresh token works once. A token reaches the accounts the customer chose, no other.",
            "flows": {
                "authorizationCode": {"authorizationUrl": "/oauth/authorize/", **token, "scopes": consented},
                "clientCredentials": {"tokenUrl": "/oauth/token/", "scopes": scopes},
            },
        }

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        """The scope the operation needs; the schema leaves out what is closed to apps."""
        scope = getattr(auto_schema.view, "scopes", {}).get(auto_schema.method)
        return {self.name: [scope.value] if scope else []}


def add_problems(
    result: dict[str, Any], generator: SchemaGenerator, request: Any, public: bool
) -> dict[str, Any]:
    """Gives every operation its refusals."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    for path in result["paths"].values():
        for method, operation in path.items():
            if method in _METHODS:
                _add_refusals(operation)
    return result


def _add_refusals(operation: dict[str, Any]) -> None:
    for status, description in _STATUS.items():
        operation["responses"].setdefault(status, _refusal(description, status))
    other = "Any other refusal; `code` says which."
    operation["responses"].setdefault("default", _refusal(other, "404"))


def _refusal(description: str, status: str) -> dict[str, Any]:
    code, detail = _EXAMPLES[status]
    example = {
        "type": f"/api/docs/errors/#{code}",
        "title": HTTPStatus(int(status)).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        "correlation_id": "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a",
    }
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    return {"description": description, "content": {"application/problem+json": content}}
