-- The engine writes as a role of its own, which nobody can sign in as. What comes from anybody else, the owner of
-- the tables not excepted, is checked row by row: the engine has checked before it writes.
-- Who migrates keeps a share in the role, to make its functions again one day. Where the role cannot be made,
-- everybody is checked, the engine too: slower, and no less safe.
-- To be run again after a migration that makes one of the engine's functions again.

DROP TRIGGER IF EXISTS ledger_postings_checked ON ledger_posting;
CREATE TRIGGER ledger_postings_checked AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT WHEN (current_user <> 'bank_ledger_engine') EXECUTE FUNCTION ledger_check_postings();


-- An entry has its postings when the database transaction that adds it ends.
CREATE OR REPLACE FUNCTION ledger_require_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_posting p WHERE p.entry_id = NEW.id) THEN
        RAISE 'entry % has no postings', NEW.id USING ERRCODE = 'UB002';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS ledger_entry_complete ON ledger_entry;
CREATE CONSTRAINT TRIGGER ledger_entry_complete AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_user <> 'bank_ledger_engine') EXECUTE FUNCTION ledger_require_postings();


DO $$
DECLARE
    place text := quote_ident(current_schema());
    way text;
BEGIN
    BEGIN
        CREATE ROLE bank_ledger_engine NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- one role serves all banks of a server
    END;
    EXECUTE format('GRANT bank_ledger_engine TO %I', current_user);
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %s TO bank_ledger_engine', place);
    GRANT SELECT ON ledger_account, ledger_business_day, ledger_balance, ledger_claim, ledger_refusal, ledger_entry,
        ledger_posting, ledger_hold, ledger_hold_event TO bank_ledger_engine;
    GRANT INSERT ON ledger_claim, ledger_refusal, ledger_entry, ledger_posting, ledger_hold_event TO bank_ledger_engine;
    -- To lock an entry or a hold is a right to change it, which the guards then refuse.
    GRANT UPDATE ON ledger_balance, ledger_entry, ledger_hold TO bank_ledger_engine;
    GRANT DELETE ON ledger_claim TO bank_ledger_engine;
    GRANT USAGE ON SEQUENCE ledger_claim_id_seq, ledger_hold_event_id_seq TO bank_ledger_engine;
    FOR way IN
        SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.prosecdef AND p.proname LIKE 'ledger\_%'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %s, pg_temp', way, place);
        EXECUTE format('ALTER FUNCTION %s OWNER TO bank_ledger_engine', way);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', way);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', way, current_user);
    END LOOP;
    EXECUTE format('REVOKE CREATE ON SCHEMA %s FROM bank_ledger_engine', place);
EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation THEN
    RAISE NOTICE 'the ledger has no role of its own here (%): every posting is checked twice', SQLERRM;
END $$;
