"""Eight processes on one book: nothing lost, nothing twice, nobody told of a deadlock, one winner where
there can be only one."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from bank import ledger
from bank.kernel.money import Money
from bank.ledger import engine
from tests.properties import storm
from tests.properties.crew import Crew
from tests.properties.proof import prove_book

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("book")]

PROCESSES: Final = 8
_names = count()


def account(minor: int = 0) -> str:
    """A new account with money in it."""
    code = f"RACE-{next(_names)}"
    ledger.open_account(code=code, name=code, currency="KES", control=ledger.gl("CURRENT_DEPOSITS", "KES"))
    if minor:
        amount = Money.from_minor(minor, "KES")
        ledger.post(
            ledger.transfer(
                key=f"fund:{code}", debit=ledger.gl("CAPITAL", "KES"), credit=code, amount=amount, code="FUND"
            )
        )
    return code


def booked(code: str) -> int:
    return ledger.balance(code).booked.minor


def deadlocks() -> int:
    """How many the server has had to break; each backend reports its own a second later at most."""
    time.sleep(1.1)
    return engine.row("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0]


@pytest.fixture(autouse=True)
def sound_book(book: str) -> Iterator[None]:
    """Whatever was raced for, the book is proven afterwards."""
    yield
    prove_book()


def test_one_key_at_once_is_one_entry_and_one_answer(crew: Crew) -> None:
    debit, credit = account(10_000), account()
    for turn in range(15):
        order = {"do": "post", "key": f"same:{debit}:{turn}", "debit": debit, "credit": credit, "amount": 7}
        answers = crew.at_once([order] * PROCESSES)
        assert len({answer["entry"] for answer in answers}) == 1
        assert [answer["replayed"] for answer in answers].count(False) == 1
        assert booked(credit) == 7 * (turn + 1)


def test_one_key_with_two_contents_means_one_of_them(crew: Crew) -> None:
    debit, credit = account(10_000), account()
    for turn in range(15):
        order = {"do": "post", "key": f"two:{debit}:{turn}", "debit": debit, "credit": credit, "amount": 3}
        answers = crew.at_once([order | {"narrative": ("rent", "food")[n % 2]} for n in range(PROCESSES)])
        winners = {n % 2 for n, answer in enumerate(answers) if "entry" in answer}
        assert len(winners) == 1
        assert Counter(answer.get("refusal") for answer in answers) == {None: 4, "IDEMPOTENCY_CONFLICT": 4}
        assert booked(credit) == 3 * (turn + 1)


def test_of_many_reversals_exactly_one_wins(crew: Crew) -> None:
    debit, credit = account(10_000), account()
    for turn in range(15):
        entry = ledger.post(
            ledger.transfer(
                key=f"gone:{debit}:{turn}", debit=debit, credit=credit, amount=Money.of(5, "KES"), code="PAY"
            )
        )
        orders = [
            {"do": "reverse", "entry": entry.entry_id, "key": f"back:{debit}:{turn}:{n}"}
            for n in range(PROCESSES)
        ]
        answers = crew.at_once(orders)
        assert Counter(answer.get("refusal") for answer in answers) == {
            None: 1,
            "ALREADY_REVERSED": PROCESSES - 1,
        }
        assert (booked(debit), booked(credit)) == (10_000, 0)


def test_no_more_is_spent_than_there_is(crew: Crew) -> None:
    for _ in range(10):
        debit, credit = account(300), account()
        orders = [
            {"do": "post", "key": f"spend:{debit}:{n}", "debit": debit, "credit": credit, "amount": 70}
            for n in range(PROCESSES)
        ]
        answers = crew.at_once(orders)
        assert Counter(answer.get("refusal") for answer in answers) == {None: 4, "INSUFFICIENT_FUNDS": 4}
        assert (booked(debit), booked(credit)) == (20, 280)


def test_a_hold_is_captured_or_released_never_both(crew: Crew) -> None:
    for _ in range(25):
        debit, credit = account(100), account()
        hold = ledger.place_hold(
            key=f"hold:{debit}", account=debit, amount=Money.from_minor(80, "KES")
        ).hold_id
        taking = {"do": "capture", "hold": hold, "debit": debit, "credit": credit, "amount": 50}
        answers = crew.at_once(
            [
                taking | {"key": f"take:{debit}:0", "final": True},
                {"do": "release", "hold": hold},
                taking | {"key": f"take:{debit}:1", "final": True},
                {"do": "release", "hold": hold},
            ]
        )
        captured = [answer for answer in answers if "entry" in answer]
        released = [answer for answer in answers if answer.get("let_go")]
        assert len(captured) + len(released) == 1
        assert {answer.get("refusal") for answer in answers} <= {None, "HOLD_NOT_OPEN"}
        assert ledger.balance(debit).held.is_zero
        assert booked(credit) == 50 * len(captured)


def test_parts_of_a_hold_never_sum_to_more_than_it(crew: Crew) -> None:
    for _ in range(10):
        debit, credit = account(100), account()
        hold = ledger.place_hold(
            key=f"hold:{debit}", account=debit, amount=Money.from_minor(80, "KES")
        ).hold_id
        parts = {
            "do": "capture",
            "hold": hold,
            "debit": debit,
            "credit": credit,
            "amount": 30,
            "final": False,
        }
        answers = crew.at_once([parts | {"key": f"part:{debit}:{n}"} for n in range(PROCESSES)])
        assert Counter(answer.get("refusal") for answer in answers) == {None: 2, "HOLD_EXCEEDED": 6}
        assert (booked(credit), ledger.balance(debit).held.minor) == (60, 20)


def test_once_a_freeze_is_answered_no_payment_begins(crew: Crew) -> None:
    for _ in range(6):
        debit, credit = account(10**6), account()
        paying = {"do": "pay_until", "debit": debit, "credit": credit, "amount": 1}
        freezing = {
            "do": "set_status",
            "account": debit,
            "status": "FROZEN_DEBIT",
            "at": time.monotonic() + 0.15,
        }
        orders: list[dict[str, Any]] = [paying | {"key": f"{debit}:{n}"} for n in range(5)]
        *paid, frozen = crew.at_once([*orders, freezing])
        assert {answer["refusal"] for answer in paid} == {"ACCOUNT_FROZEN"}
        for answer in paid:
            begun_later = [began for began in answer["began"][:-1] if began > frozen["ended"]]
            assert begun_later == []
        assert booked(credit) == sum(len(answer["began"]) - 1 for answer in paid)


def test_an_account_is_closed_empty_or_not_at_all(crew: Crew) -> None:
    payer = account(10_000)
    for turn in range(25):
        code = account()
        paying = {"do": "post", "debit": payer, "credit": code, "amount": 1}
        closing = {"do": "set_status", "account": code, "status": "CLOSED"}
        *paid, closed = crew.at_once([*(paying | {"key": f"{code}:{turn}:{n}"} for n in range(3)), closing])
        if closed.get("refusal"):
            assert closed["refusal"] == "ACCOUNT_NOT_EMPTY"
            assert booked(code) == len(paid)
        else:
            assert {answer.get("refusal") for answer in paid} == {"ACCOUNT_CLOSED"}
            assert booked(code) == 0


def test_batches_that_overlap_in_opposite_order_do_not_lock_each_other(crew: Crew) -> None:
    circle = [account(100_000) for _ in range(6)]
    before = deadlocks()
    for turn in range(12):
        orders = []
        for n in range(PROCESSES):
            pairs = list(zip(circle, circle[1:] + circle[:1], strict=True))
            random.Random(turn * PROCESSES + n).shuffle(pairs)
            transfers = [
                {
                    "key": f"circle:{circle[0]}:{turn}:{n}:{i}",
                    "debit": pair[n % 2],
                    "credit": pair[1 - n % 2],
                    "amount": 10,
                }
                for i, pair in enumerate(pairs)
            ]
            outcome = ("EACH", "ALL_OR_NOTHING")[n // 2 % 2]
            orders.append({"do": "post_many", "transfers": transfers, "outcome": outcome})
        answers = crew.at_once(orders)
        assert all(entry is not None for answer in answers for entry in answer["entries"])
    assert [booked(code) for code in circle] == [100_000] * len(circle)
    assert deadlocks() == before


def test_a_storm_with_duplicates_and_kills_loses_nothing_and_doubles_nothing(
    crew: Crew, tmp_path: Path
) -> None:
    storm.open_accounts()
    before = deadlocks()
    shared = [f"storm:shared:{n}" for n in range(50)]
    plans = []
    for n in range(PROCESSES):
        mine = [f"storm:{n}:{i}" for i in range(60)] + random.Random(n).sample(shared, 30)
        plans.append(random.Random(-n).sample(mine, len(mine)))
    files = [tmp_path / f"done-{n}" for n in range(PROCESSES)]
    working = crew.send(
        {"do": "weather", "keys": keys, "file": str(file)} for keys, file in zip(plans, files, strict=True)
    )
    for lost, progress in ((1, 5), (4, 20), (6, 35)):
        while len(read(files[lost])) < progress:
            time.sleep(0.005)
        crew.replace(working[lost])
        unfinished = [key for key in plans[lost] if key not in dict(read(files[lost]))]
        assert unfinished
        crew.workers[lost].send({"do": "weather", "keys": unfinished, "file": str(files[lost])})
    answers = [worker.answer() for worker in crew.workers]
    assert [answer for answer in answers if "done" not in answer] == []
    assert deadlocks() == before
    assert_all_was_done_once([read(file) for file in files], set().union(*plans))


def read(file: Path) -> list[tuple[str, Any]]:
    """What a worker has written; the last line may be torn when it was killed."""
    lines = file.read_text().split("\n")[:-1] if file.exists() else []
    return [tuple(json.loads(line)) for line in lines]


_BOOKED: Final = """
    SELECT c.key, e.id FROM ledger_entry e JOIN ledger_claim c ON c.id = e.id WHERE c.key LIKE 'storm:%%'
"""


def assert_all_was_done_once(told: list[list[tuple[str, Any]]], keys: set[str]) -> None:
    """That what was acknowledged is what is booked: each entry as its key says, under one id, and each
    account what these entries leave it."""
    journal = dict(engine.rows(_BOOKED))
    acknowledged = [(key, booked) for lines in told for key, booked in lines]
    assert {key for key, _ in acknowledged} == keys
    for _, answer in acknowledged:
        for entry_key, entry_id in answer if isinstance(answer, list) else ():
            assert journal[entry_key] == entry_id
    expected = dict.fromkeys(storm.ACCOUNTS, storm.START)
    for key in sorted(keys):
        entries = storm.Task(key).entries()
        undone = f"{key}/reversal" in journal
        for entry in entries:
            if journal.pop(entry.key, None) is not None and not undone:
                for posting in entry.postings[:2]:
                    expected[posting.account] += posting.amount.minor
        journal.pop(f"{key}/reversal", None)
    assert journal == {}
    assert {code: found.booked.minor for code, found in ledger.balances(storm.ACCOUNTS).items()} == expected
    assert all(found.held.is_zero for found in ledger.balances(storm.ACCOUNTS).values())
