"""What was proposed stays as it was proposed, and what was decided stays decided, whoever connects."""

from typing import ClassVar

from django.db import migrations

REFUSE = """
CREATE FUNCTION workflows_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'permission denied: commands are never deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state <> 'PENDING' THEN
        RAISE EXCEPTION 'permission denied: command % is decided', OLD.reference
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.reference, NEW.kind, NEW.payload, NEW.difference, NEW.subject_type, NEW.subject_id, NEW.reason,
        NEW.maker_id, NEW.required_role, NEW.proposed_at, NEW.deadline)
        IS DISTINCT FROM
       (OLD.reference, OLD.kind, OLD.payload, OLD.difference, OLD.subject_type, OLD.subject_id, OLD.reason,
        OLD.maker_id, OLD.required_role, OLD.proposed_at, OLD.deadline) THEN
        RAISE EXCEPTION 'permission denied: what command % proposes cannot be changed', OLD.reference
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER workflows_command_guard BEFORE UPDATE OR DELETE ON workflows_command
    FOR EACH ROW EXECUTE FUNCTION workflows_guard();
"""
UNDO = "DROP TRIGGER workflows_command_guard ON workflows_command; DROP FUNCTION workflows_guard();"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workflows", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(REFUSE, UNDO)]
