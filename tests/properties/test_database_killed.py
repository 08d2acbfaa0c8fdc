"""The database dies in the middle of the work: what was acknowledged is there, what was not is there in
full or not at all, and asking again brings each key to exactly one end."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from bank import ledger
from tests.properties import storm
from tests.properties.crew import Crew
from tests.properties.own_server import OwnServer
from tests.properties.proof import prove_book
from tests.properties.scratch import leading_to, migrate
from tests.properties.test_concurrency import assert_all_was_done_once, read

PROCESSES: Final = 4
KEYS: Final = 150
BEFORE_THE_KILL: Final = 100


@pytest.fixture
def server(django_db_blocker: DjangoDbBlocker) -> Iterator[OwnServer]:
    with OwnServer() as server:
        migrate(server.url)
        with leading_to(server.url, django_db_blocker):
            yield server


@pytest.mark.slow
def test_what_was_acknowledged_survives_the_death_of_the_database(server: OwnServer, tmp_path: Path) -> None:
    storm.open_accounts()
    plans = [[f"storm:{n}:{i}" for i in range(KEYS)] for n in range(PROCESSES)]
    files = [tmp_path / f"done-{n}" for n in range(PROCESSES)]
    orders = [
        {"do": "weather", "keys": keys, "file": str(file)} for keys, file in zip(plans, files, strict=True)
    ]
    with Crew(server.url, size=PROCESSES) as crew:
        crew.send(orders)
        while sum(len(read(file)) for file in files) < BEFORE_THE_KILL:
            time.sleep(0.01)
        server.kill()
        assert all("error" in worker.answer() for worker in crew.workers)
    connection.close()
    server.start()
    told = [read(file) for file in files]
    assert_acknowledged(told)
    prove_book()
    finish(server, plans, files)
    assert_all_was_done_once([read(file) for file in files], set().union(*plans))
    prove_book()


def assert_acknowledged(told: list[list[tuple[str, Any]]]) -> None:
    """Every entry that a worker was told of is there, posting by posting as asked for."""
    acknowledged = 0
    for key, answer in (line for lines in told for line in lines):
        asked = {entry.key: entry.postings for entry in storm.Task(key).entries()}
        for entry_key, entry_id in answer if isinstance(answer, list) else ():
            found = ledger.entry(entry_id)
            assert found.key == entry_key
            assert entry_key not in asked or found.postings == asked[entry_key]
            acknowledged += 1
    assert acknowledged > 0


def finish(server: OwnServer, plans: list[list[str]], files: list[Path]) -> None:
    """Sends again what nobody was told the end of: some keys new, some booked just before the end."""
    unknown = [
        [key for key in plan if key not in dict(read(file))] for plan, file in zip(plans, files, strict=True)
    ]
    assert all(unknown)
    with Crew(server.url, size=PROCESSES) as crew:
        crew.at_once(
            {"do": "weather", "keys": keys, "file": str(file)}
            for keys, file in zip(unknown, files, strict=True)
        )
