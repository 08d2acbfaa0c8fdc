-- Posting: claim the keys, resolve the legs, lock, decide, write. One call for one entry or for
-- a hundred thousand. Locks are taken in one order by everybody (docs/locking.md): the business
-- day (shared), claims by key, reversed entries by id, holds by id, balances by account id.
--
-- Plans made for a batch of one serve a batch of a hundred thousand, and the planner cannot see
-- how long an array is: so arrays are unnested side by side or looked up by subscript, and joined
-- to tables only through an index; never to one another.

-- The open business day. It cannot be closed before this database transaction has ended.
CREATE FUNCTION ledger_business_date() RETURNS date LANGUAGE plpgsql AS $$
DECLARE
    today date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7305, 1);
    SELECT d.date INTO today FROM ledger_business_day d WHERE d.closed_at IS NULL;
    IF today IS NULL THEN
        RAISE 'the books have not been opened' USING ERRCODE = 'UB001';
    END IF;
    RETURN today;
END $$;


-- Claims the keys, in key order so that two batches never wait for one another in a circle.
-- Waits where somebody else has claimed one and not yet committed.
CREATE FUNCTION ledger_claim_keys(INOUT b ledger_batch) LANGUAGE plpgsql AS $$
DECLARE
    asked int := cardinality(b.keys);
    claimed int;
BEGIN
    SELECT array_agg(nextval('ledger_claim_id_seq')) INTO b.ids FROM generate_series(1, asked);
    INSERT INTO ledger_claim (id, key, digest)
    SELECT a.id, a.key, a.digest FROM unnest(b.ids, b.keys, b.digests) AS a (id, key, digest)
    ORDER BY a.key, a.id
    ON CONFLICT (key) DO NOTHING;
    GET DIAGNOSTICS claimed = ROW_COUNT;
    b.fresh := array_fill(true, ARRAY[asked]);
    b.refusals := array_fill(NULL::text, ARRAY[asked]);
    b.params := array_fill(NULL::jsonb, ARRAY[asked]);
    IF claimed < asked THEN
        b := ledger_replay_keys(b);
    END IF;
END $$;


-- What became of the keys that were claimed before: the same content has its first answer again,
-- other content is a conflict.
CREATE FUNCTION ledger_replay_keys(INOUT b ledger_batch) LANGUAGE plpgsql AS $$
BEGIN
    SELECT array_agg(c.id ORDER BY a.n), array_agg(c.id = a.id ORDER BY a.n),
           array_agg(CASE WHEN c.digest <> a.digest THEN 'IDEMPOTENCY_CONFLICT' ELSE r.code END ORDER BY a.n),
           array_agg(CASE WHEN c.digest <> a.digest THEN '{}' ELSE r.params END ORDER BY a.n)
    INTO b.ids, b.fresh, b.refusals, b.params
    FROM unnest(b.ids, b.keys, b.digests) WITH ORDINALITY AS a (id, key, digest, n)
    JOIN ledger_claim c ON c.key = a.key
    LEFT JOIN ledger_refusal r ON r.id = c.id;
END $$;


-- Finds each leg's account, numbers the guarded ones by account id, notes what is wrong with a leg.
CREATE FUNCTION ledger_resolve_legs(INOUT b ledger_batch) LANGUAGE plpgsql AS $$
BEGIN
    SELECT array_agg(l.account_id ORDER BY l.i), array_agg(l.slot ORDER BY l.i), array_agg(l.fault ORDER BY l.i)
    INTO b.leg_account, b.leg_slot, b.leg_fault
    FROM (
        SELECT a.i, c.id AS account_id,
               CASE WHEN c.guarded THEN dense_rank() OVER (PARTITION BY c.guarded ORDER BY c.id) END AS slot,
               CASE WHEN c.id IS NULL THEN 'UNKNOWN_ACCOUNT'
                    WHEN c.is_control THEN 'CONTROL_ACCOUNT'
                    WHEN c.currency <> a.currency THEN 'CURRENCY_MISMATCH'
                    WHEN c.closed THEN 'ACCOUNT_CLOSED' END AS fault
        FROM unnest(b.accounts, b.currencies) WITH ORDINALITY AS a (code, currency, i)
        LEFT JOIN ledger_account c ON c.code = a.code
    ) l;
END $$;


