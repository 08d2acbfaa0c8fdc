-- Once a statement, over the rows it added: every entry has all its legs, none of zero, and sums to zero
-- per currency; every account exists and may be posted to; a guarded account's posting is covered by
-- its balance row, which the CHECK on the floor has seen. A guarded account's currency is read off that
-- row too. Nearly always the rows are one entry's, in one currency: then the first look is enough.
CREATE OR REPLACE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r record;
    faulty bigint;
BEGIN
    SELECT min(p.entry_id) AS first, max(p.entry_id) AS last, sum(p.amount) AS total,
           count(*) AS legs, min(p.leg) AS first_leg,
           min(coalesce(b.currency, a.currency)) = max(coalesce(b.currency, a.currency)) AS one_currency,
           (SELECT e.legs FROM ledger_entry e WHERE e.id = min(p.entry_id)) AS expected,
           min(p.entry_id) FILTER (
               WHERE p.amount = 0 OR CASE
                   WHEN b.account_id IS NULL THEN a.currency IS NULL OR p.balance_after IS NOT NULL
                   ELSE p.balance_after IS NULL OR p.version NOT BETWEEN 1 AND b.version
                       OR b.version = p.version AND b.booked <> p.balance_after END) AS misfit
    INTO r
    FROM added p
    LEFT JOIN ledger_balance b ON b.account_id = p.account_id
    LEFT JOIN LATERAL (
        SELECT t.currency FROM ledger_account t
        WHERE b.account_id IS NULL AND t.id = p.account_id AND NOT (t.guarded OR t.is_control) OFFSET 0
    ) a ON true;
    IF r.first = r.last AND r.one_currency AND r.total = 0 AND r.first_leg = 1 AND r.legs = r.expected
        AND r.misfit IS NULL THEN
        RETURN NULL;
    END IF;
    faulty := coalesce(r.misfit, (
        SELECT p.entry_id
        FROM added p
        LEFT JOIN (SELECT t.id, t.legs FROM ledger_entry t WHERE t.id BETWEEN r.first AND r.last) e -- not the whole book
            ON e.id = p.entry_id AND p.leg = 1
        GROUP BY p.entry_id
        HAVING max(e.legs) IS DISTINCT FROM count(*) OR r.one_currency AND sum(p.amount) <> 0
        LIMIT 1));
    IF faulty IS NULL AND NOT r.one_currency THEN
        SELECT n.entry_id INTO faulty FROM (
            SELECT p.entry_id FROM added p JOIN ledger_account t ON t.id = p.account_id
            GROUP BY p.entry_id, t.currency HAVING sum(p.amount) <> 0
        ) n LIMIT 1;
    END IF;
    IF faulty IS NOT NULL THEN
        RAISE 'entry % does not balance, is incomplete, or does not fit its accounts', faulty
            USING ERRCODE = 'UB002';
    END IF;
    RETURN NULL;
END $$;
