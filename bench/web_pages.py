"""``script/bench web.pages``: the ten busiest pages under fifty people who are signed in, and first sight.

Gunicorn with the Procfile's settings, PostgreSQL and the client all run on this machine. First come
fifty people who go from page to page and read each for a second: the target is theirs. Then each
page is asked for on fifty connections without a pause, every one with a session of its own: what the
machine can do, beside the signed-in view that does nothing, taken before and after. Then one process
counts the queries of each page and their time, and Chromium measures the largest contentful paint of
the public pages and their bytes on the wire, with script and without.
"""

import json
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from bench import http_client, http_world
from bench.http_transfer import _free_port, _wait_until_ready

CONNECTIONS = 50
SECONDS = 5.0
READING_S = 20.0
WARM_UP_S = 1.5
TARGET_MS, TARGET_QUERIES, TARGET_QUERY_MS = 200, 12, 50
PUBLIC = ("/", "/products/savings/", "/products/fixed/")
EMPTY = "/home/"

World = dict[str, Any]


def run() -> Iterator[dict[str, Any]]:
    """One line a page, then first sight of the public pages."""
    with ExitStack() as stack:
        environment = stack.enter_context(http_world.scratch_environment())
        environment |= {"PORT": str(_free_port()), "BIND": "127.0.0.1"}
        http_world.python(["manage.py", "migrate", "--verbosity", "0"], environment)
        http_world.python(["manage.py", "collectstatic", "--noinput", "--verbosity", "0"], environment)
        world = json.loads(http_world.python(["-m", "bench.web_world", "fill"], environment))
        for command in (["-m", "bank.runtime.embedded", "broker"], ["-m", "bank.runtime.serve"]):
            stack.enter_context(http_world.process([sys.executable, *command], environment))
        _wait_until_ready(int(environment["PORT"]))
        yield from _under_load(int(environment["PORT"]), world, environment)
        yield from _first_sight(int(environment["PORT"]), environment)


def _under_load(port: int, world: World, environment: dict[str, str]) -> Iterator[dict[str, Any]]:
    counted = json.loads(http_world.python(["-m", "bench.web_world", "count"], environment))
    reading = _reading(port, world)
    before = _load(port, world, EMPTY, 302)
    loads = {page: _load(port, world, page, 200) for page in world["pages"]}
    after = _load(port, world, EMPTY, 302)
    empty_ms = statistics.median(load.percentile_ms(0.95) for load in (before, after))
    for page, load in loads.items():
        p95 = load.percentile_ms(0.95)
        queries = counted[page]
        yield {
            "bench": "web.pages",
            "page": page,
            "value": round(p95, 1),
            "unit": "ms at p95",
            "yardstick": {
                "name": "signed-in door that only redirects",
                "value": round(empty_ms, 1),
                "unit": "ms at p95",
            },
            "ratio": round(p95 / empty_ms, 2),
            "connections": CONNECTIONS,
            "reading_p50_ms": round(reading[page].percentile_ms(0.5), 1),
            "reading_p95_ms": round(reading[page].percentile_ms(0.95), 1),
            "pages_per_s": round(load.rate(200), 1),
            "p50_ms": round(load.percentile_ms(0.5), 1),
            "hung_up": load.hung_up,
            **queries,
            "reached": reading[page].percentile_ms(0.95) < TARGET_MS
            and queries["queries"] <= TARGET_QUERIES
            and queries["slowest_query_ms"] < TARGET_QUERY_MS,
            "load_average": os.getloadavg()[0],
            "cores": os.cpu_count(),
        }


def _reading(port: int, world: World) -> dict[str, http_client.Load]:
    """Fifty people at once who read what they asked for: what a busy hour looks like."""
    requests = {page: _request(world, page) for page in world["pages"]}

    def request(person: int, page: str) -> bytes:
        return requests[page](person)

    http_client.read(port, request, world["pages"], people=CONNECTIONS, seconds=WARM_UP_S * 3)
    loads = http_client.read(port, request, world["pages"], people=CONNECTIONS, seconds=READING_S)
    if any(set(load.statuses) != {200} for load in loads.values()):
        sys.exit(
            f"answers that should all be 200: { ({page: load.statuses for page, load in loads.items()}) }"
        )
    return loads


def _load(port: int, world: World, page: str, status: int) -> http_client.Load:
    request = _request(world, page)
    http_client.drive(port, request, connections=CONNECTIONS, seconds=WARM_UP_S)
    load = http_client.drive(port, request, connections=CONNECTIONS, seconds=SECONDS)
    if set(load.statuses) != {status}:
        sys.exit(f"answers of {page} that should all be {status}: {load.statuses}")
    return load


def _request(world: World, page: str) -> Callable[[int], bytes]:
    """The page as each of the signed-in people asks for it, with the account that is theirs."""
    head = "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {}={}\r\nAccept-Language: en\r\n\r\n"
    asked = [
        head.format(page.replace("{number}", one["number"]), world["cookie"], one["session"]).encode()
        for one in world["people"]
    ]
    return lambda number: asked[number % len(asked)]


def _first_sight(port: int, environment: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Nothing where there is no Chromium; the lines say what a stranger waits for and loads."""
    told = http_world.python(["-m", "bench.web_sight", str(port), *PUBLIC], environment)
    for line in told.splitlines():
        yield json.loads(line)
