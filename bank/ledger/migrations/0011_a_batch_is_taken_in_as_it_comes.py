"""A batch's accounts are found while it still comes in; claims, sums and plans of a batch are cheaper.

The engine's functions for batches are all made again, from their file as it stands.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
AWAY = """
DO $$
DECLARE
    made text;
BEGIN
    FOR made IN
        SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind = 'f' AND p.proname IN (
            'ledger_open_intake', 'ledger_claim_intake', 'ledger_resolve_intake', 'ledger_lock_intake', 'ledger_work_out',
            'ledger_write_out', 'ledger_decide', 'ledger_book_stretch', 'ledger_book_alone', 'ledger_book_intake',
            'ledger_keep_refusals', 'ledger_post_intake', 'ledger_post_many', 'ledger_own_intake', 'ledger_take_in',
            'ledger_take_in_next', 'ledger_is_no_entry', 'ledger_is_taken_in', 'ledger_pin_plans', 'ledger_make_room',
            'ledger_spell_out_pairs'
        )
    LOOP
        EXECUTE format('DROP FUNCTION %s', made);
    END LOOP;
    DROP AGGREGATE IF EXISTS ledger_sum(bigint);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_group_commit")]
    operations = [
        migrations.RunSQL(AWAY, migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "post_many.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "engine_role.sql").read_text(), migrations.RunSQL.noop),
    ]
