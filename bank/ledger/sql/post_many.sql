-- Many entries in one call, booked as if one after the other in the order given. What is clean, which
-- is nearly every batch, is checked and written set-based. Where something looks doubtful the entries
-- are decided one after the other on balances kept in memory, and what was accepted is written
-- set-based again: a row changed over and over is what makes a long database transaction slow.
-- The batch waits in temporary tables: this session's alone, without write-ahead log, empty after commit.
-- What needs no lock, finding accounts above all, is done a thousand entries at a time while the batch
-- still comes in, so that client and server work at once; locks are taken when it is all there.

-- Temporary tables are not there yet when these functions are made.
SET LOCAL check_function_bodies = off;


-- Whether the intake is the one the engine made: it is never touched in somebody else's tables.
CREATE FUNCTION ledger_own_intake() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_class c WHERE c.relnamespace = pg_my_temp_schema() AND c.relname LIKE 'ledger\_intake%'
            AND c.relowner <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
    ) THEN
        RAISE 'the intake is not the one the engine made' USING ERRCODE = 'UB002';
    END IF;
END $$;


-- Keeps in memory what a session lays out in temporary tables; a session that has some already goes on as it is.
CREATE FUNCTION ledger_make_room() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF pg_size_bytes(current_setting('temp_buffers')) < pg_size_bytes('64MB') THEN
        PERFORM set_config('temp_buffers', '64MB', false);
    END IF;
EXCEPTION WHEN invalid_parameter_value THEN
    NULL;
END $$;


