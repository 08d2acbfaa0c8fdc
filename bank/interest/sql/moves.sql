-- What moved with value after the first day of the running period, by day, of the accounts to be reckoned
-- anew. A table, for the planner is told how long it is: a part may hold every account.
INSERT INTO interest_move (account_id, day, amount)
SELECT s.account_id, e.value_date AS day, sum(x.amount) AS amount
FROM interest_part s
JOIN ledger_posting x ON x.account_id = s.ledger_id AND x.version <= s.version
JOIN ledger_entry e ON e.id = x.entry_id
WHERE s.slow AND e.value_date > s.since
GROUP BY s.account_id, e.value_date
