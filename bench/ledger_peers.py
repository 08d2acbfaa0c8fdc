"""The peers: the same transfer by a naive use of the ORM, and by django-hordak.

``python -m bench.ledger_peers <peer> <number>`` is a client process; with ``fill`` for a number it
prepares the database.
"""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

from bench import http_world, ledger_world, yardstick

PEERS = ("naive ORM", "django-hordak")
_ACCOUNTS = {"naive ORM": 100_000, "django-hordak": 1_000}
"""hordak keeps its accounts in a tree; opening more takes minutes and does not change its rate."""

Transfer = Callable[[int, int, Decimal], None]


def rates(pgbench_url: str) -> Iterator[tuple[str, float, float]]:
    """Each peer's transfers a second, and pgbench's in the same turns."""
    for peer in PEERS:
        with http_world.scratch_environment() as environment:
            environment["DJANGO_SETTINGS_MODULE"] = "bench.peers.settings"
            http_world.python(["manage.py", "migrate", "--verbosity", "0"], environment)
            http_world.python(["-m", "bench.ledger_peers", peer, "fill"], environment)
            ledger_world.vacuum(environment["DATABASE_URL"])
            with ledger_world.hired(environment, {peer: ["bench.ledger_peers", peer]}) as subjects:
                taken = [
                    (subjects[peer](), yardstick.rate(pgbench_url, clients=ledger_world.CLIENTS, seconds=3))
                    for _round in range(2)
                ]
        yield peer, statistics.median(rate for rate, _ in taken), statistics.median(base for _, base in taken)


def client(peer: str, number: int) -> None:
    rng, transfer = random.Random(number), _transfer_of(peer)
    print("ready", flush=True)
    while seconds := sys.stdin.readline().strip():
        done, ends = 0, time.monotonic() + int(seconds)
        while time.monotonic() < ends:
            debit, credit = rng.sample(range(_ACCOUNTS[peer]), 2)
            transfer(debit, credit, Decimal(rng.randint(100, 10_000)) / 100)
            done += 1
        print(json.dumps({"done": done}), flush=True)


def _transfer_of(peer: str) -> Transfer:
    from bench.peers import hordak_way, naive_way

    return naive_way.transfer if peer == "naive ORM" else hordak_way.transfer()


def _fill(peer: str) -> None:
    from bench.peers import hordak_way, naive_way

    (naive_way if peer == "naive ORM" else hordak_way).fill(_ACCOUNTS[peer])


def main(peer: str, argument: str) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peers.settings")
    django.setup()
    if argument == "fill":
        _fill(peer)
    else:
        client(peer, int(argument))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
