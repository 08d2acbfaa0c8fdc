"""Proves a book by sums of its own, and by the bank's own verification."""

from bank import ledger
from bank.ledger import engine, proof

_FAULTS = {
    "an entry does not balance, or lacks a posting": """
        SELECT e.id FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
        LEFT JOIN ledger_account a ON a.id = p.account_id
        GROUP BY e.id HAVING count(p.leg) <> e.legs OR count(DISTINCT p.leg) <> e.legs
        UNION ALL
        SELECT p.entry_id FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        GROUP BY p.entry_id, a.currency HAVING sum(p.amount) <> 0
    """,
    "a posting has no entry": """
        SELECT p.entry_id FROM ledger_posting p
        LEFT JOIN ledger_entry e ON e.id = p.entry_id WHERE e.id IS NULL
    """,
    "an account's postings do not chain": """
        SELECT * FROM (
            SELECT p.account_id, p.version, p.balance_after,
                   row_number() OVER w AS place, sum(p.amount) OVER w AS running
            FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id WHERE a.guarded
            WINDOW w AS (PARTITION BY p.account_id ORDER BY p.version)
        ) c WHERE c.version <> c.place OR c.balance_after IS DISTINCT FROM c.running
    """,
    "a balance is not the sum of its postings": """
        SELECT b.account_id, b.booked, b.version FROM ledger_balance b
        LEFT JOIN ledger_posting p ON p.account_id = b.account_id
        GROUP BY b.account_id HAVING b.booked <> coalesce(sum(p.amount), 0) OR b.version <> count(p.leg)
    """,
    "what is held is not the open holds": """
        SELECT b.account_id, b.held FROM ledger_balance b
        LEFT JOIN ledger_hold h ON h.account_id = b.account_id AND h.state = 'OPEN'
        GROUP BY b.account_id HAVING b.held <> coalesce(sum(h.amount - h.captured), 0)
    """,
    "a hold is not the sum of its events": """
        SELECT h.id FROM ledger_hold h JOIN ledger_hold_event e ON e.hold_id = h.id
        GROUP BY h.id HAVING sum(e.amount) <> CASE h.state WHEN 'OPEN' THEN h.amount - h.captured ELSE 0 END
    """,
    "a floor is broken": """
        SELECT b.account_id FROM ledger_balance b
        WHERE b.held < 0 OR b.overdraft IS NOT NULL AND b.booked - b.held + b.overdraft < 0
    """,
    "an entry is reversed twice": """
        SELECT e.reverses_id FROM ledger_entry e WHERE e.reverses_id IS NOT NULL
        GROUP BY e.reverses_id HAVING count(*) > 1
    """,
    "a key has no answer": """
        SELECT c.key FROM ledger_claim c
        WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = c.id)
            AND NOT EXISTS (SELECT FROM ledger_hold h WHERE h.id = c.id)
            AND NOT EXISTS (SELECT FROM ledger_refusal r WHERE r.id = c.id)
    """,
    "an answer has no key": """
        SELECT e.id FROM ledger_entry e WHERE NOT EXISTS (SELECT FROM ledger_claim c WHERE c.id = e.id)
    """,
    "rolled-up turnover is not that of the postings": """
        SELECT line, sum(amount) FROM (
            SELECT d.account_id AS line, d.credits - d.debits AS amount FROM ledger_day_total d
            UNION ALL
            SELECT l.line, -p.amount FROM ledger_seal s
            JOIN ledger_posting p ON p.entry_id = s.entry_id JOIN ledger_account a ON a.id = p.account_id
            CROSS JOIN LATERAL (VALUES (a.id), (a.control_id)) AS l (line) WHERE l.line IS NOT NULL
        ) t GROUP BY line HAVING sum(amount) <> 0
    """,
}


def differences() -> dict[str, int]:
    """Debits less credits of the trial balance, per currency, in minor units."""
    found: dict[str, int] = {}
    for line in ledger.trial_balance():
        found[line.currency] = found.get(line.currency, 0) + line.debit.minor - line.credit.minor
    return found


def prove_book() -> None:
    """Asserts that the book of the present connection is sound, unsealed and sealed."""
    faults = {fault: engine.rows(f"{query} LIMIT 3") for fault, query in _FAULTS.items()}
    assert {fault: rows for fault, rows in faults.items() if rows} == {}
    assert set(differences().values()) <= {0}
    ledger.seal()
    assert set(differences().values()) <= {0}
    proof.assert_book_balances()
