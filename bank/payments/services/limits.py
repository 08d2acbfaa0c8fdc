"""How much a customer may pay: the rows that say so, and the day's use summed under row locks.

A day is a calendar day in the bank's time zone. Transfers between a customer's own accounts count
against no day. What bounds a payment is the row for everything, and those for its rail, for the
channel it came by, and for both together; each has a day of its own. Locks: a customer's day before
those of rails and channels, these before the permits', all before the ledger's.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.rules import CustomerStatus, Segment
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.payments import directory, errors, rules, selectors
from bank.payments.models import DailyUse, PaymentLimit
from bank.payments.rules import Door, Used
from bank.payments.selectors import Permit
from bank.payments.services import watching
from bank.signing import services as signing

_USE = """
WITH l AS (
    SELECT DISTINCT ON (rail, channel) %(whose)s || CASE rail WHEN '' THEN '' ELSE ':' || rail END
        || CASE channel WHEN '' THEN '' ELSE '@' || channel END AS scope,
        single_maximum, daily_maximum, monthly_maximum
    FROM payments_paymentlimit
    WHERE currency = %(currency)s AND rail IN ('', %(rail)s) AND channel IN ('', %(channel)s)
      AND (customer_id = %(customer)s OR customer_id IS NULL AND segment IN (%(segment)s, ''))
    ORDER BY rail, channel, customer_id NULLS LAST, segment DESC
), s AS (
    SELECT scope, 1 AS rank FROM l UNION ALL SELECT unnest(%(permits)s::text[]), 2
)
INSERT INTO payments_dailyuse AS u (scope, day, currency, amount)
SELECT s.scope, %(day)s, %(currency)s, %(amount)s FROM s ORDER BY s.rank, length(s.scope), s.scope
ON CONFLICT (scope, day, currency) DO UPDATE SET amount = u.amount + excluded.amount
RETURNING u.scope, u.amount, (SELECT single_maximum FROM l WHERE l.scope = u.scope),
    (SELECT daily_maximum FROM l WHERE l.scope = u.scope),
    (SELECT monthly_maximum FROM l WHERE l.scope = u.scope),
    (SELECT coalesce(sum(m.amount), 0) FROM payments_dailyuse m
     WHERE m.scope = u.scope AND m.currency = u.currency AND m.day < u.day
       AND m.day >= date_trunc('month', u.day))
"""

_LOOK_BACK = timedelta(days=30)

#: NUMBERS: a person may pay 100,000 a day, nobody more than 10,000,000 at once. In other
#: currencies the same order of magnitude; a company's day is wider because its files are.
_SINGLE = {"KES": 10_000_000, "USD": 75_000, "EUR": 70_000, "GBP": 60_000}
_SINGLE |= {"INR": 6_000_000, "JPY": 11_000_000, "KWD": 23_000}
#: A wallet takes no more at once, nor in a day.
_BY_RAIL = {"MPESA": (150_000, 500_000)}
_DAYS_OF_SEGMENT = {Segment.RETAIL: (100, 20), Segment.SME: (1, 1), Segment.CORPORATE: (None, None)}


@dataclass(frozen=True, slots=True)
class Way:
    """What bounds a payment besides its amount: the rail it leaves by and the door it came in."""

    rail: str
    door: Door


def use(*, customer: Customer, amount: Money, way: Way, permit: Permit | None = None) -> None:
    """Adds a payment to the customer's day, to that of its rail and channel where they are bounded, and to
    the permit's, in one statement that locks them all.

    The locks hold until the caller's database transaction ends, so that payments in parallel are
    summed one after the other. Raises ``LimitNotSet``, ``PaymentAboveMaximum``,
    ``DailyLimitExceeded``, ``MonthlyLimitExceeded``, ``PermitExceeded``; the caller rolls back.
    """
    held = _add(customer, amount, way, permit)
    for used in held.bounds:
        rules.check_amount(amount, used.limits)
        rules.check_used(amount, used)
    if permit is not None:
        check_permit(permit, amount, held.by_permit)


def use_for_file(*, customer: Customer, amount: Money, way: Way, permit: Permit | None = None) -> None:
    """As ``use`` for the sum of a file's lines by one rail, each of which was held against the single
    maximum."""
    held = _add(customer, amount, way, permit)
    for used in held.bounds:
        rules.check_used(amount, used)
    if permit is not None:
        check_permit(permit, amount, held.by_permit)


def give_back(*, customer: Customer, amount: Money, way: Way, permit: Permit | None = None) -> None:
    """Takes what was not paid after all off today's use: the customer's own, the rail's, the channel's."""
    scopes = [*selectors.scopes(customer, way.rail, way.door), *_permit_scopes(permit)]
    rows = DailyUse.objects.filter(scope__in=scopes, day=selectors.today(), currency=amount.currency)
    rows.update(amount=F("amount") - amount.amount)


def check_permit(permit: Permit, amount: Money, used: Money) -> None:
    """Raises ``PermitExceeded`` above the permit's bounds of a payment or of a day."""
    single, daily = (Money(bound, amount.currency) for bound in (permit.single_maximum, permit.daily_maximum))
    if amount > single:
        raise errors.PermitExceeded(limit=single, period="a payment")
    if used > daily:
        raise errors.PermitExceeded(limit=daily, period="a day")


