"""Section G: addresses, queries, bodies and raw bytes that no client of ours would send."""

import json
import re
import time
from itertools import cycle
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.identity import bearer
from tests.permissions.roles import Everybody, every_route
from tests.permissions.table import first_reader
from tests.portals.town import Town
from tests.security.production import HOST, Site

NUL = ("%00", "a%00b")
HOSTILE = (
    *NUL,
    "%ff%fe",
    "-1",
    "9" * 25,
    "'%20OR%201=1--",
    "..%2f..%2fetc%2fpasswd",
    "%0d%0aX-Evil:1",
    "x" * 300,
)
QUERIES = {
    "/personal": (
        "q",
        "before",
        "after",
        "account",
        "since",
        "until",
        "text",
        "direction",
        "of",
        "lines",
        "status",
    ),
    "/corporate": ("before", "after", "since", "until", "text", "direction", "lines", "status"),
    "/api/v1": ("cursor", "limit", "account", "from", "to", "status"),
    "/admin": ("q", "p", "o", "status__exact"),
    "/sign-in": ("next",),
}
TOGETHER = ("/personal", "/corporate")
ROLES = ("owner", "company", "auditor", "administrator")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


def ask(everybody: Everybody, role: str, method: str, path: str) -> Any:
    client = everybody.clients[role]
    client.raise_request_exception = False
    headers = everybody.tokens[role] if path.startswith("/api/") else {}
    with transaction.atomic():
        answer = client.generic(method, path, content_type="application/json", **headers)
        transaction.set_rollback(True)
    return answer


def routes(prefixes: tuple[str, ...] = ("/",)) -> list[str]:
    return [route for route in every_route() if route.startswith(prefixes) and "dev/" not in route]


def test_row_45_no_address_made_by_hand_breaks_anything(everybody: Everybody) -> None:
    """A NUL for each, and the others in turns: the door's own views read them all alike."""
    broken, turns = [], cycle(HOSTILE)
    for route in routes(("/personal", "/corporate", "/api", "/account", "/styleguide")):
        role = "company" if "/corporate/" in route or "payment-files" in route else "owner"
        good = everybody.path(route)
        for kind, name in _PARAMETER.findall(route):
            if kind in {"int", "uuid"}:
                continue
            things = everybody.things[max((d for d in everybody.things if route.startswith(d)), key=len)]
            kept = dict(things)
            for hostile in (NUL[0], next(turns), next(turns), next(turns)):
                things[name] = hostile
                for method in ("GET", "POST"):
                    answer = ask(everybody, role, method, everybody.path(route))
                    if answer.status_code >= 500 or b"Traceback" in answer.content:
                        broken.append((route, hostile, method))
            things.clear()
            things.update(kept)
        assert everybody.path(route) == good
        cache.clear()
    assert broken == []


@pytest.mark.parametrize("prefix", QUERIES)
def test_row_45_no_query_made_by_hand_breaks_anything(everybody: Everybody, prefix: str) -> None:
    """People's pages ignore what they do not know; programs and staff are asked name by name."""
    broken = []
    for route in routes((prefix,)):
        role = first_reader(route, ROLES) if "object_id" not in route else ""
        for hostile in ("%ff%fe'", "9" * 25) if role else ():
            each = [f"{name}={hostile}" for name in QUERIES[prefix]]
            for query in ["&".join(each)] if prefix in TOGETHER else each:
                answer = ask(everybody, role, "GET", f"{everybody.path(route)}?{query}")
                if answer.status_code >= 500:
                    broken.append((route, query))
        cache.clear()
    assert broken == []


