"""How rails reach their networks: where a network is, and calls whose failures say who has the message.

The other side of every rail whose address stands below ``NETWORKS_URL`` is a sandbox
(``bank/payments/sandbox.py``); ``RAIL_<CODE>_URL`` in the environment names a real one.
"""

from collections.abc import Mapping

import httpx
from django.conf import settings

from bank.payments import errors

TIMEOUT_S = 10
_UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def address(code: str) -> str:
    """Where the network of a rail is; empty where the rail is not set up."""
    own: str = settings.RAIL_URLS.get(code, "")
    if own:
        return own.rstrip("/")
    return f"{settings.NETWORKS_URL.rstrip('/')}/{code.lower()}" if settings.NETWORKS_URL else ""


def key(code: str) -> str:
    """The secret shared with the network; the sandbox's where nothing else is set."""
    own: str = settings.RAIL_KEYS.get(code, "")
    return own or (f"sandbox-{code.lower()}" if settings.NETWORKS_URL else "")


def call(
    code: str,
    method: str,
    path: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    about: str = "",
) -> httpx.Response:
    """One call of a network; returns what it answers, unless that is a refusal.

    ``about`` is what the message is about, for ``NetworkUnclear``. Raises ``NetworkUnreachable`` where the
    call surely did not arrive, ``NetworkUnclear`` where it may have, ``NetworkSaysNo`` for a 4xx.
    """
    url = address(code)
    if not url:
        raise errors.NetworkUnreachable(rail=code)
    try:
        response = httpx.request(
            method, url + path, content=body, headers=dict(headers or {}), timeout=TIMEOUT_S, trust_env=False
        )
    except _UNREACHED as error:
        raise errors.NetworkUnreachable(rail=code) from error
    except httpx.HTTPError as error:
        raise errors.NetworkUnclear(rail=code, reference=about or path) from error
    if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        raise errors.NetworkUnreachable(rail=code)
    if response.is_server_error:
        raise errors.NetworkUnclear(rail=code, reference=about or path)
    if response.is_client_error:
        raise errors.NetworkSaysNo(
            rail=code, reason=_said(response, "reason"), explanation=_said(response, "sentence")
        )
    return response


def _said(response: httpx.Response, name: str) -> str:
    """What a refusal says at ``name``, if it is JSON that says anything there."""
    try:
        found = response.json()
    except ValueError:
        found = {}
    said = found.get(name, "") if isinstance(found, dict) else ""
    return str(said)[:200] or (f"HTTP {response.status_code}" if name == "reason" else "")
