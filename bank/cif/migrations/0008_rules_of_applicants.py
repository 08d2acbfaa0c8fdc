"""Applicants are rated by the rows customers are rated by: one more rule, and the codes applicants choose from.

A figure two people changed since stays as they set it.
"""

from typing import Any

from django.db import migrations

ADDED = {"SECTOR_SENSITIVE": ["NON_PROFIT"], "SECTOR_CASH": ["CASH"]}
POSSIBLE_BEFORE, POSSIBLE = 30, 40


def seed(apps: Any, _schema: Any) -> None:
    rows = apps.get_model("cif", "RatingRule").objects
    rows.get_or_create(code="FUNDS_UNUSUAL", defaults={"figure": 10, "members": ["GIFT", "OTHER"]})
    rows.filter(code="SCREENING_POSSIBLE", figure=POSSIBLE_BEFORE).update(figure=POSSIBLE)
    for row in rows.filter(code__in=ADDED):
        row.members = sorted({*row.members, *ADDED[row.code]})
        row.save(update_fields=["members"])


class Migration(migrations.Migration):
    dependencies = [
        ("cif", "0007_rating_rules"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
