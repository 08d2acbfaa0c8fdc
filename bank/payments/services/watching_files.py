"""Lines of a payment file held against what is usual: one query for the file, however many lines it has.

What is usual for files are rows of the channel FILE; to a new payee no more goes by a file than otherwise.
Counted with the lines is what the customer paid within the time, one by one and by other files, so neither
several files nor both ways together pass what one would not. A line from which on there is more than usual
is held, and every one after it; earlier ones are paid.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from bank.cif.models import Customer
from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments import errors
from bank.payments.models import PaymentFile
from bank.payments.rules import Pace
from bank.payments.services import watching
from bank.payments.services.watching import same_payee

_LOOK: Final = f"""
WITH rule AS MATERIALIZED (
    SELECT DISTINCT ON (kind, currency) kind, currency, most, window_minutes,
        %(now)s::timestamptz - window_minutes * interval '1 minute' AS since
    FROM payments_velocityrule
    WHERE segment IN (%(segment)s, '') AND (channel = 'FILE' OR channel = '' AND kind = 'COOLING')
    ORDER BY kind, currency, segment DESC, channel DESC
), own AS (
    SELECT id FROM accounts_account WHERE customer_id = %(customer)s
), line AS MATERIALIZED (
    SELECT w.*, w.agent || ' ' || {same_payee("w.number", "w.agent")} AS key FROM (
        SELECT l.id, l.line, l.amount, l.currency,
            coalesce(a.number, upper(regexp_replace(l.creditor_number, '\\s', '', 'g'))) AS number,
            CASE l.rail WHEN 'INTERNAL' THEN %(here)s ELSE l.creditor_agent END AS agent
        FROM payments_paymentfileline l LEFT JOIN accounts_account a ON a.id = l.creditor_account_id
        WHERE l.file_id = %(file)s AND l.status = 'VALID' AND l.id <> ALL(%(out)s::bigint[])
            AND a.customer_id IS DISTINCT FROM %(customer)s
    ) w
), past AS MATERIALIZED (
    SELECT r.kind, r.currency AS of, o.creditor_number AS number, o.creditor_agent AS agent, o.amount,
        o.currency, o.initiated_at AS at, o.status = 'AWAITING_APPROVAL' AS waits
    FROM rule r JOIN payments_paymentorder o ON o.initiated_at > r.since
    LEFT JOIN own c ON c.id = o.creditor_account_id
    WHERE o.debtor_account_id IN (SELECT id FROM own) AND o.channel <> 'FILE'
        AND (o.authority <> 'OPERATOR' OR r.kind = 'COOLING') AND c.id IS NULL
        AND o.status NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED')
    UNION ALL
    SELECT r.kind, r.currency, o.creditor_number, o.creditor_agent, o.amount, o.currency, o.initiated_at,
        o.status = 'AWAITING_APPROVAL'
    FROM payments_paymentfile f
    JOIN LATERAL (
        SELECT p.initiated_at
        FROM payments_paymentfileline l JOIN payments_paymentorder p ON p.id = l.order_id
        WHERE l.file_id = f.id LIMIT 1
    ) paid ON true
    JOIN rule r ON paid.initiated_at > r.since
    JOIN payments_paymentfileline l ON l.file_id = f.id
    JOIN payments_paymentorder o ON o.id = l.order_id
    LEFT JOIN own c ON c.id = o.creditor_account_id
    WHERE f.customer_id = %(customer)s AND f.status = 'PAID' AND f.id <> %(file)s
        AND f.confirmed_at > %(now)s::timestamptz - interval '90 days' AND c.id IS NULL
        AND o.status NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED')
), before AS (
    SELECT kind, of, count(*) AS payments, coalesce(sum(amount) FILTER (WHERE currency = of), 0) AS total
    FROM past GROUP BY kind, of
), known AS (
    SELECT kind, of, key, min(number) AS number, min(agent) AS agent,
        sum(amount) FILTER (WHERE currency = of) AS total, min(at) FILTER (WHERE NOT waits) AS at
    FROM (SELECT p.*, p.agent || ' ' || {same_payee("p.number", "p.agent")} AS key FROM past p) p
    GROUP BY kind, of, key
), payee AS MATERIALIZED (
    SELECT r.kind, r.currency AS of, s.key, s.first, k.key IS NOT NULL AS is_known,
        coalesce(k.total, 0) AS total, k.at
    FROM rule r CROSS JOIN (
        SELECT key, min(number) AS number, min(agent) AS agent, min(line) AS first FROM (
            SELECT key, number, agent, line FROM line
            UNION ALL SELECT key, number, agent, NULL FROM known
        ) one GROUP BY key
    ) s LEFT JOIN known k ON k.kind = r.kind AND k.of = r.currency AND k.key = s.key
    WHERE r.kind IN ('NEW_PAYEES', 'COOLING')
        AND (r.currency = '' OR r.currency IN (SELECT DISTINCT currency FROM line))
        AND (s.first IS NOT NULL OR k.key IS NOT NULL)
        AND NOT EXISTS (
            SELECT FROM payments_paymentorder e WHERE e.debtor_account_id IN (SELECT id FROM own)
                AND e.creditor_number = s.number AND e.creditor_agent = s.agent AND e.initiated_at <= r.since
                AND e.status NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED', 'AWAITING_APPROVAL')
        ) AND NOT EXISTS (
            SELECT FROM payments_beneficiary b WHERE b.customer_id = %(customer)s AND b.number = s.number
                AND b.agent = s.agent AND b.removed_at IS NULL AND b.added_at <= r.since
        )
), fresh AS (
    SELECT *, row_number() OVER (PARTITION BY kind, of ORDER BY is_known DESC, first) AS nth FROM payee
), found AS (
    SELECT l.id, l.currency, r.kind, r.most, r.window_minutes, CASE r.kind
            WHEN 'PAYMENTS' THEN coalesce(b.payments, 0)
                + row_number() OVER (PARTITION BY r.kind ORDER BY l.line)
            WHEN 'SUM' THEN coalesce(b.total, 0)
                + sum(l.amount) OVER (PARTITION BY r.kind, l.currency ORDER BY l.line)
            WHEN 'NEW_PAYEES' THEN CASE WHEN f.is_known THEN 0 ELSE f.nth END
            ELSE f.total + sum(l.amount) OVER (PARTITION BY r.kind, l.key, l.currency)
        END AS seen, f.total AS before, f.at
    FROM line l JOIN rule r ON r.currency IN ('', l.currency)
    LEFT JOIN before b ON b.kind = r.kind AND b.of = r.currency
    LEFT JOIN fresh f ON f.kind = r.kind AND f.of = r.currency AND f.key = l.key
    WHERE f.key IS NOT NULL OR r.kind IN ('PAYMENTS', 'SUM')
)
SELECT id, kind, currency, most, window_minutes, seen, before, at FROM found WHERE seen > most ORDER BY id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Payee:
    """A line as judges of fraud see it."""

    pk: int
    number: str
    money: Money
    agent: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Of a file's lines, by their keys: what holds them, and what refuses them as their payee is new."""

    held: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    cooling: dict[int, errors.PayeeCooling] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """A line that is more than a rule has it: how much there is with it, and before in the books."""

    pk: int
    kind: str
    currency: str
    most: Decimal
    minutes: int
    seen: Decimal
    before: Decimal | None
    at: datetime | None


