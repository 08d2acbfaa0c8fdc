"""Every ledger test ends with a proof of the book."""

from collections.abc import Iterator

import pytest

from bank.ledger import proof


@pytest.fixture(autouse=True)
def proven_book(db: None) -> Iterator[None]:
    yield
    proof.assert_book_balances()
