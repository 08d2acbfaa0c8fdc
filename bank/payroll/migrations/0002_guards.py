"""A run that was sent to be paid stays as it was worked out, whoever connects."""

from typing import ClassVar

from django.db import migrations

GUARDS = """
CREATE FUNCTION payroll_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE '% of % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER run_is_kept BEFORE DELETE ON payroll_run
    FOR EACH ROW WHEN (OLD.state <> 'DRAFT') EXECUTE FUNCTION payroll_refuse();

CREATE TRIGGER run_is_fixed BEFORE UPDATE ON payroll_run
    FOR EACH ROW WHEN (
        OLD.state <> 'DRAFT' AND (
            NEW.state = 'DRAFT' OR OLD.state IN ('PAID', 'CANCELLED') AND NEW.state <> OLD.state
            OR to_jsonb(OLD) - '{state,customer_id}'::text[]
                IS DISTINCT FROM to_jsonb(NEW) - '{state,customer_id}'::text[]))
    EXECUTE FUNCTION payroll_refuse();

CREATE FUNCTION payroll_line_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM payroll_run r
            WHERE r.id = CASE TG_OP WHEN 'DELETE' THEN OLD.run_id ELSE NEW.run_id END
                AND r.state <> 'DRAFT')
        AND (TG_OP <> 'UPDATE' OR to_jsonb(OLD) - 'is_paid' IS DISTINCT FROM to_jsonb(NEW) - 'is_paid') THEN
        RAISE 'the lines of a payroll that was sent are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER run_line_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON payroll_runline
    FOR EACH ROW EXECUTE FUNCTION payroll_line_is_free();
"""

UNGUARDED = """
DROP TRIGGER run_line_is_fixed ON payroll_runline;
DROP FUNCTION payroll_line_is_free();
DROP TRIGGER run_is_fixed ON payroll_run;
DROP TRIGGER run_is_kept ON payroll_run;
DROP FUNCTION payroll_refuse();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payroll", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(GUARDS, UNGUARDED)]
