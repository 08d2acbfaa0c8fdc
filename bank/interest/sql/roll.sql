-- Keeps the part's periods as paid and begins the next ones; those of refused entries stay open.
WITH paid AS (
    SELECT d.account_id, d.gross, d.tax, d.charged, e.id AS entry_id
    FROM interest_due d
    LEFT JOIN unnest(%(ids)s::bigint[]) WITH ORDINALITY AS e (id, n) ON e.n = d.n
    WHERE d.n IS NULL OR d.n <> ALL (%(refused)s::bigint[])
), kept AS (
    INSERT INTO interest_period
        (account_id, first_day, last_day, value_date, terms_id, credit_accrued, credit_paid, tax_rate_pct,
         tax_withheld, debit_accrued, debit_due, entry_id, agreed_rate_pct)
    SELECT p.account_id, p.since, p.accrued_through, p.accrued_through + 1, p.terms_id, p.credit_accrued,
           n.gross, %(rate_pct)s, n.tax, p.debit_accrued, p.debit_posted, n.entry_id,
           p.agreed_rate_pct
    FROM paid n JOIN interest_position p ON p.account_id = n.account_id
)
UPDATE interest_position p
SET since = p.accrued_through + 1, credit_accrued = 0, credit_posted = 0, debit_accrued = 0,
    debit_posted = 0, debit_owed = p.debit_owed + p.debit_posted - n.charged,
    balance_days = 0, lowest = NULL
FROM paid n WHERE p.account_id = n.account_id
