"""Reads. ``approval_for`` is the only door to an approval on behalf of a user."""

from collections.abc import Iterable

from django.db.models import QuerySet

from bank.cif import selectors as cif
from bank.cif.models import Customer, Mandate
from bank.cif.rules import CustomerKind
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.signing import rules
from bank.signing.models import Approval, SigningRule
from bank.signing.rules import State


def needed(customer: Customer, amounts: Iterable[Money]) -> int:
    """How many must sign for the sums, the highest of all currencies. No query for a person, one else."""
    if customer.kind != CustomerKind.ORGANISATION:
        return 1
    sums = list(amounts)
    steps = steps_of(customer, [one.currency for one in sums])
    return max((rules.needed(steps.get(one.currency, []), one) for one in sums), default=1)


def steps_of(customer: Customer, currencies: Iterable[str]) -> dict[str, list[rules.Step]]:
    """The company's own steps in each currency; where it has none, those for all."""
    found: dict[str, list[rules.Step]] = {}
    rows = SigningRule.objects.filter(customer=customer) | SigningRule.objects.filter(customer=None)
    own: dict[str, bool] = {}
    for row in rows.filter(currency__in=list(currencies)).order_by("currency", "above"):
        is_own = row.customer_id is not None
        if is_own and not own.get(row.currency):
            found[row.currency], own[row.currency] = [], True
        if is_own == own.get(row.currency, False):
            found.setdefault(row.currency, []).append(rules.Step(row.above, row.signatures))
    return found


def signatories(customer: Customer) -> int:
    """How many people may pay for the customer today."""
    mandates = Mandate.objects.filter(customer=customer, can_pay=True, user__is_active=True)
    return mandates.in_force(clock.today()).values("user").distinct().count()


def approvals_of(user: User, customer: Customer) -> QuerySet[Approval]:
    """What waited or waits at a customer the user may act for, newest first. Raises ``NotFound``."""
    if not cif.may_view(user, customer):
        raise NotFound(what="customer")
    found = Approval.objects.filter(customer=customer).select_related("customer", "maker", "decided_by")
    return found.prefetch_related("signatures__user")


def approval_for(user: User, reference: str) -> Approval:
    """Raises ``NotFound`` where the user does not act for its customer."""
    found = Approval.objects.select_related("customer", "maker", "decided_by").filter(reference=reference)
    one = found.prefetch_related("signatures__user").first()
    if one is None or not cif.may_view(user, one.customer):
        raise NotFound(what="approval")
    return one


def waiting_for(user: User, customer: Customer) -> QuerySet[Approval]:
    """What the user could sign now: waiting, not signed by them. Empty for who may only look."""
    if not cif.may_pay(user, customer):
        return Approval.objects.none()
    open_ones = approvals_of(user, customer).filter(state=State.WAITING.value, deadline__gt=clock.now())
    return open_ones.exclude(signatures__user=user)


def waiting_of(kind: str, subject: str) -> Approval | None:
    """The approval an act waits for, for whoever may see the act."""
    found = Approval.objects.filter(kind=kind, subject=subject, state=State.WAITING.value)
    return found.select_related("maker").prefetch_related("signatures__user").first()
