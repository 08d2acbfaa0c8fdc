"""Payments that are more, faster or to more new payees than usual: held for somebody of the bank to look at.

What is usual are rows two of the staff change. A payee is new until so many minutes after they were kept or
first paid; till then only a small sum goes to them, in whatever way: by a file, by a standing order, however
their number is written; and one of this number at another bank is somebody else. Lines of files have
rules of their own (``watching_files``). Not watched: transfers between own accounts, and what the bank
carries out on an earlier word (standing orders, which look when they are set up).
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone

from bank.audit import services as audit
from bank.cif.models import Customer
from bank.cif.rules import Segment
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments import errors
from bank.payments.models import PaymentOrder, PaymentReview, VelocityRule
from bank.payments.rules import Authority, Door, Pace, ReviewState

REASON: Final = "HELD_FOR_REVIEW"
HELD_FROM: Final = 100
"""Points from which a payment is held; each rule of these rows alone holds it."""
SENTENCE: Final = "The bank looks at this payment before it leaves."


def same_payee(number: str, agent: str) -> str:
    """SQL of what tells payees of one bank apart, however their number is written: a telephone by its last
    nine digits, an account without dashes. Names of columns only go in."""
    return (
        f"CASE {agent} WHEN 'MPESA' THEN right(regexp_replace({number}, '[^0-9]', '', 'g'), 9)"
        f" ELSE translate({number}, '-/ ', '') END"
    )


_FOUND: Final = f"""
WITH rule AS (
    SELECT DISTINCT ON (kind, currency) kind, currency, most, window_minutes,
        %(now)s::timestamptz - window_minutes * interval '1 minute' AS since
    FROM payments_velocityrule
    WHERE segment IN (%(segment)s, '') AND currency IN (%(currency)s, '') AND channel = ''
    ORDER BY kind, currency, segment DESC
), own AS (
    SELECT id FROM accounts_account WHERE customer_id = %(customer)s
), this AS (
    SELECT t.*, {same_payee("t.number", "t.agent")} AS key
    FROM (SELECT %(number)s::text AS number, %(agent)s::text AS agent) t
)
SELECT rule.kind, rule.most, rule.window_minutes, found.payments, found.payees, found.total, found.to_this,
    found.is_new, found.known_at
FROM rule CROSS JOIN this CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE NOT p.is_aside) AS payments,
        count(DISTINCT (p.agent, p.key)) FILTER (WHERE p.is_new AND NOT p.is_aside) AS payees,
        coalesce(sum(p.amount) FILTER (WHERE p.currency = %(currency)s AND NOT p.is_aside), 0) AS total,
        coalesce(sum(p.amount) FILTER (
            WHERE p.currency = %(currency)s AND p.key = this.key AND p.agent = this.agent), 0) AS to_this,
        bool_or(p.is_new) FILTER (WHERE p.is_this) AS is_new,
        min(p.at) FILTER (WHERE p.key = this.key AND p.agent = this.agent AND NOT p.waits) AS known_at
    FROM (
        SELECT q.*, {same_payee("q.number", "q.agent")} AS key, NOT EXISTS (
            SELECT FROM payments_paymentorder e WHERE e.debtor_account_id IN (SELECT id FROM own)
                AND e.creditor_number = q.number AND e.creditor_agent = q.agent
                AND e.initiated_at <= rule.since
                AND e.status NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED', 'AWAITING_APPROVAL')
        ) AND NOT EXISTS (
            SELECT FROM payments_beneficiary b WHERE b.customer_id = %(customer)s
                AND b.number = q.number AND b.agent = q.agent AND b.removed_at IS NULL
                AND b.added_at <= rule.since
        ) AS is_new
        FROM (
            SELECT o.creditor_number AS number, o.creditor_agent AS agent, o.amount, o.currency,
                o.initiated_at AS at, false AS is_this, o.status = 'AWAITING_APPROVAL' AS waits,
                false AS is_aside
            FROM payments_paymentorder o LEFT JOIN own c ON c.id = o.creditor_account_id
            WHERE o.debtor_account_id IN (SELECT id FROM own) AND o.initiated_at > rule.since
                AND o.channel <> 'FILE' AND o.authority <> 'OPERATOR' AND c.id IS NULL
                AND o.status NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED') AND o.reference <> %(reference)s
            UNION ALL SELECT f.creditor_number, f.creditor_agent, f.amount, f.currency, f.initiated_at, false,
                false, true
            FROM payments_paymentorder f
            WHERE f.debtor_account_id IN (SELECT id FROM own) AND f.creditor_agent = this.agent
                AND {same_payee("f.creditor_number", "f.creditor_agent")} = this.key
                AND (f.channel = 'FILE' OR f.authority = 'OPERATOR') AND f.initiated_at > rule.since
                AND rule.kind = 'COOLING' AND f.status NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED')
            UNION ALL SELECT this.number, this.agent, %(amount)s, %(currency)s, %(now)s, true, false, false
        ) q
    ) p
) found
"""  # noqa: S608

#: Within an hour: payments, new payees, and what may be paid to a new payee in their first day.
_USUAL: Final = {
    Segment.RETAIL: (30, 6),
    Segment.SME: (100, 30),
    Segment.CORPORATE: (1_000, 300),
}
#: Within an hour by files, with what was paid one by one: payments, and new payees; a company's files are
#: signed by several, and their first payroll has none but new payees.
_USUAL_IN_FILES: Final = {
    Segment.RETAIL: (1_000, 100),
    Segment.SME: (10_000, 1_000),
    Segment.CORPORATE: (500_000, None),
}
#: What may go to a new payee of a person in the first day: half of the day's limit to begin with.
_COOLING: Final = {
    "KES": 50_000, "USD": 375, "EUR": 350, "GBP": 300, "INR": 30_000, "JPY": 55_000, "KWD": 115,
}  # fmt: skip
_COOLING_MINUTES: Final = 24 * 60
#: What leaves an SME within an hour before somebody looks; a company's payments are signed by several.
_SUM: Final = {"KES": 5_000_000, "USD": 37_500, "EUR": 35_000, "GBP": 30_000}
_SUM_IN_FILES: Final = {currency: most * 5 for currency, most in _SUM.items()}


@dataclass(frozen=True, slots=True)
class Watched:
    """A payment as the rules see it; ``reference`` where it is in the books already, as one to be signed."""

    customer: Customer
    creditor_number: str
    amount: Money
    reference: str = ""
    agent: str = ""
    """The payee's bank; this one where it is empty."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """What still may go to a new payee, and until when; new are those known only ``since`` then."""

    left: Money
    until: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rules say of a payment: why it is held, and what bounds it as its payee is new."""

    reasons: list[dict[str, Any]]
    cooling: Cooling | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """Something odd about a payment, and by how many of a hundred points."""

    code: str
    sentence: str
    points: int


Scorer: TypeAlias = Callable[[Watched], Iterable[Signal]]
_scorers: list[Scorer] = []


def scorer(found: Scorer) -> Scorer:
    """Registers a judge of payments, such as of fraud: what all of them say is summed, and from a hundred
    points on the payment is held. Called under the lock of the customer's day; it must be quick."""
    _scorers.append(found)
    return found


