-- Accounts moved to another version of their product, with the terms it has for them.
SELECT p.account_id, t.id
FROM interest_position p
JOIN accounts_account a ON a.id = p.account_id
JOIN products_productterms o ON o.id = p.terms_id AND o.version_id <> a.product_version_id
JOIN cif_customer c ON c.id = a.customer_id
CROSS JOIN LATERAL (
    SELECT t.id, t.debit_rate_pct FROM products_productterms t
    WHERE t.version_id = a.product_version_id AND t.currency = a.currency AND t.segment IN ('', c.segment)
    ORDER BY t.segment DESC LIMIT 1
) t
WHERE p.account_id > %(after)s AND p.account_id <= %(upto)s AND a.status <> 'CLOSED'
ORDER BY p.account_id
