-- Many entries in one call, booked as if one after the other in the order given. What is clean, which
-- is nearly everything, is checked and written set-based; only a stretch in which something looks
-- doubtful goes through ledger_book entry by entry, so the refusals are exactly its refusals.
-- The batch waits in temporary tables: this session's alone, without write-ahead log, empty after commit.

-- Temporary tables are not there yet when these functions are made.
SET LOCAL check_function_bodies = off;


-- Makes the intake, or empties it.
CREATE FUNCTION ledger_open_intake() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('pg_temp.ledger_intake') IS NOT NULL THEN
        TRUNCATE ledger_intake, ledger_intake_leg, ledger_intake_move;
        RETURN;
    END IF;
    CREATE TEMPORARY TABLE ledger_intake (
        n int PRIMARY KEY, key text COLLATE "C", digest uuid, code text, booking_date date, value_date date,
        narrative text, reference text, meta jsonb, reverses bigint, captures bigint, final boolean,
        accounts text[] COLLATE "C", currencies text[] COLLATE "C", amounts bigint[],
        id bigint DEFAULT nextval('ledger_claim_id_seq'), fresh boolean DEFAULT true, refusal text, params jsonb
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE ledger_intake_leg (
        n int, entry_id bigint, leg int, account_id bigint, guarded boolean, amount bigint, doubtful boolean
    ) ON COMMIT DELETE ROWS;
    CREATE INDEX ledger_intake_leg_n ON ledger_intake_leg (n);
    CREATE TEMPORARY TABLE ledger_intake_move (
        entry_id bigint, leg int, account_id bigint, version bigint, amount bigint, balance_after bigint,
        last boolean, sound boolean
    ) ON COMMIT DELETE ROWS;
END $$;


-- Claims the keys in key order, so that two batches never wait for one another in a circle. A key
-- claimed before, here or elsewhere, is answered as it was; other content is a conflict.
CREATE FUNCTION ledger_claim_intake() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    claimed int;
BEGIN
    INSERT INTO ledger_claim (id, key, digest)
    SELECT i.id, i.key, i.digest FROM ledger_intake i ORDER BY i.key, i.n
    ON CONFLICT (key) DO NOTHING;
    GET DIAGNOSTICS claimed = ROW_COUNT;
    IF claimed < (SELECT count(*) FROM ledger_intake) THEN
        UPDATE ledger_intake i
        SET fresh = false, id = r.id, refusal = r.refusal, params = r.params
        FROM (
            SELECT t.n, a.* FROM ledger_intake t JOIN ledger_claim c ON c.key = t.key AND c.id <> t.id
            CROSS JOIN LATERAL ledger_answer(c.key, t.digest) a
        ) r
        WHERE r.n = i.n;
    END IF;
END $$;


-- Finds each leg's account, and which legs a set-based look cannot vouch for.
CREATE FUNCTION ledger_resolve_intake(today date) RETURNS void LANGUAGE sql AS $$
    INSERT INTO ledger_intake_leg (n, entry_id, leg, account_id, guarded, amount, doubtful)
    SELECT i.n, i.id, l.leg, a.id, a.guarded, l.amount,
           a.id IS NULL OR a.is_control OR a.closed OR a.currency <> l.currency
           OR coalesce(i.booking_date, today) <> today
    FROM ledger_intake i
    CROSS JOIN LATERAL unnest(i.accounts, i.currencies, i.amounts) WITH ORDINALITY AS l (code, currency, amount, leg)
    LEFT JOIN ledger_account a ON a.code = l.code
    WHERE i.fresh
$$;


-- All locks of the batch, in the order that everybody keeps. Answers with the latest booking of any
-- account in it, which the batch must not precede.
CREATE FUNCTION ledger_lock_intake() RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM ledger_entry e
    WHERE e.id IN (SELECT i.reverses FROM ledger_intake i WHERE i.fresh) ORDER BY e.id FOR NO KEY UPDATE;
    PERFORM FROM ledger_hold h
    WHERE h.id IN (SELECT i.captures FROM ledger_intake i WHERE i.fresh) ORDER BY h.id FOR NO KEY UPDATE;
    RETURN (SELECT max(locked.last_booked_at) FROM (
        SELECT b.last_booked_at FROM ledger_balance b
        WHERE b.account_id IN (SELECT l.account_id FROM ledger_intake_leg l WHERE l.guarded)
        ORDER BY b.account_id FOR NO KEY UPDATE
    ) locked);
END $$;


-- Works out the legs of a stretch, with the running balance and version that each guarded one would
-- have; true if the stretch can be booked as it is.
CREATE FUNCTION ledger_work_out(low int, high int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_intake_leg l WHERE l.n BETWEEN low AND high AND l.doubtful) THEN
        RETURN false;
    END IF;
    TRUNCATE ledger_intake_move;
    INSERT INTO ledger_intake_move
    SELECT m.entry_id, m.leg, m.account_id, m.version + m.place, m.amount,
           CASE WHEN abs(m.after) <= 9e18 THEN m.after::bigint END, m.last,
           m.status = 'ACTIVE' AND abs(m.after) <= 4e18
           AND (m.amount > 0 OR m.overdraft IS NULL OR m.after - m.held + m.overdraft >= 0)
    FROM (
        SELECT l.*, b.version, b.held, b.overdraft, b.status, row_number() OVER w AS place,
               b.booked + sum(l.amount) OVER w AS after, lead(l.entry_id) OVER w IS NULL AS last
        FROM ledger_intake_leg l JOIN ledger_balance b ON b.account_id = l.account_id
        WHERE l.guarded AND l.n BETWEEN low AND high
        WINDOW w AS (PARTITION BY l.account_id ORDER BY l.entry_id, l.leg ROWS UNBOUNDED PRECEDING)
    ) m;
    RETURN NOT EXISTS (SELECT FROM ledger_intake_move m WHERE NOT m.sound);
END $$;


-- Writes the stretch that was worked out. Balances come first: the guard on postings looks at them.
CREATE FUNCTION ledger_write_out(low int, high int, today date, now timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE ledger_balance b SET booked = m.balance_after, version = m.version, last_booked_at = now
    FROM ledger_intake_move m WHERE m.last AND b.account_id = m.account_id;
    INSERT INTO ledger_entry
        (id, code, booking_date, value_date, booked_at, narrative, reference, meta, legs, reverses_id)
    SELECT i.id, i.code, today, coalesce(i.value_date, today), now, i.narrative, i.reference, i.meta,
           cardinality(i.amounts), i.reverses
    FROM ledger_intake i WHERE i.fresh AND i.n BETWEEN low AND high;
    INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount, balance_after)
    SELECT m.entry_id, m.leg, m.account_id, m.version, m.amount, m.balance_after FROM ledger_intake_move m
    UNION ALL
    SELECT l.entry_id, l.leg, l.account_id, l.entry_id << 20 | l.leg, l.amount, NULL
    FROM ledger_intake_leg l WHERE l.n BETWEEN low AND high AND NOT l.guarded;
$$;


-- Books one entry of the batch by itself. One of more than some dozens of legs is a stretch of its own;
-- what its legs one by one make doubtful, as a whole it may still do.
CREATE FUNCTION ledger_book_alone(at int, today date, now timestamptz, OUT refusal text, OUT params jsonb)
LANGUAGE plpgsql AS $$
DECLARE
    i record;
BEGIN
    SELECT * INTO i FROM ledger_intake t WHERE t.n = at;
    SELECT * INTO refusal, params
    FROM ledger_prepare(i.reverses, i.captures, i.final, i.id, i.booking_date,
                        i.accounts, i.currencies, i.amounts, today, now);
    IF refusal IS NOT NULL THEN
        RETURN;
    ELSIF cardinality(i.amounts) <= 48 THEN
        SELECT * INTO refusal, params
        FROM ledger_book(i.id, i.code, i.booking_date, i.value_date, i.narrative, i.reference, i.meta, i.reverses,
                         i.accounts, i.currencies, i.amounts, today, now);
    ELSE
        IF NOT ledger_work_out(at, at) THEN
            SELECT * INTO refusal, params
            FROM ledger_gravest_refusal(i.booking_date, i.accounts, i.currencies, i.amounts, today);
        END IF;
        IF refusal IS NULL THEN
            PERFORM ledger_write_out(at, at, today, now);
        END IF;
    END IF;
    IF refusal IS NOT NULL THEN
        RAISE 'refused' USING ERRCODE = 'UB003';
    END IF;
EXCEPTION WHEN SQLSTATE 'UB003' THEN
    RETURN;
END $$;


-- Books a stretch entry by entry, noting refusals; without ``each`` the first ends it all.
CREATE FUNCTION ledger_book_one_by_one(low int, high int, each boolean, today date, now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    at int;
    reason text;
    details jsonb;
BEGIN
    FOR at IN SELECT i.n FROM ledger_intake i WHERE i.n BETWEEN low AND high AND i.fresh ORDER BY i.n LOOP
        SELECT * INTO reason, details FROM ledger_book_alone(at, today, now);
        CONTINUE WHEN reason IS NULL;
        UPDATE ledger_intake i SET refusal = reason, params = details WHERE i.n = at;
        EXIT WHEN NOT each;
    END LOOP;
END $$;


-- Books the whole batch in stretches as long as they are clean: a quarter as long after one that is
-- not, twice as long after one that is.
CREATE FUNCTION ledger_book_stretches(each boolean, today date, now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    total int := (SELECT max(i.n) FROM ledger_intake i);
    length int := total;
    low int := 1;
    high int;
BEGIN
    WHILE low <= total LOOP
        high := least(low + length - 1, total);
        IF NOT EXISTS (SELECT FROM ledger_intake i WHERE i.n BETWEEN low AND high AND i.fresh
                       AND (i.reverses IS NOT NULL OR i.captures IS NOT NULL)) AND ledger_work_out(low, high) THEN
            PERFORM ledger_write_out(low, high, today, now);
        ELSIF length > 128 THEN
            length := length / 4;
            CONTINUE;
        ELSE
            PERFORM ledger_book_one_by_one(low, high, each, today, now);
            EXIT WHEN NOT each AND EXISTS (SELECT FROM ledger_intake i WHERE i.refusal IS NOT NULL);
        END IF;
        low := high + 1;
        length := length * 2;
    END LOOP;
END $$;


-- Keeps the refusals under their keys, and answers keys that came twice as the first time.
CREATE FUNCTION ledger_keep_refusals(now timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO ledger_refusal (id, code, params, at)
    SELECT i.id, i.refusal, i.params, now FROM ledger_intake i WHERE i.fresh AND i.refusal IS NOT NULL;
    UPDATE ledger_intake i SET refusal = r.code, params = r.params
    FROM ledger_refusal r WHERE NOT i.fresh AND i.refusal IS NULL AND r.id = i.id;
$$;


-- Posts what is in the intake. Answers with the ids in the order given, which of them were replayed
-- (and when those were booked) and which refused; without ``each`` one refusal undoes everything.
CREATE FUNCTION ledger_post_intake(
    each boolean, now timestamptz, OUT booked_on date, OUT ids bigint[], OUT replayed int[], OUT replay_dates date[],
    OUT refused int[], OUT refusals text[], OUT params jsonb[]
) LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' AS $$
DECLARE
    day ledger_business_day := ledger_open_day();
BEGIN
    booked_on := day.date;
    BEGIN
        PERFORM ledger_claim_intake();
        PERFORM ledger_resolve_intake(booked_on);
        ANALYZE ledger_intake_leg;
        now := greatest(now, day.opened_at, ledger_lock_intake());
        IF each OR NOT EXISTS (SELECT FROM ledger_intake i WHERE i.refusal IS NOT NULL) THEN
            PERFORM ledger_book_stretches(each, booked_on, now);
        END IF;
        IF each THEN
            PERFORM ledger_keep_refusals(now);
        END IF;
        SELECT array_agg(i.n ORDER BY i.n), array_agg(i.refusal ORDER BY i.n), array_agg(i.params ORDER BY i.n)
        INTO refused, refusals, params FROM ledger_intake i WHERE i.refusal IS NOT NULL;
        IF refused IS NOT NULL AND NOT each THEN
            RAISE 'refused' USING ERRCODE = 'UB003';
        END IF;
        SELECT array_agg(i.n ORDER BY i.n), array_agg(e.booking_date ORDER BY i.n) INTO replayed, replay_dates
        FROM ledger_intake i LEFT JOIN ledger_entry e ON e.id = i.id WHERE NOT i.fresh;
        ids := ARRAY(SELECT i.id FROM ledger_intake i ORDER BY i.n);
    EXCEPTION WHEN SQLSTATE 'UB003' THEN
        RETURN;
    END;
END $$;


-- The same for a batch that comes as arrays, all in one round trip. Elements of the last three are
-- themselves array literals: the legs of each entry.
CREATE FUNCTION ledger_post_many(
    ns int[], keys text[], digests uuid[], codes text[], booking_dates date[], value_dates date[], narratives text[],
    refs text[], metas text[], reverses bigint[], captures bigint[], finals boolean[],
    accounts text[], currencies text[], amounts text[], each boolean, now timestamptz,
    OUT booked_on date, OUT ids bigint[], OUT replayed int[], OUT replay_dates date[],
    OUT refused int[], OUT refusals text[], OUT params jsonb[]
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_open_intake();
    INSERT INTO ledger_intake (n, key, digest, code, booking_date, value_date, narrative, reference, meta,
                               reverses, captures, final, accounts, currencies, amounts)
    SELECT i.n, i.key, i.digest, i.code, i.booking_date, i.value_date, i.narrative, i.ref, i.meta::jsonb,
           i.reverses, i.captures, i.final, i.accounts::text[], i.currencies::text[], i.amounts::bigint[]
    FROM unnest(ns, keys, digests, codes, booking_dates, value_dates, narratives, refs, metas,
                ledger_post_many.reverses, ledger_post_many.captures, finals,
                ledger_post_many.accounts, ledger_post_many.currencies, ledger_post_many.amounts)
        AS i (n, key, digest, code, booking_date, value_date, narrative, ref, meta,
              reverses, captures, final, accounts, currencies, amounts);
    SELECT p.* INTO booked_on, ids, replayed, replay_dates, refused, refusals, params
    FROM ledger_post_intake(each, now) p;
END $$;
