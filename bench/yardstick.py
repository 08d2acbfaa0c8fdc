"""The yardstick: pgbench's TPC-B-like transaction, prepared, on the same server and as many clients.

Ten branches, so that its clients do not queue for one row: a scale of 1 would flatter us.
Durability is the server's default; the run says so if it is not.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2

from bench import http_world

SCALE = 10
_RATE = re.compile(r"tps = ([\d.]+) \(without initial connection time\)")


@contextmanager
def pgbench_database() -> Iterator[str]:
    """A scratch database filled for pgbench; its URL."""
    with http_world.scratch_environment() as environment:
        url = environment["DATABASE_URL"]
        _pgbench(["--initialize", "--scale", str(SCALE), "--quiet", url])
        yield url


def rate(url: str, *, clients: int, seconds: int) -> float:
    """Transactions a second."""
    options = ["-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-n"]
    found = _RATE.search(_pgbench([*options, url]))
    if found is None:
        raise RuntimeError("pgbench printed no rate")
    return float(found[1])


def durability(url: str) -> str:
    """What the server says of ``fsync`` and ``synchronous_commit``, and its version."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT format('PostgreSQL %s, fsync %s, synchronous_commit %s',"
                " current_setting('server_version'), current_setting('fsync'),"
                " current_setting('synchronous_commit'))"
            )
            return str(cursor.fetchone()[0])
    finally:
        connection.close()


def _pgbench(arguments: list[str]) -> str:
    done = subprocess.run(
        [_program(), *arguments], check=True, capture_output=True, text=True, env=_environment()
    )
    return done.stdout


def _program() -> str:
    from bank.runtime import embedded, services

    return embedded.database_program("pgbench") if services.database_is_embedded() else "pgbench"


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")}
