"""Pairs come into a batch without arrays, and what a batch is laid out in stays in memory; a third leg is booked
without arrays too, and a group of callers is booked by plans that are made once. A leg without a currency is no leg.

The engine's functions are replaced, not dropped: the intake of a session that goes on has a trigger on one of them.
"""

from importlib import import_module
from pathlib import Path

from django.db import migrations

again = import_module("bank.ledger.migrations.0007_freezing_credits").again

SQL = Path(__file__).resolve().parent.parent / "sql"
BATCHES = (
    (SQL / "post_many.sql")
    .read_text()
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .replace("CREATE AGGREGATE", "CREATE OR REPLACE AGGREGATE")
)
MADE_AGAIN = (
    ("post_one.sql", "ledger_is_unbalanced"),
    ("post_one.sql", "ledger_book_claimed"),
    ("post_each.sql", "ledger_post_each"),
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_a_batch_is_taken_in_as_it_comes")]
    operations = [
        migrations.RunSQL(BATCHES, migrations.RunSQL.noop),
        *(migrations.RunSQL(again(*place), migrations.RunSQL.noop) for place in MADE_AGAIN),
        migrations.RunSQL((SQL / "engine_role.sql").read_text(), migrations.RunSQL.noop),
    ]