-- Makes the intake, or empties it. What is looked at most stands in front: a row is read up to the last column
-- that is asked for. A pair, which nearly every entry is, moves ``moved`` of one currency between two accounts
-- (the first gets it, the second gives it) and needs no arrays.
CREATE FUNCTION ledger_open_intake() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM ledger_own_intake();
    IF to_regclass('pg_temp.ledger_intake_taken') IS NOT NULL THEN
        TRUNCATE ledger_intake, ledger_intake_taken, ledger_intake_leg, ledger_intake_move;
        RETURN;
    END IF;
    PERFORM ledger_make_room();
    DROP TABLE IF EXISTS pg_temp.ledger_intake, pg_temp.ledger_intake_part, pg_temp.ledger_intake_leg,
        pg_temp.ledger_intake_move; -- of a release before
    CREATE TEMPORARY TABLE ledger_intake (
        id bigint DEFAULT nextval('ledger_claim_id_seq'), n int PRIMARY KEY, fresh boolean DEFAULT true, final boolean,
        digest uuid, refusal text, params jsonb, key text COLLATE "C", moved bigint, amounts bigint[],
        booking_date date, value_date date, reverses bigint, captures bigint, meta jsonb,
        accounts text[] COLLATE "C", currencies text[] COLLATE "C", currency text COLLATE "C",
        first text COLLATE "C", second text COLLATE "C", code text, narrative text, reference text
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE ledger_intake_taken (upto int, entries bigint) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE ledger_intake_leg (
        n int, leg int, entry_id bigint, account_id bigint, amount bigint, guarded boolean, doubtful boolean DEFAULT false
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE ledger_intake_move (
        entry_id bigint, leg int, account_id bigint, version bigint, amount bigint, balance_after bigint,
        last boolean, sound boolean
    ) ON COMMIT DELETE ROWS;
    CREATE TRIGGER ledger_taken_in BEFORE INSERT ON ledger_intake FOR EACH ROW WHEN (NEW.n % 1000 = 0)
        EXECUTE FUNCTION ledger_take_in();
    -- Nobody but this session can reach it.
    GRANT INSERT (n, key, digest, code, booking_date, value_date, narrative, reference, meta, reverses, captures, final,
                  moved, currency, first, second, accounts, currencies, amounts) ON ledger_intake TO PUBLIC;
END $$;


-- Whether these legs are no entry, as ledger_is_unbalanced says it; of a pair told at a glance.
CREATE FUNCTION ledger_is_no_entry(currencies text[], amounts bigint[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN cardinality(amounts) = 2 AND currencies[1] = currencies[2] AND amounts[1] <> 0
                THEN amounts[1] + amounts[2] IS DISTINCT FROM 0
                ELSE ledger_is_unbalanced(currencies, amounts) END
$$;


-- A thousand entries have come: takes them in while the next are made.
CREATE FUNCTION ledger_take_in() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM ledger_own_intake();
    PERFORM ledger_take_in_next();
    RETURN NEW;
END $$;


-- Takes in what has come since the last time, by number: that each is an entry, and each leg's account. Where any
-- leg has none that fits, the part does not count, and is looked at again later. Plans are pinned: the parts are
-- small, and what they are looked up in grows, and statistics of tables made a moment ago know neither.
CREATE FUNCTION ledger_take_in_next() RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_bitmapscan = off SET jit = off AS $$
DECLARE
    above int := coalesce((SELECT max(p.upto) FROM ledger_intake_taken p), 0);
    part record;
    others bigint := 0; -- legs of entries that are no pairs
    found bigint;
    more bigint := 0;
BEGIN
    SELECT max(i.n) AS upto, count(*) AS entries, count(i.moved) AS pairs,
           bool_or(CASE WHEN i.amounts IS NULL THEN coalesce(i.moved, 0) = 0 OR i.currency IS NULL
                   ELSE i.moved IS NOT NULL OR ledger_is_no_entry(i.currencies, i.amounts) END) AS unbalanced
    INTO part FROM ledger_intake i WHERE i.n > above;
    IF part.unbalanced THEN
        RAISE 'an entry of the batch does not balance' USING ERRCODE = 'UB002';
    END IF;
    INSERT INTO ledger_intake_leg (n, leg, entry_id, account_id, amount, guarded)
    SELECT i.n, 1, i.id, a.id, i.moved, a.guarded
    FROM ledger_intake i JOIN ledger_account a ON a.code = i.first
    WHERE i.n > above AND a.currency = i.currency AND NOT (a.is_control OR a.closed)
    UNION ALL
    SELECT i.n, 2, i.id, a.id, -i.moved, a.guarded
    FROM ledger_intake i JOIN ledger_account a ON a.code = i.second
    WHERE i.n > above AND a.currency = i.currency AND NOT (a.is_control OR a.closed);
    GET DIAGNOSTICS found = ROW_COUNT;
    IF part.entries > part.pairs THEN
        others := (SELECT sum(cardinality(i.amounts)) FROM ledger_intake i WHERE i.n > above AND i.moved IS NULL);
        INSERT INTO ledger_intake_leg (n, leg, entry_id, account_id, amount, guarded)
        SELECT i.n, l.leg, i.id, a.id, l.amount, a.guarded
        FROM ledger_intake i
        CROSS JOIN LATERAL unnest(i.accounts, i.currencies, i.amounts) WITH ORDINALITY
            AS l (code, currency, amount, leg)
        JOIN ledger_account a ON a.code = l.code
        WHERE i.n > above AND i.moved IS NULL AND a.currency = l.currency AND NOT (a.is_control OR a.closed);
        GET DIAGNOSTICS more = ROW_COUNT;
    END IF;
    INSERT INTO ledger_intake_taken (upto, entries)
    VALUES (part.upto, CASE WHEN found + more = 2 * part.pairs + others THEN part.entries ELSE 0 END);
END $$;


-- Claims the keys in key order, so that two batches never wait for one another in a circle. A key
-- claimed before, here or elsewhere, is answered as it was; other content is a conflict. True if every
-- key was new, as they nearly always are: then they are claimed without looking first whether they are.
CREATE FUNCTION ledger_claim_intake() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    claimed int;
BEGIN
    BEGIN
        INSERT INTO ledger_claim (id, key, digest)
        SELECT i.id, i.key, i.digest FROM ledger_intake i ORDER BY i.key;
        RETURN true;
    EXCEPTION WHEN unique_violation THEN
        NULL; -- and what was claimed is given back
    END;
    INSERT INTO ledger_claim (id, key, digest)
    SELECT i.id, i.key, i.digest FROM ledger_intake i ORDER BY i.key, i.n
    ON CONFLICT (key) DO NOTHING;
    GET DIAGNOSTICS claimed = ROW_COUNT;
    IF claimed = (SELECT count(*) FROM ledger_intake) THEN
        RETURN true;
    END IF;
    UPDATE ledger_intake i
    SET fresh = false, id = r.id, refusal = r.refusal, params = r.params
    FROM (
        SELECT t.n, a.* FROM ledger_intake t JOIN ledger_claim c ON c.key = t.key AND c.id <> t.id
        CROSS JOIN LATERAL ledger_answer(c.key, t.digest) a
    ) r
    WHERE r.n = i.n;
    RETURN false;
END $$;


-- Whether the legs are known from taking them in: none of the entries was taken in out of turn, each leg has its
-- account and no general-ledger account was closed since.
CREATE FUNCTION ledger_is_taken_in(entries bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN entries = (SELECT sum(p.entries) FROM ledger_intake_taken p)
        AND NOT EXISTS (SELECT FROM (SELECT DISTINCT l.account_id FROM ledger_intake_leg l WHERE NOT l.guarded) s
                        JOIN ledger_account a ON a.id = s.account_id AND a.closed);
END $$;


-- Writes pairs as all other entries are written, for whatever decides entries one by one.
CREATE FUNCTION ledger_spell_out_pairs() RETURNS void LANGUAGE sql AS $$
    UPDATE ledger_intake i
    SET accounts = ARRAY[i.first, i.second], currencies = ARRAY[i.currency, i.currency],
        amounts = ARRAY[i.moved, -i.moved]
    WHERE i.amounts IS NULL
$$;


-- Finds each leg's account once more, of the entries whose key is new, and which legs a set-based look
-- cannot vouch for. Also what was not taken in on the way is looked at here. From here on a pair has arrays too.
CREATE FUNCTION ledger_resolve_intake(today date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_spell_out_pairs();
    IF EXISTS (SELECT FROM ledger_intake i WHERE ledger_is_no_entry(i.currencies, i.amounts)) THEN
        RAISE 'an entry of the batch does not balance' USING ERRCODE = 'UB002';
    END IF;
    TRUNCATE ledger_intake_leg;
    INSERT INTO ledger_intake_leg (n, leg, entry_id, account_id, amount, guarded, doubtful)
    SELECT i.n, l.leg, i.id, a.id, l.amount, a.guarded,
           a.id IS NULL OR a.is_control OR a.closed OR a.currency <> l.currency
           OR coalesce(i.booking_date, today) <> today
    FROM ledger_intake i
    CROSS JOIN LATERAL unnest(i.accounts, i.currencies, i.amounts) WITH ORDINALITY AS l (code, currency, amount, leg)
    LEFT JOIN ledger_account a ON a.code = l.code
    WHERE i.fresh;
    ANALYZE ledger_intake_leg;
END $$;


-- How the balances of so many legs are found, until the function that asks is left: a few one by one, many by
-- reading them all once. The planner has no statistics of what came a moment ago, and thinks of disks.
CREATE FUNCTION ledger_pin_plans(legs bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    all_balances bigint := pg_relation_size('ledger_balance') / 200;
BEGIN
    PERFORM set_config(CASE WHEN legs > all_balances / 4 THEN 'enable_nestloop' ELSE 'enable_hashjoin' END, 'off', true);
END $$;


-- All locks of the batch, in the order that everybody keeps. Answers with the latest booking of any
-- account in it, which the batch must not precede.
CREATE FUNCTION ledger_lock_intake(special boolean) RETURNS timestamptz LANGUAGE plpgsql
SET enable_nestloop = on SET enable_hashjoin = on SET enable_mergejoin = off AS $$
BEGIN
    PERFORM ledger_pin_plans((SELECT count(*) FROM ledger_intake_leg));
    IF special THEN
        PERFORM FROM ledger_entry e
        WHERE e.id IN (SELECT i.reverses FROM ledger_intake i WHERE i.fresh) ORDER BY e.id FOR NO KEY UPDATE;
        PERFORM FROM ledger_hold h
        WHERE h.id IN (SELECT i.captures FROM ledger_intake i WHERE i.fresh) ORDER BY h.id FOR NO KEY UPDATE;
    END IF;
    RETURN (SELECT max(locked.last_booked_at) FROM (
        SELECT b.last_booked_at FROM ledger_balance b
        WHERE b.account_id IN (SELECT l.account_id FROM ledger_intake_leg l WHERE l.guarded)
        ORDER BY b.code FOR NO KEY UPDATE
    ) locked);
END $$;


-- A sum of 64 bits, which says so when they do not do; adding numbers of any size takes ten times as long.
CREATE AGGREGATE ledger_sum(bigint) (SFUNC = int8pl, STYPE = bigint);


-- Works out the running balance and version that each guarded leg of a stretch (null: of the whole batch)
-- would have; true if the stretch can be booked as it is. The sums are of 64 bits: while more than 4e18 are
-- moved they might not do, so such a stretch is decided first, entry by entry.
CREATE FUNCTION ledger_work_out(low int, high int, decided boolean) RETURNS boolean LANGUAGE plpgsql
SET enable_nestloop = on SET enable_hashjoin = on SET enable_mergejoin = off AS $$
DECLARE
    stretch record;
BEGIN
    SELECT count(*) AS legs, bool_or(l.doubtful) AS doubtful, sum(l.amount) FILTER (WHERE l.amount > 0) AS moved
    INTO stretch
    FROM ledger_intake_leg l WHERE low IS NULL OR l.n BETWEEN low AND high;
    IF NOT decided AND (stretch.doubtful OR stretch.moved > 4e18) THEN
        RETURN false;
    END IF;
    TRUNCATE ledger_intake_move;
    PERFORM ledger_pin_plans(stretch.legs);
    INSERT INTO ledger_intake_move
    SELECT m.entry_id, m.leg, m.account_id, b.version + m.place, m.amount, b.booked + m.change, m.last,
           b.status = 'ACTIVE' AND b.booked + m.change BETWEEN -4000000000000000000 AND 4000000000000000000
           AND (m.amount > 0 OR b.overdraft IS NULL OR b.booked + m.change >= b.held - b.overdraft)
    FROM (
        SELECT l.entry_id, l.leg, l.account_id, l.amount, row_number() OVER w AS place,
               ledger_sum(l.amount) OVER w AS change, lead(l.entry_id) OVER w IS NULL AS last
        FROM ledger_intake_leg l
        WHERE l.guarded AND (low IS NULL OR l.n BETWEEN low AND high)
        WINDOW w AS (PARTITION BY l.account_id ORDER BY l.n, l.leg ROWS UNBOUNDED PRECEDING)
    ) m JOIN ledger_balance b ON b.account_id = m.account_id;
    RETURN NOT EXISTS (SELECT FROM ledger_intake_move m WHERE NOT m.sound);
END $$;


-- Writes the stretch that was worked out. Balances come first: the guard on postings looks at them.
CREATE FUNCTION ledger_write_out(low int, high int, today date, now timestamptz) RETURNS void LANGUAGE plpgsql
SET enable_nestloop = on SET enable_hashjoin = on SET enable_mergejoin = off AS $$
BEGIN
    PERFORM ledger_pin_plans((SELECT count(*) FROM ledger_intake_move));
    UPDATE ledger_balance b SET booked = m.balance_after, version = m.version, last_booked_at = now
    FROM ledger_intake_move m WHERE m.last AND b.account_id = m.account_id;
    INSERT INTO ledger_entry
        (id, code, booking_date, value_date, booked_at, narrative, reference, meta, legs, reverses_id)
    SELECT i.id, i.code, today, coalesce(i.value_date, today), now, i.narrative, i.reference, i.meta,
           coalesce(cardinality(i.amounts), 2), i.reverses
    FROM ledger_intake i WHERE i.fresh AND i.refusal IS NULL AND (low IS NULL OR i.n BETWEEN low AND high);
    INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount, balance_after)
    SELECT m.entry_id, m.leg, m.account_id, m.version, m.amount, m.balance_after FROM ledger_intake_move m
    UNION ALL
    SELECT l.entry_id, l.leg, l.account_id, l.entry_id << 20 | l.leg, l.amount, NULL
    FROM ledger_intake_leg l WHERE NOT l.guarded AND (low IS NULL OR l.n BETWEEN low AND high);
END $$;


-- Decides the entries of a stretch one after the other, on balances kept in memory: the refusals, in the
-- order of precedence, that ledger_book would make of each. Without ``each`` it ends with the first.
CREATE FUNCTION ledger_decide(low int, high int, each boolean, today date) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = auto AS $$
DECLARE
    -- the guarded accounts by id: what is booked, and what may still be taken (null: anything)
    slot_account bigint[];
    booked numeric[];
    room numeric[];
    -- the legs in order, with the place of their account among those (null: a summed account)
    slots int[];
    amounts bigint[];
    first int;
    last int := 0;
    e record;
    s int;
    short int;
    needed numeric;
    reason text;
    details jsonb;
BEGIN
    SELECT array_agg(b.account_id), array_agg(b.booked), array_agg(b.booked - b.held + b.overdraft)
    INTO slot_account, booked, room
    FROM (SELECT * FROM ledger_balance t
          WHERE t.account_id IN (SELECT l.account_id FROM ledger_intake_leg l
                                 WHERE l.guarded AND (low IS NULL OR l.n BETWEEN low AND high))
          ORDER BY t.account_id) b;
    SELECT array_agg(l.slot), array_agg(l.amount) INTO slots, amounts
    FROM (SELECT t.amount, CASE WHEN t.guarded THEN
                     dense_rank() OVER (PARTITION BY t.guarded ORDER BY t.account_id) END AS slot
          FROM ledger_intake_leg t WHERE low IS NULL OR t.n BETWEEN low AND high ORDER BY t.n, t.leg) l;
    FOR e IN
        SELECT i.*, x.barred FROM ledger_intake i
        JOIN (SELECT l.n, bool_or(l.doubtful OR ledger_status_refusal(b.status, l.amount) IS NOT NULL) AS barred
              FROM ledger_intake_leg l LEFT JOIN ledger_balance b ON b.account_id = l.account_id
              WHERE low IS NULL OR l.n BETWEEN low AND high GROUP BY l.n) x ON x.n = i.n
        ORDER BY i.n
    LOOP
        first := last + 1;
        last := last + cardinality(e.amounts);
        reason := NULL;
        IF e.barred THEN
            SELECT * INTO reason, details
            FROM ledger_standing_refusal(e.booking_date, e.accounts, e.currencies, e.amounts, today);
            IF reason IS NULL THEN
                RAISE 'what was wrong with the entry is no longer' USING ERRCODE = '40001';
            END IF;
        ELSE
            FOR i IN first .. last LOOP
                s := slots[i];
                CONTINUE WHEN s IS NULL;
                booked[s] := booked[s] + amounts[i];
                room[s] := room[s] + amounts[i];
            END LOOP;
            FOR i IN first .. last LOOP
                s := slots[i];
                IF abs(booked[s]) > 4e18 THEN
                    short := s;
                    reason := 'BALANCE_OUT_OF_RANGE';
                    EXIT;
                ELSIF reason IS NULL AND room[s] < 0 THEN
                    short := s;
                    reason := 'INSUFFICIENT_FUNDS';
                END IF;
            END LOOP;
        END IF;
        CONTINUE WHEN reason IS NULL;
        IF NOT e.barred THEN
            needed := 0;
            FOR i IN first .. last LOOP
                s := slots[i];
                CONTINUE WHEN s IS NULL;
                booked[s] := booked[s] - amounts[i];
                room[s] := room[s] - amounts[i];
                needed := needed - CASE WHEN s = short THEN amounts[i] ELSE 0 END;
            END LOOP;
            details := ledger_funds_params(slot_account[short], room[short], needed);
        END IF;
        UPDATE ledger_intake i SET refusal = reason, params = details WHERE i.n = e.n;
        EXIT WHEN NOT each;
    END LOOP;
END $$;


-- Books a stretch of entries that neither reverse nor capture: as it is if it is clean, else what is left
-- of it after its refusals. False if it has a refusal and every entry must be booked.
CREATE FUNCTION ledger_book_stretch(low int, high int, each boolean, today date, now timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger_work_out(low, high, false) THEN
        PERFORM ledger_spell_out_pairs();
        PERFORM ledger_decide(low, high, each, today);
        IF NOT each AND EXISTS (SELECT FROM ledger_intake i
                                WHERE i.refusal IS NOT NULL AND (low IS NULL OR i.n BETWEEN low AND high)) THEN
            RETURN false;
        END IF;
        DELETE FROM ledger_intake_leg l USING ledger_intake i
        WHERE i.n = l.n AND i.refusal IS NOT NULL AND (low IS NULL OR i.n BETWEEN low AND high);
        PERFORM ledger_work_out(low, high, true);
    END IF;
    PERFORM ledger_write_out(low, high, today, now);
    RETURN true;
END $$;


-- Books one entry that reverses another or captures a hold; a refusal of the entry takes back what was
-- prepared for it.
CREATE FUNCTION ledger_book_alone(at int, today date, now timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    i record;
    reason text;
    details jsonb;
BEGIN
    SELECT * INTO i FROM ledger_intake t WHERE t.n = at;
    BEGIN
        SELECT * INTO reason, details
        FROM ledger_prepare(i.reverses, i.captures, i.final, i.id, i.booking_date, i.accounts, i.currencies, i.amounts,
                            today, now);
        IF reason IS NULL AND NOT ledger_book_stretch(at, at, false, today, now) THEN
            SELECT t.refusal, t.params INTO reason, details FROM ledger_intake t WHERE t.n = at;
            RAISE 'refused' USING ERRCODE = 'UB003';
        END IF;
    EXCEPTION WHEN SQLSTATE 'UB003' THEN
        NULL;
    END;
    UPDATE ledger_intake t SET refusal = reason, params = details WHERE t.n = at AND reason IS NOT NULL;
    RETURN reason IS NULL;
END $$;


-- Books the whole batch: stretches, and between them the entries that reverse or capture, each alone.
-- Without ``each`` it ends at the first refusal.
CREATE FUNCTION ledger_book_intake(special boolean, each boolean, today date, now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    low int := 1;
    total int;
    alone int;
BEGIN
    IF NOT special THEN
        PERFORM ledger_book_stretch(NULL, NULL, each, today, now);
        RETURN;
    END IF;
    PERFORM ledger_spell_out_pairs();
    CREATE INDEX IF NOT EXISTS ledger_intake_leg_n ON ledger_intake_leg (n); -- for as many looks as there are stretches
    SELECT max(i.n) INTO total FROM ledger_intake i;
    FOR alone IN
        SELECT i.n FROM ledger_intake i WHERE i.fresh AND (i.reverses IS NOT NULL OR i.captures IS NOT NULL)
        UNION ALL SELECT total + 1 ORDER BY 1
    LOOP
        IF low < alone AND NOT ledger_book_stretch(low, alone - 1, each, today, now) THEN
            RETURN;
        END IF;
        IF alone <= total AND NOT ledger_book_alone(alone, today, now) AND NOT each THEN
            RETURN;
        END IF;
        low := alone + 1;
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
) LANGUAGE plpgsql SECURITY DEFINER SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' AS $$
DECLARE
    day ledger_business_day := ledger_open_day();
    batch record;
BEGIN
    booked_on := day.date;
    PERFORM ledger_own_intake();
    BEGIN
        PERFORM ledger_take_in_next();
        SELECT count(*) AS entries, count(i.reverses) + count(i.captures) > 0 AS special,
               coalesce(min(i.booking_date), booked_on) = booked_on
               AND coalesce(max(i.booking_date), booked_on) = booked_on AS on_the_day
        INTO batch FROM ledger_intake i;
        IF NOT (ledger_claim_intake() AND batch.on_the_day AND ledger_is_taken_in(batch.entries)) THEN
            PERFORM ledger_resolve_intake(booked_on);
        END IF;
        now := greatest(now, day.opened_at, ledger_lock_intake(batch.special));
        IF each OR NOT EXISTS (SELECT FROM ledger_intake i WHERE NOT i.fresh AND i.refusal IS NOT NULL) THEN
            PERFORM ledger_book_intake(batch.special, each, booked_on, now);
        END IF;
        IF each THEN
            PERFORM ledger_keep_refusals(now);
        END IF;
        SELECT array_agg(i.id), array_agg(i.n) FILTER (WHERE NOT i.fresh),
               array_agg(i.n) FILTER (WHERE i.refusal IS NOT NULL),
               array_agg(i.refusal) FILTER (WHERE i.refusal IS NOT NULL),
               array_agg(i.params) FILTER (WHERE i.refusal IS NOT NULL)
        INTO ids, replayed, refused, refusals, params
        FROM (SELECT t.n, t.id, t.fresh, t.refusal, t.params FROM ledger_intake t ORDER BY t.n) i;
        IF refused IS NOT NULL AND NOT each THEN
            ids := NULL;
            replayed := NULL;
            RAISE 'refused' USING ERRCODE = 'UB003';
        END IF;
        IF replayed IS NOT NULL THEN
            SELECT array_agg(e.booking_date ORDER BY i.n) INTO replay_dates
            FROM ledger_intake i LEFT JOIN ledger_entry e ON e.id = i.id WHERE NOT i.fresh;
        END IF;
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
) LANGUAGE plpgsql SECURITY DEFINER AS $$
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
