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


-- The gravest fault of the legs themselves, in order of precedence.
CREATE FUNCTION ledger_leg_refusal(
    accounts text[], currencies text[], OUT refusal text, OUT params jsonb
) LANGUAGE sql STABLE AS $$
    SELECT f.code, jsonb_build_object('account', f.account, 'currency', f.currency, 'given', f.given)
    FROM (
        SELECT l.code AS account, a.currency, l.currency AS given, l.i,
               CASE WHEN a.id IS NULL THEN 'UNKNOWN_ACCOUNT' WHEN a.is_control THEN 'CONTROL_ACCOUNT'
                    WHEN a.currency <> l.currency THEN 'CURRENCY_MISMATCH' END AS code
        FROM unnest(accounts, currencies) WITH ORDINALITY AS l (code, currency, i)
        LEFT JOIN ledger_account a ON a.code = l.code
    ) f
    WHERE f.code IS NOT NULL
    ORDER BY array_position(ARRAY['UNKNOWN_ACCOUNT', 'CONTROL_ACCOUNT', 'CURRENCY_MISMATCH'], f.code), f.i
    LIMIT 1
$$;


CREATE FUNCTION ledger_date_refusal(
    asked date, today date, OUT refusal text, OUT params jsonb
) LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN asked < today THEN 'BOOKING_DATE_CLOSED' WHEN asked > today THEN 'BOOKING_DATE_IN_FUTURE' END,
           CASE WHEN asked <> today THEN jsonb_build_object('booking_date', asked, 'business_date', today) END
$$;


