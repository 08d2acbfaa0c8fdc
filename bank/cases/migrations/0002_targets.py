"""What the bank promises to begin with, as rows staff may change."""

from typing import Any, ClassVar

from django.db import migrations

from bank.cases.rules import DEFAULT_TARGETS


def seed(apps: Any, _schema: Any) -> None:
    target_rows = apps.get_model("cases", "ServiceTarget")
    for (kind, priority), target in DEFAULT_TARGETS.items():
        target_rows.objects.create(
            kind=kind.value,
            priority=priority.value,
            first_answer_hours=target.first_answer_hours,
            resolution_days=target.resolution_days,
        )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(seed, migrations.RunPython.noop)]
