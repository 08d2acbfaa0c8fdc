"""A process that works for a test: ``python -m tests.properties.worker`` reads one order a line, in
JSON, and answers each with a line. Its ``at`` is the moment to begin, on the system's monotonic clock."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import django
from django.db import Error, connection

django.setup()

from bank import ledger  # noqa: E402
from bank.kernel.money import Money  # noqa: E402
from tests.properties import storm  # noqa: E402

Answer = dict[str, Any]


def _posted(outcome: ledger.Outcome) -> Answer:
    return {"entry": outcome.entry_id, "replayed": outcome.replayed}


def _transfer(order: Mapping[str, Any], **details: Any) -> ledger.Entry:
    amount = Money.from_minor(order["amount"], "KES")
    return ledger.transfer(
        key=order["key"], debit=order["debit"], credit=order["credit"], amount=amount, code="ORDER", **details
    )


def post(order: Mapping[str, Any]) -> Answer:
    return _posted(ledger.post(_transfer(order, narrative=order.get("narrative", ""))))


def post_many(order: Mapping[str, Any]) -> Answer:
    outcomes = ledger.post([_transfer(each) for each in order["transfers"]], outcome=order["outcome"])
    return {"entries": [outcome.entry_id for outcome in outcomes]}


def reverse(order: Mapping[str, Any]) -> Answer:
    return _posted(ledger.reverse(entry_id=order["entry"], key=order["key"]))


def capture(order: Mapping[str, Any]) -> Answer:
    return _posted(ledger.capture_hold(hold_id=order["hold"], entry=_transfer(order), final=order["final"]))


def release(order: Mapping[str, Any]) -> Answer:
    return {"let_go": ledger.release_hold(hold_id=order["hold"])}


def set_status(order: Mapping[str, Any]) -> Answer:
    ledger.set_status(order["account"], ledger.Status(order["status"]))
    return {}


def pay_until(order: Mapping[str, Any]) -> Answer:
    """Single payments one after the other until refused: when each began, and the refusal."""
    began: list[float] = []
    while True:
        began.append(time.monotonic())
        try:
            ledger.post(_transfer({**order, "key": f"{order['key']}/{len(began)}"}))
        except ledger.errors.LedgerError as refusal:
            return {"began": began, "refusal": refusal.code}


def weather(order: Mapping[str, Any]) -> Answer:
    """The storm's tasks, one after the other. What is done is written to ``file``, safe on disk, before the
    next begins; what fails for other reasons than money ends it."""
    with open(order["file"], "a") as file:
        for key in order["keys"]:
            try:
                done: Any = storm.perform(storm.Task(key))
            except ledger.errors.InsufficientFunds as refusal:
                done = refusal.code
            file.write(json.dumps([key, done]) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return {"done": len(order["keys"])}


def ping(order: Mapping[str, Any]) -> Answer:
    """Connects, so that the next order finds the way open."""
    connection.ensure_connection()
    return {}


ORDERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Answer]]] = {
    order.__name__: order
    for order in (post, post_many, reverse, capture, release, set_status, pay_until, weather, ping)
}


def obey(order: Mapping[str, Any]) -> Answer:
    time.sleep(max(0.0, order.get("at", 0.0) - time.monotonic()))
    try:
        answer = ORDERS[order["do"]](order)
    except ledger.errors.LedgerError as refusal:
        answer = {"refusal": refusal.code}
    except Error as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    return answer | {"ended": time.monotonic()}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(obey(json.loads(line))), flush=True)
