"""The rules of the risk rating as rows that two of the staff change."""

from typing import Any, ClassVar

from django.db import migrations, models

from bank.cif.rating import DEFAULTS


def seed(apps: Any, _schema: Any) -> None:
    rows = apps.get_model("cif", "RatingRule")
    for rule in DEFAULTS.values():
        rows.objects.create(code=rule.code, figure=rule.figure, members=sorted(rule.members))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cif", "0006_signature_class")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="RatingRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30, unique=True, verbose_name="rule")),
                ("figure", models.PositiveSmallIntegerField(verbose_name="figure")),
                ("members", models.JSONField(blank=True, default=list, verbose_name="about")),
            ],
            options={
                "verbose_name": "rule of the risk rating",
                "verbose_name_plural": "rules of the risk rating",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("figure__lte", 100)), name="rating_rule_up_to_a_hundred"
                    )
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
