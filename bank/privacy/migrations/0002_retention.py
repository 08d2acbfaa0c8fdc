"""How long what is kept, as rows; what was asked for and what is gone."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import bank.kernel.clock
from bank.privacy.rules import RULES


def seed(apps: Any, _schema: Any) -> None:
    rows = apps.get_model("privacy", "RetentionRule")
    for rule in RULES:
        if rule.years is not None:
            rows.objects.create(kind=rule.kind, years=rule.years)


class Migration(migrations.Migration):
    dependencies = [
        ("cif", "0007_rating_rules"),
        ("privacy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=24, unique=True, verbose_name="kind of data")),
                ("years", models.PositiveSmallIntegerField(verbose_name="years")),
            ],
            options={
                "verbose_name": "retention rule",
                "verbose_name_plural": "retention rules",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "requested_at",
                    models.DateTimeField(default=bank.kernel.clock.now, verbose_name="asked for"),
                ),
                ("reference", models.CharField(max_length=24, verbose_name="case")),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure_request",
                        to="cif.customer",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=24, verbose_name="kind of data")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("erased_at", models.DateTimeField(default=bank.kernel.clock.now, verbose_name="erased")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures",
                        to="cif.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "kind"), name="erasure_once_per_kind")
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
