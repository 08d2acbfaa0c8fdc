"""The other side of the bank's networks, for demonstration and tests: ``python -m bank.payments.sandbox``.

One process plays every network whose rail has a ``sandbox.py`` with ``SANDBOX``, a subclass of
``Sandbox``. It speaks the network's own format over HTTP under ``/<code>/``, keeps what it was sent
in SQLite, and does as it is told: ``POST /<code>/_behave`` with ``{"what": "REJECT", "reason":
"AC04", "times": 1}``. It knows nothing of the bank but what a network would: no Django, no database.
"""

import importlib
import json
import os
import pkgutil
import signal
import socketserver
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from bank.payments import rails

PORT = 8090
_MOST_BYTES = 64 * 1024 * 1024


class What(StrEnum):
    """What the other side does with what it is sent next.

    DELAY: nothing is heard until ``_behave`` says ACCEPT for it. DUPLICATE: every answer comes twice.
    RETURN: settled, then sent back. TIMEOUT: taken, and the connection is left without an answer.
    DOWN: not taken; 503.
    """

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    DELAY = "DELAY"
    DUPLICATE = "DUPLICATE"
    RETURN = "RETURN"
    TIMEOUT = "TIMEOUT"
    DOWN = "DOWN"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """``match`` is text the message must hold; ``times`` counts down, and without any left it is over."""

    what: What = What.ACCEPT
    reason: str = ""
    match: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"

    @classmethod
    def of(cls, content: Any, status: int = 200) -> "Response":
        return cls(status, json.dumps(content).encode())


class Sandbox(ABC):
    """One network. ``answer`` runs under a lock: one request at a time, as it came."""

    code: ClassVar[str]
    schema: ClassVar[str] = ""
    """The tables it keeps, as SQLite statements that may be repeated."""

    def __init__(self, directory: Path | None = None) -> None:
        """In memory where no directory is given."""
        where = directory / f"{self.code.lower()}.sqlite3" if directory else ":memory:"
        self.store = sqlite3.connect(where, check_same_thread=False, isolation_level=None)
        self.store.row_factory = sqlite3.Row
        self.store.executescript(self.schema)
        self._behaviours: list[Behaviour] = []
        self._lock = threading.RLock()

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """The network's own interface. ``request.path`` is what follows ``/<code>``."""

    def behave(self, behaviour: Behaviour) -> None:
        self._behaviours.append(behaviour)

    def behaviour_for(self, message: str) -> Behaviour:
        """What was ordered for the message, used up by asking; ACCEPT where nothing was."""
        for place, one in enumerate(self._behaviours):
            if one.match in message:
                left = one.times - 1
                self._behaviours[place : place + 1] = (
                    [Behaviour(one.what, one.reason, one.match, left)] if left else []
                )
                return one
        return Behaviour()

    def handle(self, request: Request) -> Response:
        with self._lock:
            if request.path == "/_behave" and request.method == "POST":
                asked = json.loads(request.body)
                self.behave(Behaviour(**{**asked, "what": What(asked.get("what", "ACCEPT"))}))
                return Response.of({"behaviours": len(self._behaviours)})
            return self.answer(request)


def found() -> dict[str, type[Sandbox]]:
    """The sandboxes in ``rails/``, by code."""
    kinds: dict[str, type[Sandbox]] = {}
    for module in pkgutil.iter_modules(rails.__path__):
        folder = Path(rails.__path__[0]) / module.name
        if (folder / "sandbox.py").exists() or (folder / "sandbox").is_dir():
            kind: type[Sandbox] = importlib.import_module(f"{rails.__name__}.{module.name}.sandbox").SANDBOX
            kinds[kind.code] = kind
    return kinds


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: what a network is sent is nobody's to read in a log."""


def server(sandboxes: Iterable[Sandbox], port: int = 0) -> WSGIServer:
    """A server on loopback that is not serving yet; ``server_port`` says where. Port 0 takes any."""
    return make_server("127.0.0.1", port, _application(sandboxes), _Server, _Handler)


def _application(sandboxes: Iterable[Sandbox]) -> Callable[..., Iterable[bytes]]:
    networks = {one.code.lower(): one for one in sandboxes}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        _, code, path = (environ.get("PATH_INFO", "") + "//").split("/", 2)
        network = networks.get(code.lower())
        response = network.handle(_request(environ, path)) if network else Response.of({}, 404)
        start_response(f"{response.status} -", [("Content-Type", response.content_type)])
        return [response.body]

    return application


def _request(environ: dict[str, Any], path: str) -> Request:
    length = min(int(environ.get("CONTENT_LENGTH") or 0), _MOST_BYTES)
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    query = environ.get("QUERY_STRING", "")
    tail = "/" + path.rstrip("/") + (f"?{query}" if query else "")
    return Request(environ["REQUEST_METHOD"], tail, headers, environ["wsgi.input"].read(length))


def main() -> None:
    """Serves all of them until the process is ended; a bank that is no demonstration has real networks,
    so there it only waits to be ended."""
    if os.environ.get("BANK_ENV", "production") != "demo":
        print("networks: no demonstration, so nothing is played here", flush=True)  # noqa: T201
        _wait_for_the_end()
        return
    directory = Path(os.environ.get("NETWORKS_DIR", "var/networks"))
    directory.mkdir(parents=True, exist_ok=True)
    port = int(os.environ.get("NETWORKS_PORT", PORT))
    server([kind(directory) for kind in found().values()], port).serve_forever()


def _wait_for_the_end() -> None:
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    ended.wait()


if __name__ == "__main__":
    main()
