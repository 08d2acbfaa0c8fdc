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
            rates, base = ledger_world.against_yardstick(subjects, pgbench_url=pgbench_url)
        proof = ledger_world.prove(environment)
    for hot in ("settlement", "fee"):
        about = {
            "hot": hot,
            "pgbench": round(base),
            "clients": ledger_world.CLIENTS,
            "threads": ledger_world.THREADS,
        }
        yield ledger_world.line("ledger.hot", rates[hot], rates["uniform"], **about, **proof)
