"""Scopes, lifetimes, and what an app or a key may look like. No database, no clock."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from bank.access import errors


class Scope(StrEnum):
    ACCOUNTS_READ = "accounts:read"
    STATEMENTS_READ = "statements:read"
    PAYMENTS_READ = "payments:read"
    PAYMENTS_CREATE = "payments:create"
    FILES_READ = "files:read"
    FILES_CREATE = "files:create"
    EXPENSES_READ = "expenses:read"
    EXPENSES_MANAGE = "expenses:manage"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    INTROSPECTION = "introspection"


class Ended(StrEnum):
    """Why a key or a consent is over."""

    REVOKED = "REVOKED"
    REPLACED = "REPLACED"
    APP_CLOSED = "APP_CLOSED"
    CODE_REPLAYED = "CODE_REPLAYED"


class Flow(StrEnum):
    """How an app comes by its tokens."""

    CONSENT = "authorization-code"
    OWN = "client-credentials"


CONSENT_SCOPES: Final = (
    Scope.ACCOUNTS_READ,
    Scope.STATEMENTS_READ,
    Scope.PAYMENTS_READ,
    Scope.PAYMENTS_CREATE,
)
"""What a third party may ask a customer for. A file can name any account, so files are not among them."""

OWN_SCOPES: Final = (
    *CONSENT_SCOPES,
    Scope.FILES_READ,
    Scope.FILES_CREATE,
    Scope.EXPENSES_READ,
    Scope.EXPENSES_MANAGE,
    Scope.WEBHOOKS_READ,
    Scope.WEBHOOKS_MANAGE,
)
"""What a customer's own programs may have."""

FILE_SCOPES: Final = frozenset({Scope.FILES_READ, Scope.FILES_CREATE})

KEY_MARK: Final = "umk_"
TOKEN_MARK: Final = "umt_"  # noqa: S105
CONSENT_LASTS: Final = timedelta(days=180)
"""Asked again after this (PSD2 RTS 2018/389 art. 10, as amended)."""
LONGEST_KEY: Final = timedelta(days=366)
LOG_KEPT: Final = timedelta(days=30)
SPENT_CODES_KEPT: Final = timedelta(days=1)
NOTED_EVERY: Final = timedelta(minutes=1)
NAME_LETTERS: Final = 80
MOST_REDIRECTS: Final = 10
MOST_ADDRESSES: Final = 20
LONGEST_REDIRECT: Final = 500
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_SPOKEN_FOR: Final = frozenset("\\<>\"'`{}|^ ")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a program's credential allows. ``accounts`` are numbers; ``None`` means all its user may see."""

    scopes: frozenset[str]
    accounts: frozenset[str] | None
    customer_id: int | None = None


def name_fit(name: str) -> str:
    """A name people can read and tell apart. Raises ``AppUnfit``."""
    plain = " ".join(name.split())
    if not plain or len(plain) > NAME_LETTERS or not plain.isprintable():
        raise errors.AppUnfit(problem="Give it a name of 1 to 80 letters.")
    return plain


def redirects_fit(uris: list[str], *, needed: bool) -> list[str]:
    """The addresses a code may be sent to, as they will be compared: letter by letter (RFC 9700 §2.1)."""
    if needed and not uris:
        raise errors.AppUnfit(problem="Give at least one redirect address.")
    if len(uris) > MOST_REDIRECTS:
        raise errors.AppUnfit(problem="Give at most 10 redirect addresses.")
    for uri in uris:
        if problem := _redirect_problem(uri):
            raise errors.RedirectUnfit(uri=uri[:80], problem=problem)
    return list(dict.fromkeys(uris))


def networks_fit(texts: list[str]) -> list[str]:
    """Addresses and networks a key may be used from. Raises ``KeyUnfit``."""
    if len(texts) > MOST_ADDRESSES:
        raise errors.KeyUnfit(problem="Give at most 20 addresses.")
    return [str(_network(text)) for text in texts]


def is_from(address: str, networks: list[str]) -> bool:
    """Whether the address lies in one of the networks; with none named, anywhere will do."""
    if not networks:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    return any(caller in ip_network(one) for one in networks)


def scopes_fit(scopes: list[str], allowed: tuple[Scope, ...]) -> list[str]:
    """The scopes in the order people read them, each once. Raises ``AppUnfit``."""
    if not scopes or set(scopes) - set(allowed):
        raise errors.AppUnfit(problem="Choose at least one of the scopes offered.")
    return [scope.value for scope in allowed if scope in scopes]


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise errors.NetworkUnfit(text=text[:60]) from None


def _redirect_problem(uri: str) -> str:
    if len(uri) > LONGEST_REDIRECT or not (uri.isascii() and uri.isprintable()) or set(uri) & _SPOKEN_FOR:
        return "it has letters that do not belong into an address, or too many."
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "it cannot be read."
    if parts.scheme not in {"https", "http"} or not host:
        return "it must begin with https://."
    if parts.scheme == "http" and host not in _LOOPBACK:
        return (
            "only http://127.0.0.1 and http://[::1], for programs on a person's own machine, go without TLS."
        )
    if parts.fragment or "#" in uri or parts.username is not None or "*" in uri:
        return "it may hold no fragment, no user name and no asterisk."
    return ""
