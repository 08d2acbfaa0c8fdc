-- Why an entry cannot be booked: the gravest reason, in the order of bank/ledger/errors.py. These
-- functions are asked only once something is known to be wrong, so they are written to be read.

-- What is wrong with the legs themselves.
CREATE FUNCTION ledger_leg_refusal(
    accounts text[], currencies text[], OUT refusal text, OUT params jsonb
) LANGUAGE sql STABLE AS $$
    SELECT f.refusal, jsonb_build_object('account', f.code, 'currency', f.currency, 'given', f.given)
    FROM (
        SELECT l.code, a.currency, l.currency AS given, l.i,
               CASE WHEN a.id IS NULL THEN 'UNKNOWN_ACCOUNT'
                    WHEN a.is_control THEN 'CONTROL_ACCOUNT'
                    WHEN a.currency <> l.currency THEN 'CURRENCY_MISMATCH' END AS refusal
        FROM unnest(accounts, currencies) WITH ORDINALITY AS l (code, currency, i)
        LEFT JOIN ledger_account a ON a.code = l.code
    ) f
    WHERE f.refusal IS NOT NULL
    ORDER BY array_position(ARRAY['UNKNOWN_ACCOUNT', 'CONTROL_ACCOUNT', 'CURRENCY_MISMATCH'], f.refusal), f.i
    LIMIT 1
$$;


CREATE FUNCTION ledger_date_refusal(
    booking_date date, today date, OUT refusal text, OUT params jsonb
) LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN booking_date < today THEN 'BOOKING_DATE_CLOSED' ELSE 'BOOKING_DATE_IN_FUTURE' END,
           jsonb_build_object('booking_date', booking_date, 'business_date', today)
    WHERE booking_date <> today
$$;


