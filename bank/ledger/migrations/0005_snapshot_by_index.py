"""The last balance kept of an account is found by index, whatever the planner believes of a table that was
empty when it last looked and grows while it is read."""

from django.db import migrations

BY_INDEX = """
ALTER FUNCTION ledger_keep_balances(date, bigint, int, timestamptz) SET enable_seqscan = off;
ALTER FUNCTION ledger_finish_balances(date, timestamptz) SET enable_seqscan = off;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_balances_at_the_end_of_days")]
    operations = [migrations.RunSQL(BY_INDEX, migrations.RunSQL.noop)]
