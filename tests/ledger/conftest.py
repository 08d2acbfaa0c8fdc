"""Every ledger test has the database."""

import pytest


@pytest.fixture(autouse=True)
def with_a_database(db: None) -> None:
    """The proof after each test is the one of ``tests/conftest.py``."""