def test_row_61_a_nul_is_refused_in_the_shape_of_its_door(town: Town, amina: Client) -> None:
    problem = Client().get("/api/v1/transfers/%00")
    assert (problem.status_code, problem.json()["code"]) == (400, "PARSE_ERROR")
    page = amina.get("/personal/payments/%00/")
    assert (page.status_code, page.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    amina.cookies["session"] = "abcd\0efgh1234567890"
    assert amina.get("/personal/").status_code == 400


def test_row_54_more_fields_than_a_form_has_are_not_read(town: Town, amina: Client) -> None:
    began = time.perf_counter()
    answer = amina.post("/personal/pay/", {f"f{n}": "x" for n in range(10_000)})
    assert answer.status_code == 400
    assert time.perf_counter() - began < 1


def test_row_54_a_form_is_no_larger_than_a_form(town: Town, amina: Client) -> None:
    body = "name=" + "x" * 1_100_000
    answer = amina.post("/personal/pay/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {400, 413}


@pytest.mark.parametrize("path", ["/sign-in/", "/api/v1/payment-files", "/api/v1/auth/token"])
def test_row_46_a_body_larger_than_any_file_is_refused_unread(site: Site, path: str) -> None:
    """A gigabyte is announced and none of it sent: the answer must not wait for it."""
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n"
    began = time.perf_counter()
    told = site.raw(
        f"{head}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000000\r\n\r\n".encode(),
        until=b"\r\n",
    )
    assert told.startswith(b"HTTP/1.1 413 "), told[:200]
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 200_000,
        b'{"debtor_account": "1", "debtor_account": "2"}',
        b'{"amount": ' + b"9" * 100_000 + b"}",
        b'{"amount": 1e999999}',
        b'"\\ud800"',
        b"\xff\xfe{\x00}\x00",
        b"",
        b"null",
        b"[]",
    ],
    ids=range(10),
)
def test_row_54_json_that_is_no_order(town: Town, body: bytes) -> None:
    before, began = town.books(), time.process_time()
    for path in ("/api/v1/transfers", "/api/v1/statements", "/api/v1/payees/check", "/api/v1/auth/token"):
        answer = Client().post(
            path, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k", **bearer(town.amina.user)
        )
        assert answer.status_code in {400, 404, 405, 413}, (path, answer.content)
        json.loads(answer.content)
    assert time.process_time() - began < 1
    assert town.books() == before


SMUGGLED = b"GET /api/v1/smuggled HTTP/1.1\r\nHost: bank.example\r\nX-Forwarded-Proto: https\r\n\r\n"
HEAD = b"POST /sign-in/ HTTP/1.1\r\nHost: bank.example\r\nX-Forwarded-Proto: https\r\n"


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: 90\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: +0\r\n\r\n",
        b"Content-Length: 0, 0\r\n\r\n",
    ],
    ids=["CL+TE", "TE+CL", "two lengths", "unknown", "blank", "tab", "plus", "list"],
)
def test_row_55_nothing_is_smuggled_behind_a_request(site: Site, framing: bytes) -> None:
    """Where two readers could disagree where a request ends, there is one answer, and it is a refusal."""
    told = site.raw(HEAD + framing + SMUGGLED)
    assert told.count(b"HTTP/1.1 ") <= 1, told
    assert b"HTTP/1.1 200" not in told


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "DEBUG", "CONNECT", "PROPFIND", "JEFF"])
def test_row_55_odd_methods_echo_nothing(site: Site, method: str) -> None:
    for path in ("/", "/sign-in/", "/api/v1/accounts", "/personal/", "/admin/"):
        told = site.raw(
            f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nX-Secret: canary\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        assert b"canary" not in told
        assert b"HTTP/1.1 5" not in told


def test_row_55_the_address_of_another_house_is_not_ours(site: Site) -> None:
    told = site.raw(
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Proto: https\r\n\r\n"
    )
    assert told.startswith(b"HTTP/1.1 400")
    assert site.raw(b"GET / HTTP/1.0\r\n\r\n").split(b" ")[1] in {b"400", b"301"}
    assert site.raw(b"GET / HTTP/1.1\r\n" + b"A: " + b"x" * 70_000 + b"\r\n\r\n")[:12] != b"HTTP/1.1 200"
