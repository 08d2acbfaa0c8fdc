-- One entry: claim its key, lock, decide, write. Nothing is written before everything is decided,
-- so a refusal leaves the caller's database transaction usable.
-- Locks are taken in one order by everybody (docs/locking.md): the business day (shared), claims by
-- key, the reversed entry, the hold, balances by account code.

-- An entry as it is asked for: what bank/ledger/wire.py sends, in one parameter.
CREATE TYPE ledger_order AS (
    key text, digest uuid, code text, booking_date date, value_date date, narrative text, reference text,
    meta jsonb, reverses bigint, captures bigint, final boolean,
    accounts text[], currencies text[], amounts bigint[], now timestamptz, keep_refusal boolean
);


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


-- Whether these legs are no entry: fewer than two, one of zero or of no currency, or a currency whose legs do not
-- sum to zero.
CREATE FUNCTION ledger_is_unbalanced(currencies text[], amounts bigint[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT count(l.total) < count(*) OR coalesce(sum(l.legs), 0) < 2 OR bool_or(l.total <> 0 OR l.nothing)
    FROM (
        SELECT sum(t.amount) AS total, count(*) AS legs, bool_or(coalesce(t.amount, 0) = 0 OR t.currency IS NULL) AS nothing
        FROM unnest(currencies, amounts) AS t (currency, amount) GROUP BY t.currency
    ) l
$$;


-- Books one entry whose key is claimed, or says why not. Made for few legs: its loops are cheaper than
-- a set-based plan up to some dozens, and quadratic beyond. Each balance is checked in the statement
-- that changes it, one after the other by account code; if one refuses, those before it are put back.
CREATE FUNCTION ledger_book(
    id bigint, o ledger_order, today date, now timestamptz, OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    legs int := cardinality(o.amounts);
    leg record;
    leg_account bigint[];
    leg_version bigint[];
    leg_after bigint[];
    -- the guarded accounts, by code: what this entry does to each
    slots int := 0;
    slot_code text[];
    slot_account bigint[];
    slot_change bigint[];
    slot_debits bigint[];
    slot_legs bigint[];
    s int;
    b record;
    sound boolean := o.booking_date IS NULL OR o.booking_date = today;
    began timestamptz := now;
BEGIN
    IF ledger_is_unbalanced(o.currencies, o.amounts) THEN
        RAISE 'the entry under key % does not balance', o.key USING ERRCODE = 'UB002';
    END IF;
    FOR i IN 1 .. legs LOOP
        SELECT a.id, a.guarded, NOT (a.closed OR a.is_control) AND a.currency = o.currencies[i] AS fits
        INTO leg FROM ledger_account a WHERE a.code = o.accounts[i];
        sound := sound AND leg.id IS NOT NULL AND leg.fits;
        leg_account[i] := leg.id;
        leg_version[i] := id << 20 | i;
        leg_after[i] := NULL;
        IF leg.guarded THEN
            s := 1;
            WHILE s <= slots AND slot_code[s] COLLATE "C" < o.accounts[i] COLLATE "C" LOOP
                s := s + 1;
            END LOOP;
            IF s > slots OR slot_account[s] <> leg.id THEN
                slots := slots + 1;
                slot_code := slot_code[:s - 1] || o.accounts[i] || slot_code[s:];
                slot_account := slot_account[:s - 1] || leg.id || slot_account[s:];
                slot_change := slot_change[:s - 1] || 0::bigint || slot_change[s:];
                slot_debits := slot_debits[:s - 1] || 0::bigint || slot_debits[s:];
                slot_legs := slot_legs[:s - 1] || 0::bigint || slot_legs[s:];
            END IF;
            slot_change[s] := slot_change[s] + o.amounts[i];
            slot_debits[s] := slot_debits[s] + least(o.amounts[i], 0);
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
            AND (t.status = 'ACTIVE' OR ledger_status_refusal(t.status, slot_debits[s]) IS NULL
                 AND ledger_status_refusal(t.status, slot_change[s] - slot_debits[s]) IS NULL)
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
        PERFORM ledger_lock_accounts(o.accounts);
        SELECT * INTO refusal, params
        FROM ledger_refusal_of(o.booking_date, o.accounts, o.currencies, o.amounts, today);
        RETURN;
    END IF;
    IF now > began THEN
        -- One account had been booked later than that: no account of this entry may be booked before it again.
        UPDATE ledger_balance t SET last_booked_at = now
        WHERE t.account_id = ANY (slot_account) AND t.last_booked_at < now;
    END IF;

    INSERT INTO ledger_entry
        (id, code, booking_date, value_date, booked_at, narrative, reference, meta, legs, reverses_id)
    VALUES (id, o.code, today, coalesce(o.value_date, today), now, o.narrative, o.reference, o.meta, legs, o.reverses);
    INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount, balance_after)
    SELECT id, i, leg_account[i], leg_version[i], o.amounts[i], leg_after[i] FROM generate_series(1, legs) i;
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
    PERFORM FROM ledger_balance b WHERE b.code = ANY (accounts) ORDER BY b.code FOR NO KEY UPDATE;
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
        SELECT * INTO refusal, params FROM ledger_reversal_refusal(reverses, accounts, amounts);
    END IF;
    IF refusal IS NULL AND captures IS NOT NULL THEN
        SELECT * INTO refusal, params FROM ledger_capture(captures, final, entry, accounts, amounts, now);
    END IF;
END $$;


-- The same, and the entry; a refusal of the entry takes back what was prepared for it.
CREATE FUNCTION ledger_prepare_and_book(
    id bigint, o ledger_order, today date, now timestamptz, OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT * INTO refusal, params
    FROM ledger_prepare(o.reverses, o.captures, o.final, id, o.booking_date, o.accounts, o.currencies, o.amounts,
                        today, now);
    IF refusal IS NULL THEN
        SELECT * INTO refusal, params FROM ledger_book(id, o, today, now);
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


-- Books one entry whose key is claimed, by the short way where it can. A refusal gives the key back, unless
-- it is to be kept. Answers as ledger_post_one does.
--
-- What nearly every entry is, is booked right here: two legs on different accounts, and beyond them legs
-- on summed accounts only (fees, taxes). It is what ledger_book does without its loops and arrays, and a
-- guarded leg needs no look at ledger_account: its balance row knows code and currency. Where anything is
-- out of the ordinary it leaves no trace, and ledger_book books the entry or finds out what is wrong.
CREATE FUNCTION ledger_book_claimed(id bigint, o ledger_order, today date, now timestamptz) RETURNS text[]
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    given text := o.currencies[1];
    low_leg int := 1; -- of the first two legs, the one whose account is locked first
    high_leg int := 2;
    low_code text := o.accounts[1];
    high_code text := o.accounts[2];
    low_change bigint := o.amounts[1];
    high_change bigint := o.amounts[2];
    low bigint;
    high bigint;
    low_version bigint;
    high_version bigint;
    low_after bigint;
    high_after bigint;
    low_at timestamptz;
    at timestamptz;
    further int := cardinality(o.amounts) - 2;
    third bigint; -- the account of a third leg, where there is no fourth
    others bigint[]; -- the accounts of the legs beyond the first two, where there are several
    rest bigint := 0; -- and what those legs sum to
    refusal text;
    params jsonb;
BEGIN
    <<plain>>
    BEGIN
        EXIT plain WHEN low_code = high_code OR o.currencies[2] IS DISTINCT FROM given OR o.booking_date <> today
            OR o.reverses IS NOT NULL OR o.captures IS NOT NULL;
        IF further = 1 THEN
            SELECT a.id INTO third FROM ledger_account a
            WHERE a.code = o.accounts[3] AND a.currency = given AND o.currencies[3] = given
                AND NOT (a.guarded OR a.is_control OR a.closed);
            rest := o.amounts[3];
            EXIT plain WHEN third IS NULL OR rest = 0;
        ELSIF further > 1 THEN
            FOR i IN 3 .. further + 2 LOOP
                SELECT others || a.id INTO others FROM ledger_account a
                WHERE a.code = o.accounts[i] AND a.currency = given AND o.currencies[i] = given AND o.amounts[i] <> 0
                    AND NOT (a.guarded OR a.is_control OR a.closed);
                EXIT plain WHEN others IS NULL;
                rest := rest + o.amounts[i];
            END LOOP;
        END IF;
        EXIT plain WHEN low_change = 0 OR high_change = 0
            OR low_change + high_change + rest IS DISTINCT FROM 0;
        IF low_code COLLATE "C" > high_code COLLATE "C" THEN
            low_leg := 2;
            high_leg := 1;
            low_code := high_code;
            high_code := o.accounts[1];
            low_change := high_change;
            high_change := o.amounts[1];
        END IF;

        UPDATE ledger_balance t
        SET booked = t.booked + low_change, version = t.version + 1, last_booked_at = greatest(now, t.last_booked_at)
        WHERE t.code = low_code AND t.currency = given AND t.status = 'ACTIVE'
            AND t.booked + low_change >= t.held - t.overdraft AND t.booked + low_change <= 4000000000000000000
        RETURNING t.account_id, t.version, t.booked, t.last_booked_at INTO low, low_version, low_after, low_at;
        IF low IS NULL THEN
            SELECT a.id, id << 20 | low_leg, now INTO low, low_version, low_at FROM ledger_account a
            WHERE a.code = low_code AND a.currency = given AND NOT (a.guarded OR a.is_control OR a.closed);
            EXIT plain WHEN low IS NULL;
        END IF;
        UPDATE ledger_balance t
        SET booked = t.booked + high_change, version = t.version + 1,
            last_booked_at = greatest(low_at, t.last_booked_at)
        WHERE t.code = high_code AND t.currency = given AND t.status = 'ACTIVE'
            AND t.booked + high_change >= t.held - t.overdraft AND t.booked + high_change <= 4000000000000000000
        RETURNING t.account_id, t.version, t.booked, t.last_booked_at INTO high, high_version, high_after, at;
        IF high IS NULL THEN
            SELECT a.id, id << 20 | high_leg, low_at INTO high, high_version, at FROM ledger_account a
            WHERE a.code = high_code AND a.currency = given AND NOT (a.guarded OR a.is_control OR a.closed);
            IF high IS NULL THEN
                UPDATE ledger_balance t SET booked = t.booked - low_change, version = t.version - 1
                WHERE t.account_id = low;
                EXIT plain;
            END IF;
        ELSIF at > low_at AND low_after IS NOT NULL THEN
            -- The other account had been booked later than that: neither may be booked before it again.
            UPDATE ledger_balance t SET last_booked_at = at WHERE t.account_id = low;
        END IF;

        INSERT INTO ledger_entry
            (id, code, booking_date, value_date, booked_at, narrative, reference, meta, legs, reverses_id)
        VALUES (id, o.code, today, coalesce(o.value_date, today), at, o.narrative, o.reference, o.meta,
                further + 2, NULL);
        IF further = 0 THEN
            INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount, balance_after)
            VALUES (id, low_leg, low, low_version, low_change, low_after),
                   (id, high_leg, high, high_version, high_change, high_after);
        ELSIF further = 1 THEN
            INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount, balance_after)
            VALUES (id, low_leg, low, low_version, low_change, low_after),
                   (id, high_leg, high, high_version, high_change, high_after),
                   (id, 3, third, id << 20 | 3, rest, NULL);
        ELSE
            INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount, balance_after)
            VALUES (id, low_leg, low, low_version, low_change, low_after),
                   (id, high_leg, high, high_version, high_change, high_after)
            UNION ALL
            SELECT id, l.i + 2, l.account, id << 20 | l.i + 2, l.amount, NULL
            FROM unnest(others, o.amounts[3:]) WITH ORDINALITY AS l (account, amount, i);
        END IF;
        RETURN ARRAY[id::text, today::text, 'f', NULL, NULL];
    END plain;

    IF o.reverses IS NULL AND o.captures IS NULL THEN
        SELECT * INTO refusal, params FROM ledger_book(id, o, today, now);
    ELSE
        SELECT * INTO refusal, params FROM ledger_prepare_and_book(id, o, today, now);
    END IF;
    IF refusal IS NOT NULL AND o.keep_refusal THEN
        INSERT INTO ledger_refusal (id, code, params, at) VALUES (id, refusal, params, now);
    ELSIF refusal IS NOT NULL THEN
        DELETE FROM ledger_claim c WHERE c.key = o.key;
    END IF;
    RETURN ARRAY[id::text, today::text, 'f', refusal, params::text];
