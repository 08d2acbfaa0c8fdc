"""The engine and the guards: the SQL of ``bank/ledger/sql``, in the order in which it builds on itself."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
FILES = (
    "guards.sql",
    "accounts.sql",
    "refusals.sql",
    "post_one.sql",
    "post_many.sql",
    "holds.sql",
    "seal.sql",
    "reads.sql",
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL((SQL / name).read_text(), migrations.RunSQL.noop) for name in FILES]
