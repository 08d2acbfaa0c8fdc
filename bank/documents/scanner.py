"""Looks for malicious software: by the bank's own signatures, and by clamd where one is named."""

import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from django.conf import settings

from bank.documents import errors, rules

_CHUNK: Final = 1 << 16
_TIMEOUT_S: Final = 30


class Scanner(Protocol):
    """Tells the name of what it found in ``content``, or "" where it found nothing."""

    def scan(self, content: bytes) -> str: ...


class Signatures:
    """The bank's own short list, always at hand."""

    def scan(self, content: bytes) -> str:
        return rules.signature_in(content)


class Clamd:
    """A ClamAV daemon asked by its INSTREAM command, at a Unix socket's path or at ``host:port``."""

    def __init__(self, address: str) -> None:
        self._address = address

    def scan(self, content: bytes) -> str:
        """Raises ``ScannerUnavailable`` where the daemon gives no verdict: unscanned is not clean."""
        try:
            verdict = self._ask(content)
        except OSError as error:
            raise errors.ScannerUnavailable from error
        if verdict.endswith(" FOUND"):
            return verdict.removeprefix("stream: ").removesuffix(" FOUND")
        if verdict != "stream: OK":
            raise errors.ScannerUnavailable
        return ""

    def _ask(self, content: bytes) -> str:
        with self._connected() as line:
            line.sendall(b"zINSTREAM\0")
            for chunk in _chunks(content):
                line.sendall(struct.pack("!L", len(chunk)) + chunk)
            line.sendall(struct.pack("!L", 0))
            return _answer(line.recv)

    def _connected(self) -> socket.socket:
        host, colon, port = self._address.rpartition(":")
        if colon and port.isdigit():
            return socket.create_connection((host, int(port)), timeout=_TIMEOUT_S)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(_TIMEOUT_S)
        line.connect(self._address)
        return line


def scanners() -> Iterable[Scanner]:
    """All that are asked: the bank's own signatures always, clamd where ``CLAMD_ADDRESS`` names one."""
    return [Signatures(), *([Clamd(settings.CLAMD_ADDRESS)] if settings.CLAMD_ADDRESS else [])]


def refuse_infected(content: bytes) -> None:
    """Raises ``DocumentInfected`` if any scanner finds something, ``ScannerUnavailable`` if one is silent."""
    if any(scanner.scan(content) for scanner in scanners()):
        raise errors.DocumentInfected


def _chunks(content: bytes) -> Iterator[bytes]:
    return (content[start : start + _CHUNK] for start in range(0, len(content), _CHUNK))


def _answer(receive: Callable[[int], bytes]) -> str:
    answer = b""
    while not answer.endswith(b"\0") and (part := receive(4096)):
        answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
