"""Every URL × every role × GET and POST, against the table in ``expected.tsv``.

A route that is missing there fails the test, so a new one cannot be forgotten. Write the new
table with ``EXPECTED=write script/test tests/permissions`` and read its difference: a 200 where
there was none is a door that somebody opened.
"""

import os
import re
from typing import Any

import pytest
from django.core.cache import cache

from tests.permissions.roles import ROLES, Everybody, assemble, every_route
from tests.permissions.table import TABLE, table
from tests.portals import town
from tests.security import policy

METHODS = ("GET", "POST")
PARTS = 6
READERS = ("owner", "company", "auditor", "administrator")
_OWNED = re.compile(
    r" /(personal|corporate|sme|developers|api/v1|open-account)/"
    r".*<\w+:(number|reference|(?!registration)\w+_id|cif|place)>"
)


@pytest.fixture
def everybody(db: None) -> Everybody:
    return assemble(town.build())


def requests(part: int) -> list[tuple[str, str]]:
    """Method and route, every ``PARTS``-th of them: several processes share the work."""
    return [(method, route) for route in every_route()[part::PARTS] for method in METHODS]


def answers(everybody: Everybody, part: int) -> dict[str, list[str]]:
    found = {}
    for method, route in requests(part):
        cache.clear()
        given = {role: everybody.ask(role, method, route) for role in ROLES}
        found[f"{method} {route}"] = [str(answer.status_code) for answer in given.values()]
        if method == "GET":
            _look_at(route, given)
    return found


def _look_at(route: str, given: dict[str, Any]) -> None:
    """Rows 14 and 39: every page has the whole policy, and none is stored, as the first to see it gets it."""
    seen = next((given[role] for role in READERS if given[role].status_code == 200), None)
    if seen is not None:
        policy.check(route, seen)


def written(found: dict[str, list[str]]) -> str:
    """The table with these rows in place of those it had; routes that are gone lose theirs."""
    rows = {request: list(by_role.values()) for request, by_role in table()} | found
    order = [f"{method} {route}" for route in every_route() for method in METHODS]
    lines = [["request", *ROLES], *([request, *rows[request]] for request in order if request in rows)]
    return "".join("\t".join(line) + "\n" for line in lines)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_url_answers_every_role_as_documented(everybody: Everybody, part: int) -> None:
    found = answers(everybody, part)
    if os.environ.get("EXPECTED") == "write":
        TABLE.write_text(written(found))
    expected = {request: list(by_role.values()) for request, by_role in table()}
    differences = {
        request: {"expected": expected.get(request), "found": statuses}
        for request, statuses in found.items()
        if expected.get(request) != statuses
    }
    assert differences == {}


def test_the_table_has_every_route_and_no_other() -> None:
    routes = {f"{method} {route}" for route in every_route() for method in METHODS}
    assert {request for request, _ in table()} == routes


def test_no_answer_is_a_fault_of_ours() -> None:
    faults = [request for request, by_role in table() if "500" in by_role.values()]
    assert faults == []


def test_what_belongs_to_one_is_found_by_nobody_else() -> None:
    """Rules over the whole table, whatever was written into it."""
    for request, by_role in table():
        if _OWNED.search(request):
            seen_by = {role for role, status in by_role.items() if status.startswith("2")}
            assert seen_by <= _owners(request), (request, by_role)


def _owners(request: str) -> set[str]:
    """Whose it is; a direct debit is of both, of who is paid and of who pays."""
    if any(one in request for one in ("/corporate/", "/sme/", "payment-files")):
        return {"company"}
    return {"owner", "company"} if "debits/" in request else {"owner"}


def test_the_staff_door_opens_to_staff_alone() -> None:
    for request, by_role in table():
        if " /admin/" in request:
            outside = {by_role[role] for role in ("anonymous", "half", "owner", "other", "company")}
            assert outside <= {"302", "403", "404", "405"}, (request, by_role)
