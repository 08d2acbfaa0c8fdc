"""Who may sign on a day is asked by the bank's day, which begins at midnight where the bank is, not in UTC."""

from typing import ClassVar

from django.db import migrations

GUARDS = """
CREATE OR REPLACE FUNCTION signing_may_sign(person bigint, company bigint, class text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM cif_mandate m
        WHERE m.user_id = person AND m.customer_id = company AND m.revoked_at IS NULL
          AND m.valid_from <= bank_day(at)
          AND (m.valid_until IS NULL OR m.valid_until >= bank_day(at))
          AND (class IS NULL OR m.can_pay AND m.signature_class = class))
$$;

CREATE OR REPLACE FUNCTION signing_is_theirs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    act signing_approval;
    term jsonb;
    letters text[];
BEGIN
    SELECT * INTO act FROM signing_approval WHERE id = NEW.approval_id FOR UPDATE;
    IF act.state <> 'WAITING' OR act.deadline <= NEW.signed_at THEN
        RAISE 'approval % takes no more signatures', act.reference USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT signing_may_sign(NEW.holder_id, act.customer_id, NEW.signature_class, NEW.signed_at) THEN
        RAISE 'who signs approval % is no signatory of that class', act.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.user_id = NEW.holder_id) <> (NEW.delegation_id IS NULL) OR NEW.user_id <> NEW.holder_id AND NOT (
        signing_may_sign(NEW.user_id, act.customer_id, NULL, NEW.signed_at)
        AND NEW.user_id <> act.maker_id
        AND EXISTS (
            SELECT 1 FROM signing_delegation d
            WHERE d.id = NEW.delegation_id AND d.customer_id = act.customer_id AND d.ended_at IS NULL
              AND d.delegator_id = NEW.holder_id AND d.delegate_id = NEW.user_id
              AND bank_day(NEW.signed_at) BETWEEN d.valid_from AND d.valid_until)) THEN
        RAISE 'approval % is signed for another without their delegation', act.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM signing_signature s
        WHERE s.approval_id = act.id
          AND (s.user_id IN (NEW.user_id, NEW.holder_id) OR s.holder_id IN (NEW.user_id, NEW.holder_id))) THEN
        RAISE 'approval % has the signature of this person', act.reference
            USING ERRCODE = 'unique_violation';
    END IF;
    FOR term IN SELECT * FROM jsonb_array_elements(act.terms) LOOP
        IF act.maker_id IN (NEW.user_id, NEW.holder_id) AND NOT (term->>'maker_counts')::boolean THEN
            RAISE 'approval % is not signed by its maker', act.reference USING ERRCODE = 'restrict_violation';
        END IF;
        letters := signing_standing(act, (term->>'maker_counts')::boolean, NEW.signed_at)
            || NEW.signature_class::text;
        IF (term->>'in_order')::boolean AND NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements_text(term->'ways') AS ways(way)
            WHERE signing_way_met(left(way, cardinality(letters)), letters, true)) THEN
            RAISE 'approval % is signed in another order', act.reference USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
"""

IN_UTC = GUARDS.replace("bank_day(at)", "(at AT TIME ZONE 'UTC')::date").replace(
    "bank_day(NEW.signed_at)", "(NEW.signed_at AT TIME ZONE 'UTC')::date"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("runtime", "0004_bank_day"), ("signing", "0004_guards_of_classes")]
    operations: ClassVar = [migrations.RunSQL(GUARDS, IN_UTC)]
