-- What accounts stood at when a business day ended. An account has a row for a day only where postings
-- moved it since its row before; without any row it stood at zero.

-- Keeps the next ``most`` accounts' balances by account, after ``above``. Bookings go on meanwhile;
-- what they change is made up for when the day ends.
CREATE FUNCTION ledger_keep_balances(day date, above bigint, most int, now timestamptz,
    OUT looked bigint, OUT upto bigint
) LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger_business_day d SET kept_from = now WHERE d.date = day AND d.kept_from IS NULL;
    WITH seen AS (
        SELECT b.account_id, b.booked, b.version FROM ledger_balance b
        WHERE b.account_id > above ORDER BY b.account_id LIMIT most
    ), kept AS (
        INSERT INTO ledger_day_balance AS t (account_id, date, booked, version)
        SELECT s.account_id, day, s.booked, s.version
        FROM seen s
        LEFT JOIN LATERAL (SELECT d.version FROM ledger_day_balance d WHERE d.account_id = s.account_id
                           ORDER BY d.date DESC LIMIT 1) last ON true
        WHERE s.version <> coalesce(last.version, 0)
        ON CONFLICT (account_id, date) DO UPDATE SET booked = excluded.booked, version = excluded.version
    )
    SELECT count(*), max(account_id) INTO looked, upto FROM seen;
END $$;


-- Ends the keeping of a day: waits for bookings under way, lets none begin until the caller's database
-- transaction, which opens the next day, is over, and keeps again what moved since keeping began (an
-- hour before that: clocks differ). Without a keeping that began, every account is looked at.
CREATE FUNCTION ledger_finish_balances(day date, now timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz;
    kept bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7305, 1);
    SELECT coalesce(d.kept_from - interval '1 hour', '-infinity') INTO since
    FROM ledger_business_day d WHERE d.date = day;
    INSERT INTO ledger_day_balance AS t (account_id, date, booked, version)
    SELECT b.account_id, day, b.booked, b.version
    FROM ledger_balance b
    LEFT JOIN LATERAL (SELECT d.version FROM ledger_day_balance d WHERE d.account_id = b.account_id
                       ORDER BY d.date DESC LIMIT 1) last ON true
    WHERE b.last_booked_at >= since AND b.version <> coalesce(last.version, 0)
    ON CONFLICT (account_id, date) DO UPDATE SET booked = excluded.booked, version = excluded.version;
    GET DIAGNOSTICS kept = ROW_COUNT;
    UPDATE ledger_business_day d SET kept_at = now, kept_from = coalesce(d.kept_from, now) WHERE d.date = day;
    RETURN kept;
END $$;


CREATE TRIGGER ledger_kept BEFORE DELETE OR TRUNCATE ON ledger_day_balance
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