def look(watched: Watched) -> Finding:
    """Holds a payment against the rules; one query. Call it under the lock of the customer's day, so that
    payments in parallel see each other."""
    reasons: list[dict[str, Any]] = []
    cooling, now = None, clock.now()
    for kind, most, minutes, *found in _rows(watched, now):
        seen = dict(zip(("payments", "payees", "total", "to_this", "is_new", "known_at"), found, strict=True))
        if kind == Pace.COOLING:
            cooling = _cooling(watched, most, minutes, seen, now)
        elif (reason := _reason(kind, most, minutes, seen, watched.amount.currency, now)) is not None:
            reasons.append(reason)
    reasons += judged(watched)
    return Finding(reasons if is_enough(reasons) else [], cooling)


def has_scorers() -> bool:
    """Whether anybody judges payments."""
    return bool(_scorers)


def judged(watched: Watched) -> list[dict[str, Any]]:
    """What all judges say of a payment."""
    return [asdict(signal) for scorer in _scorers for signal in scorer(watched)]


def is_enough(reasons: list[dict[str, Any]]) -> bool:
    """Whether these together hold a payment."""
    return sum(one["points"] for one in reasons) >= HELD_FROM


def require_cool(cooling: Cooling | None, amount: Money) -> None:
    """Raises ``PayeeCooling`` where more than that would go to a new payee."""
    if cooling is not None and amount > cooling.left:
        raise errors.PayeeCooling(left=cooling.left, until=cooling.until)


def require_cool_since(watched: Watched, word_given_at: datetime) -> None:
    """As ``require_cool``, of a payment on a word the customer gave earlier; an older word is no surprise."""
    cooling = look(watched).cooling
    if cooling is not None and word_given_at > cooling.since:
        require_cool(cooling, watched.amount)


def hold(order: PaymentOrder, reasons: list[dict[str, Any]], by: User | None) -> PaymentReview:
    """Keeps the payment for somebody of the bank to look at, anew where it was looked at before; the caller
    has written its step."""
    review, _new = PaymentReview.objects.update_or_create(
        order=order,
        defaults={
            "reasons": reasons, "score": min(sum(one.get("points", HELD_FROM) for one in reasons), HELD_FROM),
            "state": ReviewState.OPEN, "opened_at": clock.now(), "decided_at": None, "decided_by": None,
        },
    )  # fmt: skip
    audit.record(
        "PAYMENT_HELD", actor=by, subject_type="payment", subject_id=order.reference,
        detail={"reasons": [one["code"] for one in reasons]},
    )  # fmt: skip
    return review


