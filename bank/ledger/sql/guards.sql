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


-- Whether an entry's postings fail to sum to zero in one of its currencies.
CREATE FUNCTION ledger_is_unbalanced(entry bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
                   WHERE p.entry_id = entry GROUP BY a.currency HAVING sum(p.amount) <> 0)
$$;


-- Once a statement, over the rows it added: every entry has all its legs, none of zero, and sums to zero
-- per currency; every account exists and may be posted to; a guarded account's posting is covered by
-- its balance row, which the CHECK on the floor has seen. A guarded account's currency is read off that
-- row too. Nearly always the rows are one entry's, in one currency: then the first look is enough.
CREATE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r record;
    faulty bigint;
BEGIN
    SELECT min(p.entry_id) AS first, max(p.entry_id) AS last, sum(p.amount) AS total,
           count(*) AS legs, min(p.leg) AS first_leg,
           min(coalesce(b.currency, a.currency)) = max(coalesce(b.currency, a.currency)) AS one_currency,
           (SELECT e.legs FROM ledger_entry e WHERE e.id = min(p.entry_id)) AS expected,
           min(p.entry_id) FILTER (
               WHERE p.amount = 0 OR CASE
                   WHEN b.account_id IS NULL THEN a.currency IS NULL OR p.balance_after IS NOT NULL
                   ELSE p.balance_after IS NULL OR p.version NOT BETWEEN 1 AND b.version
                       OR b.version = p.version AND b.booked <> p.balance_after END) AS misfit
    INTO r
    FROM added p
    LEFT JOIN ledger_balance b ON b.account_id = p.account_id
    LEFT JOIN LATERAL (
        SELECT t.currency FROM ledger_account t
        WHERE b.account_id IS NULL AND t.id = p.account_id AND NOT (t.guarded OR t.is_control) OFFSET 0
    ) a ON true;
    IF r.first = r.last AND r.one_currency AND r.total = 0 AND r.first_leg = 1 AND r.legs = r.expected
        AND r.misfit IS NULL THEN
        RETURN NULL;
    END IF;
    faulty := coalesce(r.misfit, (
        SELECT p.entry_id
        FROM added p
        LEFT JOIN (SELECT t.id, t.legs FROM ledger_entry t WHERE t.id BETWEEN r.first AND r.last) e -- not the whole book
            ON e.id = p.entry_id AND p.leg = 1
        GROUP BY p.entry_id
        HAVING max(e.legs) IS DISTINCT FROM count(*)
            OR CASE WHEN r.one_currency THEN sum(p.amount) <> 0 ELSE ledger_is_unbalanced(p.entry_id) END
        LIMIT 1));
    IF faulty IS NOT NULL THEN
        RAISE 'entry % does not balance, is incomplete, or does not fit its accounts', faulty
            USING ERRCODE = 'UB002';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_postings_checked AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();

-- Half-empty pages let a balance be rewritten on its own page, without touching an index.
ALTER TABLE ledger_balance SET (fillfactor = 50);
