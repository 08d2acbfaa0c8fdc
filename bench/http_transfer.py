"""``script/bench http.transfer``: transfers a second over HTTP, acknowledged after they are durable.

Client, gunicorn with the Procfile's settings, PostgreSQL, broker and worker all run on this
machine. Each request carries an access token that is verified against the database, has an
idempotency key of its own, pays under a standing permit and is answered after the commit
(fsync and synchronous_commit on). The yardstick is the empty view behind the same token, in
turns with the transfers.
"""

import json
import os
import socket
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from bench import http_client, http_world

CONNECTIONS = 16
ROUNDS = 3
SECONDS = 6.0
WARM_UP_S = 2.0
_READY_S = 60


def run() -> Iterator[dict[str, Any]]:
    """The rates, then where the time of one transfer goes."""
    with ExitStack() as stack:
        environment = stack.enter_context(http_world.scratch_environment())
        environment |= {"PORT": str(_free_port()), "BIND": "127.0.0.1"}
        http_world.python(["manage.py", "migrate", "--verbosity", "0"], environment)
        filled = http_world.python(["-m", "bench.http_world"], environment)
        payers = [json.loads(line) for line in filled.splitlines()]
        for command in (
            ["-m", "bank.runtime.embedded", "broker"],
            ["-m", "bank.runtime.serve"],
            ["-m", "celery", "-A", "bank", "worker", "--loglevel", "ERROR", "--concurrency", "2"],
        ):
            stack.enter_context(http_world.process([sys.executable, *command], environment))
        port = int(environment["PORT"])
        _wait_until_ready(port)
        measured = _measure(port, payers)
        _prove(environment, measured["acknowledged"])
        yield measured
        yield json.loads(http_world.python(["-m", "bench.http_profile", filled.splitlines()[0]], environment))


def _measure(port: int, payers: list[dict[str, str]]) -> dict[str, Any]:
    ping, transfer = _ping(payers), _transfer(payers)
    for request in (ping, transfer):
        http_client.drive(port, request, connections=CONNECTIONS, seconds=WARM_UP_S)
    pings, transfers = [], []
    for _ in range(ROUNDS):
        pings.append(http_client.drive(port, ping, connections=CONNECTIONS, seconds=SECONDS))
        transfers.append(http_client.drive(port, transfer, connections=CONNECTIONS, seconds=SECONDS))
    _check(pings, 200)
    _check(transfers, 201)
    rate = statistics.median(load.rate(201) for load in transfers)
    empty = statistics.median(load.rate(200) for load in pings)
    return {
        "bench": "http.transfer",
        "value": round(rate, 1),
        "unit": "acknowledged transfers/s",
        "yardstick": {
            "name": "empty view behind the same token",
            "value": round(empty, 1),
            "unit": "requests/s",
        },
        "ratio": round(rate / empty, 3),
        "connections": CONNECTIONS,
        "p50_ms": round(statistics.median(load.percentile_ms(0.5) for load in transfers), 1),
        "p99_ms": round(statistics.median(load.percentile_ms(0.99) for load in transfers), 1),
        "empty_p50_ms": round(statistics.median(load.percentile_ms(0.5) for load in pings), 1),
        "acknowledged": sum(load.statuses[201] for load in transfers),
        "load_average": os.getloadavg()[0],
        "cores": os.cpu_count(),
    }


def _prove(environment: dict[str, str], acknowledged: int) -> None:
    """Every acknowledged transfer is there, the warm-up's besides, and the book holds."""
    asked = "print(bank.payments.models.PaymentOrder.objects.filter(status='SETTLED').count())"
    command = ["manage.py", "shell", "--no-imports", "-c", f"import bank.payments.models; {asked}"]
    there = int(http_world.python(command, environment))
    if there < acknowledged:
        sys.exit(f"{acknowledged} transfers were acknowledged, {there} are there")
    http_world.python(["manage.py", "ledger_verify"], environment)


def _ping(payers: list[dict[str, str]]) -> Callable[[int], bytes]:
    head = "GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n\r\n"
    heads = [head.format(payer["token"]).encode() for payer in payers]
    return lambda number: heads[number % len(heads)]


def _transfer(payers: list[dict[str, str]]) -> Callable[[int], bytes]:
    """Each request has a key of its own; the body is the payer's."""
    salt = f"{time.time_ns()}"
    heads, bodies = zip(*map(_parts, payers), strict=True)

    def request(number: int) -> bytes:
        place = number % len(heads)
        return heads[place] + f"{salt}-{time.perf_counter_ns()}-{number}\r\n\r\n".encode() + bodies[place]

    return request


def _parts(payer: dict[str, str]) -> tuple[bytes, bytes]:
    body = json.dumps(
        {
            "debtor_account": payer["debtor"],
            "creditor_account": payer["creditor"],
            "creditor_name": "Payer",
            "amount": {"amount": "1.00", "currency": "KES"},
            "remittance": "Bench",
            "authorisation": {"permit": True},
        }
    ).encode()
    head = (
        f"POST /api/v1/transfers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nAuthorization: Bearer {payer['token']}\r\nIdempotency-Key: "
    )
    return head.encode(), body


def _check(loads: list[http_client.Load], status: int) -> None:
    """A rate counts only if every answer was the right one."""
    for load in loads:
        if set(load.statuses) != {status}:
            sys.exit(f"answers that should all be {status}: {load.statuses}")


def _free_port() -> int:
    """A port below the ephemeral ones that nobody listens on."""
    for port in range(18_000 + os.getpid() % 1000, 32_000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    sys.exit("no port is free")


def _wait_until_ready(port: int) -> None:
    until = time.monotonic() + _READY_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/live", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    sys.exit("the server did not become ready")


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line), flush=True)
