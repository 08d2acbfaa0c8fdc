"""The tables of interest; positions are half empty pages, rewritten every day where they stand."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_account_serial"),
        ("products", "0003_interest_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Position",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="interest_position",
                        serialize=False,
                        to="accounts.account",
                    ),
                ),
                ("ledger_id", models.BigIntegerField(editable=False, verbose_name="ledger account")),
                ("since", models.DateField(verbose_name="since")),
                ("accrued_through", models.DateField(verbose_name="accrued through")),
                ("seen_version", models.BigIntegerField(default=0, editable=False)),
                (
                    "credit_accrued",
                    models.DecimalField(
                        decimal_places=10, default=0, max_digits=38, verbose_name="earned, in cents"
                    ),
                ),
                (
                    "credit_posted",
                    models.BigIntegerField(default=0, verbose_name="earned and booked, in cents"),
                ),
                (
                    "debit_accrued",
                    models.DecimalField(
                        decimal_places=10,
                        default=0,
                        max_digits=38,
                        verbose_name="cost of overdraft, in cents",
                    ),
                ),
                ("debit_posted", models.BigIntegerField(default=0, verbose_name="cost booked, in cents")),
                ("debit_owed", models.BigIntegerField(default=0, verbose_name="owed from before, in cents")),
                (
                    "balance_days",
                    models.DecimalField(decimal_places=0, default=0, editable=False, max_digits=38),
                ),
                ("lowest", models.BigIntegerField(editable=False, null=True)),
                (
                    "terms",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.productterms",
                    ),
                ),
            ],
            options={
                "verbose_name": "interest position",
                "verbose_name_plural": "interest positions",
            },
        ),
        migrations.CreateModel(
            name="Period",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id",
                        "first_day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("first_day", models.DateField(verbose_name="from")),
                ("last_day", models.DateField(verbose_name="to")),
                ("value_date", models.DateField(verbose_name="value date")),
                (
                    "credit_accrued",
                    models.DecimalField(
                        decimal_places=10, default=0, max_digits=38, verbose_name="earned, in cents"
                    ),
                ),
                ("credit_paid", models.BigIntegerField(verbose_name="paid, in cents")),
                (
                    "tax_rate_pct",
                    models.DecimalField(
                        decimal_places=6, max_digits=9, verbose_name="withholding tax, per cent"
                    ),
                ),
                ("tax_withheld", models.BigIntegerField(verbose_name="tax withheld, in cents")),
                (
                    "debit_accrued",
                    models.DecimalField(
                        decimal_places=10,
                        default=0,
                        max_digits=38,
                        verbose_name="cost of overdraft, in cents",
                    ),
                ),
                ("debit_due", models.BigIntegerField(verbose_name="cost due, in cents")),
                ("entry_id", models.BigIntegerField(null=True, verbose_name="journal entry")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interest_periods",
                        to="accounts.account",
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.productterms",
                    ),
                ),
            ],
            options={
                "verbose_name": "paid period of interest",
                "verbose_name_plural": "paid periods of interest",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="interest_period_days",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE interest_position SET (fillfactor = 50)",
            "ALTER TABLE interest_position RESET (fillfactor)",
        ),
    ]
