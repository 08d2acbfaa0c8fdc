"""``manage.py migrate``: Django's own, with a fraction of its work where the database is new.

Whenever a step changes a model, Django draws anew whatever hangs together with it, and in a bank
everything does: two hundred models for each of five hundred steps, most of a minute. To make a table or
add a column takes the model itself. Programs in migrations, renamings and changes of a column that others
refer to see everything drawn anew, as ever; and a database that has something in it is left to Django alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeAlias

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.operations import AlterField, RenameField, RenameModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.migrations.utils import field_is_referenced

Forwards: TypeAlias = Callable[[Operation, str, Any, ProjectState, ProjectState], None]


class Command(migrate.Command):
    """Brings the database to the state of the code."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Whether it is new is told by Django's record of what was applied."""
        applied = MigrationRecorder(connections[options["database"]]).applied_migrations()
        with nullcontext() if applied else _each_model_alone():
            super().handle(*args, **options)


@contextmanager
def _each_model_alone() -> Iterator[None]:
    changed: list[tuple[Any, str, Any]] = [(ProjectState, "_find_reload_model", _itself)]
    for kind in (AlterField, RenameField, RenameModel):
        changed.append((kind, "database_forwards", _with_what_is_around(kind.database_forwards)))
    usual = [(owner, name, getattr(owner, name)) for owner, name, _ in changed]
    for each in changed:
        setattr(*each)
    try:
        yield
    finally:
        for each in usual:
            setattr(*each)


def _itself(state: ProjectState, app: str, model: str, delay: bool = False) -> set[tuple[str, str]]:
    """What is drawn anew at once, with tables between it and others; the rest is before anybody looks."""
    state.is_delayed = True
    drawn = state.apps.all_models[app].get(model)
    fields = drawn._meta.local_many_to_many if drawn else ()
    between = (field.remote_field.through for field in fields if field.remote_field.through)
    return {
        (app, model),
        *((one._meta.app_label, str(one._meta.model_name)) for one in between if one._meta.auto_created),
    }


def _with_what_is_around(forwards: Any) -> Forwards:
    def redrawn(step: Operation, app: str, editor: Any, before: ProjectState, after: ProjectState) -> None:
        if not isinstance(step, AlterField) or field_is_referenced(
            after, (app, step.model_name_lower), (step.name, step.field)
        ):
            before.clear_delayed_apps_cache()
            after.clear_delayed_apps_cache()
        forwards(step, app, editor, before, after)

    return redrawn
