-- Entries of several callers in one database transaction, each with the outcome it would have by itself.

-- Posts each order as ledger_post_one would, one after the other in the order given; answers with a row for
-- each. All locks come first, in the order that everybody keeps: the keys, then the balances. So none of these
-- may reverse another entry or capture a hold: what those lock comes between the two.
-- Who waits for a lock makes all these callers wait: not for long. Plans are made once: the planner would think
-- it cheaper to make them anew for the very accounts each time, and takes longer than the lock.
CREATE FUNCTION ledger_post_each(orders ledger_order[]) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '50ms' SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    day ledger_business_day := ledger_open_day();
    ids bigint[]; -- the claims that are new
    keys text[]; -- and their keys
    o ledger_order;
    place int;
    answers text[];
BEGIN
    WITH claimed AS (
        INSERT INTO ledger_claim AS c (key, digest)
        SELECT k.key, k.digest FROM unnest(orders) WITH ORDINALITY k ORDER BY k.key COLLATE "C", k.ordinality
        ON CONFLICT (key) DO NOTHING RETURNING c.id, c.key
    ) SELECT array_agg(c.id), array_agg(c.key) INTO ids, keys FROM claimed c;
    PERFORM ledger_lock_accounts(ARRAY(SELECT unnest(k.accounts) FROM unnest(orders) k));
    FOREACH o IN ARRAY orders LOOP
        place := array_position(keys, o.key);
        IF place IS NULL THEN
            -- Decided before, by another call or further up here; what was refused there is asked anew.
            answers := answers || ARRAY[ledger_post_one(o)];
        ELSE
            keys[place] := NULL;
            answers := answers
                || ARRAY[ledger_book_claimed(ids[place], o, day.date, greatest(o.now, day.opened_at))];
        END IF;
    END LOOP;
    RETURN answers;
END $$;
