-- What the database refuses, whoever connects: changing the past, an entry that does not balance
-- per currency, a posting past the account's running balance. The floor itself is a CHECK of
-- ledger_balance. SQLSTATE UB002 marks these refusals.

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE '% on % is refused: the book is never changed, only reversed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'UB002';
END $$;

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_block
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_refusal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_hold_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_account_change
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_kept BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_kept BEFORE DELETE OR TRUNCATE ON ledger_balance
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_fixed BEFORE UPDATE OF account_id, code, currency ON ledger_balance
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_kept BEFORE DELETE OR TRUNCATE ON ledger_hold
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_kept BEFORE UPDATE OR TRUNCATE ON ledger_claim
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();


-- What an account is cannot change once it is open: postings rely on it.
CREATE FUNCTION ledger_refuse_recasting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE 'account %: its code, currency and nature never change', OLD.code USING ERRCODE = 'UB002';
END $$;

CREATE TRIGGER ledger_account_fixed BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN ((OLD.id, OLD.code, OLD.currency, OLD.exponent, OLD.kind, OLD.guarded, OLD.control_id, OLD.is_control)
        IS DISTINCT FROM
          (NEW.id, NEW.code, NEW.currency, NEW.exponent, NEW.kind, NEW.guarded, NEW.control_id, NEW.is_control))
    EXECUTE FUNCTION ledger_refuse_recasting();


-- A key that has an answer is never given back; a key claimed by an attempt that failed is.
CREATE FUNCTION ledger_keep_answered_claims() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone g JOIN ledger_entry e USING (id))
        OR EXISTS (SELECT FROM gone g JOIN ledger_refusal r USING (id))
        OR EXISTS (SELECT FROM gone g JOIN ledger_hold h USING (id)) THEN
        RAISE 'DELETE on ledger_claim is refused: the key has been answered' USING ERRCODE = 'UB002';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_answered_kept AFTER DELETE ON ledger_claim REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep_answered_claims();


-- What it holds the rows to stands in check_postings.sql.
CREATE TRIGGER ledger_postings_checked AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();

-- Half-empty pages let a balance be rewritten on its own page, without touching an index.
ALTER TABLE ledger_balance SET (fillfactor = 50);
