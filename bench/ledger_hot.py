"""``script/bench ledger.hot``: every transfer touches one account of the general ledger.

``settlement`` credits the one settlement account; ``fee`` has a third posting to the one fee
account. The yardstick is the uniform figure of the same run: no account is hot there.
"""

from collections.abc import Iterator
from typing import Any

from bench import ledger_world, yardstick


def run() -> Iterator[dict[str, Any]]:
    """A line for each kind, beside the uniform figure, with pgbench's rate for orientation."""
    with yardstick.pgbench_database() as pgbench_url, ledger_world.accounts() as environment:
        with ledger_world.crews(environment, ["uniform", "settlement", "fee"]) as subjects:
            taken, base = ledger_world.in_turns(subjects, pgbench_url=pgbench_url)
        proof = ledger_world.prove(environment)
    for hot in ("settlement", "fee"):
        about = {
            "hot": hot,
            "pgbench": round(base.rate),
            "clients": ledger_world.CLIENTS,
            "threads": ledger_world.THREADS,
        }
        yield ledger_world.taken_line("ledger.hot", taken[hot], taken["uniform"], **about, **proof)
