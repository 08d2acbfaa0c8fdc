-- Accounts moved to another version of their product, or whose overdraft was agreed at another rate, with the
-- terms and the rate that hold for them now.
SELECT p.account_id, t.id, d.annual_rate_pct
FROM interest_position p
JOIN accounts_account a ON a.id = p.account_id
JOIN products_productterms o ON o.id = p.terms_id
LEFT JOIN accounts_overdraft d ON d.account_id = a.id AND d.ended_date IS NULL
JOIN cif_customer c ON c.id = a.customer_id
CROSS JOIN LATERAL (
    SELECT t.id FROM products_productterms t
    WHERE t.version_id = a.product_version_id AND t.currency = a.currency AND t.segment IN ('', c.segment)
    ORDER BY t.segment DESC LIMIT 1
) t
WHERE p.account_id > %(after)s AND p.account_id <= %(upto)s AND a.status <> 'CLOSED'
    AND (o.version_id <> a.product_version_id OR p.agreed_rate_pct IS DISTINCT FROM d.annual_rate_pct)
ORDER BY p.account_id