-- What a balance's status has against an amount; a summed account has neither.
CREATE FUNCTION ledger_status_refusal(status text, amount bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN status = 'CLOSED' THEN 'ACCOUNT_CLOSED'
                WHEN status = 'FROZEN' OR status = 'FROZEN_DEBIT' AND amount < 0
                    OR status = 'FROZEN_CREDIT' AND amount > 0 THEN 'ACCOUNT_FROZEN' END
$$;


-- What the accounts' status has against the legs. The balances are locked by now.
CREATE FUNCTION ledger_state_refusal(
    accounts text[], amounts bigint[], OUT refusal text, OUT params jsonb
) LANGUAGE sql STABLE AS $$
    SELECT f.refusal, jsonb_build_object('account', f.code)
    FROM (
        SELECT l.i, l.code, CASE WHEN a.closed THEN 'ACCOUNT_CLOSED' ELSE ledger_status_refusal(b.status, l.amount) END
               AS refusal
        FROM unnest(accounts, amounts) WITH ORDINALITY AS l (code, amount, i)
        JOIN ledger_account a ON a.code = l.code
        LEFT JOIN ledger_balance b ON b.account_id = a.id
    ) f
    WHERE f.refusal IS NOT NULL
    ORDER BY array_position(ARRAY['ACCOUNT_CLOSED', 'ACCOUNT_FROZEN'], f.refusal), f.i
    LIMIT 1
$$;


-- What stands against an entry whatever money there is.
CREATE FUNCTION ledger_standing_refusal(
    booking_date date, accounts text[], currencies text[], amounts bigint[], today date,
    OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT * INTO refusal, params FROM ledger_leg_refusal(accounts, currencies);
    IF refusal IS NULL THEN
        SELECT * INTO refusal, params FROM ledger_date_refusal(booking_date, today);
    END IF;
    IF refusal IS NULL THEN
        SELECT * INTO refusal, params FROM ledger_state_refusal(accounts, amounts);
    END IF;
END $$;


CREATE FUNCTION ledger_funds_params(account bigint, available numeric, needed numeric) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('account', a.code, 'currency', a.currency, 'available', available, 'needed', needed)
    FROM ledger_account a WHERE a.id = account
$$;


-- What the money has against an entry: per account, all its legs together.
CREATE FUNCTION ledger_funds_refusal(
    accounts text[], amounts bigint[], OUT refusal text, OUT params jsonb
) LANGUAGE sql STABLE AS $$
    SELECT f.refusal, ledger_funds_params(f.account_id, f.available, -f.change)
    FROM (
        SELECT s.*, CASE WHEN abs(s.booked + s.change) > 4e18 THEN 'BALANCE_OUT_OF_RANGE'
                         WHEN s.change < 0 AND s.available + s.change < 0 THEN 'INSUFFICIENT_FUNDS' END AS refusal
        FROM (
            SELECT l.i, b.account_id, b.booked, b.booked - b.held + b.overdraft AS available,
                   sum(l.amount) OVER (PARTITION BY b.account_id) AS change
            FROM unnest(accounts, amounts) WITH ORDINALITY AS l (code, amount, i)
            JOIN ledger_account a ON a.code = l.code
            JOIN ledger_balance b ON b.account_id = a.id
        ) s
    ) f
    WHERE f.refusal IS NOT NULL
    ORDER BY array_position(ARRAY['BALANCE_OUT_OF_RANGE', 'INSUFFICIENT_FUNDS'], f.refusal), f.i
    LIMIT 1
$$;


-- The gravest of them all, if there is one.
CREATE FUNCTION ledger_gravest_refusal(
    booking_date date, accounts text[], currencies text[], amounts bigint[], today date,
    OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT * INTO refusal, params
    FROM ledger_standing_refusal(booking_date, accounts, currencies, amounts, today);
    IF refusal IS NULL THEN
        SELECT * INTO refusal, params FROM ledger_funds_refusal(accounts, amounts);
    END IF;
END $$;


-- The same, where there must be one, or the book has changed since it looked wrong: try again.
CREATE FUNCTION ledger_refusal_of(
    booking_date date, accounts text[], currencies text[], amounts bigint[], today date,
    OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT * INTO refusal, params
    FROM ledger_gravest_refusal(booking_date, accounts, currencies, amounts, today);
    IF refusal IS NULL THEN
        RAISE 'what was wrong with the entry is no longer' USING ERRCODE = '40001';
    END IF;
END $$;


-- Whether an entry may be reversed by these legs. Locks it, so that only one attempt can find that it may.
CREATE FUNCTION ledger_reversal_refusal(
    entry bigint, accounts text[], amounts bigint[], OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    original ledger_entry;
BEGIN
    SELECT * INTO original FROM ledger_entry e WHERE e.id = entry FOR NO KEY UPDATE;
    params := jsonb_build_object('entry', entry);
    refusal := CASE WHEN original.id IS NULL THEN 'UNKNOWN_ENTRY'
                    WHEN original.reverses_id IS NOT NULL THEN 'REVERSAL_OF_REVERSAL'
                    WHEN EXISTS (SELECT FROM ledger_entry e WHERE e.reverses_id = entry) THEN 'ALREADY_REVERSED'
                    WHEN NOT ledger_is_contra(entry, accounts, amounts) THEN 'NOT_THE_REVERSAL' END;
END $$;


-- Whether these legs are an entry's own, in their order, with the other sign.
CREATE FUNCTION ledger_is_contra(entry bigint, accounts text[], amounts bigint[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT (array_agg(a.code ORDER BY p.leg), array_agg(-p.amount ORDER BY p.leg))
        IS NOT DISTINCT FROM (accounts::varchar[], amounts)
    FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id WHERE p.entry_id = entry
$$;


-- Whether ``taken`` can be captured from a hold, itself locked by now.
CREATE FUNCTION ledger_capture_refusal(
    h ledger_hold, taken bigint, now timestamptz, OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    params := jsonb_build_object('hold', h.id, 'open', h.amount - h.captured, 'taken', taken,
        'currency', (SELECT a.currency FROM ledger_account a WHERE a.id = h.account_id));
    refusal := CASE WHEN h.state <> 'OPEN' OR h.expires_at <= now THEN 'HOLD_NOT_OPEN'
                    WHEN taken IS NULL OR taken <= 0 THEN 'HOLD_NOT_DEBITED'
                    WHEN taken > h.amount - h.captured THEN 'HOLD_EXCEEDED' END;
END $$;
