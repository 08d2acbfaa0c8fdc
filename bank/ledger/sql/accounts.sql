-- Accounts: opening them, and what may be done to their status and overdraft under their lock.

-- Opens an account; false where its control account is not one of the same currency.
CREATE FUNCTION ledger_open_account(
    code text, name text, currency text, exponent smallint, kind text, guarded boolean,
    control text, overdraft bigint, now timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    parent bigint;
    opened bigint;
BEGIN
    IF control IS NOT NULL THEN
        SELECT a.id INTO parent FROM ledger_account a
        WHERE a.code = control AND a.is_control AND a.currency = ledger_open_account.currency;
        IF parent IS NULL THEN
            RETURN false;
        END IF;
    END IF;
    INSERT INTO ledger_account AS a
        (code, name, currency, exponent, kind, guarded, control_id, is_control, closed, opened_at)
    VALUES (code, name, currency, exponent, kind, guarded, parent, false, false, now)
    RETURNING a.id INTO opened;
    IF guarded THEN
        INSERT INTO ledger_balance
            (account_id, code, currency, booked, held, overdraft, version, status, last_booked_at)
        VALUES (opened, code, currency, 0, 0, overdraft, 0, 'ACTIVE', now);
        INSERT INTO ledger_account_change (account_id, at, status, overdraft, reason)
        VALUES (opened, now, 'ACTIVE', overdraft, 'opened');
    END IF;
    RETURN true;
END $$;


-- Changes a guarded account's status; an account with money or holds cannot be closed, a closed
-- one is finished.
CREATE FUNCTION ledger_set_status(account text, wanted text, why text, now timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    b ledger_balance;
BEGIN
    SELECT t.* INTO b FROM ledger_balance t JOIN ledger_account a ON a.id = t.account_id
    WHERE a.code = account FOR NO KEY UPDATE OF t;
    IF b.account_id IS NULL THEN
        RETURN 'UNKNOWN_ACCOUNT';
    ELSIF b.status = wanted THEN
        RETURN NULL;
    ELSIF b.status = 'CLOSED' THEN
        RETURN 'ACCOUNT_CLOSED';
    ELSIF wanted = 'CLOSED' AND (b.booked <> 0 OR b.held <> 0) THEN
        RETURN 'ACCOUNT_NOT_EMPTY';
    END IF;
    UPDATE ledger_balance t SET status = wanted WHERE t.account_id = b.account_id;
    INSERT INTO ledger_account_change (account_id, at, status, overdraft, reason)
    VALUES (b.account_id, now, wanted, b.overdraft, why);
    RETURN NULL;
END $$;


-- Changes how far below zero a guarded account may go; null takes its floor away.
CREATE FUNCTION ledger_set_overdraft(account text, wanted bigint, given text, why text, now timestamptz)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    b ledger_balance;
BEGIN
    SELECT t.* INTO b FROM ledger_balance t JOIN ledger_account a ON a.id = t.account_id
    WHERE a.code = account AND (given IS NULL OR a.currency = given) FOR NO KEY UPDATE OF t;
    IF b.account_id IS NULL THEN
        RETURN 'UNKNOWN_ACCOUNT';
    ELSIF b.status = 'CLOSED' THEN
        RETURN 'ACCOUNT_CLOSED';
    ELSIF b.booked - b.held + wanted < 0 THEN
        RETURN 'OVERDRAFT_IN_USE';
    END IF;
    UPDATE ledger_balance t SET overdraft = wanted WHERE t.account_id = b.account_id;
    INSERT INTO ledger_account_change (account_id, at, status, overdraft, reason)
    VALUES (b.account_id, now, b.status, wanted, why);
    RETURN NULL;
END $$;


-- Moves the business date on. Waits for every posting under way on the day that closes, and lets
-- none begin until the new day is open.
CREATE FUNCTION ledger_roll_business_date(next_day date, now timestamptz) RETURNS date LANGUAGE plpgsql AS $$
DECLARE
    today date;
BEGIN
    PERFORM pg_advisory_xact_lock(7305, 1);
    SELECT d.date INTO today FROM ledger_business_day d WHERE d.closed_at IS NULL;
    IF next_day > today THEN
        UPDATE ledger_business_day d SET closed_at = now WHERE d.date = today;
        INSERT INTO ledger_business_day (date, opened_at, last_claim)
        VALUES (next_day, now, nextval('ledger_claim_id_seq'));
    END IF;
    RETURN today;
END $$;


-- The first business date. As long as the book is empty it can still be chosen.
CREATE FUNCTION ledger_open_books(first_day date, now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7305, 1);
    IF EXISTS (SELECT FROM ledger_entry) THEN
        RETURN false;
    END IF;
    DELETE FROM ledger_business_day;
    INSERT INTO ledger_business_day (date, opened_at, last_claim) VALUES (first_day, now, 0);
    RETURN true;
END $$;


-- Adds the chart's accounts and roles that are not there yet.
CREATE FUNCTION ledger_seed_chart(
    codes text[], names text[], currencies text[], exponents smallint[], kinds text[], controls boolean[],
    roles text[], now timestamptz
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO ledger_account (code, name, currency, exponent, kind, guarded, is_control, closed, opened_at)
    SELECT l.code, l.name, l.currency, l.exponent, l.kind, false, l.is_control, false, now
    FROM unnest(codes, names, currencies, exponents, kinds, controls)
        AS l (code, name, currency, exponent, kind, is_control)
    ON CONFLICT (code) DO NOTHING;
    INSERT INTO ledger_gl_role (role, currency, account_id)
    SELECT l.role, l.currency, a.id
    FROM unnest(roles, currencies, codes) AS l (role, currency, code) JOIN ledger_account a ON a.code = l.code
    ON CONFLICT (role, currency) DO NOTHING;
$$;
