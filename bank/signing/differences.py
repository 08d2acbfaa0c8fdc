"""What a company asks to have changed about its signing, checked, and beside what holds now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from bank.cif.models import Customer, Mandate
from bank.kernel import clock
from bank.kernel.money import Money
from bank.ledger.chart import CURRENCIES
from bank.runtime import formats
from bank.signing import rules, selectors
from bank.signing.errors import ChangeUnusable, DelegationUnusable
from bank.signing.models import PAYMENT_TYPES
from bank.signing.rules import Step

MOST_DELEGATIONS = 20


@dataclass(frozen=True, slots=True)
class Handover:
    """``to`` signs for ``of``, both by e-mail address, through both days."""

    of: str
    to: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Wanted:
    """All rules a currency is to have; classes and limits by e-mail address, a limit of ``None`` for none."""

    rules: Mapping[str, list[Step]] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, Money | None] = field(default_factory=dict)
    delegations: tuple[Handover, ...] = ()


def as_json(wanted: Wanted) -> dict[str, Any]:
    return {
        "rules": {
            currency: [_step_as_json(one) for one in steps] for currency, steps in wanted.rules.items()
        },
        "classes": dict(wanted.classes),
        "limits": {who: None if limit is None else str(limit) for who, limit in wanted.limits.items()},
        "delegations": [
            [one.of, one.to, one.valid_from.isoformat(), one.valid_until.isoformat()]
            for one in wanted.delegations
        ],
    }


def from_json(raw: Mapping[str, Any]) -> Wanted:
    return Wanted(
        rules={currency: [_step_from_json(one) for one in steps] for currency, steps in raw["rules"].items()},
        classes=raw["classes"],
        limits={who: None if said is None else _money(said) for who, said in raw["limits"].items()},
        delegations=tuple(
            Handover(of, to, date.fromisoformat(start), date.fromisoformat(end))
            for of, to, start, end in raw["delegations"]
        ),
    )


def _money(said: str) -> Money:
    currency, amount = said.split(" ")
    return Money.of(amount, currency)


def _step_as_json(step: Step) -> dict[str, Any]:
    return {
        "above": f"{step.above:f}", "ways": list(step.terms.ways), "in_order": step.in_order,
        "maker_counts": step.maker_counts, "hours": step.hours, "account": step.account,
        "payment_type": step.payment_type,
    }  # fmt: skip


def _step_from_json(raw: Mapping[str, Any]) -> Step:
    return Step(**{**raw, "above": Decimal(raw["above"]), "ways": tuple(raw["ways"])})


def check(customer: Customer, wanted: Wanted) -> None:
    """Raises ``RuleUnusable``, ``ChangeUnusable``, ``DelegationUnusable``."""
    for currency, steps in wanted.rules.items():
        if currency not in CURRENCIES:
            raise ChangeUnusable(problem=f"The bank has no {currency}.")
        rules.check_steps(steps)
    known = {one.user.email: one for one in mandates_of(customer)}
    for email, letter in wanted.classes.items():
        _check_class(known.get(email), email, letter)
    for email, limit in wanted.limits.items():
        if email not in known or (limit is not None and not limit.is_positive):
            raise ChangeUnusable(problem=f"{email} cannot have this limit.")
    if len(wanted.delegations) > MOST_DELEGATIONS:
        raise DelegationUnusable(problem=f"Ask for up to {MOST_DELEGATIONS} delegations at once.")
    for one in wanted.delegations:
        _check_handover(known, one)


def _check_class(mandate: Mandate | None, email: str, letter: str) -> None:
    if mandate is None or (letter and not mandate.can_pay):
        raise ChangeUnusable(problem=f"{email} does not sign for this company.")
    if letter not in ("", *rules.CLASSES):
        raise ChangeUnusable(problem=f"Signature classes are {', '.join(rules.CLASSES)}.")


def _check_handover(known: Mapping[str, Mandate], one: Handover) -> None:
    if one.of not in known or not known[one.of].can_pay:
        raise DelegationUnusable(problem=f"{one.of} does not sign for this company.")
    if one.to not in known or one.to == one.of:
        raise DelegationUnusable(problem="Name somebody else who acts for this company.")
    if not one.valid_from <= one.valid_until or one.valid_until < clock.today():
        raise DelegationUnusable(problem="A delegation ends on a day after it begins, and not in the past.")
    if one.valid_until - one.valid_from > rules.LONGEST_DELEGATION:
        raise DelegationUnusable(problem="A delegation lasts a year at most.")


def mandates_of(customer: Customer, emails: Iterable[str] | None = None) -> QuerySet[Mandate]:
    """Who acts for the customer today, all or those named."""
    found = Mandate.objects.in_force(clock.today()).filter(customer=customer, user__is_active=True)
    found = found.select_related("user").order_by("pk")
    return found if emails is None else found.filter(user__email__in=set(emails))


def lines(customer: Customer, wanted: Wanted) -> list[dict[str, str]]:
    """Each thing that would be otherwise: what it is, before, after. Nothing where nothing would."""
    found: list[tuple[str, str, str]] = []
    for currency, steps in sorted(wanted.rules.items()):
        found += _rule_lines(customer, currency, steps)
    for mandate in mandates_of(customer):
        found += _mandate_lines(mandate, wanted)
    for one in wanted.delegations:
        days = f"{formats.day(one.valid_from)} – {formats.day(one.valid_until)}"
        found.append((gettext("%(to)s signs for %(of)s") % {"to": one.to, "of": one.of}, "", days))
    return [{"label": label, "before": old, "after": new} for label, old, new in found if old != new]


def _rule_lines(customer: Customer, currency: str, steps: list[Step]) -> list[tuple[str, str, str]]:
    held = {_place(row.step): row.step for row in selectors.rules_of(customer).filter(currency=currency)}
    asked = {_place(one): one for one in steps}
    nothing = gettext("No rule")
    return [
        (
            where(currency, (held.get(place) or asked[place])),
            said(held[place]) if place in held else nothing,
            said(asked[place]) if place in asked else nothing,
        )
        for place in sorted(held.keys() | asked.keys())
    ]


def _place(step: Step) -> tuple[str, str, Decimal]:
    return step.account, step.payment_type, step.above.normalize()


def where(currency: str, step: Step) -> str:
    """Which sums a rule is for, in words."""
    words = [gettext("Above %(sum)s") % {"sum": formats.money(Money.of(step.above, currency))}]
    if step.account:
        words.append(gettext("from account %(number)s") % {"number": step.account})
    if step.payment_type:
        words.append(str(dict(PAYMENT_TYPES)[step.payment_type]))
    return ", ".join(words)


def said(step: Step) -> str:
    """Who signs, in words."""
    words = [rules.write_ways(step.terms.ways)]
    if step.in_order:
        words.append(gettext("in this order"))
    if not step.maker_counts:
        words.append(gettext("others than its maker"))
    words.append(gettext("within %(n)s hours") % {"n": step.hours})
    return ", ".join(words)


def _mandate_lines(mandate: Mandate, wanted: Wanted) -> list[tuple[str, str, str]]:
    email, found = mandate.user.email, []
    if email in wanted.classes:
        label = gettext("Signature class of %(who)s") % {"who": email}
        none = gettext("None")
        found.append((label, mandate.signature_class or none, wanted.classes[email] or none))
    if email in wanted.limits:
        label = gettext("Limit of a single payment of %(who)s") % {"who": email}
        held = Money(mandate.single_limit, mandate.limit_currency) if mandate.single_limit else None
        found.append((label, _limit(held), _limit(wanted.limits[email])))
    return found


def _limit(limit: Money | None) -> str:
    return gettext("No limit") if limit is None else formats.money(limit)
