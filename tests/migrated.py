"""One migrated database that every process of a run copies: migrations run once, not once a process.

The copy is made by PostgreSQL (``CREATE DATABASE … TEMPLATE``). The name carries a digest of all
migrations and of the SQL they load, so a changed migration makes a new one.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg2

from bank.runtime import services

ROOT: Final = Path(__file__).resolve().parents[1]
PREFIX: Final = "migrated_"


def database() -> str:
    """The name of the migrated database, made if it is not there; older ones are dropped."""
    wanted = PREFIX + _digest()
    with _alone(), closing(psycopg2.connect(services.database_url())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
            there = {name for (name,) in cursor}
            for stale in there - {wanted}:
                cursor.execute(f'DROP DATABASE "{stale}" WITH (FORCE)')
            if wanted not in there:
                _make(cursor, wanted)
    return wanted


def _make(cursor: "psycopg2.extensions.cursor", name: str) -> None:
    """Under another name first: a database of this name is whole."""
    unfinished = f"{PREFIX}unfinished"
    cursor.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{unfinished}"')
    url = urlsplit(services.database_url())._replace(path=f"/{unfinished}").geturl()
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run(command, check=True, cwd=ROOT, env=environment)
    cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')


def _digest() -> str:
    found = hashlib.sha256()
    for path in sorted([*ROOT.glob("bank/*/migrations/*.py"), *ROOT.glob("bank/*/sql/*.sql")]):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    found.update((ROOT / "requirements.txt").read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    folder = services.var_dir()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    database()
