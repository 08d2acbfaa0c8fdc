"""How much a customer may pay: the rows that say so, and the day's use summed under a row lock.

A day is a calendar day in the bank's time zone. Transfers between a customer's own accounts
count against no day. Locks: a customer's day before its permits', both before the ledger's.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.rules import Segment
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.payments import directory, errors, rules, selectors
from bank.payments.models import DailyUse, PaymentLimit
from bank.payments.selectors import Permit
from bank.signing import services as signing

_USE = """
WITH l AS (
    SELECT single_maximum, daily_maximum, monthly_maximum FROM payments_paymentlimit
    WHERE currency = %(currency)s AND rail = %(rail)s
      AND (customer_id = %(customer)s OR customer_id IS NULL AND segment IN (%(segment)s, ''))
    ORDER BY customer_id NULLS LAST, segment DESC LIMIT 1
)
INSERT INTO payments_dailyuse AS u (scope, day, currency, amount)
SELECT s.scope, %(day)s, %(currency)s, %(amount)s
FROM unnest(%(scopes)s) WITH ORDINALITY AS s (scope, n), l ORDER BY s.n
ON CONFLICT (scope, day, currency) DO UPDATE SET amount = u.amount + excluded.amount
RETURNING u.scope, u.amount, (SELECT single_maximum FROM l), (SELECT daily_maximum FROM l),
    (SELECT monthly_maximum FROM l),
    (SELECT coalesce(sum(m.amount), 0) FROM payments_dailyuse m
     WHERE m.scope = u.scope AND m.currency = u.currency AND m.day < u.day
       AND m.day >= date_trunc('month', u.day))
"""

#: NUMBERS: a person may pay 100,000 a day, nobody more than 10,000,000 at once. In other
#: currencies the same order of magnitude; a company's day is wider because its files are.
_SINGLE = {"KES": 10_000_000, "USD": 75_000, "EUR": 70_000, "GBP": 60_000}
_SINGLE |= {"INR": 6_000_000, "JPY": 11_000_000, "KWD": 23_000}
#: A wallet takes no more at once, nor in a day.
_BY_RAIL = {"MPESA": (150_000, 500_000)}
_DAYS_OF_SEGMENT = {Segment.RETAIL: (100, 20), Segment.SME: (1, 1), Segment.CORPORATE: (None, None)}


def use(*, customer: Customer, amount: Money, permit: Permit | None = None) -> None:
    """Adds a payment to the customer's day, and to the permit's, in one statement that locks both.

    The lock holds until the caller's database transaction ends, so that payments in parallel are
    summed one after the other. Raises ``LimitNotSet``, ``PaymentAboveMaximum``,
    ``DailyLimitExceeded``, ``PermitExceeded``; the caller rolls back.
    """
    held = _add(customer, amount, [scope_of(customer), *_permit_scopes(permit)])
    used = held.used
    rules.check_amount(amount, held.limits)
    _check_time(amount, held, scope_of(customer))
    if permit is not None:
        check_permit(permit, amount, used[_permit_scope(permit)])


def use_for_file(*, customer: Customer, amount: Money, permit: Permit | None = None) -> None:
    """As ``use`` for the sum of a file, whose lines were each held against the single maximum."""
    held = _add(customer, amount, [scope_of(customer), *_permit_scopes(permit)])
    used = held.used
    _check_time(amount, held, scope_of(customer))
    if permit is not None:
        check_permit(permit, amount, used[_permit_scope(permit)])


def use_by_rail(*, customer: Customer, amount: Money, rail_code: str) -> None:
    """As ``use`` for what may go by one rail, where the bank bounds that; call it after ``use``."""
    if not selectors.limit_rows(customer, amount.currency, rail_code).exists():
        return
    scope = f"{scope_of(customer)}:{rail_code}"
    held = _add(customer, amount, [scope], rail_code)
    rules.check_amount(amount, held.limits)
    _check_time(amount, held, scope)


def _check_time(amount: Money, held: "Held", scope: str) -> None:
    """Day and month, the month's days before today being over and fixed."""
    rules.check_day(amount, held.used[scope], held.limits.daily)
    rules.check_month(amount, held.used[scope] + held.before[scope], held.limits.monthly)


def give_back(
    *, customer: Customer, amount: Money, permit: Permit | None = None, rail_code: str = ""
) -> None:
    """Takes what was not paid after all off today's use, the customer's own and that of a rail."""
    scopes = [scope_of(customer), *_permit_scopes(permit), f"{scope_of(customer)}:{rail_code}"]
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
            defaults={"single_maximum": single, "daily_maximum": daily},
        )


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
    """The limits in force, what each scope used today with this payment, and this month before today."""

    limits: rules.Limits
    used: dict[str, Money]
    before: dict[str, Money]


def _add(customer: Customer, amount: Money, scopes: list[str], rail_code: str = "") -> Held:
    currency = amount.currency
    parameters: dict[str, Any] = {
        "currency": currency,
        "rail": rail_code,
        "customer": customer.pk,
        "segment": customer.segment,
        "day": selectors.today(),
        "amount": amount.amount,
        "scopes": scopes,
    }
    with connection.cursor() as cursor:
        cursor.execute(_USE, parameters)
        rows = cursor.fetchall()
    if not rows:
        raise errors.LimitNotSet(currency=currency)
    single, daily, monthly = rows[0][2:5]
    return Held(
        rules.Limits(Money(single, currency), _money(daily, currency), None, _money(monthly, currency)),
        {row[0]: Money(row[1], currency) for row in rows},
        {row[0]: Money(row[5], currency) for row in rows},
    )


def scope_of(customer: Customer) -> str:
    return f"CUSTOMER:{customer.pk}"


def _permit_scope(permit: Permit) -> str:
    return f"PERMIT:{permit.pk}"


def _permit_scopes(permit: Permit | None) -> list[str]:
    return [] if permit is None else [_permit_scope(permit)]


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
