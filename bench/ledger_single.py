"""``script/bench ledger.single``: single internal transfers, each a call and a commit of its own.

Eight processes through Django's connection among 100,000 accounts, beside pgbench with eight
clients. As peers the same transfer written naively with the ORM, and django-hordak's.
"""

from collections.abc import Iterator
from typing import Any

from bench import ledger_peers, ledger_world, yardstick


def run() -> Iterator[dict[str, Any]]:
    """The ledger's line first, then the peers'; the book is proved at the end."""
    with yardstick.pgbench_database() as pgbench_url, ledger_world.accounts() as environment:
        with ledger_world.crews(environment, ["uniform"]) as subjects:
            rates, base = ledger_world.against_yardstick(subjects, pgbench_url=pgbench_url)
        proof = ledger_world.prove(environment)
        about = {"clients": ledger_world.CLIENTS, "accounts": ledger_world.ACCOUNTS}
        setting = yardstick.durability(pgbench_url)
        yield ledger_world.line("ledger.single", rates["uniform"], base, **about, setting=setting, **proof)
        for peer, rate, base in ledger_peers.rates(pgbench_url):
            yield ledger_world.line("ledger.single", rate, base, peer=peer, **about)
