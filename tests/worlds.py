"""A world built once for the tests of a module, each of which finds it as it was built.

The database transaction it was built in stays open as long as the module lasts; what a test does is a
savepoint in it, and undone. What it gets is a copy of what the building answered. It ends before a test
that has the database and not the world, and is from then on built for each test.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, Generic, TypeVar

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

World = TypeVar("World")


class Standing(Generic[World]):
    """One that was built; ``visit`` it from within a test's database transaction."""

    open: "list[Standing[Any]]" = []
    may_stand = True
    """Not where a test commits: what it begins with must be committed too."""

    def __init__(self, build: Callable[[], World], blocker: DjangoDbBlocker) -> None:
        self._build, self._blocker, self._whole = build, blocker, transaction.atomic()
        if self.may_stand:
            self._stand()

    def _stand(self) -> None:
        with self._blocker.unblock():
            self._whole.__enter__()
            self.open.append(self)
            try:
                self._built = self._build()
                connection.check_constraints()
            except BaseException:
                self.end()
                raise

    def visit(self) -> World:
        """The world as if it had been built just now."""
        if self not in self.open:
            return self._build()
        cache.clear()
        return deepcopy(self._built)

    def end(self) -> None:
        """Leaves nothing of it behind."""
        if self in self.open:
            self.open.remove(self)
            with self._blocker.unblock():
                transaction.set_rollback(True)
                self._whole.__exit__(None, None, None)


def once_a_module(build: Callable[[], World]) -> Any:
    """A fixture of the module that has it built."""

    @pytest.fixture(scope="module")
    def standing(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Standing[World]]:
        world = Standing(build, django_db_blocker)
        yield world
        world.end()

    return standing


def make_way(*, visited: bool, committing: bool) -> None:
    """Before a test that has the database: worlds it does not visit end, and before one that commits, all."""
    Standing.may_stand = not committing
    if committing or not visited:
        for world in list(Standing.open):
            world.end()
