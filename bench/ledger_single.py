"""``script/bench ledger.single``: single internal transfers, each a call that waits for its durable commit.

Sixteen callers (``BENCH_CLIENTS``) through Django's connection among 100,000 accounts, beside pgbench with as
many clients: as two processes of several threads, and as processes of one thread, where no two callers can
share a commit. As peers the same transfer written naively with the ORM, and django-hordak's.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from bench import ledger_peers, ledger_world, yardstick


def run() -> Iterator[dict[str, Any]]:
    """The ledger's lines first, then the peers'; the book is proved at the end."""
    with yardstick.pgbench_database() as pgbench_url, ledger_world.accounts() as environment:
        with ExitStack() as crews:
            subjects = crews.enter_context(ledger_world.crews(environment, ["uniform"]))
            by_one = {"alone": ["bench.ledger_client", "uniform", "1"]}
            subjects |= crews.enter_context(ledger_world.hired(environment, by_one))
            taken, base = ledger_world.in_turns(subjects, pgbench_url=pgbench_url)
        proof = ledger_world.prove(environment)
        about = {"clients": ledger_world.CLIENTS, "accounts": ledger_world.ACCOUNTS}
        setting = yardstick.durability(pgbench_url)
        for subject, threads in (("uniform", ledger_world.THREADS), ("alone", 1)):
            shape = {"processes": ledger_world.CLIENTS // threads, "threads": threads}
            more = {**about, **shape, "setting": setting, **proof}
            yield ledger_world.taken_line("ledger.single", taken[subject], base, **more)
        for peer, rate, peers_base in ledger_peers.rates(pgbench_url):
            yield ledger_world.line("ledger.single", rate, peers_base, peer=peer, **about)