def start_daily_limit(*, user: User, cif_number: str, daily: Money) -> Challenge:
    """Asks for a code to set a customer's daily limit; ``set_daily_limit`` takes it."""
    customer = _customer_to_set(user, cif_number, daily)
    return stepup.start(
        user=user,
        act=_limit_act(customer, daily),
        summary=f"Set the daily limit of {customer.display_name} to {daily}",
    )


@transaction.atomic
def set_daily_limit(
    *, user: User, cif_number: str, daily: Money, challenge_id: Any, code: str
) -> PaymentLimit:
    """Sets what a customer may pay in a day, up to the ceiling where the bank set one. Needs a code.

    Raises ``LimitNotSet``, ``LimitAboveCeiling``, the step-up's refusals.
    """
    customer = _customer_to_set(user, cif_number, daily)
    stepup.confirm(user=user, challenge_id=challenge_id, act=_limit_act(customer, daily), code=code)
    base = selectors.limit_rows(customer, daily.currency)[0]
    row, _created = PaymentLimit.objects.update_or_create(
        customer=customer,
        currency=daily.currency,
        segment="",
        rail="",
        channel="",
        defaults={
            "single_maximum": base.single_maximum,
            "daily_maximum": daily.amount,
            "daily_ceiling": base.daily_ceiling,
            "monthly_maximum": base.monthly_maximum,
        },
    )
    detail = {"daily": str(daily)}
    audit.record(
        "DAILY_LIMIT_SET", actor=user, subject_type="customer", subject_id=customer.cif, detail=detail
    )
    return row


@dataclass(frozen=True, slots=True)
class Reach:
    """Customers a limit holds for, those with one of their own besides, and those that paid more on a day."""

    customers: int
    with_own: int
    above: int


def row_of(cif_number: str, segment: str, currency: str, rail_code: str, door: str) -> PaymentLimit | None:
    """The row of exactly that; None where there is none."""
    whose = {"customer__cif": cif_number} if cif_number else {"customer": None}
    rows = PaymentLimit.objects.filter(
        **whose, segment=segment, currency=currency, rail=rail_code, channel=door
    )
    return rows.first()


def reach(
    cif_number: str, segment: str, currency: str, rail_code: str, door: str, daily: Decimal | None
) -> Reach:
    """Whom a limit holds for, and how many of them paid more than ``daily`` on a day of the last thirty."""
    found = Customer.objects.filter(status=CustomerStatus.ACTIVE)
    if cif_number:
        found = found.filter(cif=cif_number)
    elif segment:
        found = found.filter(segment=segment)
    own = PaymentLimit.objects.filter(
        customer=OuterRef("pk"), currency=currency, rail=rail_code, channel=door
    )
    held = found if cif_number else found.filter(~Exists(own))
    tail = (f":{rail_code}" if rail_code else "") + (f"@{door}" if door else "")
    paid = DailyUse.objects.filter(
        scope=Concat(Value("CUSTOMER:"), Cast(OuterRef("pk"), CharField()), Value(tail)),
        currency=currency,
        day__gt=selectors.today() - _LOOK_BACK,
        amount__gt=daily or 0,
    )
    above = 0 if daily is None else held.filter(Exists(paid)).count()
    return Reach(held.count(), 0 if cif_number else found.filter(Exists(own)).count(), above)


