"""Years for papers the bank made, notices, cheques, receipts and the words of the trail."""

from typing import Any

from django.db import migrations

KINDS = ("STATEMENT", "NOTICE", "CHEQUE", "RECEIPT", "WORDS")
YEARS = 7


def seed(apps: Any, _schema: Any) -> None:
    rows = apps.get_model("privacy", "RetentionRule")
    for kind in KINDS:
        rows.objects.get_or_create(kind=kind, defaults={"years": YEARS})


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0002_retention"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
