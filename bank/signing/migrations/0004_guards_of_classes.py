"""A signature is a person's of that company, once, in turn, for themselves or under a delegation in force; an
act is approved only when what was asked is signed, and never by its maker alone. Whoever connects.
"""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BACKFILL = """
ALTER TABLE signing_signature DISABLE TRIGGER signature_is_kept;
ALTER TABLE signing_approval DISABLE TRIGGER approval_is_fixed;
ALTER TABLE signing_approval DISABLE TRIGGER approval_has_its_signatures;
UPDATE signing_signature SET holder_id = user_id;
UPDATE signing_signingrule SET ways = jsonb_build_array(repeat('*', signatures));
UPDATE signing_approval SET terms = jsonb_build_array(jsonb_build_object(
    'ways', jsonb_build_array(repeat('*', needed)), 'in_order', false, 'maker_counts', true, 'hours', 72));
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE signing_signature ENABLE TRIGGER signature_is_kept;
ALTER TABLE signing_approval ENABLE TRIGGER approval_is_fixed;
ALTER TABLE signing_approval ENABLE TRIGGER approval_has_its_signatures;
"""

GUARDS = """
DROP TRIGGER approval_has_its_signatures ON signing_approval;
DROP FUNCTION signing_enough();
DROP TRIGGER approval_is_fixed ON signing_approval;

CREATE TRIGGER approval_is_fixed BEFORE UPDATE ON signing_approval
    FOR EACH ROW WHEN (
        OLD.state <> 'WAITING'
        OR to_jsonb(OLD) - '{state,decided_by_id,decided_at,decision_reason,escalated_at}'::text[]
            IS DISTINCT FROM
            to_jsonb(NEW) - '{state,decided_by_id,decided_at,decision_reason,escalated_at}'::text[])
    EXECUTE FUNCTION signing_refuse();

CREATE TRIGGER delegation_is_fixed BEFORE UPDATE ON signing_delegation
    FOR EACH ROW WHEN (
        OLD.ended_at IS NOT NULL OR to_jsonb(OLD) - 'ended_at' IS DISTINCT FROM to_jsonb(NEW) - 'ended_at')
    EXECUTE FUNCTION signing_refuse();
CREATE TRIGGER delegation_is_kept BEFORE DELETE ON signing_delegation
    FOR EACH ROW EXECUTE FUNCTION signing_refuse();

CREATE TRIGGER rule_change_is_fixed BEFORE UPDATE ON signing_rulechange
    FOR EACH ROW WHEN (
        OLD.applied_at IS NOT NULL OR to_jsonb(OLD) - 'applied_at' IS DISTINCT FROM to_jsonb(NEW) - 'applied_at')
    EXECUTE FUNCTION signing_refuse();
CREATE TRIGGER rule_change_is_kept BEFORE DELETE ON signing_rulechange
    FOR EACH ROW EXECUTE FUNCTION signing_refuse();

-- Whether signatures of these classes, in the order they were given, are what a way asks for: as
-- bank.signing.rules.missing says it.
CREATE FUNCTION signing_way_met(way text, letters text[], in_order boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT cardinality(letters) >= length(way) AND CASE WHEN in_order THEN NOT EXISTS (
        SELECT 1 FROM generate_series(1, length(way)) AS at(i)
        WHERE substr(way, i, 1) NOT IN ('*', letters[i]))
    ELSE NOT EXISTS (
        SELECT 1 FROM generate_series(1, length(way)) AS at(i)
        WHERE substr(way, i, 1) <> '*'
          AND (SELECT count(*) FROM unnest(letters) AS given(letter) WHERE letter = substr(way, i, 1))
            < length(way) - length(replace(way, substr(way, i, 1), ''))) END
$$;

CREATE FUNCTION signing_may_sign(person bigint, company bigint, class text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM cif_mandate m
        WHERE m.user_id = person AND m.customer_id = company AND m.revoked_at IS NULL
          AND m.valid_from <= (at AT TIME ZONE 'UTC')::date
          AND (m.valid_until IS NULL OR m.valid_until >= (at AT TIME ZONE 'UTC')::date)
          AND (class IS NULL OR m.can_pay AND m.signature_class = class))
$$;

-- The classes of those signatures that stand: of holders who may still sign, of the class they signed in.
CREATE FUNCTION signing_standing(act signing_approval, maker_counts boolean, at timestamptz) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(s.signature_class::text ORDER BY s.id), '{}')
    FROM signing_signature s
    WHERE s.approval_id = act.id
      AND (maker_counts OR act.maker_id NOT IN (s.user_id, s.holder_id))
      AND signing_may_sign(s.holder_id, act.customer_id, s.signature_class, at)
$$;

CREATE FUNCTION signing_is_theirs() RETURNS trigger LANGUAGE plpgsql AS $$
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
              AND (NEW.signed_at AT TIME ZONE 'UTC')::date BETWEEN d.valid_from AND d.valid_until)) THEN
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

CREATE TRIGGER signature_is_theirs BEFORE INSERT ON signing_signature
    FOR EACH ROW EXECUTE FUNCTION signing_is_theirs();

CREATE FUNCTION signing_enough() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    term jsonb;
BEGIN
    IF jsonb_array_length(NEW.terms) = 0 OR NOT EXISTS (
        SELECT 1 FROM signing_signature s
        WHERE s.approval_id = NEW.id AND NEW.maker_id NOT IN (s.user_id, s.holder_id)
          AND signing_may_sign(s.holder_id, NEW.customer_id, s.signature_class, NEW.decided_at)) THEN
        RAISE 'approval % is signed by nobody but its maker', NEW.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    FOR term IN SELECT * FROM jsonb_array_elements(NEW.terms) LOOP
        IF NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements_text(term->'ways') AS ways(way)
            WHERE signing_way_met(
                way, signing_standing(NEW, (term->>'maker_counts')::boolean, NEW.decided_at),
                (term->>'in_order')::boolean)) THEN
            RAISE 'approval % lacks signatures', NEW.reference USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER approval_has_its_signatures BEFORE UPDATE ON signing_approval
    FOR EACH ROW WHEN (NEW.state = 'APPROVED') EXECUTE FUNCTION signing_enough();
"""

UNGUARDED = """
DROP TRIGGER signature_is_theirs ON signing_signature;
DROP FUNCTION signing_is_theirs();
DROP TRIGGER rule_change_is_kept ON signing_rulechange;
DROP TRIGGER rule_change_is_fixed ON signing_rulechange;
DROP TRIGGER delegation_is_kept ON signing_delegation;
DROP TRIGGER delegation_is_fixed ON signing_delegation;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("signing", "0003_classes_orders_delegations")]
    operations: ClassVar = [
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="signature",
            name="holder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="for",
            ),
        ),
        migrations.RunSQL(GUARDS, UNGUARDED),
    ]
