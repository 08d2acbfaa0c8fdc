"""The site as production runs it: its own settings and server, over plain sockets, on the test database."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection

from bank.runtime import services, signing

ROOT = Path(__file__).resolve().parents[2]
HOST = "bank.example"
PORTS = range(9100, 9200)


def environment(var: Path, database: str) -> dict[str, str]:
    """What production needs; broker and cache are named and absent, as on a bad day."""
    socket_dir = quote(str(services.database_dir()), safe="/")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(var),
        "BANK_VAR": str(var),
        "SECRET_KEY": settings.SECRET_KEY,
        "JWT_SIGNING_KEY": settings.JWT_SIGNING_KEY,
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
        "LOOKUP_KEY": settings.LOOKUP_KEY,
        "DATABASE_URL": os.environ.get("DATABASE_URL")
        or f"postgresql://postgres@/{database}?host={socket_dir}",
        "BROKER_URL": "redis://127.0.0.1:1/0",
        "CACHE_URL": "redis://127.0.0.1:1/1",
        "ALLOWED_HOSTS": HOST,
        "EMAIL_URL": "dummymail://",
        "PUBLIC_URL": f"https://{HOST}",
        "DOCUMENT_SIGNING_KEY": settings.JWT_SIGNING_KEY,
        "DOCUMENT_SIGNING_CERTIFICATES": signing.certificates_pem(),
        "BEHIND_PROXY": "1",
        "WEB_CONCURRENCY": "1",
        "BIND": "127.0.0.1",
    }


def manage(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``manage.py`` under production's settings."""
    command = [sys.executable, "manage.py", *arguments]
    env = environment(var, str(connection.settings_dict["NAME"]))
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


class Site:
    """One gunicorn, started and ended by the tests."""

    def __init__(self, var: Path) -> None:
        _lay_out_static(var / "static")
        self.port = next(port for port in PORTS if _is_free(port))
        self.log = var / "gunicorn.log"
        env = environment(var, str(connection.settings_dict["NAME"])) | {"PORT": str(self.port)}
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "bank.runtime.serve"]
            path = f"{Path(sys.executable).parent}:{env['PATH']}"
            self._server = subprocess.Popen(
                command, cwd=ROOT, env=env | {"PATH": path}, stdout=log, stderr=log
            )
        self._wait()

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> http.client.HTTPResponse:
        """The answer, its body in ``.content``."""
        usual = {"Host": HOST, "X-Forwarded-Proto": "https"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        line.request(method, path, body, usual | named)
        answer = line.getresponse()
        answer.content = answer.read()  # type: ignore[attr-defined]
        line.close()
        return answer

    def raw(self, *parts: bytes, until: bytes = b"\0never") -> bytes:
        """What comes back for these very bytes until ``until``, or the server hangs up or falls silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
            found = b""
            try:
                for part in parts:
                    line.sendall(part)
                while until not in found and (received := line.recv(65536)):
                    found += received
            except (TimeoutError, ConnectionError):
                pass
            return found

    def end(self) -> None:
        self._server.terminate()
        self._server.wait(20)

    def _wait(self) -> None:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            try:
                if self.ask("/healthz/live").status == 200:
                    return
            except OSError:
                time.sleep(0.2)
        self.end()
        raise AssertionError(self.log.read_text())


def _lay_out_static(folder: Path) -> None:
    """What collectstatic makes, without hashing and compressing megabytes."""
    paths = {}
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                place.symlink_to(storage.path(name))
            paths[name] = name
    (folder / "staticfiles.json").write_text(json.dumps({"paths": paths, "version": "1.1", "hash": ""}))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
