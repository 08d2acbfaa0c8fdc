"""Which steps there are: ``STEPS`` of every ``bank/<app>/eod.py``, in order of phase and code."""

from importlib import import_module
from typing import Final

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import module_has_submodule

from bank.runtime.steps import Step

_steps: Final[list[Step]] = []


def discover() -> None:
    """Finds the steps of the installed apps. Raises ImproperlyConfigured where two have one code."""
    found: list[Step] = []
    for app in apps.get_app_configs():
        if app.module is not None and app.label != "eod" and module_has_submodule(app.module, "eod"):
            found += import_module(f"{app.name}.eod").STEPS
    _steps[:] = ordered(found)


def ordered(found: list[Step]) -> list[Step]:
    codes = [step.code for step in found]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise ImproperlyConfigured(f"Two steps of the close of business have one code: {', '.join(twice)}.")
    return sorted(found, key=lambda step: (step.phase, step.code))


def steps() -> list[Step]:
    """All steps, in the order they run."""
    return list(_steps)


def step(code: str) -> Step | None:
    return next((one for one in _steps if one.code == code), None)
