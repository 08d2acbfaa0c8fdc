"""What was asked stays as it was asked, what is decided stays decided, signatures stay; whoever connects."""

from typing import ClassVar

from django.db import migrations

GUARDS = """
CREATE FUNCTION signing_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE '% of % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER signature_is_kept BEFORE UPDATE OR DELETE ON signing_signature
    FOR EACH ROW EXECUTE FUNCTION signing_refuse();

CREATE TRIGGER approval_is_kept BEFORE DELETE ON signing_approval
    FOR EACH ROW EXECUTE FUNCTION signing_refuse();

CREATE TRIGGER approval_is_fixed BEFORE UPDATE ON signing_approval
    FOR EACH ROW WHEN (
        OLD.state <> 'WAITING'
        OR to_jsonb(OLD) - '{state,decided_by_id,decided_at,decision_reason}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{state,decided_by_id,decided_at,decision_reason}'::text[])
    EXECUTE FUNCTION signing_refuse();

CREATE FUNCTION signing_enough() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM signing_signature s WHERE s.approval_id = NEW.id) < NEW.needed THEN
        RAISE 'approval % lacks signatures', NEW.reference USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER approval_has_its_signatures BEFORE UPDATE ON signing_approval
    FOR EACH ROW WHEN (NEW.state = 'APPROVED') EXECUTE FUNCTION signing_enough();
"""

UNGUARDED = """
DROP TRIGGER approval_has_its_signatures ON signing_approval;
DROP FUNCTION signing_enough();
DROP TRIGGER approval_is_fixed ON signing_approval;
DROP TRIGGER approval_is_kept ON signing_approval;
DROP TRIGGER signature_is_kept ON signing_signature;
DROP FUNCTION signing_refuse();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("signing", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(GUARDS, UNGUARDED)]
