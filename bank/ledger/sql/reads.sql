-- Reads. Sealed turnover is rolled up per account and day (seal.sql); what is not sealed yet, the
-- last seconds, is added from the postings themselves. One statement, so one snapshot of both.

-- Entries from this commit order on may not be sealed yet. Commit orders start again in a cluster
-- restored from a dump; then everything may be unsealed until the sealer has been through it.
CREATE FUNCTION ledger_sealed_below() RETURNS xid8 LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT CASE WHEN b.next_order <= pg_snapshot_xmax(pg_current_snapshot()) THEN b.next_order END
        FROM ledger_block b ORDER BY b.number DESC LIMIT 1
    ), '0'::xid8)
$$;


-- Postings not rolled up yet, with the line of the trial balance they belong to.
CREATE FUNCTION ledger_unsealed()
RETURNS TABLE (account_id bigint, control_id bigint, amount bigint, booking_date date, value_date date)
LANGUAGE sql STABLE AS $$
    SELECT p.account_id, a.control_id, p.amount, e.booking_date, e.value_date
    FROM ledger_entry e
    JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_account a ON a.id = p.account_id
    WHERE e.commit_order >= (SELECT ledger_sealed_below())
        AND NOT EXISTS (SELECT FROM ledger_seal s WHERE s.entry_id = e.id)
$$;


-- Booked on an account, or under a control account, by booking and value date. A sum of any size: only what
-- one posting carries, and what a guarded account may come to, is bounded.
CREATE FUNCTION ledger_booked(account bigint, booked_by date = 'infinity', valued_by date = 'infinity')
RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT (
        SELECT coalesce(sum(d.credits - d.debits), 0) FROM ledger_day_total d
        WHERE d.account_id = account AND d.booking_date <= booked_by AND d.value_date <= valued_by
    ) + (
        SELECT coalesce(sum(u.amount), 0) FROM ledger_unsealed() u
        WHERE account IN (u.account_id, u.control_id) AND u.booking_date <= booked_by AND u.value_date <= valued_by
    )
$$;


-- The last version of an account's postings booked by a date. Booking dates only grow with the
-- version, so it is found by halving.
CREATE FUNCTION ledger_version_by(account bigint, booked_by date, instant timestamptz = 'infinity')
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    low bigint := 0;
    high bigint := (SELECT b.version FROM ledger_balance b WHERE b.account_id = account);
    middle bigint;
BEGIN
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF EXISTS (
            SELECT FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
            WHERE p.account_id = account AND p.version = middle
                AND e.booking_date <= booked_by AND e.booked_at <= instant
        ) THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN coalesce(low, 0);
END $$;


-- The last version a summed account can have had when a business day ended.
CREATE FUNCTION ledger_summed_version_by(booked_by date) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT d.last_claim + 1 << 20 FROM ledger_business_day d
                     WHERE d.date > booked_by ORDER BY d.date LIMIT 1), 9223372036854775807)
$$;


-- Booked on a guarded account at an instant: the running balance of its last posting by then.
CREATE FUNCTION ledger_guarded_at(account bigint, instant timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT p.balance_after FROM ledger_posting p
        WHERE p.account_id = account AND p.version = ledger_version_by(account, 'infinity', instant)
    ), 0)
$$;


-- Booked on a summed account at an instant: the days before, and the postings of that day by then.
CREATE FUNCTION ledger_summed_at(account bigint, instant timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    WITH day AS (
        SELECT d.date, d.last_claim FROM ledger_business_day d
        WHERE d.opened_at <= instant ORDER BY d.date DESC LIMIT 1
    )
    SELECT coalesce(ledger_booked(account, day.date - 1) + (
        SELECT coalesce(sum(p.amount), 0) FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
        WHERE p.account_id = account AND p.version > day.last_claim << 20
            AND e.booking_date = day.date AND e.booked_at <= instant
    ), 0) FROM day
$$;


CREATE FUNCTION ledger_booked_at(account bigint, instant timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN a.guarded THEN ledger_guarded_at(a.id, instant)
        WHEN a.is_control THEN (SELECT coalesce(sum(ledger_guarded_at(s.id, instant)), 0)
                                FROM ledger_account s WHERE s.control_id = a.id)
        ELSE coalesce(ledger_summed_at(a.id, instant), 0) END
    FROM ledger_account a WHERE a.id = account
$$;


CREATE FUNCTION ledger_held_at(account bigint, instant timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(e.amount), 0)::bigint
    FROM ledger_hold h JOIN ledger_hold_event e ON e.hold_id = h.id
    WHERE h.account_id = account AND e.at <= instant
$$;


-- The last instant of a business day, just before the next one opened; the end of time while it is open.
CREATE FUNCTION ledger_end_of_day(day date) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT d.opened_at - interval '1 microsecond' FROM ledger_business_day d WHERE d.date > day ORDER BY d.date LIMIT 1),
                    'infinity')
$$;


-- The trial balance: one row for each line that is not under a control account.
CREATE FUNCTION ledger_trial_balance(booked_by date, valued_by date)
RETURNS TABLE (code text, name text, kind text, currency text, balance numeric)
LANGUAGE sql STABLE AS $$
    SELECT a.code, a.name, a.kind, a.currency, sum(t.amount)
    FROM (
        SELECT d.account_id, d.credits - d.debits AS amount FROM ledger_day_total d
        WHERE d.booking_date <= booked_by AND d.value_date <= valued_by
        UNION ALL
        SELECT coalesce(u.control_id, u.account_id), u.amount FROM ledger_unsealed() u
        WHERE u.booking_date <= booked_by AND u.value_date <= valued_by
    ) t
    JOIN ledger_account a ON a.id = t.account_id
    WHERE a.control_id IS NULL
    GROUP BY a.id
    ORDER BY a.currency, a.code
$$;


-- How far the chain has come and how far it is behind.
CREATE FUNCTION ledger_seal_state(
    OUT blocks bigint, OUT sealed_at timestamptz, OUT behind bigint, OUT oldest_unsealed_at timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(b.number), 0), max(b.sealed_at), u.behind, u.oldest
    FROM ledger_block b
    RIGHT JOIN (
        SELECT count(*) AS behind, min(e.booked_at) AS oldest FROM ledger_entry e
        WHERE e.commit_order >= (SELECT ledger_sealed_below())
            AND NOT EXISTS (SELECT FROM ledger_seal s WHERE s.entry_id = e.id)
    ) u ON b.number = (SELECT max(number) FROM ledger_block)
    GROUP BY u.behind, u.oldest
$$;
