"""An issued invoice stays as it was issued, whoever connects: only what is paid, credited and why it was
closed may change. Its lines are fixed with it, its number is never given back, matches are kept.
"""

from typing import ClassVar

from django.db import migrations

GUARDS = """
CREATE FUNCTION invoicing_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE '% of % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER invoice_is_kept BEFORE DELETE ON invoicing_invoice
    FOR EACH ROW WHEN (OLD.state <> 'DRAFT') EXECUTE FUNCTION invoicing_refuse();

CREATE TRIGGER invoice_is_fixed BEFORE UPDATE ON invoicing_invoice
    FOR EACH ROW WHEN (
        OLD.state <> 'DRAFT' AND (
            NEW.state = 'DRAFT'
            OR to_jsonb(OLD) - '{state,paid,credited,why_closed,customer_id}'::text[]
                IS DISTINCT FROM to_jsonb(NEW) - '{state,paid,credited,why_closed,customer_id}'::text[]))
    EXECUTE FUNCTION invoicing_refuse();

CREATE FUNCTION invoicing_line_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM invoicing_invoice i
            WHERE i.id = CASE TG_OP WHEN 'DELETE' THEN OLD.invoice_id ELSE NEW.invoice_id END
                AND i.state <> 'DRAFT') THEN
        RAISE 'the lines of an issued invoice are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER invoice_line_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON invoicing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION invoicing_line_is_free();

CREATE FUNCTION invoicing_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.serial > 1 AND NOT EXISTS (SELECT FROM invoicing_invoice i
            WHERE i.customer_id = NEW.customer_id AND i.kind = NEW.kind AND i.serial = NEW.serial - 1) THEN
        RAISE 'invoice % leaves a gap', NEW.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER invoice_has_no_gap BEFORE UPDATE ON invoicing_invoice
    FOR EACH ROW WHEN (OLD.serial IS NULL AND NEW.serial IS NOT NULL) EXECUTE FUNCTION invoicing_no_gap();

CREATE TRIGGER receipt_is_kept BEFORE DELETE ON invoicing_receipt
    FOR EACH ROW EXECUTE FUNCTION invoicing_refuse();

CREATE TRIGGER allocation_is_kept BEFORE DELETE ON invoicing_allocation
    FOR EACH ROW EXECUTE FUNCTION invoicing_refuse();

CREATE TRIGGER allocation_is_fixed BEFORE UPDATE ON invoicing_allocation
    FOR EACH ROW WHEN (
        OLD.undone_at IS NOT NULL
        OR to_jsonb(OLD) - '{undone_at,undone_by_id}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{undone_at,undone_by_id}'::text[])
    EXECUTE FUNCTION invoicing_refuse();
"""

UNGUARDED = """
DROP TRIGGER allocation_is_fixed ON invoicing_allocation;
DROP TRIGGER allocation_is_kept ON invoicing_allocation;
DROP TRIGGER receipt_is_kept ON invoicing_receipt;
DROP TRIGGER invoice_has_no_gap ON invoicing_invoice;
DROP FUNCTION invoicing_no_gap();
DROP TRIGGER invoice_line_is_fixed ON invoicing_invoiceline;
DROP FUNCTION invoicing_line_is_free();
DROP TRIGGER invoice_is_fixed ON invoicing_invoice;
DROP TRIGGER invoice_is_kept ON invoicing_invoice;
DROP FUNCTION invoicing_refuse();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoicing", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(GUARDS, UNGUARDED)]
