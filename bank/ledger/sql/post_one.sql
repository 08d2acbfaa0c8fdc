-- One entry: claim its key, lock, decide, write. Nothing is written before everything is decided,
-- so a refusal leaves the caller's database transaction usable.
-- Locks are taken in one order by everybody (docs/locking.md): the business day (shared), claims by
-- key, the reversed entry, the hold, balances by account id.

-- The open business day. It cannot be closed before this database transaction has ended.
CREATE FUNCTION ledger_open_day() RETURNS ledger_business_day LANGUAGE plpgsql AS $$
DECLARE
    day ledger_business_day;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7305, 1);
    SELECT * INTO day FROM ledger_business_day d WHERE d.closed_at IS NULL;
    IF day.date IS NULL THEN
        RAISE 'the books have not been opened' USING ERRCODE = 'UB001';
    END IF;
    RETURN day;
END $$;


-- Books one entry whose key is claimed, or says why not. Made for few legs: its loops are cheaper than
-- a set-based plan up to some dozens, and quadratic beyond. Each balance is checked in the statement
-- that changes it, one after the other by account id; if one refuses, those before it are put back.
CREATE FUNCTION ledger_book(
    id bigint, code text, booking_date date, value_date date, narrative text, reference text, meta jsonb,
    reverses bigint, accounts text[], currencies text[], amounts bigint[], today date, now timestamptz,
    OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    legs int := cardinality(amounts);
    leg record;
    leg_account bigint[];
    leg_version bigint[];
    leg_after bigint[];
    -- the guarded accounts, by id: what this entry does to each
    slots int := 0;
    slot_account bigint[];
    slot_change bigint[];
    slot_debits bigint[];
    slot_legs bigint[];
    s int;
    b record;
    sound boolean := booking_date IS NULL OR booking_date = today;
    began timestamptz := now;
BEGIN
    FOR i IN 1 .. legs LOOP
        SELECT a.id, a.guarded, NOT (a.closed OR a.is_control) AND a.currency = currencies[i] AS fits
        INTO leg FROM ledger_account a WHERE a.code = accounts[i];
        sound := sound AND leg.id IS NOT NULL AND leg.fits;
        leg_account[i] := leg.id;
        leg_version[i] := id << 20 | i;
        leg_after[i] := NULL;
        IF leg.guarded THEN
            s := 1;
            WHILE s <= slots AND slot_account[s] < leg.id LOOP
                s := s + 1;
            END LOOP;
            IF s > slots OR slot_account[s] <> leg.id THEN
                slots := slots + 1;
                slot_account := slot_account[:s - 1] || leg.id || slot_account[s:];
                slot_change := slot_change[:s - 1] || 0::bigint || slot_change[s:];
                slot_debits := slot_debits[:s - 1] || 0::bigint || slot_debits[s:];
                slot_legs := slot_legs[:s - 1] || 0::bigint || slot_legs[s:];
            END IF;
            slot_change[s] := slot_change[s] + amounts[i];
            slot_debits[s] := slot_debits[s] + least(amounts[i], 0);
            slot_legs[s] := slot_legs[s] + 1;
            leg_version[i] := slot_legs[s];
            leg_after[i] := slot_change[s];
        END IF;
    END LOOP;

    s := 0;
    WHILE sound AND s < slots LOOP
        s := s + 1;
        UPDATE ledger_balance t
        SET booked = t.booked + slot_change[s], version = t.version + slot_legs[s],
            last_booked_at = greatest(now, t.last_booked_at)
        WHERE t.account_id = slot_account[s]
            AND (t.status = 'ACTIVE' OR ledger_status_refusal(t.status, slot_debits[s]) IS NULL)
            AND t.booked + slot_change[s] BETWEEN -4000000000000000000 AND 4000000000000000000
            AND (slot_change[s] >= 0 OR t.overdraft IS NULL
                 OR t.booked + slot_change[s] - t.held + t.overdraft >= 0)
        RETURNING t.booked - slot_change[s] AS booked, t.version - slot_legs[s] AS version, t.last_booked_at INTO b;
        sound := FOUND;
        EXIT WHEN NOT sound;
        now := greatest(now, b.last_booked_at);
        FOR i IN 1 .. legs LOOP
            IF leg_account[i] = slot_account[s] THEN
                leg_version[i] := leg_version[i] + b.version;
                leg_after[i] := leg_after[i] + b.booked;
            END IF;
        END LOOP;
    END LOOP;
    IF NOT sound THEN
        PERFORM ledger_put_back(slot_account[:s - 1], slot_change, slot_legs);
        PERFORM ledger_lock_accounts(accounts);
        SELECT * INTO refusal, params
        FROM ledger_refusal_of(booking_date, accounts, currencies, amounts, today);
        RETURN;
    END IF;
    IF now > began THEN
        -- One account had been booked later than that: no account of this entry may be booked before it again.
        UPDATE ledger_balance t SET last_booked_at = now
        WHERE t.account_id = ANY (slot_account) AND t.last_booked_at < now;
    END IF;

    INSERT INTO ledger_entry
        (id, code, booking_date, value_date, booked_at, narrative, reference, meta, legs, reverses_id)
    VALUES (id, code, today, coalesce(value_date, today), now, narrative, reference, meta, legs, reverses);
    INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount, balance_after)
    SELECT id, i, leg_account[i], leg_version[i], amounts[i], leg_after[i] FROM generate_series(1, legs) i;
