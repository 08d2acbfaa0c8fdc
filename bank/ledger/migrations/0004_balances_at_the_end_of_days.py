"""What accounts stood at when a business day ended, kept by the close of business."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql" / "day_balances.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_balances_know_their_code"),
    ]

    operations = [
        migrations.AddField(
            model_name="businessday",
            name="kept_at",
            field=models.DateTimeField(help_text="When the day's balances were kept whole.", null=True),
        ),
        migrations.AddField(
            model_name="businessday",
            name="kept_from",
            field=models.DateTimeField(help_text="When keeping the day's balances began.", null=True),
        ),
        migrations.CreateModel(
            name="DayBalance",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "date", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("date", models.DateField()),
                ("booked", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ledger.account",
                    ),
                ),
            ],
            options={
                "db_table": "ledger_day_balance",
            },
        ),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
