"""Answer conformance cases from production code: JSON lines in, JSON lines out, in order."""

import importlib
import json
import logging
import pkgutil
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand

import bank
from bank.kernel.errors import BankError, InvalidInput, Unsupported

Op = Callable[[dict[str, Any]], dict[str, Any]]

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Reads JSON lines {id, op, input} from standard input and answers each with a line: the "
        "result, the coded refusal, or that the bank has no such part."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        ops = discovered_ops()
        for line in _lines():
            if line.strip():
                self.stdout.write(json.dumps(answer(line, ops), ensure_ascii=True, default=str))
                self.stdout.flush()


def discovered_ops() -> dict[str, Op]:
    """The ``OPS`` of every app that has a ``conformance`` module."""
    names = (f"bank.{app.name}.conformance" for app in pkgutil.iter_modules(bank.__path__) if app.ispkg)
    modules = (importlib.import_module(name) for name in names if find_spec(name))
    return {op: function for module in modules for op, function in module.OPS.items()}


def answer(line: str, ops: dict[str, Op]) -> dict[str, Any]:
    """The answer to one line. Never raises: a fault of ours is answered as INTERNAL and logged."""
    case: Any = None
    try:
        case = _read(line)
        if case["op"] not in ops:
            return {"id": case.get("id"), "unsupported": True}
        return {"id": case.get("id"), "ok": True, "result": ops[case["op"]](case.get("input") or {})}
    except Unsupported:
        return {"id": case.get("id"), "unsupported": True}
    except BankError as refusal:
        return _refused(case, refusal.code, refusal.message)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        return _refused(case, InvalidInput.code, f"{type(error).__name__}: {error}")
    except Exception:
        logger.exception("conformance case failed")
        return _refused(case, "INTERNAL", "The bank failed on this case.")


def _read(line: str) -> dict[str, Any]:
    try:
        case = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(problem=f"The line is not JSON: {error}") from error
    if not isinstance(case, dict) or not isinstance(case.get("op"), str):
        raise InvalidInput(problem="The line is not an object with an op.")
    return case


def _refused(case: Any, code: str, message: str) -> dict[str, Any]:
    return {
        "id": case.get("id") if isinstance(case, dict) else None,
        "ok": False,
        "code": code,
        "error": f"{code}: {message}",
    }


def _lines() -> Iterator[str]:
    """Standard input as UTF-8 whatever the locale, line by line without reading ahead."""
    while line := sys.stdin.buffer.readline():
        yield line.decode("utf-8", "replace")
