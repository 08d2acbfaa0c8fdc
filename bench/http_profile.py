"""Where the time of one transfer goes, measured inside one process: SQL statement by statement, and Python.

Run with the scratch environment and a payer as JSON; prints one JSON line.
"""

import cProfile
import json
import os
import pstats
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any
from uuid import uuid4

REQUESTS = 300
TOP = 15


class Statements:
    """Counts and times every statement Django sends."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            shape = re.sub(r"\s+", " ", sql)[:70]
            self.count[shape] += 1
            self.seconds[shape] += time.perf_counter() - started


def main(payer: dict[str, str]) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "bank.settings"
    django.setup()
    from django.db import connection

    send = _sender(payer)
    for _ in range(20):
        send()
    started = time.perf_counter()
    for _ in range(REQUESTS):
        send()
    whole_ms = (time.perf_counter() - started) / REQUESTS * 1000
    statements = Statements()
    with connection.execute_wrapper(statements):
        for _ in range(REQUESTS):
            send()
    profile = cProfile.Profile()
    profile.runcall(lambda: [send() for _ in range(REQUESTS)])
    print(json.dumps(_summary(whole_ms, statements, profile)))


def _sender(payer: dict[str, str]) -> Callable[[], None]:
    from django.test import Client

    client = Client(headers={"Authorization": f"Bearer {payer['token']}"})
    body = {
        "debtor_account": payer["debtor"],
        "creditor_account": payer["creditor"],
        "creditor_name": "Payer",
        "amount": {"amount": "1.00", "currency": "KES"},
        "authorisation": {"permit": True},
    }

    def send() -> None:
        headers = {"Idempotency-Key": uuid4().hex}
        answer = client.post("/api/v1/transfers", body, content_type="application/json", headers=headers)
        if answer.status_code != 201:
            sys.exit(answer.content.decode())

    return send


def _summary(whole_ms: float, statements: Statements, profile: cProfile.Profile) -> dict[str, Any]:
    sql_ms = sum(statements.seconds.values()) / REQUESTS * 1000
    return {
        "bench": "http.transfer.profile",
        "value": round(whole_ms, 3),
        "unit": "ms a request in one process",
        "sql_ms": round(sql_ms, 3),
        "python_ms": round(whole_ms - sql_ms, 3),
        "statements": round(sum(statements.count.values()) / REQUESTS, 1),
        "sql": [
            {"statement": shape, "count": round(count / REQUESTS, 2), "ms": _per_request(statements, shape)}
            for shape, count in statements.count.most_common(TOP)
        ],
        "top_cumulative": _top(profile),
    }


def _per_request(statements: Statements, shape: str) -> float:
    return round(statements.seconds[shape] / REQUESTS * 1000, 3)


def _top(profile: cProfile.Profile) -> list[dict[str, Any]]:
    """The functions of the bank and its libraries that took longest, what they called included."""
    timed = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    rows = sorted(timed.items(), key=lambda item: -item[1][3])
    found = [
        {"function": f"{_short(file)}:{name}", "ms": round(cumulative / REQUESTS * 1000, 3)}
        for (file, _line, name), (_calls, _primitive, _own, cumulative, _callers) in rows
        if "/" in file
    ]
    return found[: 3 * TOP]


def _short(file: str) -> str:
    return "/".join(file.split("/")[-3:])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