END $$;


-- Undoes what an entry did to the first balances it changed, when a later one refused.
CREATE FUNCTION ledger_put_back(changed bigint[], changes bigint[], legs bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR s IN 1 .. coalesce(cardinality(changed), 0) LOOP
        UPDATE ledger_balance t SET booked = t.booked - changes[s], version = t.version - legs[s]
        WHERE t.account_id = changed[s];
    END LOOP;
END $$;


-- Locks the balances of some accounts, in the order that everybody keeps.
CREATE FUNCTION ledger_lock_accounts(accounts text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM ledger_balance b
    WHERE b.account_id IN (SELECT a.id FROM ledger_account a WHERE a.code = ANY (accounts))
    ORDER BY b.account_id FOR NO KEY UPDATE;
END $$;


-- Takes the entry's debit off its hold, before the entry is booked: what the hold kept back is what
-- the entry spends. A final capture lets go of the rest. Locks the hold, then its balance, which the
-- entry debits anyhow.
CREATE FUNCTION ledger_capture(
    wanted bigint, final boolean, entry bigint, accounts text[], amounts bigint[], now timestamptz,
    OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    h ledger_hold;
    taken bigint;
    ended bigint;
BEGIN
    SELECT * INTO h FROM ledger_hold t WHERE t.id = wanted FOR NO KEY UPDATE;
    IF h.id IS NULL THEN
        refusal := 'UNKNOWN_HOLD';
        params := jsonb_build_object('hold', wanted);
        RETURN;
    END IF;
    SELECT -sum(l.amount) INTO taken
    FROM unnest(accounts, amounts) AS l (code, amount) JOIN ledger_account a ON a.code = l.code
    WHERE a.id = h.account_id;
    SELECT * INTO refusal, params FROM ledger_capture_refusal(h, taken, now);
    IF refusal IS NOT NULL THEN
        RETURN;
    END IF;
    ended := CASE WHEN final THEN h.amount - h.captured ELSE taken END;
    PERFORM ledger_lock_accounts(accounts);
    UPDATE ledger_balance b SET held = b.held - ended WHERE b.account_id = h.account_id;
    UPDATE ledger_hold t SET captured = t.captured + taken,
        state = CASE WHEN ended = t.amount - t.captured THEN 'CAPTURED' ELSE t.state END
    WHERE t.id = wanted;
    INSERT INTO ledger_hold_event (hold_id, kind, amount, entry_id, at)
    SELECT wanted, e.kind, -e.amount, entry, now
    FROM (VALUES ('CAPTURED', taken), ('RELEASED', ended - taken)) AS e (kind, amount) WHERE e.amount > 0;
END $$;


-- What has to be settled before an entry that reverses another or captures a hold is booked. What is
-- wrong with its legs or its date is graver.
CREATE FUNCTION ledger_prepare(
    reverses bigint, captures bigint, final boolean, entry bigint, booking_date date,
    accounts text[], currencies text[], amounts bigint[], today date, now timestamptz,
    OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql AS $$
BEGIN
    IF reverses IS NULL AND captures IS NULL THEN
        RETURN;
    END IF;
    SELECT * INTO refusal, params FROM ledger_leg_refusal(accounts, currencies);
    IF refusal IS NULL THEN
        SELECT * INTO refusal, params FROM ledger_date_refusal(booking_date, today);
    END IF;
    IF refusal IS NULL AND reverses IS NOT NULL THEN
        SELECT * INTO refusal, params FROM ledger_reversal_refusal(reverses);
    END IF;
    IF refusal IS NULL AND captures IS NOT NULL THEN
        SELECT * INTO refusal, params FROM ledger_capture(captures, final, entry, accounts, amounts, now);
    END IF;
END $$;


-- The same, and the entry; a refusal of the entry takes back what was prepared for it.
CREATE FUNCTION ledger_prepare_and_book(
    id bigint, code text, booking_date date, value_date date, narrative text, reference text, meta jsonb,
    reverses bigint, captures bigint, final boolean, accounts text[], currencies text[], amounts bigint[],
    today date, now timestamptz, OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT * INTO refusal, params
    FROM ledger_prepare(reverses, captures, final, id, booking_date, accounts, currencies, amounts, today, now);
    IF refusal IS NULL THEN
        SELECT * INTO refusal, params
        FROM ledger_book(id, code, booking_date, value_date, narrative, reference, meta, reverses,
                         accounts, currencies, amounts, today, now);
        IF refusal IS NOT NULL THEN
            RAISE 'refused' USING ERRCODE = 'UB003';
        END IF;
    END IF;
EXCEPTION WHEN SQLSTATE 'UB003' THEN
    RETURN;
END $$;


-- What a claimed key was answered with: the id of its entry or hold, or the refusal that was kept.
-- Another digest means that the key is asked to mean something else.
CREATE FUNCTION ledger_answer(
    claimed_key text, claimed_digest uuid, OUT id bigint, OUT booked_on date, OUT refusal text, OUT params jsonb
) LANGUAGE sql STABLE AS $$
    SELECT c.id, e.booking_date,
           CASE WHEN c.digest <> claimed_digest THEN 'IDEMPOTENCY_CONFLICT' ELSE r.code END,
           CASE WHEN c.digest <> claimed_digest THEN '{}' ELSE r.params END
    FROM ledger_claim c
    LEFT JOIN ledger_entry e ON e.id = c.id
    LEFT JOIN ledger_refusal r ON r.id = c.id
    WHERE c.key = claimed_key
$$;


-- Posts one entry. Where somebody else is using the key, waits for their result and answers with it.
-- A refusal gives the key back, unless it is to be kept. Everything here is found by an index; a session
-- that first planned while the tables were nearly empty must not go on reading them from end to end.
CREATE FUNCTION ledger_post_one(
    key text, digest uuid, code text, booking_date date, value_date date, narrative text, reference text,
    meta jsonb, reverses bigint, captures bigint, final boolean,
    accounts text[], currencies text[], amounts bigint[], now timestamptz, keep_refusal boolean,
    OUT id bigint, OUT booked_on date, OUT replayed boolean, OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_variable
DECLARE
    b record;
BEGIN
    INSERT INTO ledger_claim AS c (key, digest)
    SELECT key, digest FROM pg_advisory_xact_lock_shared(7305, 1) -- as in ledger_open_day
    ON CONFLICT DO NOTHING RETURNING c.id INTO id;
    replayed := id IS NULL;
    IF replayed THEN
        SELECT a.id, a.booked_on, a.refusal, a.params INTO id, booked_on, refusal, params
        FROM ledger_answer(key, digest) a;
        RETURN;
    END IF;
    SELECT d.date, greatest(now, d.opened_at) INTO booked_on, now
    FROM ledger_business_day d WHERE d.closed_at IS NULL;
    IF booked_on IS NULL THEN
        RAISE 'the books have not been opened' USING ERRCODE = 'UB001';
    END IF;
    IF reverses IS NULL AND captures IS NULL THEN
        b := ledger_book(id, code, booking_date, value_date, narrative, reference, meta, NULL,
                         accounts, currencies, amounts, booked_on, now);
    ELSE
        b := ledger_prepare_and_book(id, code, booking_date, value_date, narrative, reference, meta, reverses,
                                     captures, final, accounts, currencies, amounts, booked_on, now);
    END IF;
    refusal := b.refusal;
    params := b.params;
    IF refusal IS NOT NULL AND keep_refusal THEN
        INSERT INTO ledger_refusal (id, code, params, at) VALUES (id, refusal, params, now);
    ELSIF refusal IS NOT NULL THEN
        DELETE FROM ledger_claim c WHERE c.id = ledger_post_one.id;
    END IF;
END $$;
