"""What the database itself holds: events are never changed, of an order only the status moves."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION payments_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE '% of % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER payment_event_is_kept BEFORE UPDATE OR DELETE ON payments_paymentevent
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();

CREATE TRIGGER payment_order_is_kept BEFORE DELETE ON payments_paymentorder
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();

CREATE TRIGGER payment_order_is_fixed BEFORE UPDATE ON payments_paymentorder
    FOR EACH ROW WHEN (to_jsonb(OLD) - 'status' IS DISTINCT FROM to_jsonb(NEW) - 'status')
    EXECUTE FUNCTION payments_refuse();
"""

UNGUARDED = """
DROP TRIGGER payment_order_is_fixed ON payments_paymentorder;
DROP TRIGGER payment_order_is_kept ON payments_paymentorder;
DROP TRIGGER payment_event_is_kept ON payments_paymentevent;
DROP FUNCTION payments_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, UNGUARDED)]
