"""Calls Daraja over HTTPS: where it is, the bank's credentials there, tokens, what its answers mean."""

import base64
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

from bank.kernel import clock
from bank.payments import errors, transport
from bank.payments.rails.mpesa import published

NAME: Final = "M-Pesa"
_TIMEOUT: Final = httpx.Timeout(20, connect=5)
_STALE: Final = 401
_BUSY: Final = frozenset({429, 503})
_NAMES: Final = (
    *("consumer_key", "consumer_secret", "passkey", "initiator", "initiator_password"),
    *("certificate", "paybill", "bulk_account"),
)
_EARLY: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Setup:
    """Where Daraja is and who the bank is there. ``certificate`` seals the initiator's password."""

    url: str
    consumer_key: str
    consumer_secret: str = field(repr=False)
    passkey: str = field(repr=False)
    initiator: str
    initiator_password: str = field(repr=False)
    certificate: str
    paybill: str
    bulk_account: str


@dataclass(slots=True)
class _Token:
    value: str
    until: datetime


_tokens: dict[tuple[str, str], _Token] = {}
_lock = threading.Lock()


def setup() -> Setup:
    """As the environment says; with no address of Daraja, that of the sandbox with what it publishes."""
    if settings.RAIL_URLS.get("MPESA"):
        own = {name: settings.RAIL_MPESA.get(name, "") for name in _NAMES}
        return Setup(url=transport.address("MPESA"), **own)
    return Setup(
        url=transport.address("MPESA"),
        consumer_key=published.CONSUMER_KEY,
        consumer_secret=published.CONSUMER_SECRET,
        passkey=published.PASSKEY,
        initiator=published.INITIATOR,
        initiator_password=published.INITIATOR_PASSWORD,
        certificate="",
        paybill=published.PAYBILL,
        bulk_account=published.BULK_ACCOUNT,
    )


def forget() -> None:
    """Drops tokens and the sandbox's certificate, as a new process would not have them."""
    _tokens.clear()
    _certificate_of_sandbox.cache_clear()


def call(path: str, body: dict[str, Any], *, about: str) -> dict[str, Any]:
    """What Daraja answers to a request; ``about`` is the order or request it is for.

    Raises ``NetworkUnreachable``, ``NetworkUnclear``, and ``NetworkSaysNo`` with Daraja's own code.
    """
    daraja = setup()
    response = _posted(daraja, path, body, about)
    if response.status_code == _STALE:
        _tokens.pop((daraja.url, daraja.consumer_key), None)
        response = _posted(daraja, path, body, about)
    return _read(response, about)


def credential() -> str:
    """SecurityCredential: the initiator's password, sealed for Safaricom (RSA, PKCS #1 v1.5), in base64."""
    daraja = setup()
    pem = daraja.certificate or _certificate_of_sandbox(daraja.url)
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise errors.NetworkSaysNo(rail=NAME, reason="CERTIFICATE", explanation="It is not of an RSA key.")
    sealed = key.encrypt(daraja.initiator_password.encode(), padding.PKCS1v15())
    return base64.b64encode(sealed).decode()


@cache
def _certificate_of_sandbox(url: str) -> str:
    try:
        return httpx.get(f"{url}/certificate.pem", timeout=_TIMEOUT, trust_env=False).raise_for_status().text
    except httpx.HTTPError as error:
        raise errors.NetworkUnreachable(rail=NAME) from error


def statement(short_code: str, day: str) -> str:
    """The organisation's statement of a day as the M-Pesa portal exports it (CSV)."""
    daraja = setup()
    try:
        answer = httpx.get(
            f"{daraja.url}/statement",
            params={"ShortCode": short_code, "Date": day},
            headers=_authorised(daraja),
            timeout=_TIMEOUT,
            trust_env=False,
        )
        return answer.raise_for_status().text
    except httpx.HTTPError as error:
        raise errors.NetworkUnreachable(rail=NAME) from error


def _posted(daraja: Setup, path: str, body: dict[str, Any], about: str) -> httpx.Response:
    headers = _authorised(daraja)
    try:
        return httpx.post(
            f"{daraja.url}{path}", json=body, headers=headers, timeout=_TIMEOUT, trust_env=False
        )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
        raise errors.NetworkUnreachable(rail=NAME) from error
    except httpx.HTTPError as error:
        raise errors.NetworkUnclear(rail=NAME, reference=about) from error


def _authorised(daraja: Setup) -> dict[str, str]:
    with _lock:
        token = _tokens.get((daraja.url, daraja.consumer_key))
        if token is None or token.until <= clock.now():
            token = _tokens[daraja.url, daraja.consumer_key] = _new_token(daraja)
    return {"Authorization": f"Bearer {token.value}"}


def _new_token(daraja: Setup) -> _Token:
    """Nothing was asked for yet, so whatever goes wrong here, the request surely was not made."""
    try:
        response = httpx.get(
            f"{daraja.url}/oauth/v1/generate",
            params={"grant_type": "client_credentials"},
            auth=(daraja.consumer_key, daraja.consumer_secret),
            timeout=_TIMEOUT,
            trust_env=False,
        )
        given = response.raise_for_status().json()
        lasts = timedelta(seconds=int(given["expires_in"])) - _EARLY
        return _Token(str(given["access_token"]), clock.now() + lasts)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise errors.NetworkUnreachable(rail=NAME) from error


def _read(response: httpx.Response, about: str) -> dict[str, Any]:
    if response.status_code in _BUSY or response.status_code == _STALE:
        raise errors.NetworkUnreachable(rail=NAME)
    try:
        body = response.json()
    except ValueError as error:
        raise errors.NetworkUnclear(rail=NAME, reference=about) from error
    if not isinstance(body, dict):
        raise errors.NetworkUnclear(rail=NAME, reference=about)
    if "errorCode" in body or body.get("ResponseCode", "0") not in {"0", "1000", "00000000"}:
        reason = str(body.get("errorCode") or body.get("ResponseCode"))[:40]
        explanation = str(body.get("errorMessage") or body.get("ResponseDescription") or "")[:200]
        raise errors.NetworkSaysNo(rail=NAME, reason=reason, explanation=explanation)
    return body
