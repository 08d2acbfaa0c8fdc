"""Reads. ``case_for`` is the only door to a case on behalf of a user."""

from datetime import time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from bank.cases import rules
from bank.cases.models import Case, CaseStep, ServiceTarget
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import calendars, clock, ids
from bank.kernel.errors import NotFound
from bank.kernel.working_hours import WorkingHours


def cases_for(user: User) -> QuerySet[Case]:
    """The cases of the user and of the customers they act for, newest first."""
    customers = cif.mandates_for(user).values("customer_id")
    mine = Q(customer_id__in=customers) | Q(customer__isnull=True, opened_by=user)
    return Case.objects.filter(mine).order_by("-id")


def case_for(user: User, reference: str) -> Case:
    """The case with that reference; ``NotFound`` where it is not the user's to see."""
    found = cases_for(user).filter(reference=ids.read_reference(reference)).first()
    if found is None:
        raise NotFound(what="case")
    return found


def conversation(case: Case) -> list[CaseStep]:
    """What the customer may read of a case, oldest first; never a note or a name of staff."""
    seen = [step.value for step in rules.SEEN_BY_CUSTOMER]
    return list(case.steps.filter(step__in=seen).order_by("id"))


def steps_of(case: Case) -> list[CaseStep]:
    """Everything that happened to a case, oldest first; for staff."""
    return list(case.steps.select_related("actor").order_by("id"))


def cases_of(customer: Customer, *, limit: int = 10) -> list[Case]:
    """A customer's latest cases; for staff."""
    return list(Case.objects.filter(customer=customer).order_by("-id")[:limit])


def owed() -> QuerySet[Case]:
    """The cases whose clock runs, what is due next first."""
    return Case.objects.filter(next_due_at__isnull=False).order_by("next_due_at")


def overdue_count() -> int:
    return owed().filter(next_due_at__lt=clock.now()).count()


def workers() -> QuerySet[User]:
    """The staff who may work on cases, by name."""
    right = Permission.objects.filter(content_type__app_label="cases", codename="change_case")
    allowed = Q(groups__permissions__in=right) | Q(user_permissions__in=right) | Q(is_superuser=True)
    return User.objects.filter(allowed, is_staff=True, is_active=True).distinct().order_by("full_name")


def target_for(kind: str, priority: str) -> rules.Target:
    """What the bank promises for a kind and priority, by its row."""
    row = ServiceTarget.objects.filter(kind=kind, priority=priority).first()
    if row is None:
        return rules.DEFAULT_TARGETS[rules.Kind(kind), rules.Priority(priority)]
    return rules.Target(row.first_answer_hours, row.resolution_days)


def office_hours() -> WorkingHours:
    """When the bank's desk is open: its hours, its calendar, its time zone."""
    opens, closes = (time.fromisoformat(hour) for hour in settings.OFFICE_HOURS)
    calendar = calendars.calendar(settings.BANK_BASE_CURRENCY)
    return WorkingHours(calendar, opens, closes, ZoneInfo(settings.TIME_ZONE))
