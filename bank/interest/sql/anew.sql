-- The accounts whose balance moved with value on another day than the first to accrue: the whole period
-- anew, from closing balances by value date, which are today's balance less the later moves.
-- Postings with value after ``last`` stay unseen, so that the account is looked at again when they count.
WITH ahead AS MATERIALIZED (
    SELECT s.account_id, min(x.version) - 1 AS version
    FROM interest_part s
    JOIN ledger_posting x ON x.account_id = s.ledger_id AND x.version > s.seen_version
        AND x.version <= s.version
    JOIN ledger_entry e ON e.id = x.entry_id
    WHERE s.slow AND e.value_date > %(last)s
    GROUP BY s.account_id
), closing AS (
    SELECT s.account_id, s.terms_id, s.agreed_slope, s.since, d.day::date AS day,
           (s.booked - coalesce(v.amount, 0)
            + coalesce(sum(m.amount) OVER (PARTITION BY s.account_id ORDER BY d.day), 0))::bigint AS balance
    FROM interest_part s
    LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM interest_move GROUP BY account_id) v
        ON v.account_id = s.account_id
    CROSS JOIN LATERAL generate_series(s.since, %(last)s::date, '1 day') d (day)
    LEFT JOIN interest_move m ON m.account_id = s.account_id AND m.day = d.day::date
    WHERE s.slow
), days AS (
    SELECT n.account_id, n.terms_id, n.since,
           sum(round((n.balance * c.slope + c.intercept) * f.num / f.den, 10)) AS credit,
           sum(CASE WHEN n.balance < 0
                    THEN round(-n.balance * coalesce(n.agreed_slope, t.debit_slope) * f.num / f.den, 10) ELSE 0 END) AS debit,
           sum(greatest(n.balance, 0))::numeric AS balance_days, min(greatest(n.balance, 0)) AS lowest,
           min(t.basis) AS basis, min(t.day_count) AS day_count
    FROM closing n
    JOIN interest_terms t ON t.terms_id = n.terms_id
    JOIN interest_fraction f ON f.day_count = t.day_count AND f.since = n.since AND f.day = n.day
    JOIN interest_card c ON c.terms_id = n.terms_id AND n.balance > c.above AND n.balance <= c.upto
    GROUP BY n.account_id, n.terms_id, n.since
), based AS (
    SELECT r.*, CASE r.basis WHEN 'AVERAGE' THEN HALF_EVEN(r.average) ELSE r.lowest END AS counted
    FROM (
        SELECT d.*, d.balance_days * 1.00000000000000000000 / (%(last)s::date - d.since + 1) AS average
        FROM days d OFFSET 0
    ) r
)
UPDATE interest_position p
SET accrued_through = %(last)s,
    seen_version = CASE WHEN w.held_back THEN p.seen_version ELSE coalesce(w.ahead, w.version) END,
    credit_accrued = w.credit, credit_posted = HALF_EVEN(w.credit),
    debit_accrued = w.debit, debit_posted = HALF_EVEN(w.debit),
    balance_days = w.balance_days, lowest = w.lowest
FROM (
    SELECT s.account_id, s.version, s.held_back, a.version AS ahead, r.debit, r.balance_days, r.lowest,
           CASE WHEN r.basis = 'DAILY' THEN r.credit
                ELSE round((r.counted * c.slope + c.intercept) * f.whole_num / f.whole_den, 10) END AS credit
    FROM based r
    JOIN interest_part s ON s.account_id = r.account_id
    LEFT JOIN ahead a ON a.account_id = r.account_id
    JOIN interest_fraction f ON f.day_count = r.day_count AND f.since = r.since AND f.day = %(last)s
    JOIN interest_card c ON c.terms_id = r.terms_id AND r.counted > c.above AND r.counted <= c.upto
    OFFSET 0
) w
WHERE p.account_id = w.account_id
