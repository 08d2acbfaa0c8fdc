"""What the database itself holds: the history of a standing order is never changed, and no order goes."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION standing_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE '% of % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER standing_event_is_kept BEFORE UPDATE OR DELETE ON standing_orderevent
    FOR EACH ROW EXECUTE FUNCTION standing_refuse();

CREATE TRIGGER standing_order_is_kept BEFORE DELETE ON standing_standingorder
    FOR EACH ROW EXECUTE FUNCTION standing_refuse();

CREATE TRIGGER standing_run_is_paid_once BEFORE UPDATE ON standing_run
    FOR EACH ROW WHEN (OLD.payment_id IS NOT NULL AND OLD.payment_id IS DISTINCT FROM NEW.payment_id)
    EXECUTE FUNCTION standing_refuse();
"""

UNGUARDED = """
DROP TRIGGER standing_run_is_paid_once ON standing_run;
DROP TRIGGER standing_order_is_kept ON standing_standingorder;
DROP TRIGGER standing_event_is_kept ON standing_orderevent;
DROP FUNCTION standing_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("standing", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, UNGUARDED)]
