"""Writes about rules: the bank's own, and a company's where two of the bank or the company itself agreed."""

from django.db import transaction

from bank.audit import services as audit
from bank.cif.models import Customer
from bank.identity.models import User
from bank.signing import locks, rules
from bank.signing.models import SigningRule
from bank.signing.rules import Step


def seed_rules() -> None:
    """The bank's rules for companies without their own. Adds what is missing, changes nothing."""
    for currency, steps in rules.DEFAULT_STEPS.items():
        for signatures, above in enumerate(steps, start=2):
            SigningRule.objects.get_or_create(
                customer=None, currency=currency, account="", payment_type="", above=above,
                defaults={"signatures": signatures, "ways": [rules.ANY * signatures]},
            )  # fmt: skip


@transaction.atomic
def set_rules(*, customer: Customer, currency: str, steps: list[Step], actor: User | None) -> None:
    """Replaces a company's rules in one currency. What already waits needs what it was asked to have, and
    what these ask for. Raises ``RuleUnusable``.
    """
    rules.check_steps(steps)
    locks.hold_company(customer.pk)
    SigningRule.objects.filter(customer=customer, currency=currency).delete()
    SigningRule.objects.bulk_create(_row(customer, currency, one) for one in steps)
    detail = {"currency": currency, "steps": [said(one) for one in steps]}
    audit.record(
        "SIGNING_RULES_SET", actor=actor, subject_type="customer", subject_id=customer.cif, detail=detail
    )


def said(step: Step) -> list[str]:
    """A step as the trail keeps it."""
    words = [str(step.above), rules.write_ways(step.terms.ways), step.account, step.payment_type]
    marks = ["in order" if step.in_order else "", "" if step.maker_counts else "others than the maker"]
    return [one for one in [*words, *marks] if one]


def _row(customer: Customer, currency: str, step: Step) -> SigningRule:
    return SigningRule(
        customer=customer,
        currency=currency,
        above=step.above,
        account=step.account,
        payment_type=step.payment_type,
        signatures=step.terms.least,
        ways=list(step.terms.ways),
        in_order=step.in_order,
        maker_counts=step.maker_counts,
        hours=step.hours,
    )
