"""Who may do what for a company: from which accounts, up to how much alone, and with whom above that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext

from bank.cif.models import Customer, Mandate
from bank.kernel.money import Money
from bank.signing import differences, rules, selectors
from bank.signing.models import PAYMENT_TYPES, Delegation
from bank.signing.rules import Given, Step


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One person's rights in one currency, from one account and for one type or from and for any. ``alone``
    is the most they pay without others, ``None`` for any sum; ``together`` says who signs above it."""

    name: str
    email: str
    role: str
    can_pay: bool
    letter: str
    limit: Money | None
    valid_until: date | None
    signs_for: str
    account: str
    payment_type: str
    currency: str
    alone: Money | None
    together: str


def of_company(customer: Customer) -> list[Entitlement]:
    """Everybody who acts for the company today, by name. A person without the right to pay has one row."""
    steps = _steps(customer)
    delegations = list(selectors.delegations_of(customer))
    people = sorted(differences.mandates_of(customer), key=lambda one: (one.user.full_name, one.pk))
    return [row for one in people for row in _rows(one, steps, delegations)]


def _steps(customer: Customer) -> dict[str, list[Step]]:
    base = str(settings.BANK_BASE_CURRENCY)
    own = {row.currency for row in selectors.rules_of(customer)}
    return selectors.steps_of(customer, sorted(own | {base}))


def _rows(
    mandate: Mandate, steps: dict[str, list[Step]], delegations: list[Delegation]
) -> Iterator[Entitlement]:
    if not mandate.can_pay:
        zero = Money.zero(str(settings.BANK_BASE_CURRENCY))
        yield _row(mandate, delegations, "", "", zero, "")
        return
    for currency in sorted(steps):
        for account, payment_type in sorted({("", ""), *(step.scope for step in steps[currency])}):
            scope = [one for one in steps[currency] if one.scope == (account, payment_type)]
            alone, together = _alone(scope, mandate.signature_class, currency)
            yield _row(mandate, delegations, account, payment_type, alone, together, currency)


def _alone(scope: list[Step], letter: str, currency: str) -> tuple[Money | None, str]:
    given = [Given(letter, is_maker=True)]
    for step in sorted(scope, key=lambda one: one.above):
        if not rules.is_met(step.terms, given):
            return Money.of(step.above or Decimal(0), currency), differences.said(step)
    return None, ""


def _row(
    mandate: Mandate,
    delegations: list[Delegation],
    account: str,
    payment_type: str,
    alone: Money | None,
    together: str,
    currency: str = "",
) -> Entitlement:
    held = [one.delegator.full_name for one in delegations if one.delegate_id == mandate.user_id]
    return Entitlement(
        name=mandate.user.full_name,
        email=mandate.user.email,
        role=str(mandate.get_role_display()),
        can_pay=mandate.can_pay,
        letter=mandate.signature_class,
        limit=Money(mandate.single_limit, mandate.limit_currency) if mandate.single_limit else None,
        valid_until=mandate.valid_until,
        signs_for=", ".join(held),
        account=account or gettext("Every account"),
        payment_type=str(dict(PAYMENT_TYPES).get(payment_type, gettext("Every type"))),
        currency=currency,
        alone=alone,
        together=together,
    )
