-- Positions for accounts that have none and whose terms earn or cost: those of the version in the account's
-- currency, of the customer's segment before those for all. What moved with value before the first day is
-- in the balance it begins with, and so is seen already.
-- Who has one already is read first: looked up row by row, the table would grow under the search.
WITH there AS MATERIALIZED (
    SELECT p.account_id FROM interest_position p WHERE p.account_id > %(after)s AND p.account_id <= %(upto)s
), new AS MATERIALIZED (
    SELECT a.id, a.number, a.customer_id, a.product_version_id, a.currency, a.opened_date
    FROM accounts_account a
    WHERE a.id > %(after)s AND a.id <= %(upto)s AND a.status <> 'CLOSED'
        AND NOT EXISTS (SELECT FROM there WHERE there.account_id = a.id)
)
INSERT INTO interest_position
    (account_id, ledger_id, terms_id, since, accrued_through, seen_version, credit_accrued, credit_posted,
     debit_accrued, debit_posted, debit_owed, balance_days, lowest, agreed_rate_pct)
SELECT n.id, l.id, n.terms_id, n.since, n.since - 1, coalesce(s.version, b.version), 0, 0, 0, 0, 0, 0, NULL,
       n.agreed
FROM (
    SELECT a.id, a.number, t.id AS terms_id, o.annual_rate_pct AS agreed,
           CASE WHEN a.opened_date >= d.previous THEN a.opened_date ELSE %(first)s END AS since
    FROM new a
    JOIN cif_customer c ON c.id = a.customer_id
    LEFT JOIN accounts_overdraft o ON o.account_id = a.id AND o.ended_date IS NULL
    CROSS JOIN (
        SELECT coalesce(max(date), %(first)s) AS previous FROM ledger_business_day WHERE date < %(first)s
    ) d
    CROSS JOIN LATERAL (
        SELECT t.id, t.debit_rate_pct FROM products_productterms t
        WHERE t.version_id = a.product_version_id AND t.currency = a.currency AND t.segment IN ('', c.segment)
        ORDER BY t.segment DESC LIMIT 1
    ) t
    WHERE (t.debit_rate_pct > 0 OR o.annual_rate_pct > 0 OR EXISTS (
            SELECT FROM products_interesttier i WHERE i.terms_id = t.id AND i.annual_rate_pct > 0))
) n
JOIN ledger_account l ON l.code = n.number COLLATE "C"
JOIN ledger_balance b ON b.account_id = l.id
CROSS JOIN LATERAL (
    SELECT min(x.version) - 1 AS version FROM ledger_posting x JOIN ledger_entry e ON e.id = x.entry_id
    WHERE x.account_id = l.id AND e.value_date >= n.since
) s