_WHAT: Final = {Pace.PAYMENTS: "payments", Pace.NEW_PAYEES: "new payees"}


def look(file: PaymentFile, customer: Customer, out: Collection[int], lines: Iterable[Payee]) -> Findings:
    """Holds the valid lines of a file against the rules, but for those ``out``. Call it under the lock of the
    customer's day. Judges of fraud are asked about each of ``lines`` where there are any."""
    findings, now = Findings(), clock.now()
    for found in _rows(file, customer, out, now):
        if found.kind == Pace.COOLING:
            findings.cooling[found.pk] = _cooling(found, now)
        else:
            findings.held.setdefault(found.pk, []).append(_reason(found))
    for pk, reasons in _judged(customer, lines):
        findings.held.setdefault(pk, []).extend(reasons)
    return findings


def _rows(file: PaymentFile, customer: Customer, out: Collection[int], now: datetime) -> list[_Found]:
    parameters: dict[str, Any] = {
        "now": now, "segment": customer.segment, "customer": customer.pk, "file": file.pk, "out": list(out),
        "here": settings.BANK_BIC,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, parameters)
        return [_Found(*row) for row in cursor.fetchall()]


def _judged(customer: Customer, lines: Iterable[Payee]) -> Iterable[tuple[int, list[dict[str, Any]]]]:
    if not watching.has_scorers():
        return
    for line in lines:
        reasons = watching.judged(watching.Watched(customer, line.number, line.money, agent=line.agent))
        if watching.is_enough(reasons):
            yield line.pk, reasons


def _cooling(found: _Found, now: datetime) -> errors.PayeeCooling:
    most, nothing = Money(found.most, found.currency), Money.zero(found.currency)
    left = max(most - Money(found.before or Decimal(0), found.currency), nothing)
    until = timezone.localtime((found.at or now) + timedelta(minutes=found.minutes))
    return errors.PayeeCooling(left=left, until=until.replace(second=0, microsecond=0))


def _reason(found: _Found) -> dict[str, Any]:
    kind = Pace(found.kind)
    if kind == Pace.SUM:
        seen, most = Money(found.seen, found.currency), Money(found.most, found.currency)
        said = f"{seen} by files in {found.minutes} minutes; usual are at most {most}."
    else:
        said = (
            f"{found.seen:.0f} {_WHAT[kind]} by files in {found.minutes} minutes; "
            f"usual are at most {found.most:.0f}."
        )
    return {"code": kind.value, "sentence": said, "points": watching.HELD_FROM}
