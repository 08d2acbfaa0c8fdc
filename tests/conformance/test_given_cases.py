"""The published cases, asked of the conformance command as a program would ask them."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bank.messages import schemas
from tests.vectors import VECTORS_DIR

RUNNER = VECTORS_DIR / "RUN" / "check.py"
REPOSITORY = Path(__file__).parents[2]

Verdict = Callable[[dict[str, Any]], tuple[bool, str]]
Case = tuple[str, str, dict[str, Any], Verdict]

#: Every operation the bank answers today.
DUE = (
    "iban.validate",
    "iban.build",
    "bic.validate",
    "card.luhn",
    "aba.validate",
    "ifsc.validate",
    "calendar.holidays",
    "calendar.add",
    "daycount.fraction",
    "money.round",
    "money.allocate",
    "fx.convert",
    "pain001.parse",
    "iso20022.validate",
    "mt940.parse",
    "camt.parse",
    "ach.validate",
    "ach.parse",
    "mt.parse",
    "mpesa.parse",
    "finance.xirr",
    "apr.us",
    "apr.eu",
    "x12.parse",
    "stripe.verify",
    "iso8583.pack",
    "iso8583.unpack",
)


def is_due(case: Case) -> bool:
    op, _, given, _ = case
    return op != "iso20022.validate" or given["message"] in schemas.held()


@pytest.fixture(scope="module")
def cases() -> dict[str, list[Case]]:
    if not RUNNER.exists():
        pytest.skip(f"{RUNNER} is absent: set VECTORS_DIR to the folder of published cases")
    spec = importlib.util.spec_from_file_location("published_cases", RUNNER)
    assert spec
    assert spec.loader
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    by_op: dict[str, list[Case]] = {op: [] for op in DUE}
    for side in ("give", "hold"):
        for case in runner.cases(side):
            if case[0] in by_op and is_due(case):
                by_op[case[0]].append(case)
    return by_op


@pytest.fixture(scope="module")
def ask() -> Iterator[Callable[[str], dict[str, Any]]]:
    """Sends the command one line and reads one: it must answer before more input comes."""
    command = subprocess.Popen(
        [sys.executable, "manage.py", "conformance"],
        cwd=REPOSITORY,
        env=os.environ | {"BANK_ENV": "test"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert command.stdin
    assert command.stdout
    source, sink = command.stdout, command.stdin

    def ask_line(line: str) -> dict[str, Any]:
        sink.write(line + "\n")
        sink.flush()
        answer: dict[str, Any] = json.loads(source.readline())
        return answer

    yield ask_line
    sink.close()
    assert command.wait(timeout=30) == 0
    source.close()


@pytest.mark.parametrize("op", DUE)
def test_the_published_cases_of(
    op: str, cases: dict[str, list[Case]], ask: Callable[[str], dict[str, Any]]
) -> None:
    if not cases[op]:
        pytest.skip(f"no published case of {op} in {VECTORS_DIR}")
    faults = []
    for number, (_, name, given, verdict) in enumerate(cases[op]):
        answer = ask(json.dumps({"id": number, "op": op, "input": given}))
        passed, why = verdict(answer)
        if answer["id"] != number or answer.get("unsupported") or not passed:
            faults.append(f"{name}: {why or answer}")
    assert not faults, "\n".join(faults[:20])


def test_what_the_bank_has_no_part_for_is_unsupported(ask: Callable[[str], dict[str, Any]]) -> None:
    assert ask('{"id": "a", "op": "tea.brew", "input": {}}') == {"id": "a", "unsupported": True}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        '"iban.validate"',
        '{"id": 1}',
        '{"id": 1, "op": 7}',
        '{"id": 1, "op": "iban.validate"}',
        '{"id": 1, "op": "iban.validate", "input": {"iban": 5}}',
        '{"id": 1, "op": "iban.validate", "input": [1]}',
        '{"id": 1, "op": "money.round", "input": {"mode": "SIDEWAYS", "numerator": 1, "denominator": 2}}',
        '{"id": 1, "op": "money.round", "input": {"mode": "UP", "numerator": 1, "denominator": 0}}',
        '{"id": 1, "op": "money.allocate", "input": {"amount": 5, "ratios": [NaN]}}',
        '{"id": 1, "op": "money.allocate", "input": {"amount": "Infinity", "ratios": [1]}}',
        '{"id": 1, "op": "calendar.holidays", "input": {"calendar": "ATLANTIS", "year": 2026}}',
        '{"id": 1, "op": "calendar.holidays", "input": {"calendar": "KE", "year": 99999}}',
        '{"id": 1, "op": "calendar.add", "input": {"calendar": "KE", "date": "now", "add_business_days": 0}}',
        '{"id": 1, "op": "daycount.fraction", "input": {"convention": "1/1", "start": "0", "end": "0"}}',
    ],
)
def test_a_line_that_makes_no_sense_is_refused_with_a_code(
    line: str, ask: Callable[[str], dict[str, Any]]
) -> None:
    answer = ask(line)
    assert answer["ok"] is False
    assert answer["code"].isupper()
    assert answer["code"] != "INTERNAL"
    assert answer["error"].startswith(answer["code"])


def test_it_goes_on_after_a_refusal(ask: Callable[[str], dict[str, Any]]) -> None:
    ask("{")
    assert (
        ask('{"id": 2, "op": "card.luhn", "input": {"number": "4111111111111111"}}')["result"]["valid"]
        is True
    )
