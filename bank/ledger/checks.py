"""What must hold of the whole book, each as a query for the first place where it does not.

They repeat nothing the engine computed: every figure is worked out again from the postings, and
held against what the engine, the sealer and the guards left behind.
"""

from typing import Final, NamedTuple


class Check(NamedTuple):
    """A statement about the book and the query that finds the first exception to it."""

    name: str
    sql: str


ENTRIES_BALANCE: Final = Check(
    "entries balance",
    """
    SELECT format('entry %s: %s', coalesce(e.id, p.entry_id), CASE
        WHEN e.id IS NULL THEN 'has postings and is not in the journal'
        WHEN p.entry_id IS NULL THEN 'has no postings'
        WHEN p.strange THEN 'posts to an account that does not exist or is a control account'
        WHEN p.legs <> e.legs OR p.last <> e.legs THEN format('has %s of its %s postings', p.legs, e.legs)
        ELSE 'does not sum to zero in ' || p.off END)
    FROM (
        SELECT c.entry_id, sum(c.legs) AS legs, max(c.last) AS last, bool_or(c.strange) AS strange,
               min(c.currency) FILTER (WHERE c.total <> 0) AS off
        FROM (
            SELECT p.entry_id, a.currency, sum(p.amount) AS total, count(*) AS legs, max(p.leg) AS last,
                   bool_or(a.id IS NULL OR a.is_control) AS strange
            FROM ledger_posting p LEFT JOIN ledger_account a ON a.id = p.account_id
            GROUP BY p.entry_id, a.currency
        ) c GROUP BY c.entry_id
    ) p
    FULL JOIN ledger_entry e ON e.id = p.entry_id
    WHERE e.id IS NULL OR p.entry_id IS NULL OR p.strange OR p.off IS NOT NULL
        OR p.legs <> e.legs OR p.last <> e.legs
    ORDER BY coalesce(e.id, p.entry_id) LIMIT 1
    """,
)

RUNNING_BALANCES_CHAIN: Final = Check(
    "running balances chain without a gap",
    """
    SELECT format('account %s, version %s (entry %s): %s', a.code, w.version, w.entry_id, CASE
        WHEN w.version <> w.place THEN format('version %s is missing', w.place)
        WHEN w.balance_after IS NULL THEN 'has no running balance'
        WHEN w.balance_after <> w.before + w.amount
            THEN format('running balance is %s and should be %s', w.balance_after, w.before + w.amount)
        ELSE 'is booked before the version in front of it' END)
    FROM (
        SELECT p.account_id, p.entry_id, p.version, p.amount, p.balance_after, row_number() OVER v AS place,
               coalesce(lag(p.balance_after) OVER v, 0) AS before,
               (e.booking_date, e.booked_at) < (lag(e.booking_date) OVER v, lag(e.booked_at) OVER v) AS early
        FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.account_id AND a.guarded
        JOIN ledger_entry e ON e.id = p.entry_id
        WINDOW v AS (PARTITION BY p.account_id ORDER BY p.version)
    ) w
    JOIN ledger_account a ON a.id = w.account_id
    WHERE w.version <> w.place OR w.balance_after IS DISTINCT FROM w.before + w.amount OR w.early
    ORDER BY a.code, w.version LIMIT 1
    """,
)

BALANCES_EQUAL_POSTINGS: Final = Check(
    "balances equal their postings",
    """
    SELECT format('account %s: its balance is %s after %s postings; its postings are %s and sum to %s',
                  a.code, b.booked, b.version, coalesce(p.postings, 0), coalesce(p.total, 0))
    FROM ledger_account a
    LEFT JOIN ledger_balance b ON b.account_id = a.id
    LEFT JOIN (SELECT account_id, count(*) AS postings, sum(amount) AS total FROM ledger_posting GROUP BY 1) p
        ON p.account_id = a.id
    WHERE a.guarded
        AND (coalesce(p.total, 0), coalesce(p.postings, 0)) IS DISTINCT FROM (b.booked::numeric, b.version)
    ORDER BY a.code LIMIT 1
    """,
)

FLOORS_HOLD: Final = Check(
    "no account is below its floor",
    """
    SELECT format('account %s: %s available', a.code, b.booked - b.held + b.overdraft)
    FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
    WHERE b.booked - b.held + b.overdraft < 0 OR b.held < 0 OR NOT a.guarded
        OR (b.code, b.currency) <> (a.code, a.currency)
    ORDER BY a.code LIMIT 1
    """,
)

HELD_EQUALS_HOLDS: Final = Check(
    "what is held equals the open holds",
    """
    SELECT format('account %s: %s is held, its open holds sum to %s', a.code, b.held, coalesce(h.open, 0))
    FROM ledger_balance b
    JOIN ledger_account a ON a.id = b.account_id
    LEFT JOIN (
        SELECT account_id, sum(amount - captured) AS open FROM ledger_hold WHERE state = 'OPEN' GROUP BY 1
    ) h ON h.account_id = b.account_id
    WHERE b.held <> coalesce(h.open, 0)
    ORDER BY a.code LIMIT 1
    """,
)

