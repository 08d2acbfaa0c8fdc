"""Every code the REST door can answer with, read from each app's ``errors.py`` itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pkgutil import walk_packages
from string import Formatter
from types import ModuleType

from django.apps import apps

from bank.kernel import errors as kernel_errors
from bank.kernel.errors import BankError
from bank.web.problems import GENERAL


@dataclass(frozen=True, slots=True)
class ErrorCode:
    code: str
    status: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The codes of one app, in order of precedence: where several apply, the first is the one answered."""

    title: str
    codes: tuple[ErrorCode, ...]


@lru_cache
def chapters() -> list[Chapter]:
    """The door's own codes, then the kernel's and every app's."""
    general = tuple(ErrorCode(code, status, sentence) for code, (status, sentence) in GENERAL.items())
    modules = [kernel_errors, *_modules()]
    named = (Chapter(_title(module), tuple(_codes(module))) for module in modules)
    return [Chapter("The door", general), *(chapter for chapter in named if chapter.codes)]


def _modules() -> Iterator[ModuleType]:
    """Every module called ``errors`` of every app of the bank."""
    for app in apps.get_app_configs():
        if app.name.startswith("bank."):
            names = [found.name for found in walk_packages([app.path], f"{app.name}.")]
            yield from (import_module(name) for name in names if name.endswith(".errors"))


def _title(module: ModuleType) -> str:
    return ", ".join(module.__name__.split(".")[1:-1]).capitalize()


def _codes(module: ModuleType) -> Iterator[ErrorCode]:
    seen = set()
    for thing in vars(module).values():
        is_error = isinstance(thing, type) and issubclass(thing, BankError)
        if is_error and thing.__module__ == module.__name__ and thing.code not in seen:
            seen.add(thing.code)
            yield ErrorCode(thing.code, thing.status, _readable(thing.sentence))


def _readable(sentence: str) -> str:
    """The sentence with its parameters as words: ``{limit}`` becomes ``…``."""
    return "".join(
        text + ("…" if name is not None else "") for text, name, _, _ in Formatter().parse(sentence)
    )
