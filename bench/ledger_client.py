"""A client process of the ledger benchmarks: posts transfers through Django's connection as fast as it can.

``python -m bench.ledger_client <kind> <threads> <number>``; see :mod:`bench.crew` for what it says and hears.
"""

import gc
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

from bench.ledger_world import ACCOUNTS, setup_django

if TYPE_CHECKING:
    from bank.ledger import Entry


def main(kind: str, threads: int, number: int) -> None:
    """So many callers, each of which waits for its own transfer's commit before it makes the next one."""
    setup_django()
    gc.freeze()  # as bank/wsgi.py does: what the start made is never garbage
    callers = [
        KINDS[kind](random.Random(f"{number}:{thread}"), f"{kind}:{time.time_ns()}:{number}:{thread}")
        for thread in range(threads)
    ]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(_begin, callers, [Barrier(threads)] * threads))
        print("ready", flush=True)
        while seconds := sys.stdin.readline().strip():
            ends = time.monotonic() + int(seconds)
            print(json.dumps({"done": sum(pool.map(_post_until, callers, [ends] * threads))}), flush=True)


def _begin(entries: "Iterator[Entry]", all_there: Barrier) -> None:
    from bank import ledger

    ledger.post(next(entries))
    all_there.wait()


def _post_until(entries: "Iterator[Entry]", ends: float) -> int:
    from bank import ledger

    done = 0
    while time.monotonic() < ends:
        ledger.post(next(entries))
        done += 1
    return done


def uniform(rng: random.Random, prefix: str) -> "Iterator[Entry]":
    """From any account to any other."""
    from bank import ledger
    from bank.kernel.money import Money

    n = 0
    while n := n + 1:
        debit, credit = _two(rng)
        amount = Money.from_minor(100 + int(rng.random() * 9_900), "KES")
        yield ledger.transfer(
            key=f"{prefix}:{n}",
            debit=_code(debit),
            credit=_code(credit),
            amount=amount,
            code="INTERNAL_TRANSFER",
        )


def settlement(rng: random.Random, prefix: str) -> "Iterator[Entry]":
    """From any account to the one settlement account of the general ledger."""
    from bank import ledger
    from bank.kernel.money import Money

    hot, n = ledger.gl("MERCHANT_SETTLEMENT", "KES"), 0
    while n := n + 1:
        debit = int(rng.random() * ACCOUNTS)
        amount = Money.from_minor(100 + int(rng.random() * 9_900), "KES")
        yield ledger.transfer(
            key=f"{prefix}:{n}", debit=_code(debit), credit=hot, amount=amount, code="MERCHANT_SETTLEMENT"
        )


def fee(rng: random.Random, prefix: str) -> "Iterator[Entry]":
    """From any account to any other, with a fee to the one fee account: three postings."""
    from bank import ledger
    from bank.kernel.money import Money

    hot, n = ledger.gl("FEE_INCOME", "KES"), 0
    charge = Money.from_minor(1_000, "KES")
    while n := n + 1:
        debit, credit = _two(rng)
        amount = Money.from_minor(100 + int(rng.random() * 9_900), "KES")
        postings = (
            ledger.Posting(_code(debit), -(amount + charge)),
            ledger.Posting(_code(credit), amount),
            ledger.Posting(hot, charge),
        )
        yield ledger.Entry(key=f"{prefix}:{n}", postings=postings, code="INTERNAL_TRANSFER")


def _two(rng: random.Random) -> tuple[int, int]:
    """Two different accounts, picked as cheaply as pgbench picks its own."""
    first = int(rng.random() * ACCOUNTS)
    return first, (first + 1 + int(rng.random() * (ACCOUNTS - 1))) % ACCOUNTS


def _code(number: int) -> str:
    return f"B{number:06}"


KINDS: "dict[str, Callable[[random.Random, str], Iterator[Entry]]]" = {
    "uniform": uniform,
    "settlement": settlement,
    "fee": fee,
}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