HOLDS_EQUAL_EVENTS: Final = Check(
    "holds equal what happened to them",
    """
    SELECT format('hold %s (%s): its events leave %s open and %s captured', h.id, h.state, v.open, v.captured)
    FROM ledger_hold h
    LEFT JOIN (
        SELECT e.hold_id, sum(e.amount) AS open,
               -coalesce(sum(e.amount) FILTER (WHERE e.kind = 'CAPTURED'), 0) AS captured,
               bool_or(e.kind = 'CAPTURED' AND e.entry_id IS NULL) AS loose
        FROM ledger_hold_event e GROUP BY e.hold_id
    ) v ON v.hold_id = h.id
    WHERE v.captured IS DISTINCT FROM h.captured OR v.loose
        OR v.open IS DISTINCT FROM CASE WHEN h.state = 'OPEN' THEN h.amount - h.captured ELSE 0 END
    ORDER BY h.id LIMIT 1
    """,
)

REVERSALS_MIRROR: Final = Check(
    "reversals mirror what they reverse",
    """
    SELECT format('entry %s is not the contra entry of entry %s', e.id, e.reverses_id)
    FROM ledger_entry e
    LEFT JOIN ledger_entry o ON o.id = e.reverses_id
    WHERE e.reverses_id IS NOT NULL AND (o.id IS NULL OR o.reverses_id IS NOT NULL OR EXISTS (
        SELECT FROM (SELECT leg, account_id, amount FROM ledger_posting WHERE entry_id = e.id) r
        FULL JOIN (SELECT leg, account_id, -amount AS amount FROM ledger_posting WHERE entry_id = o.id) q
            USING (leg)
        WHERE (r.account_id, r.amount) IS DISTINCT FROM (q.account_id, q.amount)))
    ORDER BY e.id LIMIT 1
    """,
)

KEYS_CLAIMED: Final = Check(
    "every entry has its key, on a day of the bank",
    """
    SELECT format('entry %s: %s', e.id, CASE
        WHEN c.id IS NULL THEN 'has no key'
        WHEN r.id IS NOT NULL THEN 'was refused as well'
        ELSE format('is booked on %s, which is no business date', e.booking_date) END)
    FROM ledger_entry e
    LEFT JOIN ledger_claim c ON c.id = e.id
    LEFT JOIN ledger_refusal r ON r.id = e.id
    LEFT JOIN ledger_business_day d ON d.date = e.booking_date
    WHERE c.id IS NULL OR r.id IS NOT NULL OR d.date IS NULL
    ORDER BY e.id LIMIT 1
    """,
)

TURNOVER_EQUALS_POSTINGS: Final = Check(
    "sealed turnover equals the sealed postings",
    """
    SELECT format('account %s, booked %s with value %s: turnover says %s, the postings %s',
                  a.code, coalesce(d.booking_date, p.booking_date), coalesce(d.value_date, p.value_date),
                  d.credits - d.debits, p.credits - p.debits)
    FROM (
        SELECT p.account_id, e.booking_date, e.value_date, count(*) AS postings,
               coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0) AS credits,
               coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0) AS debits
        FROM ledger_seal s
        JOIN ledger_entry e ON e.id = s.entry_id
        JOIN ledger_posting p ON p.entry_id = s.entry_id
        GROUP BY 1, 2, 3
    ) p
    FULL JOIN (
        SELECT t.* FROM ledger_day_total t JOIN ledger_account c ON c.id = t.account_id AND NOT c.is_control
    ) d USING (account_id, booking_date, value_date)
    JOIN ledger_account a ON a.id = account_id
    WHERE (d.credits, d.debits, d.postings) IS DISTINCT FROM (p.credits, p.debits, p.postings)
    ORDER BY a.code LIMIT 1
    """,
)

CONTROLS_EQUAL_SUBLEDGERS: Final = Check(
    "control accounts equal their sub-ledgers",
    """
    SELECT format('control account %s: it shows %s, its sub-accounts sum to %s',
                  a.code, coalesce(c.total, 0) + coalesce(u.total, 0), coalesce(b.total, 0))
    FROM ledger_account a
    LEFT JOIN (SELECT account_id, sum(credits - debits) AS total FROM ledger_day_total GROUP BY 1) c
        ON c.account_id = a.id
    LEFT JOIN (SELECT control_id, sum(amount) AS total FROM ledger_unsealed() GROUP BY 1) u
        ON u.control_id = a.id
    LEFT JOIN (
        SELECT s.control_id, sum(b.booked) AS total
        FROM ledger_account s JOIN ledger_balance b ON b.account_id = s.id GROUP BY 1
    ) b ON b.control_id = a.id
    WHERE a.is_control AND coalesce(c.total, 0) + coalesce(u.total, 0) <> coalesce(b.total, 0)
    ORDER BY a.code LIMIT 1
    """,
)

