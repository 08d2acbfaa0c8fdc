"""The end of what must not be kept: data of relationships long over. The books are never touched.

A relationship ended when its last account was closed and the customer is closed too. Who is under a legal
hold, or for whom one is proposed, is left alone, whatever the time.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from bank.audit import services as audit
from bank.cif.models import Customer, CustomerProfile
from bank.cif.rules import CustomerStatus
from bank.identity import forgetting
from bank.identity.models import User
from bank.kernel import clock
from bank.onboarding.models import Application
from bank.onboarding.rules import State
from bank.onboarding.services import forgetting as applications
from bank.privacy import rules, selectors
from bank.privacy.erasing import KINDS
from bank.privacy.models import Erasure
from bank.privacy.rules import Rule
from bank.workflows import selectors as workflows

HOLD = "cif.legal_hold"
_LED_NOWHERE = {
    "REFUSED_APPLICATION": (State.REJECTED,),
    "ABANDONED_APPLICATION": (State.WITHDRAWN, State.EXPIRED),
}


def due(today: date | None = None, given: Mapping[str, Rule] | None = None) -> dict[Customer, list[str]]:
    """Whose data of which kinds would be erased today, by the rules in force or those ``given``."""
    day, held, found = today or clock.today(), given or selectors.retention_rules(), {}
    for customer in _ended():
        if kinds := _over(customer, held, day):
            for one in (customer, *_merged_into(customer)):
                found[one] = kinds
    return found


def due_applications(
    today: date | None = None, given: Mapping[str, Rule] | None = None
) -> dict[str, list[Application]]:
    """The applications that led to no customer and whose time is over, by kind."""
    day, held = today or clock.today(), given or selectors.retention_rules()
    return {
        kind: [
            one
            for one in applications.finished_without_customer(*states)
            if rules.is_over(held[kind], applications.ended_on(one), day)
        ]
        for kind, states in _LED_NOWHERE.items()
    }


def count(plan: dict[Customer, list[str]]) -> dict[str, int]:
    """How many rows of each kind a plan would erase; what a dry run shows."""
    found: Counter[str] = Counter()
    for customer, kinds in plan.items():
        for kind in kinds:
            found[kind] += KINDS[kind].count(customer)
    return dict(found)


def erase(*, plan: dict[Customer, list[str]], actor: User | None = None) -> dict[str, int]:
    """Carries the plan out, a customer at a time, each in its own database transaction; rows by kind."""
    erased: Counter[str] = Counter()
    for customer, kinds in plan.items():
        erased.update(_erase(customer, kinds, actor))
    return dict(erased)


def erase_applications(plan: Mapping[str, list[Application]]) -> dict[str, int]:
    """Erases what applications told that led nowhere, and forgets who sent nothing else."""
    for one in (one for found in plan.values() for one in found):
        with transaction.atomic():
            applications.forget(application=one)
            _forget_applicant(one.applicant)
    return {kind: len(found) for kind, found in plan.items()}


def erase_due() -> int:
    """Erases whatever is due today; how many rows. Beat runs it every night; safe to repeat."""
    rows = erase(plan=due()), erase_applications(due_applications())
    return sum(sum(one.values()) for one in rows) + _forget_searches()


def _forget_searches() -> int:
    """What staff looked for is about nobody in particular, so it goes by its own age."""
    years = selectors.retention_rules()["WORDS"].years or 0
    return audit.forget_searches(before=clock.now() - timedelta(days=366 * years))


def _ended() -> QuerySet[Customer]:
    """Closed customers with the day their last account closed, none of them held."""
    closed = Customer.objects.filter(status=CustomerStatus.CLOSED, merged_into__isnull=True)
    over = closed.exclude(accounts__closed_date__isnull=True, accounts__isnull=False)
    free = over.exclude(profile__legal_hold__gt="").select_related("erasure_request")
    ended = free.annotate(ended_date=Max("accounts__closed_date")).filter(ended_date__isnull=False)
    return ended.prefetch_related("erasures")


def _over(customer: Customer, held: Mapping[str, Rule], day: date) -> list[str]:
    """The kinds whose time is over and that are not gone yet."""
    ended: date = customer.ended_date  # type: ignore[attr-defined]
    gone = {one.kind for one in customer.erasures.all()}
    asked = hasattr(customer, "erasure_request")
    return [
        kind for kind in KINDS if kind not in gone and rules.is_over(held[kind], ended, day, at_request=asked)
    ]


def _merged_into(survivor: Customer) -> Iterator[Customer]:
    """Who became part of a customer, however often; what is left of them ends with the survivor."""
    for one in survivor.merged.all():
        yield one
        yield from _merged_into(one)


@transaction.atomic
def _erase(customer: Customer, kinds: list[str], actor: User | None) -> dict[str, int]:
    """The row of the hold is locked and read again: one set or proposed a moment ago counts."""
    CustomerProfile.objects.get_or_create(customer=customer)
    profile = CustomerProfile.objects.select_for_update().get(customer=customer)
    if profile.legal_hold or _is_hold_proposed(customer):
        return {}
    rows = {kind: KINDS[kind].count(customer) for kind in kinds}
    for kind in kinds:
        KINDS[kind].erase(customer)
    now = clock.now()
    CustomerProfile.objects.filter(pk=profile.pk).update(erased_at=now)
    Erasure.objects.bulk_create(
        (Erasure(customer=customer, kind=kind, rows=count, erased_at=now) for kind, count in rows.items()),
        ignore_conflicts=True,
    )
    audit.record(
        "PERSONAL_DATA_ERASED",
        actor=actor,
        subject_type="CUSTOMER",
        subject_id=customer.cif,
        detail={"kinds": kinds, "rows": rows},
    )
    return rows


def _is_hold_proposed(customer: Customer) -> bool:
    return any(one.kind == HOLD for one in workflows.pending_on("CUSTOMER", customer.cif))


def _forget_applicant(user: User) -> None:
    """Who sent nothing else and never became a user of a customer."""
    others = applications.still_telling(user)
    if not (user.is_staff or user.mandates.exists() or others.exists()):
        forgetting.forget_user(user=user)