-- Whether an entry may be reversed; locks it, so that only one attempt can find that it may.
CREATE FUNCTION ledger_reversal_refusal(
    entry bigint, OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    original ledger_entry;
BEGIN
    SELECT * INTO original FROM ledger_entry e WHERE e.id = entry FOR NO KEY UPDATE;
    params := jsonb_build_object('entry', entry);
    IF original.id IS NULL THEN
        refusal := 'UNKNOWN_ENTRY';
    ELSIF original.reverses_id IS NOT NULL THEN
        refusal := 'REVERSAL_OF_REVERSAL';
    ELSIF EXISTS (SELECT FROM ledger_entry e WHERE e.reverses_id = entry) THEN
        refusal := 'ALREADY_REVERSED';
    END IF;
END $$;


-- Whether a hold can be captured by an entry that debits its account, and how much of it ends:
-- what is taken, or all that is left when the capture is final. Locks the hold.
CREATE FUNCTION ledger_capture_refusal(
    wanted bigint, final boolean, accounts text[], amounts bigint[], now timestamptz,
    OUT refusal text, OUT params jsonb, OUT holder bigint, OUT taken bigint, OUT released bigint
) LANGUAGE plpgsql AS $$
DECLARE
    h ledger_hold;
BEGIN
    SELECT * INTO h FROM ledger_hold t WHERE t.id = wanted FOR NO KEY UPDATE;
    holder := h.account_id;
    SELECT -sum(l.amount) INTO taken
    FROM unnest(accounts, amounts) AS l (code, amount)
    WHERE l.code = (SELECT a.code FROM ledger_account a WHERE a.id = holder);
    released := CASE WHEN final THEN h.amount - h.captured ELSE taken END;
    params := jsonb_build_object('hold', wanted, 'open', h.amount - h.captured, 'taken', taken, 'currency',
        (SELECT a.currency FROM ledger_account a WHERE a.id = holder));
    refusal := CASE WHEN h.id IS NULL THEN 'UNKNOWN_HOLD'
                    WHEN h.state <> 'OPEN' OR h.expires_at <= now THEN 'HOLD_NOT_OPEN'
                    WHEN taken IS NULL OR taken <= 0 THEN 'HOLD_NOT_DEBITED'
                    WHEN taken > h.amount - h.captured THEN 'HOLD_EXCEEDED' END;
END $$;


-- What a balance's status has against an amount.
CREATE FUNCTION ledger_status_refusal(status text, amount bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE status WHEN 'ACTIVE' THEN NULL WHEN 'CLOSED' THEN 'ACCOUNT_CLOSED' WHEN 'FROZEN' THEN 'ACCOUNT_FROZEN'
        ELSE CASE WHEN amount < 0 THEN 'ACCOUNT_FROZEN' END END
$$;


-- The gravest fault of the legs on their accounts' state, in order of precedence: closed before
-- frozen before funds. Read after the balances were locked.
CREATE FUNCTION ledger_state_refusal(
    accounts text[], amounts bigint[], holder bigint, released bigint, OUT refusal text, OUT params jsonb
) LANGUAGE sql STABLE AS $$
    SELECT f.refusal, jsonb_build_object(
        'account', f.code, 'currency', f.currency, 'available', f.available, 'needed', f.needed)
    FROM (
        SELECT l.i, a.code, a.currency,
               b.booked - b.held + b.overdraft + CASE WHEN a.id = holder THEN released ELSE 0 END AS available,
               -sum(l.amount) OVER w AS needed,
               CASE WHEN a.closed THEN 'ACCOUNT_CLOSED'
                    WHEN ledger_status_refusal(b.status, l.amount) IS NOT NULL THEN ledger_status_refusal(b.status, l.amount)
                    WHEN abs(b.booked + sum(l.amount) OVER w) > 4e18 THEN 'BALANCE_OUT_OF_RANGE'
                    WHEN -sum(l.amount) OVER w > greatest(0, b.booked - b.held + b.overdraft
                         + CASE WHEN a.id = holder THEN released ELSE 0 END) THEN 'INSUFFICIENT_FUNDS' END AS refusal
        FROM unnest(accounts, amounts) WITH ORDINALITY AS l (code, amount, i)
        JOIN ledger_account a ON a.code = l.code
        LEFT JOIN ledger_balance b ON b.account_id = a.id
        WINDOW w AS (PARTITION BY a.id)
    ) f
    WHERE f.refusal IS NOT NULL
    ORDER BY array_position(
        ARRAY['ACCOUNT_CLOSED', 'ACCOUNT_FROZEN', 'BALANCE_OUT_OF_RANGE', 'INSUFFICIENT_FUNDS'], f.refusal), f.i
    LIMIT 1
$$;


-- Takes a capture off its hold, in the same breath as the entry that is its reason.
CREATE FUNCTION ledger_write_capture(
    captured_hold bigint, taken bigint, released bigint, entry bigint, now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger_hold h SET captured = h.captured + taken,
        state = CASE WHEN released > taken OR h.captured + taken = h.amount THEN 'CAPTURED' ELSE h.state END
    WHERE h.id = captured_hold;
    INSERT INTO ledger_hold_event (hold_id, kind, amount, entry_id, at)
    SELECT captured_hold, e.kind, -e.amount, entry, now
    FROM (VALUES ('CAPTURED', taken), ('RELEASED', released - taken)) AS e (kind, amount)
    WHERE e.amount > 0;
END $$;


-- Books one entry whose key is claimed, or says why not. Made for few legs: its loops are cheaper
-- than a set-based plan up to some dozens, and quadratic beyond.
CREATE FUNCTION ledger_book(
    id bigint, code text, booking_date date, value_date date, narrative text, reference text, meta jsonb,
    reverses bigint, captures bigint, final boolean, accounts text[], currencies text[], amounts bigint[],
    today date, now timestamptz, OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    legs int := cardinality(amounts);
    leg record;
    b record;
    leg_account bigint[] := '{}';
    leg_version bigint[] := '{}';
    leg_after bigint[] := '{}';
    slot_account bigint[] := '{}';
    slot_booked bigint[] := '{}';
    slot_version bigint[] := '{}';
    sound boolean := true;
    slots int := 0;
    booked bigint;
    version bigint;
    holder bigint;
    taken bigint;
    released bigint := 0;
BEGIN
    FOR i IN 1 .. legs LOOP
        SELECT a.id, a.closed, a.is_control OR a.currency <> currencies[i] AS misfit
        INTO leg FROM ledger_account a WHERE a.code = accounts[i];
        IF leg.id IS NULL OR leg.misfit THEN
            SELECT * INTO refusal, params FROM ledger_leg_refusal(accounts, currencies);
            RETURN;
        END IF;
        sound := sound AND NOT leg.closed;
        leg_account[i] := leg.id;
        leg_version[i] := id << 20 | i;
        leg_after[i] := NULL;
    END LOOP;

    IF booking_date <> today THEN
        SELECT * INTO refusal, params FROM ledger_date_refusal(booking_date, today);
    ELSIF reverses IS NOT NULL THEN
        SELECT * INTO refusal, params FROM ledger_reversal_refusal(reverses);
    ELSIF captures IS NOT NULL THEN
        SELECT * INTO refusal, params, holder, taken, released
        FROM ledger_capture_refusal(captures, final, accounts, amounts, now);
    END IF;
    IF refusal IS NOT NULL THEN
        RETURN;
    END IF;

    FOR b IN
        SELECT t.account_id, t.booked, t.held, t.overdraft, t.version, t.status, t.last_booked_at
        FROM ledger_balance t WHERE t.account_id = ANY (leg_account)
        ORDER BY t.account_id FOR NO KEY UPDATE
    LOOP
        booked := b.booked;
        version := b.version;
        FOR i IN 1 .. legs LOOP
            IF leg_account[i] = b.account_id THEN
                booked := booked + amounts[i];
                version := version + 1;
                leg_after[i] := booked;
                leg_version[i] := version;
                sound := sound AND (b.status = 'ACTIVE' OR ledger_status_refusal(b.status, amounts[i]) IS NULL);
            END IF;
        END LOOP;
        IF b.account_id = holder THEN
            b.held := b.held - released;
        END IF;
        sound := sound AND abs(booked) <= 4e18::bigint
            AND (booked >= b.booked OR b.overdraft IS NULL OR booked - b.held + b.overdraft >= 0);
        now := greatest(now, b.last_booked_at);
        slots := slots + 1;
        slot_account[slots] := b.account_id;
        slot_booked[slots] := booked;
        slot_version[slots] := version;
    END LOOP;
    IF NOT sound THEN
        SELECT * INTO refusal, params FROM ledger_state_refusal(accounts, amounts, holder, released);
        RETURN;
    END IF;

    FOR s IN 1 .. slots LOOP
        UPDATE ledger_balance t
        SET booked = slot_booked[s], version = slot_version[s], last_booked_at = now,
            held = CASE WHEN t.account_id = holder THEN t.held - released ELSE t.held END
        WHERE t.account_id = slot_account[s];
    END LOOP;
    INSERT INTO ledger_entry
        (id, code, booking_date, value_date, booked_at, narrative, reference, meta, legs, reverses_id)
    VALUES (id, code, today, coalesce(value_date, today), now, narrative, reference, meta, legs, reverses);
    INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount, balance_after)
    SELECT id, l.leg, l.account_id, l.version, l.amount, l.balance_after
    FROM unnest(leg_account, leg_version, amounts, leg_after) WITH ORDINALITY
        AS l (account_id, version, amount, balance_after, leg);
    IF captures IS NOT NULL THEN
        PERFORM ledger_write_capture(captures, taken, released, id, now);
    END IF;
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
-- A refusal gives the key back, unless it is to be kept.
CREATE FUNCTION ledger_post_one(
    key text, digest uuid, code text, booking_date date, value_date date, narrative text, reference text,
    meta jsonb, reverses bigint, captures bigint, final boolean,
    accounts text[], currencies text[], amounts bigint[], now timestamptz, keep_refusal boolean,
    OUT id bigint, OUT booked_on date, OUT replayed boolean, OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    day ledger_business_day := ledger_open_day();
BEGIN
    booked_on := day.date;
    now := greatest(now, day.opened_at);
    INSERT INTO ledger_claim AS c (key, digest) VALUES (key, digest)
    ON CONFLICT DO NOTHING RETURNING c.id INTO id;
    replayed := id IS NULL;
    IF replayed THEN
        SELECT a.id, a.booked_on, a.refusal, a.params INTO id, booked_on, refusal, params
        FROM ledger_answer(key, digest) a;
        RETURN;
    END IF;
    SELECT b.refusal, b.params INTO refusal, params
    FROM ledger_book(id, code, booking_date, value_date, narrative, reference, meta, reverses, captures, final,
                     accounts, currencies, amounts, booked_on, now) b;
    IF refusal IS NOT NULL AND keep_refusal THEN
        INSERT INTO ledger_refusal (id, code, params, at) VALUES (id, refusal, coalesce(params, '{}'), now);
    ELSIF refusal IS NOT NULL THEN
        DELETE FROM ledger_claim c WHERE c.id = ledger_post_one.id;
    END IF;
END $$;
