-- Holds: money set aside. Each step happens once by its key; a hold resolves once.

-- Sets ``amount`` aside if it is available. Refuses as a debit of the account would be refused.
CREATE FUNCTION ledger_place_hold(
    key text, digest uuid, account text, amount bigint, given text, expires_at timestamptz,
    narrative text, reference text, now timestamptz,
    OUT id bigint, OUT replayed boolean, OUT refusal text, OUT params jsonb
) LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_variable
DECLARE
    held_account bigint;
BEGIN
    PERFORM ledger_open_day();
    INSERT INTO ledger_claim AS c (key, digest) VALUES (key, digest)
    ON CONFLICT DO NOTHING RETURNING c.id INTO id;
    replayed := id IS NULL;
    IF replayed THEN
        SELECT a.id, a.refusal, a.params INTO id, refusal, params FROM ledger_answer(key, digest) a;
        RETURN;
    END IF;
    SELECT r.refusal, r.params INTO refusal, params
    FROM ledger_leg_refusal(ARRAY[account], ARRAY[given]) r;
    SELECT b.account_id INTO held_account FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
    WHERE a.code = account FOR NO KEY UPDATE OF b;
    IF refusal IS NULL AND held_account IS NULL THEN
        refusal := 'ACCOUNT_NOT_GUARDED';
        params := jsonb_build_object('account', account);
    ELSIF refusal IS NULL THEN
        SELECT r.refusal, r.params INTO refusal, params
        FROM ledger_gravest_refusal(NULL, ARRAY[account], ARRAY[given], ARRAY[-amount], NULL) r;
    END IF;
    IF refusal IS NOT NULL THEN
        DELETE FROM ledger_claim c WHERE c.id = ledger_place_hold.id;
        RETURN;
    END IF;
    UPDATE ledger_balance b SET held = b.held + amount WHERE b.account_id = held_account;
    INSERT INTO ledger_hold (id, account_id, amount, captured, state, placed_at, expires_at, narrative, reference)
    VALUES (id, held_account, amount, 0, 'OPEN', now, expires_at, narrative, reference);
    INSERT INTO ledger_hold_event (hold_id, kind, amount, at) VALUES (id, 'PLACED', amount, now);
END $$;


-- Ends open holds as released or expired and gives their money back to what is available. Holds
-- are locked by id, then balances by account code.
CREATE FUNCTION ledger_end_holds(holds bigint[], ending text, now timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    ended bigint[];
BEGIN
    SELECT array_agg(h.id) INTO ended FROM (
        SELECT t.id FROM ledger_hold t WHERE t.id = ANY (holds) AND t.state = 'OPEN'
        ORDER BY t.id FOR NO KEY UPDATE
    ) h;
    PERFORM FROM ledger_balance b
    WHERE b.account_id IN (SELECT h.account_id FROM ledger_hold h WHERE h.id = ANY (ended))
    ORDER BY b.code FOR NO KEY UPDATE;
    UPDATE ledger_balance b SET held = b.held - s.open
    FROM (SELECT h.account_id, sum(h.amount - h.captured) AS open
          FROM ledger_hold h WHERE h.id = ANY (ended) GROUP BY h.account_id) s
    WHERE b.account_id = s.account_id;
    INSERT INTO ledger_hold_event (hold_id, kind, amount, at)
    SELECT h.id, ending, h.captured - h.amount, now FROM ledger_hold h WHERE h.id = ANY (ended) ORDER BY h.id;
    UPDATE ledger_hold h SET state = ending WHERE h.id = ANY (ended);
    RETURN coalesce(cardinality(ended), 0);
END $$;