def conclude(order: PaymentOrder, state: ReviewState, by: User | None) -> None:
    """Closes the review of a payment. Raises ``ReviewOver`` where it is closed already."""
    review = PaymentReview.objects.select_for_update().filter(order=order, state=ReviewState.OPEN).first()
    if review is None:
        raise errors.ReviewOver(reference=order.reference, status=order.status.lower())
    review.state, review.decided_at, review.decided_by = state, clock.now(), by
    review.save(update_fields=["state", "decided_at", "decided_by"])


def rule_of(kind: str, segment: str, currency: str, channel: str = "") -> VelocityRule | None:
    """The row of exactly that; None where there is none."""
    found = VelocityRule.objects.filter(kind=kind, segment=segment, currency=currency, channel=channel)
    return found.first()


def stopped_by(
    kind: str, segment: str, currency: str, minutes: int, most: Decimal, channel: str = ""
) -> int | None:
    """How many customers paid more, or more often, than that within the last ``minutes``; None for what no
    count of orders says: new payees.
    """
    if kind not in {Pace.PAYMENTS, Pace.SUM}:
        return None
    orders = PaymentOrder.objects.filter(initiated_at__gt=clock.now() - timedelta(minutes=minutes))
    orders = orders.exclude(authority=Authority.OPERATOR)
    if not channel:
        orders = orders.exclude(channel=Door.FILE)
    if segment:
        orders = orders.filter(debtor_account__customer__segment=segment)
    if kind == Pace.SUM:
        orders = orders.filter(currency=currency)
    counted = Count("pk") if kind == Pace.PAYMENTS else Sum("amount")
    by_customer = orders.values("debtor_account__customer").annotate(found=counted)
    return by_customer.filter(found__gt=most).count()


def seed_rules() -> None:
    """What is usual as the bank begins with it; changes nothing that is there."""
    for currency, cool in _COOLING.items():
        _seed(Pace.COOLING, Segment.RETAIL, cool, currency=currency, minutes=_COOLING_MINUTES)
    for channel, sums, usual in (("", _SUM, _USUAL), (Door.FILE, _SUM_IN_FILES, _USUAL_IN_FILES)):
        for currency, most in sums.items():
            _seed(Pace.SUM, Segment.SME, most, channel, currency)
        for segment, (payments, payees) in usual.items():
            _seed(Pace.PAYMENTS, segment, payments, channel)
            _seed(Pace.NEW_PAYEES, segment, payees, channel)


def _seed(
    kind: Pace, segment: Segment, most: int | None, channel: str = "", currency: str = "", minutes: int = 60
) -> None:
    if most is not None:
        VelocityRule.objects.get_or_create(
            kind=kind, segment=segment, currency=currency, channel=channel,
            defaults={"window_minutes": minutes, "most": most},
        )  # fmt: skip


def _rows(watched: Watched, now: datetime) -> list[tuple[Any, ...]]:
    parameters: dict[str, Any] = {
        "now": now,
        "customer": watched.customer.pk,
        "segment": watched.customer.segment,
        "number": watched.creditor_number,
        "agent": watched.agent or settings.BANK_BIC,
        "amount": watched.amount.amount,
        "currency": watched.amount.currency,
        "reference": watched.reference,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _cooling(
    watched: Watched, most: Decimal, minutes: int, seen: dict[str, Any], now: datetime
) -> Cooling | None:
    if not seen["is_new"]:
        return None
    paid = Money(seen["to_this"], watched.amount.currency) - watched.amount
    left = max(Money(most, watched.amount.currency) - paid, Money.zero(watched.amount.currency))
    until = timezone.localtime(seen["known_at"] + timedelta(minutes=minutes))
    return Cooling(left, until.replace(second=0, microsecond=0), now - timedelta(minutes=minutes))


def _reason(
    kind: str, most: Decimal, minutes: int, seen: dict[str, Any], currency: str, now: datetime
) -> dict[str, Any] | None:
    """Why the rule holds the payment; a new payee paid already within the time is none more."""
    found = {Pace.PAYMENTS: "payments", Pace.NEW_PAYEES: "payees", Pace.SUM: "total"}[Pace(kind)]
    if seen[found] <= most:
        return None
    if kind == Pace.NEW_PAYEES and (not seen["is_new"] or seen["known_at"] < now):
        return None
    if kind == Pace.SUM:
        said = (
            f"{Money(seen[found], currency)} in {minutes} minutes; usual are at most {Money(most, currency)}."
        )
    else:
        what = "payments" if kind == Pace.PAYMENTS else "new payees"
        said = f"{seen[found]} {what} in {minutes} minutes; usual are at most {most:.0f}."
    return {"code": kind, "sentence": said, "points": HELD_FROM}
