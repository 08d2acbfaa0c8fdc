"""A small bank at the end of May 2026: Friday the 29th is the last business date before Monday, 1 June (a
holiday), so its close stands for four days and ends the month."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from bank import ledger
from bank.kernel import clock
from bank.ledger import proof
from tests.backoffice.conftest import as_role as as_role
from tests.eod import planted
from tests.statements import world

FRIDAY = date(2026, 5, 29)
TUESDAY = date(2026, 6, 2)


@pytest.fixture(autouse=True)
def files_dir(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


@pytest.fixture(autouse=True)
def evening(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Friday at eleven in the evening, in Nairobi."""
    now = datetime(2026, 5, 29, 20, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


@pytest.fixture
def bank(db: None) -> Iterator[world.World]:
    """Two people with two accounts each and some money, on Friday; the book is proven afterwards."""
    ledger.open_books(on=FRIDAY)
    built = world.build()
    for number in range(3):
        world.deposit(built.alice.savings, "1000.10", f"savings {number}")
    yield built
    proof.assert_book_balances()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger's own steps and a planted set that posts in parts."""
    planted.install(monkeypatch)
