import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import bank.runtime.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Address",
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
                            ("RESIDENTIAL", "Residential"),
                            ("REGISTERED", "Registered office"),
                            ("POSTAL", "Postal"),
                        ],
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                ("street", models.CharField(max_length=140, verbose_name="street")),
                ("town", models.CharField(max_length=60, verbose_name="town")),
                ("postal_code", models.CharField(blank=True, max_length=16, verbose_name="postal code")),
                ("country", models.CharField(default="KE", max_length=2, verbose_name="country")),
            ],
            options={
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cif", models.CharField(max_length=12, unique=True, verbose_name="CIF")),
                (
                    "kind",
                    models.CharField(
                        choices=[("PERSON", "Person"), ("ORGANISATION", "Organisation")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "segment",
                    models.CharField(
                        choices=[
                            ("RETAIL", "Retail"),
                            ("SME", "Small and medium enterprise"),
                            ("CORPORATE", "Corporate"),
                        ],
                        max_length=12,
                        verbose_name="segment",
                    ),
                ),
                ("display_name", models.CharField(max_length=140, verbose_name="name")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PROSPECT", "Prospect"),
                            ("ACTIVE", "Active"),
                            ("BLOCKED", "Blocked"),
                            ("CLOSED", "Closed"),
                        ],
                        default="ACTIVE",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                ("joined_date", models.DateField(verbose_name="customer since")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("display_name", ""), _negated=True), name="customer_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "PERSON"),
                            models.Q(("segment", "RETAIL"), _negated=True),
                            _connector="OR",
                        ),
                        name="customer_retail_is_a_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("OWNER", "Owner"), ("SIGNATORY", "Signatory"), ("VIEWER", "Viewer")],
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                ("can_pay", models.BooleanField(default=False, verbose_name="may pay")),
                (
                    "single_limit",
                    bank.runtime.fields.AmountField(
                        blank=True,
                        decimal_places=3,
                        max_digits=21,
                        null=True,
                        verbose_name="limit of a single payment",
                    ),
                ),
                (
                    "limit_currency",
                    bank.runtime.fields.CurrencyField(
                        blank=True, max_length=3, verbose_name="currency of the limit"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("granted_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "mandate",
                "verbose_name_plural": "mandates",
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="organisation",
                        serialize=False,
                        to="cif.customer",
                    ),
                ),
                ("registered_name", models.CharField(max_length=140, verbose_name="registered name")),
                ("registration_number", models.CharField(max_length=40, verbose_name="registration number")),
                ("legal_form", models.CharField(max_length=40, verbose_name="legal form")),
                (
                    "country",
                    models.CharField(default="KE", max_length=2, verbose_name="country of registration"),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("country", "registration_number"), name="organisation_registered_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="person",
                        serialize=False,
                        to="cif.customer",
                    ),
                ),
                ("given_names", models.CharField(max_length=100, verbose_name="given names")),
                ("family_name", models.CharField(max_length=60, verbose_name="family name")),
                ("birth_date", models.DateField(verbose_name="date of birth")),
                ("nationality", models.CharField(default="KE", max_length=2, verbose_name="nationality")),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "persons",
            },
        ),
        migrations.AddField(
            model_name="address",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="addresses", to="cif.customer"
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="mandates", to="cif.customer"
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandates",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.UniqueConstraint(
                fields=("customer", "purpose"), name="address_one_per_purpose"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=("user", "customer"),
                name="mandate_one_unrevoked",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("limit_currency", ""), ("single_limit__isnull", True)),
                    models.Q(("single_limit__gt", 0), models.Q(("limit_currency", ""), _negated=True)),
                    _connector="OR",
                ),
                name="mandate_limit_is_positive_and_has_a_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("can_pay", False), models.Q(("role", "VIEWER"), _negated=True), _connector="OR"
                ),
                name="mandate_viewer_never_pays",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="mandate_ends_after_it_begins",
            ),
        ),
    ]
