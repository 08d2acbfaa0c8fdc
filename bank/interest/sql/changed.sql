-- Accounts moved to another version of their product, or whose overdraft was agreed at another rate, with the
-- terms and the rate that hold for them now. They are few, and found first: the planner takes them for nearly
-- all, and would look terms up for every account. The range is said of both tables, or each part would read
-- all accounts.
WITH changed AS MATERIALIZED (
    SELECT p.account_id, a.customer_id, a.product_version_id, a.currency, d.annual_rate_pct
    FROM interest_position p
    JOIN accounts_account a ON a.id = p.account_id
    JOIN products_productterms o ON o.id = p.terms_id
    LEFT JOIN accounts_overdraft d ON d.account_id = a.id AND d.ended_date IS NULL
    WHERE p.account_id > %(after)s AND p.account_id <= %(upto)s AND a.status <> 'CLOSED'
        AND a.id > %(after)s AND a.id <= %(upto)s
        AND (o.version_id <> a.product_version_id OR p.agreed_rate_pct IS DISTINCT FROM d.annual_rate_pct)
)
SELECT n.account_id, t.id, n.annual_rate_pct
FROM changed n
JOIN cif_customer c ON c.id = n.customer_id
CROSS JOIN LATERAL (
    SELECT t.id FROM products_productterms t
    WHERE t.version_id = n.product_version_id AND t.currency = n.currency AND t.segment IN ('', c.segment)
    ORDER BY t.segment DESC LIMIT 1
) t
ORDER BY n.account_id