-- Locks the balances of the guarded accounts, all in one statement, by account id. What it reads
-- is the newest committed row, because it waits for whoever holds the lock.
CREATE FUNCTION ledger_lock_balances(INOUT b ledger_batch) LANGUAGE plpgsql AS $$
BEGIN
    SELECT array_agg(l.account_id), array_agg(l.booked), array_agg(l.held), array_agg(l.overdraft),
           array_agg(l.version), array_agg(l.status), array_agg(l.last_booked_at)
    INTO b.slot_account, b.slot_booked, b.slot_held, b.slot_overdraft,
         b.slot_version, b.slot_status, b.slot_booked_at
    FROM (
        SELECT * FROM ledger_balance WHERE account_id = ANY (b.leg_account)
        ORDER BY account_id FOR NO KEY UPDATE
    ) l;
END $$;


-- Decides one entry after the other, in the order given, on the locked balances.
CREATE FUNCTION ledger_decide(INOUT b ledger_batch, today date) LANGUAGE plpgsql AS $$
DECLARE
    booked bigint[] := b.slot_booked;
    version bigint[] := b.slot_version;
    held bigint[] := b.slot_held;
    overdraft bigint[] := b.slot_overdraft;
    status text[] := b.slot_status;
    slots int[] := b.leg_slot;
    amounts bigint[] := b.amounts;
    faults text[] := b.leg_fault;
    fresh boolean[] := b.fresh;
    sizes int[] := b.sizes;
    after bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(b.amounts)]);
    versions bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(b.amounts)]);
    refusal text;
    first int := 1;
    last int;
    s int;
BEGIN
    FOR n IN 1 .. cardinality(sizes) LOOP
        last := first + sizes[n] - 1;
        IF fresh[n] THEN
            refusal := NULL;
            FOR i IN first .. last LOOP
                IF faults[i] IS NOT NULL THEN
                    refusal := faults[i];
                END IF;
                s := slots[i];
                IF s IS NOT NULL THEN
                    booked[s] := booked[s] + amounts[i];
                    version[s] := version[s] + 1;
                    after[i] := booked[s];
                    versions[i] := version[s];
                    IF status[s] <> 'ACTIVE' THEN
                        refusal := status[s];
                    END IF;
                END IF;
            END LOOP;
            FOR i IN first .. last LOOP
                s := slots[i];
                IF s IS NOT NULL AND amounts[i] < 0 AND booked[s] - held[s] + overdraft[s] < 0 THEN
                    refusal := 'INSUFFICIENT_FUNDS';
                END IF;
            END LOOP;
            IF refusal IS NOT NULL THEN
                b.refusals[n] := refusal;
            END IF;
        END IF;
        first := last + 1;
    END LOOP;
    b.slot_booked := booked;
    b.slot_version := version;
    b.leg_after := after;
    b.leg_version := versions;
END $$;


CREATE FUNCTION ledger_write(b ledger_batch, today date, now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_entry (id, code, booking_date, value_date, booked_at, narrative, reference, meta, legs, reverses_id)
    SELECT e.id, e.code, today, coalesce(e.value_date, today), now, e.narrative, e.ref, e.meta::jsonb, e.size, e.reverses
    FROM unnest(b.ids, b.codes, b.value_dates, b.narratives, b.refs, b.metas, b.sizes, b.reverses, b.fresh, b.refusals)
        AS e (id, code, value_date, narrative, ref, meta, size, reverses, fresh, refusal)
    WHERE e.fresh AND e.refusal IS NULL;
    INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount, balance_after)
    SELECT b.ids[l.entry], l.leg, l.account_id, coalesce(l.version, b.ids[l.entry] << 20 | l.leg), l.amount, l.after
    FROM unnest(b.leg_entry, b.leg_number, b.leg_account, b.leg_version, b.amounts, b.leg_after) AS l (entry, leg, account_id, version, amount, after);
    UPDATE ledger_balance t SET booked = s.booked, version = s.version, last_booked_at = now
    FROM unnest(b.slot_account, b.slot_booked, b.slot_version) AS s (account_id, booked, version)
    WHERE t.account_id = s.account_id;
END $$;


CREATE FUNCTION ledger_post(b ledger_batch, now timestamptz) RETURNS ledger_batch LANGUAGE plpgsql AS $$
DECLARE
    today date := ledger_business_date();
BEGIN
    b := ledger_claim_keys(b);
    b := ledger_resolve_legs(b);
    b := ledger_lock_balances(b);
    b := ledger_decide(b, today);
    PERFORM ledger_write(b, today, now);
    RETURN b;
END $$;
