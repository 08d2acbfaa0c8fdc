"""Databases that hold the ledger alone, and the way of Django's connection into them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import environ
import psycopg2
from django.db import connection
from pytest_django import DjangoDbBlocker

ROOT: Final = Path(__file__).resolve().parents[2]


def migrate(url: str) -> None:
    """The ledger's tables, functions, guards and chart, in an empty database."""
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.properties.bare"}
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(command, check=True, cwd=ROOT, env=environment)


def execute(url: str, statement: str) -> None:
    """One statement outside any database transaction."""
    maintenance = psycopg2.connect(url)
    maintenance.autocommit = True
    try:
        with maintenance.cursor() as cursor:
            cursor.execute(statement)
    finally:
        maintenance.close()


@contextmanager
def leading_to(url: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Django's connection, also of threads, leads into another database; what it commits stays there."""
    there = environ.Env.db_url_config(url)
    usual = {name: connection.settings_dict[name] for name in there}
    connection.close()
    connection.settings_dict |= there
    with blocker.unblock():
        yield
        connection.close()
    connection.settings_dict |= usual
