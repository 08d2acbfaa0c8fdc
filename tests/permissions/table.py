"""What every URL answers each role, as ``expected.tsv`` has it."""

from functools import cache
from pathlib import Path
from typing import Final

from tests.permissions.roles import ROLES

TABLE: Final = Path(__file__).with_name("expected.tsv")


def table() -> list[tuple[str, dict[str, str]]]:
    rows = [line.split("\t") for line in TABLE.read_text().splitlines()[1:]]
    return [(request, dict(zip(ROLES, statuses, strict=True))) for request, *statuses in rows]


def first_reader(route: str, among: tuple[str, ...]) -> str:
    """The first of these roles that sees the page; empty where none does."""
    answers = _by_request().get(f"GET {route}", {})
    return next((role for role in among if answers.get(role) == "200"), "")


@cache
def _by_request() -> dict[str, dict[str, str]]:
    return dict(table())
