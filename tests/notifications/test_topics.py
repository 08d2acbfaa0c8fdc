"""Every event is declared, documented and as its schema says."""

import ast
import importlib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from bank.notifications import catalogue
from bank.runtime import outbox, services, topics


def test_the_page_of_events_is_what_the_code_declares() -> None:
    assert catalogue.PLACE.read_text() == catalogue.written(), "run script/manage events --write"


def test_every_schema_is_one_and_orders_by_a_member_it_has() -> None:
    for topic in topics.every():
        Draft202012Validator.check_schema(topic.schema())
        assert topic.order is None or topic.order[1] in topic.members, topic.name


def test_whatever_is_emitted_is_declared() -> None:
    """The topics are constants of the modules that emit them; the one helper is told apart."""
    undeclared = []
    for path in sorted(services.ROOT.glob("bank/**/*.py")):
        module = importlib.import_module(_dotted(path)) if "outbox.emit(" in path.read_text() else None
        for name in _emitted(path) if module else ():
            if hasattr(module, name) and topics.known(getattr(module, name)) is None:
                undeclared.append(f"{path.name}: {name}")
    assert undeclared == [], "declare them in the app's events.py with topics.declare"


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(services.ROOT).with_suffix("").parts).removesuffix(".__init__")


def _emitted(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "outbox.emit"]


def test_whoever_listens_listens_to_something_declared() -> None:
    heard = {name for name in outbox._subscribers if not name.startswith("test.")}
    assert heard <= {topic.name for topic in topics.every()}


@pytest.mark.django_db
def test_a_payload_that_breaks_its_schema_fails_the_test_that_tells_it() -> None:
    for payload in ({}, {"statement_id": "no uuid"}, {"statement_id": 7}, {"statement_id": "", "more": 1}):
        with pytest.raises(ValidationError):
            outbox.emit("statements.StatementRequested", payload)
