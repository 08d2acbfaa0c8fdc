"""The trail and its chain can only grow, whoever connects; new records queue up for the sealer."""

from typing import ClassVar

from django.db import migrations

GUARDED = ("audit_auditrecord", "audit_auditlink")

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'permission denied: % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""
UNGUARD = """
DROP TRIGGER {table}_append_only ON {table};
DROP TRIGGER {table}_no_truncate ON {table};
"""
QUEUE = """
CREATE FUNCTION audit_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_auditwaiting (record_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_auditrecord_queue AFTER INSERT ON audit_auditrecord
    FOR EACH ROW EXECUTE FUNCTION audit_queue();
"""
UNQUEUE = "DROP TRIGGER audit_auditrecord_queue ON audit_auditrecord; DROP FUNCTION audit_queue();"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION audit_refuse();"),
        *(migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table)) for table in GUARDED),
        migrations.RunSQL(QUEUE, UNQUEUE),
    ]
