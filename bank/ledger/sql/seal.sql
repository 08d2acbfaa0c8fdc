-- The hash chain, and the turnover per day that is rolled up with it. Off the hot path: the sealer
-- follows the postings by seconds, block by block, and never makes one wait.

-- What a leg says.
CREATE FUNCTION ledger_leg_text(p ledger_posting) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT p.leg || ',' || p.account_id || ',' || p.version || ',' || p.amount || ',' || coalesce(p.balance_after::text, '')
$$;


-- What an entry says, as SHA-256 sees it: every stored word, leg by leg.
CREATE FUNCTION ledger_entry_hash(e ledger_entry, legs text) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(
        e.id || E'\x1f' || e.code || E'\x1f' || (e.booking_date - date '2000-01-01') || E'\x1f'
        || (e.value_date - date '2000-01-01') || E'\x1f' || extract(epoch FROM e.booked_at) || E'\x1f'
        || coalesce(e.reverses_id, 0) || E'\x1f' || e.reference || E'\x1f' || e.narrative || E'\x1f'
        || coalesce(e.meta::text, '') || E'\x1f' || legs, 'UTF8'))
$$;


-- The hash of the next entries to seal, in order of commit, from a place in that order on.
CREATE FUNCTION ledger_sealable(from_order xid8, from_entry bigint, most int)
RETURNS TABLE (entry_id bigint, commit_order xid8, digest bytea, place bigint) LANGUAGE sql STABLE AS $$
    WITH chosen AS (
        SELECT e.id, e.commit_order FROM ledger_entry e
        WHERE (e.commit_order, e.id) >= (from_order, from_entry)
            AND NOT EXISTS (SELECT FROM ledger_seal s WHERE s.entry_id = e.id)
        ORDER BY e.commit_order, e.id LIMIT most
    )
    SELECT e.id, e.commit_order, ledger_entry_hash(e, p.legs), row_number() OVER (ORDER BY e.commit_order, e.id)
    FROM chosen c
    JOIN ledger_entry e ON e.id = c.id
    CROSS JOIN LATERAL (
        SELECT string_agg(ledger_leg_text(p), ';' ORDER BY p.leg) AS legs FROM ledger_posting p WHERE p.entry_id = e.id
    ) p
$$;


-- Adds the turnover of a block's entries to the days of its accounts and of their control accounts.
CREATE FUNCTION ledger_roll_up(sealed_block bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO ledger_day_total AS t (account_id, booking_date, value_date, debits, credits, postings)
    SELECT line.id, e.booking_date, e.value_date,
           coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0),
           coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0), count(*)
    FROM ledger_seal s
    JOIN ledger_entry e ON e.id = s.entry_id
    JOIN ledger_posting p ON p.entry_id = s.entry_id
    JOIN ledger_account a ON a.id = p.account_id
    CROSS JOIN LATERAL (VALUES (a.id), (a.control_id)) AS line (id)
    WHERE s.block_id = sealed_block AND line.id IS NOT NULL
    GROUP BY line.id, e.booking_date, e.value_date
    ON CONFLICT (account_id, booking_date, value_date) DO UPDATE SET
        debits = t.debits + excluded.debits, credits = t.credits + excluded.credits,
        postings = t.postings + excluded.postings
$$;


-- Seals up to ``most`` entries in one block; returns how many. What runs at the same time returns 0.
--
-- A commit may turn up late, behind others that are sealed already: it goes into a later block. So the
-- place to go on from is never beyond the oldest database transaction that was still under way, and
-- what lies after that place is looked at again.
CREATE FUNCTION ledger_seal_block(most int, now timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    settled_below xid8 := pg_snapshot_xmin(pg_current_snapshot());
    link ledger_block;
    last_order xid8;
    last_entry bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7305, 2) THEN
        RETURN 0;
    END IF;
    SELECT * INTO link FROM ledger_block ORDER BY number DESC LIMIT 1;
    link.number := coalesce(link.number, 0) + 1;
    link.previous := coalesce(link.hash, sha256(''));
    IF link.next_order IS DISTINCT FROM ledger_sealed_below() THEN
        link.next_order := '0';
        link.next_entry := 0;
    END IF;
    WITH chosen AS MATERIALIZED (
        SELECT * FROM ledger_sealable(link.next_order, link.next_entry, most)
    ), sealed AS (
        INSERT INTO ledger_seal (entry_id, block_id, digest) SELECT c.entry_id, link.number, c.digest FROM chosen c
    )
    SELECT count(*), sha256(link.previous || string_agg(c.digest, ''::bytea ORDER BY c.place)),
           (array_agg(c.entry_id ORDER BY c.place DESC))[1], (array_agg(c.commit_order ORDER BY c.place DESC))[1]
    INTO link.entries, link.hash, last_entry, last_order FROM chosen c;
    IF link.entries = 0 THEN
        RETURN 0;
    END IF;
    IF link.entries = most AND last_order < settled_below THEN
        link.next_order := last_order;
        link.next_entry := last_entry + 1;
    ELSE
        link.next_order := settled_below;
        link.next_entry := 0;
    END IF;
    INSERT INTO ledger_block (number, previous, hash, entries, next_order, next_entry, sealed_at)
    VALUES (link.number, link.previous, link.hash, link.entries, link.next_order, link.next_entry, now);
    PERFORM ledger_roll_up(link.number);
    RETURN link.entries;
END $$;
