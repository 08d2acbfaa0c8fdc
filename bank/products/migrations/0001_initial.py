from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import bank.runtime.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=24, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=240, verbose_name="description")),
                (
                    "kind",
                    models.CharField(
                        choices=[("SAVINGS", "Savings account"), ("CURRENT", "Current account")],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                (
                    "currency",
                    bank.runtime.fields.CurrencyField(default="KES", max_length=3, verbose_name="currency"),
                ),
            ],
            options={
                "verbose_name": "product",
                "verbose_name_plural": "products",
            },
        ),
        migrations.CreateModel(
            name="FeeRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_from", models.DateField(verbose_name="in force from")),
                ("effective_until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("OWN_TRANSFER", "Transfer between own accounts"),
                            ("INTERNAL_TRANSFER", "Transfer within the bank"),
                            ("INTERBANK_TRANSFER", "Transfer to another bank"),
                            ("EFT", "Electronic funds transfer"),
                            ("RTGS", "Real-time gross settlement"),
                            ("INTERNATIONAL_WIRE", "International transfer"),
                            ("BILL_PAYMENT", "Bill payment"),
                            ("MOBILE_MONEY", "Transfer to mobile money"),
                            ("CARD_ISSUE_DEBIT", "New debit card"),
                            ("CARD_ISSUE_CREDIT", "New credit card"),
                            ("CARD_ISSUE_PREPAID", "New prepaid card"),
                            ("CARD_REPLACEMENT_DEBIT", "Replacement of a debit card"),
                            ("CARD_REPLACEMENT_CREDIT", "Replacement of a credit card"),
                            ("CARD_REPLACEMENT_PREPAID", "Replacement of a prepaid card"),
                            ("ATM_WITHDRAWAL", "Cash withdrawal at a machine"),
                            ("ATM_OFF_US_BALANCE", "Balance inquiry at another bank's machine"),
                        ],
                        max_length=32,
                        verbose_name="event",
                    ),
                ),
                ("currency", bank.runtime.fields.CurrencyField(max_length=3, verbose_name="currency")),
                ("segment", models.CharField(blank=True, max_length=12, verbose_name="segment")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("FLAT", "Flat"),
                            ("PERCENT", "Per cent of the amount"),
                            ("TIERED", "By the band of the amount"),
                            ("SLAB", "Band by band"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "flat",
                    bank.runtime.fields.AmountField(
                        decimal_places=3, default=0, max_digits=21, verbose_name="flat sum"
                    ),
                ),
                (
                    "rate_pct",
                    models.DecimalField(decimal_places=6, default=0, max_digits=9, verbose_name="per cent"),
                ),
                (
                    "minimum",
                    bank.runtime.fields.AmountField(
                        blank=True, decimal_places=3, max_digits=21, null=True, verbose_name="at least"
                    ),
                ),
                (
                    "maximum",
                    bank.runtime.fields.AmountField(
                        blank=True, decimal_places=3, max_digits=21, null=True, verbose_name="at most"
                    ),
                ),
                ("income_role", models.CharField(max_length=40, verbose_name="GL role of the income")),
            ],
            options={
                "verbose_name": "fee",
                "verbose_name_plural": "fees",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "currency", "segment", "effective_from"), name="fee_rule_one_per_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("flat__gte", 0), ("rate_pct__gte", 0), ("rate_pct__lte", Decimal("100"))
                        ),
                        name="fee_rule_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_until__isnull", True),
                            ("effective_until__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="fee_rule_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_from", models.DateField(verbose_name="in force from")),
                ("effective_until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                ("number", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="products.product",
                    ),
                ),
            ],
            options={
                "verbose_name": "product version",
                "verbose_name_plural": "product versions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("product", "number"), name="product_version_numbered_once"
                    ),
                    models.UniqueConstraint(
                        fields=("product", "effective_from"), name="product_version_one_per_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_until__isnull", True),
                            ("effective_until__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="product_version_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", bank.runtime.fields.CurrencyField(max_length=3, verbose_name="currency")),
                ("segment", models.CharField(blank=True, max_length=12, verbose_name="segment")),
                (
                    "minimum_opening",
                    bank.runtime.fields.AmountField(
                        decimal_places=3, default=0, max_digits=21, verbose_name="smallest opening deposit"
                    ),
                ),
                ("day_count", models.CharField(default="ACT_365F", max_length=24, verbose_name="day count")),
                (
                    "accrual_frequency",
                    models.CharField(
                        choices=[
                            ("DAILY", "Daily"),
                            ("MONTHLY", "Monthly"),
                            ("QUARTERLY", "Quarterly"),
                            ("YEARLY", "Yearly"),
                        ],
                        default="DAILY",
                        max_length=12,
                        verbose_name="accrued",
                    ),
                ),
                (
                    "capitalisation_frequency",
                    models.CharField(
                        choices=[
                            ("DAILY", "Daily"),
                            ("MONTHLY", "Monthly"),
                            ("QUARTERLY", "Quarterly"),
                            ("YEARLY", "Yearly"),
                        ],
                        default="MONTHLY",
                        max_length=12,
                        verbose_name="capitalised",
                    ),
                ),
                (
                    "tier_method",
                    models.CharField(
                        choices=[
                            ("WHOLE", "One rate on the whole balance"),
                            ("MARGINAL", "Each rate on its part of the balance"),
                        ],
                        default="MARGINAL",
                        max_length=12,
                        verbose_name="tiers",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="products.productversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "terms",
                "verbose_name_plural": "terms",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "currency", "segment"), name="product_terms_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum_opening__gte", 0)), name="product_terms_opening"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductGlRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("CONTROL", "Control account of the balances"),
                            ("INTEREST_EXPENSE", "Interest the bank pays"),
                        ],
                        max_length=24,
                        verbose_name="purpose",
                    ),
                ),
                ("role", models.CharField(max_length=40, verbose_name="GL role")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gl_roles",
                        to="products.productversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "GL role",
                "verbose_name_plural": "GL roles",
                "constraints": [
                    models.UniqueConstraint(fields=("version", "purpose"), name="product_gl_role_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_from", models.DateField(verbose_name="in force from")),
                ("effective_until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("EXCISE", "Excise duty on fees"),
                            ("WITHHOLDING", "Withholding tax on interest"),
                        ],
                        max_length=16,
                        verbose_name="tax",
                    ),
                ),
                ("rate_pct", models.DecimalField(decimal_places=6, max_digits=9, verbose_name="per cent")),
                ("gl_role", models.CharField(max_length=40, verbose_name="GL role")),
            ],
            options={
                "verbose_name": "tax",
                "verbose_name_plural": "taxes",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "effective_from"), name="tax_rule_one_per_day"),
                    models.CheckConstraint(
                        condition=models.Q(("rate_pct__gte", 0), ("rate_pct__lte", Decimal("100"))),
                        name="tax_rule_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_until__isnull", True),
                            ("effective_until__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="tax_rule_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeeBand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "up_to",
                    bank.runtime.fields.AmountField(
                        blank=True, decimal_places=3, max_digits=21, null=True, verbose_name="up to"
                    ),
                ),
                (
                    "flat",
                    bank.runtime.fields.AmountField(
                        decimal_places=3, default=0, max_digits=21, verbose_name="flat sum"
                    ),
                ),
                (
                    "rate_pct",
                    models.DecimalField(decimal_places=6, default=0, max_digits=9, verbose_name="per cent"),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bands",
                        to="products.feerule",
                    ),
                ),
            ],
            options={
                "verbose_name": "band",
                "verbose_name_plural": "bands",
                "ordering": [models.OrderBy(models.F("up_to"), nulls_last=True)],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rule", "up_to"), name="fee_band_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("flat__gte", 0), ("rate_pct__gte", 0), ("rate_pct__lte", Decimal("100"))
                        ),
                        name="fee_band_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InterestTier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_balance",
                    bank.runtime.fields.AmountField(
                        decimal_places=3, default=0, max_digits=21, verbose_name="from a balance of"
                    ),
                ),
                (
                    "annual_rate_pct",
                    models.DecimalField(decimal_places=6, max_digits=9, verbose_name="per cent a year"),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interest_tiers",
                        to="products.productterms",
                    ),
                ),
            ],
            options={
                "verbose_name": "interest tier",
                "verbose_name_plural": "interest tiers",
                "ordering": ["from_balance"],
                "constraints": [
                    models.UniqueConstraint(fields=("terms", "from_balance"), name="interest_tier_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("annual_rate_pct__gte", 0),
                            ("annual_rate_pct__lte", Decimal("100")),
                            ("from_balance__gte", 0),
                        ),
                        name="interest_tier_sane",
                    ),
                ],
            },
        ),
    ]
