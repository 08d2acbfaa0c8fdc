"""A small list in force, and two compliance officers."""

from collections.abc import Callable

import pytest

from bank.identity import services as identity
from bank.identity.models import User
from bank.risk.models import WatchList
from bank.risk.rules import Topic
from bank.risk.screening import lists
from bank.risk.screening.entries import ListedEntry
from bank.risk.screening.names import Kind

LADIN = ListedEntry(
    "6365", Kind.PERSON, "BIN LADIN, Usama", ("BIN LADEN, Osama",), ("1957-07-30",), ("SA",), "SDGT"
)
SAVANNA = ListedEntry("7001", Kind.ORGANISATION, "SAVANNA ARMS TRADING CO. LTD.", (), (), ("KE",))
VORONOV = ListedEntry("7002", Kind.PERSON, "VORONOV, Arkady Borisovich", (), ("1961",), ("RU",))
ALL = (LADIN, SAVANNA, VORONOV)

Load = Callable[..., WatchList]


@pytest.fixture
def load(db: None) -> Load:
    def load_entries(*entries: ListedEntry, source: str = "OFAC-SDN", may_shrink: bool = True) -> WatchList:
        digest = "".join(entry.digest[:6] for entry in entries)[:64]
        return lists.load(
            source=source, topic=Topic.SANCTIONS, entries=entries, digest=digest, may_shrink=may_shrink
        ).version

    return load_entries


@pytest.fixture
def in_force(load: Load) -> WatchList:
    return load(*ALL)


@pytest.fixture
def grace(db: None) -> User:
    return _officer("grace")


@pytest.fixture
def hamisi(db: None) -> User:
    return _officer("hamisi")


def _officer(name: str) -> User:
    return identity.create_user(
        email=f"{name}@umoja.example", full_name=name.title(), password=None, is_staff=True
    )
