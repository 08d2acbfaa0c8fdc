"""The engine writes as a role of its own, so that it need not be checked twice; an entry without postings is
refused when its database transaction ends; sums of general-ledger accounts have no bound."""

from importlib import import_module
from pathlib import Path

from django.db import migrations

again = import_module("bank.ledger.migrations.0007_freezing_credits").again

SQL = Path(__file__).resolve().parent.parent / "sql"
MADE_AGAIN = (
    ("post_one.sql", "ledger_is_unbalanced"),
    ("post_one.sql", "ledger_book"),
    ("post_one.sql", "ledger_post_one"),
    ("post_many.sql", "ledger_open_intake"),
    ("post_many.sql", "ledger_post_intake"),
    ("post_many.sql", "ledger_post_many"),
    ("reads.sql", "ledger_booked"),
    ("reads.sql", "ledger_summed_at"),
    ("reads.sql", "ledger_booked_at"),
)
OF_64_BITS = """
DROP FUNCTION ledger_booked(bigint, date, date);
DROP FUNCTION ledger_summed_at(bigint, timestamptz);
DROP FUNCTION ledger_booked_at(bigint, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_further_legs_in_one_look")]
    operations = [
        migrations.RunSQL(OF_64_BITS, migrations.RunSQL.noop),
        *(migrations.RunSQL(again(*place), migrations.RunSQL.noop) for place in MADE_AGAIN),
        migrations.RunSQL((SQL / "engine_role.sql").read_text(), migrations.RunSQL.noop),
    ]
