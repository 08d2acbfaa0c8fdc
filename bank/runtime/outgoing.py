"""Calling addresses customers name, such as webhooks, without becoming their way into the bank's network.

The name is resolved once, every address it has must be on the open Internet, and the connection
goes to the address that was checked, so a name that changes its mind in between gains nothing
(OWASP SSRF prevention, ASVS 5.0 §15.3.2). https only, no redirects, no proxies; what comes back
is read up to a limit. ``OUTGOING_TRUSTED`` names networks of our own that may be reached, also
without TLS: the demonstration's and the tests'.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from bank.runtime.errors import AddressRefused, CallFailed

TIMEOUT_S = 10
WHOLE_CALL_S = 30
"""After this a call is cut off: an answer a byte at a time would hold its caller for hours."""
_MOST_READ = 4096
_LONGEST_URL = 500
_INTERNET_V6 = ipaddress.ip_network("2000::/3")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def check_url(url: str) -> None:
    """Raises ``AddressRefused`` for what ``post`` would not call as it stands; looks up no name."""
    _parts(url)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Sends ``body``; returns the answer, whatever its status. Raises ``AddressRefused``, ``CallFailed``."""
    parts = _parts(url)
    address = _checked_address(parts)
    connection = _connection(parts, address)
    path = parts.path or "/"
    late = threading.Event()
    cut = threading.Timer(WHOLE_CALL_S, _cut_off, [connection, late])
    cut.start()
    try:
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, dict(headers))
        response = connection.getresponse()
        answer = Answer(response.status, response.read(_MOST_READ))
    except (OSError, http.client.HTTPException) as error:
        raise CallFailed(problem=type(error).__name__) from error
    finally:
        cut.cancel()
        connection.close()
    if late.is_set():
        raise CallFailed(problem="it took too long")
    return answer


def _cut_off(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """Whoever reads from it finds its end."""
    late.set()
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused from None
    odd = parts.username or parts.password or parts.fragment or not parts.hostname or port == 0
    if (
        odd
        or parts.scheme not in _schemes()
        or len(url) > _LONGEST_URL
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        raise AddressRefused
    if _literal(str(parts.hostname)) is not None:
        _checked(_literal(str(parts.hostname)), parts)
    return parts


def _schemes() -> set[str]:
    return {"https", "http"} if settings.OUTGOING_TRUSTED else {"https"}


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _checked_address(parts: SplitResult) -> Address:
    """The first address of the host; all of them must be allowed."""
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CallFailed(problem="the name is not known") from error
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    for address in addresses:
        _checked(address, parts)
    return addresses[0]


def _checked(address: Address | None, parts: SplitResult) -> None:
    """Raises ``AddressRefused`` for private, local, reserved and translated addresses."""
    assert address is not None
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    if any(inner in network for network in settings.OUTGOING_TRUSTED if network.version == inner.version):
        return
    if parts.scheme != "https" or not inner.is_global or inner.is_multicast or _is_translated(address):
        raise AddressRefused


def _is_translated(address: Address) -> bool:
    """NAT64 (RFC 6052, 8215), SIIT and Teredo would lead to an IPv4 address that was not looked at;
    beside 2000::/3 the Internet has no addresses (RFC 4291).
    """
    return address.version == 6 and (
        address not in _INTERNET_V6 or getattr(address, "teredo", None) is not None
    )


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _connection(parts: SplitResult, address: Address) -> http.client.HTTPConnection:
    """To the checked address; the certificate is checked against the name."""

    class Pinned(http.client.HTTPConnection):
        def connect(self) -> None:
            plain = socket.create_connection((str(address), _port(parts)), TIMEOUT_S)
            self.sock: Any = plain
            if parts.scheme == "https":
                self.sock = secured = _secured(plain, str(parts.hostname))
                secured.do_handshake()

    return Pinned(str(parts.hostname), _port(parts), timeout=TIMEOUT_S)


def _secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    try:
        context = ssl.create_default_context()
        return context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        plain.close()
        raise
