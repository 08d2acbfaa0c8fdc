"""Which PostgreSQL, broker and cache the bank uses: the only module that knows.

``DATABASE_URL``, ``BROKER_URL`` and ``CACHE_URL`` name outside services. Where one is
absent, the service embedded in a wheel serves instead, its files under ``var/``
(``BANK_VAR``). Nothing here starts a process: ``bank.runtime.embedded`` does.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_DELIVERIES: Final = 20
"""How often RabbitMQ hands out a task that its workers die of; all tasks' work stands in the database, and
beat finds what is left undone."""
_SILENCE_S: Final = 5
_LONGEST_SOCKET_DIR = 70
"""A Unix socket's path may have 107 bytes; the longest name we put in such a folder has 30."""


def var_dir() -> Path:
    """Where the bank keeps what it must not lose: databases, files, generated secrets."""
    return Path(os.environ.get("BANK_VAR") or ROOT / "var").resolve()


def socket_dir() -> Path:
    """A folder short enough for Unix sockets, private to this installation."""
    near = var_dir() / "run"
    if len(str(near)) <= _LONGEST_SOCKET_DIR:
        return near
    name = hashlib.sha256(str(near).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"umoja-{name}"


def database_is_embedded() -> bool:
    return not os.environ.get("DATABASE_URL")


def broker_is_embedded() -> bool:
    return not os.environ.get("BROKER_URL")


def cache_is_embedded() -> bool:
    return not os.environ.get("CACHE_URL")


def database_url() -> str:
    """The outside database, or the embedded one by the socket its own pid file names."""
    return os.environ.get("DATABASE_URL") or f"postgresql://postgres@/bank?host={_embedded_socket_dir()}"


def broker_url() -> str:
    return os.environ.get("BROKER_URL") or f"redis+socket://{broker_socket()}?virtual_host=0"


def cache_url() -> str:
    return os.environ.get("CACHE_URL") or f"unix://{broker_socket()}?db=1"


def is_rabbitmq(url: str) -> bool:
    return url.startswith("amqp")


def rabbitmq_options() -> dict[str, Any]:
    """How RabbitMQ is spoken to: what is published is confirmed, and a broker that is silent is one that is
    away, so that no request and no database transaction waits for it for long.
    """
    return {"confirm_publish": True, "read_timeout": _SILENCE_S, "write_timeout": _SILENCE_S}


def rabbitmq_queue() -> dict[str, Any]:
    """A queue that survives a server, and gives up a task that its workers die of."""
    return {"x-queue-type": "quorum", "x-delivery-limit": MOST_DELIVERIES}


def broker_socket() -> Path:
    return socket_dir() / "valkey.sock"


def database_dir() -> Path:
    return var_dir() / "postgres"


def _embedded_socket_dir() -> str:
    """Line 5 of ``postmaster.pid``; before the first start, the folder it will be in."""
    pid_file = database_dir() / "postmaster.pid"
    try:
        return pid_file.read_text().splitlines()[4].strip() or str(database_dir())
    except (OSError, IndexError):
        return str(database_dir())
