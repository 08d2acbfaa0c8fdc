import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import bank.runtime.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cif", "0002_customer_serial"),
        ("products", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=13, unique=True, verbose_name="number")),
                ("currency", bank.runtime.fields.CurrencyField(max_length=3, verbose_name="currency")),
                ("nickname", models.CharField(blank=True, max_length=40, verbose_name="nickname")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ACTIVE", "Active"),
                            ("FROZEN_DEBIT", "Frozen for payments"),
                            ("FROZEN", "Frozen"),
                            ("DORMANT", "Dormant"),
                            ("CLOSED", "Closed"),
                        ],
                        default="ACTIVE",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("opened_date", models.DateField(verbose_name="opened")),
                ("closed_date", models.DateField(blank=True, null=True, verbose_name="closed")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="cif.customer",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="products.product",
                    ),
                ),
                (
                    "product_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="products.productversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^[0-9]{13}$")), name="account_number_is_digits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_date__isnull", False), ("status", "CLOSED")),
                            models.Q(
                                models.Q(("status", "CLOSED"), _negated=True), ("closed_date__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="account_closed_has_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountFreeze",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("DEBIT", "Payments"), ("ALL", "Payments and receipts")],
                        max_length=8,
                        verbose_name="scope",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("authority", models.CharField(blank=True, max_length=120, verbose_name="ordered by")),
                ("placed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("lifted_at", models.DateTimeField(editable=False, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="freezes",
                        to="accounts.account",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "freeze",
                "verbose_name_plural": "freezes",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("account", "scope"),
                        name="account_freeze_once_per_scope",
                    ),
                ],
            },
        ),
    ]