TRIAL_BALANCE_IS_ZERO: Final = Check(
    "the trial balance is zero in every currency",
    """
    SELECT format('%s: debits and credits differ by %s', currency, sum(balance))
    FROM ledger_trial_balance('infinity', 'infinity') GROUP BY currency HAVING sum(balance) <> 0 LIMIT 1
    """,
)

SEALS_COMPLETE: Final = Check(
    "every settled entry is sealed",
    """
    SELECT format('entry %s: %s', coalesce(e.id, s.entry_id),
                  CASE WHEN e.id IS NULL THEN 'is sealed and no longer in the journal'
                       ELSE 'was passed over by the sealer' END)
    FROM ledger_entry e FULL JOIN ledger_seal s ON s.entry_id = e.id
    WHERE e.id IS NULL OR (s.entry_id IS NULL AND e.commit_order < (SELECT ledger_sealed_below()))
    ORDER BY coalesce(e.id, s.entry_id) LIMIT 1
    """,
)

SEALS_MATCH: Final = Check(
    "every sealed entry says what it said",
    """
    SELECT format('entry %s has been changed since it was sealed in block %s', e.id, s.block_id)
    FROM ledger_seal s
    JOIN ledger_entry e ON e.id = s.entry_id
    JOIN (
        SELECT p.entry_id, string_agg(ledger_leg_text(p), ';' ORDER BY p.leg) AS legs
        FROM ledger_posting p GROUP BY p.entry_id
    ) p ON p.entry_id = e.id
    WHERE s.digest <> ledger_entry_hash(e, p.legs)
    ORDER BY e.id LIMIT 1
    """,
)

BLOCKS_CHAIN: Final = Check(
    "the hash chain is unbroken",
    """
    SELECT format('block %s: %s', coalesce(b.number, d.block_id), CASE
        WHEN b.number IS NULL THEN 'is missing'
        WHEN b.number <> b.place THEN format('block %s is missing', b.place)
        WHEN b.previous <> b.before THEN 'does not follow from the block before it'
        ELSE 'its hash is not that of its entries' END)
    FROM (
        SELECT k.*, row_number() OVER (ORDER BY k.number) AS place,
               coalesce(lag(k.hash) OVER (ORDER BY k.number), sha256('')) AS before
        FROM ledger_block k
    ) b
    FULL JOIN (
        SELECT s.block_id, count(*) AS entries,
               string_agg(s.digest, ''::bytea ORDER BY e.commit_order, e.id) AS digests
        FROM ledger_seal s JOIN ledger_entry e ON e.id = s.entry_id GROUP BY s.block_id
    ) d ON d.block_id = b.number
    WHERE b.number IS DISTINCT FROM b.place OR b.previous <> b.before OR d.entries IS DISTINCT FROM b.entries
        OR b.hash <> sha256(b.previous || d.digests)
    ORDER BY coalesce(b.number, d.block_id) LIMIT 1
    """,
)

KEPT_BALANCES_EQUAL_POSTINGS: Final = Check(
    "balances kept at the end of days equal the postings up to them",
    """
    SELECT format('account %s at the end of %s: %s was kept, its postings say %s',
                  a.code, d.date, d.booked, coalesce(p.balance_after::text, 'nothing'))
    FROM ledger_day_balance d
    JOIN ledger_account a ON a.id = d.account_id
    LEFT JOIN ledger_posting p ON p.account_id = d.account_id AND p.version = d.version
    LEFT JOIN ledger_entry e ON e.id = p.entry_id
    LEFT JOIN ledger_posting q ON q.account_id = d.account_id AND q.version = d.version + 1
    LEFT JOIN ledger_entry f ON f.id = q.entry_id
    LEFT JOIN ledger_business_day k ON k.date = d.date AND k.kept_at IS NOT NULL
    WHERE d.booked IS DISTINCT FROM p.balance_after OR e.booking_date > d.date
        OR k.date IS NOT NULL AND f.booking_date <= d.date
    ORDER BY a.code, d.date LIMIT 1
    """,
)

ALL: Final = (
    ENTRIES_BALANCE,
    RUNNING_BALANCES_CHAIN,
    BALANCES_EQUAL_POSTINGS,
    FLOORS_HOLD,
    HELD_EQUALS_HOLDS,
    HOLDS_EQUAL_EVENTS,
    REVERSALS_MIRROR,
    KEYS_CLAIMED,
    TURNOVER_EQUALS_POSTINGS,
    CONTROLS_EQUAL_SUBLEDGERS,
    TRIAL_BALANCE_IS_ZERO,
    KEPT_BALANCES_EQUAL_POSTINGS,
    SEALS_COMPLETE,
    SEALS_MATCH,
    BLOCKS_CHAIN,
)
