"""The house rules that a machine can hold: sizes, names, annotations, no open ends."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    p for top in ("bank", "portals") for p in (ROOT / top).rglob("*.py") if "migrations" not in p.parts
)
ALL_CODE = sorted([*SOURCES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])
FORBIDDEN_MODULES = {"utils", "helpers", "common", "manager", "misc", "handlers", "data", "info"}
PLAIN_PYTHON = [
    p
    for p in SOURCES
    if p.is_relative_to(ROOT / "bank/kernel")
    or p.is_relative_to(ROOT / "bank/messages")
    or p.name in {"rules.py", "postings.py"}
    or "formats" in p.parts
]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_outgrows_500_lines() -> None:
    too_long = {named(p): n for p in ALL_CODE if (n := len(p.read_text().splitlines())) > 500}
    assert too_long == {}


def test_no_function_outgrows_60_lines() -> None:
    too_long = {f"{named(p)}:{f.name}": length(f) for p in ALL_CODE for f in functions(p) if length(f) > 60}
    assert too_long == {}


def test_functions_are_small() -> None:
    sizes = sorted(length(f) for p in SOURCES for f in functions(p))
    assert statistics.median(sizes) <= 8
    assert sizes[int(len(sizes) * 0.9)] <= 25


def test_every_function_is_annotated() -> None:
    bare = [
        f"{named(p)}:{f.lineno} {f.name}"
        for p in SOURCES
        for f in functions(p)
        if f.returns is None and f.name != "__init_subclass__"
    ]
    assert bare == []


def test_modules_say_what_they_hold() -> None:
    assert [named(p) for p in SOURCES if p.stem in FORBIDDEN_MODULES] == []


def test_modules_begin_with_a_docstring() -> None:
    silent = [
        named(p)
        for p in SOURCES
        if p.name not in {"__init__.py", "apps.py"}
        and (text := p.read_text()).strip()
        and ast.get_docstring(ast.parse(text)) is None
    ]
    assert silent == []


def test_nothing_is_left_open() -> None:
    open_ends = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|coming soon", re.I)
    found = [named(p) for p in SOURCES if open_ends.search(p.read_text())]
    found += [named(p) for p in (ROOT / "templates").rglob("*.html") if open_ends.search(p.read_text())]
    assert found == []


@pytest.mark.parametrize("path", PLAIN_PYTHON, ids=named)
def test_decisions_know_neither_django_nor_celery(path: Path) -> None:
    modules = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not modules & {"django", "celery", "rest_framework"}


def test_only_the_clock_reads_the_clock() -> None:
    reading = re.compile(r"datetime\.now\(|date\.today\(|timezone\.now\(\)|time\.time\(")
    readers = [named(p) for p in SOURCES if reading.search(p.read_text())]
    assert readers == ["bank/kernel/clock.py"]


def test_only_the_clock_says_what_day_it_is() -> None:
    """A day in UTC begins three hours after the bank's; a session's zone is anybody's."""
    other_days = re.compile(
        r"localdate\(|now\(\)\.date\(\)|localtime\(clock\.now\(\)\)\.date\(\)|current_date\b"
        r"|now\(\)\s*::\s*date|AT TIME ZONE 'UTC'",
        re.IGNORECASE,
    )
    before = {"0004_guards_of_classes.py", "0005_days_where_the_bank_is.py"}
    more = [*ROOT.glob("bank/*/migrations/*.py"), *ROOT.glob("bank/*/sql/*.sql")]
    assert {p.name for p in [*SOURCES, *more] if other_days.search(p.read_text())} <= before


def test_money_is_never_a_float() -> None:
    drawn = {"svg.py", "conformance.py"}
    floats = re.compile(r"FloatField|\bfloat\(")
    guilty = [named(p) for p in SOURCES if p.name not in drawn and floats.search(p.read_text())]
    assert guilty == []


def test_portals_never_import_models() -> None:
    guilty = [
        named(p)
        for p in (ROOT / "portals").rglob("*.py")
        if re.search(r"from bank\.\w+ import .*\bmodels\b|bank\.\w+\.models", p.read_text())
    ]
    assert guilty == []


def test_the_repository_speaks_of_the_bank_alone() -> None:
    foreign = re.compile(r"/work/|pypi\.org|npmjs|registry\.|debian\.org", re.I)
    texts = [p for folder in ("docs", "script", "bank") for p in (ROOT / folder).rglob("*.md")]
    texts += [*ROOT.glob("*.md"), *ROOT.glob("*.in"), *ROOT.glob("*.toml"), *ROOT.glob("script/*")]
    texts += [p for p in ALL_CODE if p != Path(__file__).resolve()]
    assert [named(p) for p in texts if foreign.search(p.read_text())] == []
