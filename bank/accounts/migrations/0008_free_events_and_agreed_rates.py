from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_joint_acts"),
        ("products", "0006_free_each_month"),
    ]

    operations = [
        migrations.AddField(
            model_name="overdraft",
            name="annual_rate_pct",
            field=models.DecimalField(
                blank=True,
                decimal_places=6,
                max_digits=9,
                null=True,
                verbose_name="agreed rate, per cent a year",
            ),
        ),
        migrations.AddConstraint(
            model_name="overdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("annual_rate_pct__isnull", True),
                    models.Q(
                        ("annual_rate_pct__gte", 0),
                        ("annual_rate_pct__lte", Decimal("100")),
                    ),
                    _connector="OR",
                ),
                name="overdraft_rate",
            ),
        ),
        migrations.CreateModel(
            name="FeeUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.CharField(max_length=32, verbose_name="event")),
                ("month", models.DateField(verbose_name="month")),
                ("slot", models.PositiveSmallIntegerField(verbose_name="number")),
                ("reference", models.CharField(max_length=80, unique=True, verbose_name="reference")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
            ],
            options={
                "verbose_name": "free event",
                "verbose_name_plural": "free events",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "event", "month", "slot"), name="fee_use_once")
                ],
            },
        ),
    ]
