-- The accounts whose balance was the same on all the days from ``first`` to ``last``: one more day's (or
-- several equal days') interest on top. MINIMUM and AVERAGE take the period's interest so far anew, from
-- the lowest balance and the sum of balances kept in the position. OFFSET 0 keeps a sum from being
-- worked out twice.
UPDATE interest_position p
SET accrued_through = %(last)s, seen_version = w.version,
    credit_accrued = w.credit, credit_posted = HALF_EVEN(w.credit),
    debit_accrued = w.debit, debit_posted = HALF_EVEN(w.debit),
    balance_days = w.balance_days, lowest = w.lowest
FROM (
    SELECT r.account_id, r.version, r.balance_days, r.lowest,
           CASE WHEN r.basis = 'DAILY'
                THEN r.credit_accrued
                     + %(days)s * round((r.counted * c.slope + c.intercept) * f.num / f.den, 10)
                ELSE round((r.counted * c.slope + c.intercept) * f.whole_num / f.whole_den, 10) END AS credit,
           CASE WHEN r.booked < 0
                THEN r.debit_accrued + %(days)s * round(-r.booked * r.debit_slope * f.num / f.den, 10)
                ELSE r.debit_accrued END AS debit
    FROM (
        SELECT r.*, CASE r.basis WHEN 'DAILY' THEN r.booked WHEN 'MINIMUM' THEN r.lowest
                         ELSE HALF_EVEN(r.average) END AS counted
        FROM (
            SELECT r.*, CASE WHEN r.basis = 'AVERAGE' THEN
                    r.balance_days * 1.00000000000000000000 / (%(last)s - r.since + 1) END AS average
            FROM (
                SELECT s.account_id, s.terms_id, s.since, s.version, s.booked,
                       t.basis, t.day_count, coalesce(s.agreed_slope, t.debit_slope) AS debit_slope, q.credit_accrued, q.debit_accrued,
                       q.balance_days + %(days)s * greatest(s.booked, 0) AS balance_days,
                       least(q.lowest, greatest(s.booked, 0)) AS lowest
                FROM interest_part s
                JOIN interest_position q ON q.account_id = s.account_id
                JOIN interest_terms t ON t.terms_id = s.terms_id
                WHERE s.slow IS NOT TRUE OFFSET 0
            ) r OFFSET 0
        ) r OFFSET 0
    ) r
    JOIN interest_fraction f ON f.day_count = r.day_count AND f.since = r.since AND f.day = %(first)s
    JOIN interest_card c ON c.terms_id = r.terms_id AND r.counted > c.above AND r.counted <= c.upto
    OFFSET 0
) w
WHERE p.account_id = w.account_id