END $$;


-- Posts one entry. Where somebody else is using the key, waits for their result and answers with it.
-- Answers with the entry's id and booking date, whether it was decided before, the refusal and its parameters.
CREATE FUNCTION ledger_post_one(o ledger_order) RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER AS $$
#variable_conflict use_variable
DECLARE
    id bigint;
    today date;
    now timestamptz;
    day_stays text;
BEGIN
    day_stays := pg_advisory_xact_lock_shared(7305, 1)::text; -- as in ledger_open_day
    INSERT INTO ledger_claim AS c (key, digest) VALUES (o.key, o.digest) ON CONFLICT (key) DO NOTHING
    RETURNING c.id, (SELECT d.date FROM ledger_business_day d WHERE d.closed_at IS NULL),
              greatest(o.now, (SELECT d.opened_at FROM ledger_business_day d WHERE d.closed_at IS NULL))
    INTO id, today, now;
    IF id IS NULL THEN
        RETURN (SELECT ARRAY[a.id::text, a.booked_on::text, 't', a.refusal, a.params::text]
                FROM ledger_answer(o.key, o.digest) a);
    ELSIF today IS NULL THEN
        RAISE 'the books have not been opened' USING ERRCODE = 'UB001';
    END IF;
    RETURN ledger_book_claimed(id, o, today, now);
END $$;