def set_row(
    cif_number: str,
    segment: str,
    currency: str,
    rail_code: str,
    door: str,
    figures: tuple[Decimal, Decimal | None, Decimal | None, Decimal | None] | None,
) -> None:
    """Writes a limit (single, day, ceiling, month), or takes it away, in the caller's transaction."""
    customer = selectors.customer_of(cif_number) if cif_number else None
    place: dict[str, Any] = {
        "customer": customer, "segment": segment, "currency": currency, "rail": rail_code, "channel": door,
    }  # fmt: skip
    if figures is None:
        PaymentLimit.objects.filter(**place).delete()
        return
    names = ("single_maximum", "daily_maximum", "daily_ceiling", "monthly_maximum")
    PaymentLimit.objects.update_or_create(**place, defaults=dict(zip(names, figures, strict=True)))


def seed_limits() -> None:
    """The limits, signing rules and banks elsewhere the bank starts with; changes nothing that is there."""
    signing.seed_rules()
    directory.seed()
    for currency, single in _SINGLE.items():
        for segment, (daily_divisor, ceiling_divisor) in _DAYS_OF_SEGMENT.items():
            PaymentLimit.objects.get_or_create(
                customer=None,
                segment=segment,
                currency=currency,
                rail="",
                channel="",
                defaults={
                    "single_maximum": single,
                    "daily_maximum": _share(single, daily_divisor),
                    "daily_ceiling": _share(single, ceiling_divisor),
                    "monthly_maximum": single if segment == Segment.RETAIL else None,
                },
            )
    for rail_code, (single, daily) in _BY_RAIL.items():
        PaymentLimit.objects.get_or_create(
            customer=None,
            segment="",
            currency="KES",
            rail=rail_code,
            channel="",
            defaults={"single_maximum": single, "daily_maximum": daily},
        )
    watching.seed_rules()


def _share(single: int, divisor: int | None) -> Decimal | None:
    return None if divisor is None else Decimal(single) / divisor


def _customer_to_set(user: User, cif_number: str, daily: Money) -> Customer:
    customer = cif.customer_for(user, cif_number)
    if not cif.may_pay(user, customer):
        raise NotAllowed(what="change the limits of this customer")
    limits = selectors.limits_for(customer, daily.currency)
    if limits is None:
        raise errors.LimitNotSet(currency=daily.currency)
    if daily.is_negative or (limits.ceiling is not None and daily > limits.ceiling):
        raise errors.LimitAboveCeiling(ceiling=limits.ceiling)
    return customer


def _limit_act(customer: Customer, daily: Money) -> dict[str, str]:
    return {
        "act": "SET_DAILY_LIMIT",
        "cif": customer.cif,
        "amount": str(daily.amount),
        "currency": daily.currency,
    }


@dataclass(frozen=True, slots=True)
class Held:
    """The limits in force, the widest first, each with its use; and what a permit has let go today."""

    bounds: list[Used]
    by_permit: Money


def _add(customer: Customer, amount: Money, way: Way, permit: Permit | None) -> Held:
    currency = amount.currency
    parameters: dict[str, Any] = {
        "whose": scope_of(customer),
        "currency": currency,
        "rail": way.rail,
        "channel": way.door,
        "customer": customer.pk,
        "segment": customer.segment,
        "day": selectors.today(),
        "amount": amount.amount,
        "permits": _permit_scopes(permit),
    }
    with connection.cursor() as cursor:
        cursor.execute(_USE, parameters)
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    if scope_of(customer) not in rows:
        raise errors.LimitNotSet(currency=currency)
    let_go = [rows.pop(scope)[0] for scope in _permit_scopes(permit)]
    bounds = [_used(rows[scope], currency) for scope in sorted(rows, key=len)]
    return Held(bounds, Money(let_go[0], currency) if let_go else Money.zero(currency))


def _used(row: tuple[Any, ...], currency: str) -> Used:
    used, single, daily, monthly, before = row
    limits = rules.Limits(
        Money(single, currency), selectors.money(daily, currency), None, selectors.money(monthly, currency)
    )
    return Used(limits, Money(used, currency), Money(before, currency))


def scope_of(customer: Customer) -> str:
    return selectors.scopes(customer)[0]


def _permit_scopes(permit: Permit | None) -> list[str]:
    return [] if permit is None else [f"PERMIT:{permit.pk}"]
