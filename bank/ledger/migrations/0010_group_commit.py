"""Entries of concurrent callers share a database transaction; what books a claimed key stands by itself for it."""

from importlib import import_module
from pathlib import Path

from django.db import migrations

again = import_module("bank.ledger.migrations.0007_freezing_credits").again

SQL = Path(__file__).resolve().parent.parent / "sql"
MADE_AGAIN = (
    ("post_one.sql", "ledger_book_claimed"),
    ("post_one.sql", "ledger_post_one"),
    ("post_each.sql", "ledger_post_each"),
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_engine_role")]
    operations = [
        *(migrations.RunSQL(again(*place), migrations.RunSQL.noop) for place in MADE_AGAIN),
        migrations.RunSQL((SQL / "engine_role.sql").read_text(), migrations.RunSQL.noop),
    ]
