"""Authenticator secrets move into a sealed column; the old table is left empty."""

import base64

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import bank.identity.models
import bank.kernel.clock
import bank.runtime.fields


def seal(apps, schema_editor):
    authenticators = apps.get_model("identity", "Authenticator")
    for old in apps.get_model("otp_totp", "TOTPDevice").objects.order_by("pk"):
        authenticators.objects.create(
            user_id=old.user_id,
            name=old.name,
            confirmed=old.confirmed,
            secret=base64.b32encode(bytes.fromhex(old.key)).decode(),
            drift=old.drift,
            last_step=old.last_t,
        )
        old.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0001_initial"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authenticator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="The human-readable name of this device.", max_length=64),
                ),
                ("confirmed", models.BooleanField(default=True, help_text="Is this device ready for use?")),
                (
                    "secret",
                    bank.runtime.fields.EncryptedTextField(default=bank.identity.models._new_secret),
                ),
                ("drift", models.SmallIntegerField(default=0)),
                ("last_step", models.BigIntegerField(default=-1)),
                ("added_at", models.DateTimeField(default=bank.kernel.clock.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
