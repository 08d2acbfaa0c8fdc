"""Words that may tell who somebody is stand beside the chain; they go only in an erasure, whole."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE FUNCTION audit_refuse_but_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('bank.erasing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'permission denied: % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_auditwords_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditwords
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_but_erasing();
"""
UNGUARD = """
DROP TRIGGER audit_auditwords_append_only ON audit_auditwords;
DROP FUNCTION audit_refuse_but_erasing();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_through_which_program"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditWords",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="audit.auditrecord",
                    ),
                ),
                ("salt", models.BinaryField(max_length=32)),
                ("said", models.JSONField()),
            ],
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
