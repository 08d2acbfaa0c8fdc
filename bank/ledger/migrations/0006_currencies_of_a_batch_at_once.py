"""A batch in several currencies is checked in one look, not entry by entry."""

from pathlib import Path

from django.db import migrations

CHECK = Path(__file__).resolve().parent.parent / "sql" / "check_postings.sql"
NEEDED_NO_MORE = "DROP FUNCTION IF EXISTS ledger_is_unbalanced(bigint)"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_snapshot_by_index")]
    operations = [
        migrations.RunSQL(CHECK.read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(NEEDED_NO_MORE, migrations.RunSQL.noop),
    ]
