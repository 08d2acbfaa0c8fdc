"""A command is approved when every role it asks for has said yes, each by another person, never its maker."""

from typing import ClassVar

from django.db import migrations

GUARDS = """
CREATE OR REPLACE FUNCTION workflows_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'permission denied: commands are never deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state <> 'PENDING' THEN
        RAISE EXCEPTION 'permission denied: command % is decided', OLD.reference
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF to_jsonb(OLD) - '{state,checker_id,decided_at,decision_reason,escalated_at}'::text[]
        IS DISTINCT FROM
       to_jsonb(NEW) - '{state,checker_id,decided_at,decision_reason,escalated_at}'::text[] THEN
        RAISE EXCEPTION 'permission denied: what command % proposes cannot be changed', OLD.reference
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'APPROVED' AND (
        SELECT count(*) FROM workflows_consent c
        WHERE c.command_id = NEW.id AND c.role IN (NEW.required_role, NEW.second_role))
        < (CASE WHEN NEW.second_role = '' THEN 1 ELSE 2 END) THEN
        RAISE EXCEPTION 'permission denied: command % lacks a yes', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION workflows_consent_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'permission denied: a yes stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM workflows_command c
        WHERE c.id = NEW.command_id AND c.state = 'PENDING' AND c.maker_id <> NEW.user_id
          AND NEW.role <> '' AND NEW.role IN (c.required_role, c.second_role)) THEN
        RAISE EXCEPTION 'permission denied: this is no yes the command waits for'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER workflows_consent_guard BEFORE INSERT OR UPDATE OR DELETE ON workflows_consent
    FOR EACH ROW EXECUTE FUNCTION workflows_consent_guard();
"""
UNDO = "DROP TRIGGER workflows_consent_guard ON workflows_consent; DROP FUNCTION workflows_consent_guard();"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workflows", "0003_amounts_and_levels")]
    operations: ClassVar = [migrations.RunSQL(GUARDS, UNDO)]
