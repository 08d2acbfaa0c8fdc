"""An app as its makers would write it, and a person in front of the consent screen."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from bank.access import services
from bank.access.models import ApiKey, App
from bank.access.rules import Flow
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock
from tests.identity import open_browser

CALLBACK = "https://app.example/callback"
VERIFIER = "v" * 64
SCOPES = ["accounts:read", "statements:read", "payments:read", "payments:create"]


@dataclass
class Program:
    app: App
    secret: str


def register(user: User, *, scopes: list[str] | None = None, **changes: Any) -> Program:
    asked = {"name": "Budget", "flow": Flow.CONSENT, "redirect_uris": [CALLBACK], "scopes": scopes or SCOPES}
    made = services.register_app(user=user, **(asked | changes))
    return Program(made.app, made.secret)


def challenge(verifier: str = VERIFIER) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def address(app: App, **changes: Any) -> str:
    """Where the app sends its customer."""
    asked: dict[str, Any] = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": CALLBACK,
        "scope": "accounts:read statements:read",
        "state": "s1",
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
    } | changes
    return "/oauth/authorize/?" + urlencode(
        {name: value for name, value in asked.items() if value is not None}
    )


def browser(user: User) -> Client:
    client = Client()
    open_browser(client, user)
    return client


def allow(user: User, app: App, numbers: list[str], **changes: Any) -> dict[str, str]:
    """The person ticks these accounts and allows; what the app is told."""
    answer = browser(user).post(address(app, **changes), {"accounts": numbers})
    assert answer.status_code == 302, answer.content
    return told(answer)


def told(answer: Any) -> dict[str, str]:
    parts = urlsplit(answer["Location"])
    assert answer["Location"].startswith(CALLBACK), answer["Location"]
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def token(program: Program, **fields: Any) -> Any:
    """What the token endpoint says to the app."""
    basic = base64.b64encode(f"{program.app.client_id}:{program.secret}".encode()).decode()
    return Client().post("/oauth/token/", fields, headers={"Authorization": f"Basic {basic}"})


def exchange(program: Program, code: str, **changes: Any) -> Any:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    return token(program, **(fields | changes))


def tokens(user: User, program: Program, numbers: list[str], **changes: Any) -> dict[str, Any]:
    """All the way: consent, code, tokens."""
    answer = exchange(program, allow(user, program.app, numbers, **changes)["code"])
    assert answer.status_code == 200, answer.content
    content: dict[str, Any] = answer.json()
    return content


def refresh(program: Program, text: str, **more: Any) -> Any:
    return token(program, grant_type="refresh_token", refresh_token=text, **more)


def ask(text: str, path: str = "/api/v1/accounts", **headers: Any) -> Any:
    return Client().get(path, headers={"Authorization": f"Bearer {text}"}, **headers)


def refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert answer.json()["detail"]
    assert answer.json()["correlation_id"]


def key(user: User, *, customer: Customer | None = None, **changes: Any) -> tuple[ApiKey, str]:
    asked = {
        "name": "Night run",
        "scopes": ["accounts:read"],
        "networks": [],
        "expires_at": clock.now() + timedelta(days=30),
    } | changes
    made = services.create_key(user=user, customer=customer, **asked)
    return made.key, made.text
