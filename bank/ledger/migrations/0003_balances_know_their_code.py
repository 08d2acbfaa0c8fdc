"""Balances know their account's code and currency; the engine and the guards are made (again) on them."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
FILES = (
    "check_postings.sql",
    "guards.sql",
    "accounts.sql",
    "refusals.sql",
    "post_one.sql",
    "post_many.sql",
    "holds.sql",
    "seal.sql",
    "reads.sql",
)
"""In the order in which they build on one another."""

AWAY = """
DO $$
DECLARE
    made text;
BEGIN
    FOR made IN
        SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'ledger\\_%'
    LOOP
        EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', made);
    END LOOP;
END $$;
DROP TYPE IF EXISTS ledger_order;
"""
FILL = """
UPDATE ledger_balance b SET code = a.code, currency = a.currency FROM ledger_account a WHERE a.id = b.account_id
"""
AT_LEAST_ZERO = """
SET CONSTRAINTS ALL IMMEDIATE;
CREATE DOMAIN ledger_units_at_least_zero AS bigint CHECK (VALUE >= 0);
ALTER TABLE ledger_balance
    ALTER held TYPE ledger_units_at_least_zero, ALTER overdraft TYPE ledger_units_at_least_zero;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_engine")]
    operations = [
        migrations.RunSQL(AWAY, migrations.RunSQL.noop),
        migrations.RemoveConstraint("balance", "ledger_balance_floor"),
        migrations.AddField(
            "balance",
            "code",
            models.CharField(db_collation="C", max_length=34, null=True),
            preserve_default=False,
        ),
        migrations.AddField(
            "balance",
            "currency",
            models.CharField(db_collation="C", max_length=3, null=True),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(AT_LEAST_ZERO, migrations.RunSQL.noop),
        migrations.AlterField(
            "balance",
            "code",
            models.CharField(db_collation="C", help_text="The account's; orders the locks.", max_length=34),
        ),
        migrations.AlterField("balance", "currency", models.CharField(db_collation="C", max_length=3)),
        migrations.AddConstraint(
            "balance",
            models.UniqueConstraint(fields=("code",), name="ledger_balance_code"),
        ),
        migrations.AddConstraint(
            "balance",
            models.CheckConstraint(
                condition=models.Q(("booked__gte", models.F("held") - models.F("overdraft"))),
                name="ledger_balance_floor",
            ),
        ),
        *(migrations.RunSQL((SQL / name).read_text(), migrations.RunSQL.noop) for name in FILES),
    ]
