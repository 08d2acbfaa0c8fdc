"""A plain entry looks at the accounts of its further legs once, not twice."""

from importlib import import_module

from django.db import migrations

again = import_module("bank.ledger.migrations.0007_freezing_credits").again


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_freezing_credits")]
    operations = [
        migrations.RunSQL(again("post_one.sql", "ledger_post_one"), migrations.RunSQL.noop),
    ]
