-- The accounts of the part whose period ends: what each is paid, what tax is withheld of it, and how much
-- of its overdraft's cost it can bear, as ``rules.payment`` says. Those of which anything is booked are
-- numbered.
INSERT INTO interest_due (n, account_id, number, currency, last_day, gross, tax, charged, net)
SELECT CASE WHEN r.moves THEN row_number() OVER (PARTITION BY r.moves ORDER BY r.account_id) END,
       r.account_id, r.number, r.currency, r.last_day, r.gross, r.tax, r.charged, r.net
FROM (
    SELECT r.*, r.gross <> 0 OR r.charged <> 0 AS moves
    FROM (
        SELECT r.*, CASE WHEN r.net THEN 0
                         ELSE least(r.due, greatest(coalesce(r.available + r.gross - r.tax, r.due), 0)) END AS charged
        FROM (
            SELECT r.*, HALF_EVEN(r.taxed) AS tax
            FROM (
                SELECT p.account_id, a.number, a.currency, p.accrued_through AS last_day, p.credit_posted AS gross,
                       p.credit_posted * %(rate_pct)s * 0.01 AS taxed, p.debit_posted + p.debit_owed AS due,
                       b.booked - b.held + b.overdraft AS available, b.status = 'FROZEN_DEBIT' AS net
                FROM interest_position p
                JOIN accounts_account a ON a.id = p.account_id
                JOIN ledger_balance b ON b.account_id = p.ledger_id
                WHERE p.account_id > %(after)s AND p.account_id <= %(upto)s AND p.accrued_through >= p.since
                    AND b.status IN ('ACTIVE', 'FROZEN_DEBIT') AND WHICH
                OFFSET 0
            ) r OFFSET 0
        ) r OFFSET 0
    ) r
) r
