"""Reads a company's trail, for who may."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from bank.cif import selectors as cif
from bank.cif.models import Customer, Mandate
from bank.cif.rules import MandateRole
from bank.identity.models import User
from bank.trail import errors, rules
from bank.trail.models import Act

THE_BANK: Final = "bank"


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a trail is asked for; empty means all. ``who`` is a user's id or ``THE_BANK``."""

    who: str = ""
    kind: str = ""
    from_date: date | None = None
    to_date: date | None = None


def may_read(user: User, customer: Customer) -> bool:
    return MandateRole(cif.mandate_for(user, customer).role) in rules.READERS


def acts_for(user: User, customer: Customer, asked: Asked) -> QuerySet[Act]:
    """The acts in the company with their records. Raises ``NotFound``, ``TrailNotYours``."""
    if not may_read(user, customer):
        raise errors.TrailNotYours
    found = Act.objects.filter(customer=customer, **_narrowed(asked))
    return found.select_related("record__words", "actor")


def people_of(customer: Customer) -> list[tuple[str, str]]:
    """Everybody who acts or ever acted for the company, by name: id and name. One query."""
    ever = Mandate.objects.filter(customer=customer).values_list("user_id", "user__full_name")
    return [(str(pk), name) for pk, name in sorted(set(ever), key=lambda one: (one[1], one[0]))]


def exported(user: User, customer: Customer, asked: Asked) -> list[Act]:
    """All of it, newest first, for a file. Raises as ``acts_for``, and ``TrailTooLong``."""
    found = list(acts_for(user, customer, asked).order_by("-id")[: rules.MOST_EXPORTED + 1])
    if len(found) > rules.MOST_EXPORTED:
        raise errors.TrailTooLong(most=rules.MOST_EXPORTED)
    return found


def _narrowed(asked: Asked) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if asked.who:
        wanted |= {"by_bank": True} if asked.who == THE_BANK else {"actor_id": int(asked.who)}
    if asked.kind:
        wanted["kind"] = asked.kind
    if asked.from_date:
        wanted["at__gte"] = _start(asked.from_date)
    if asked.to_date:
        wanted["at__lt"] = _start(asked.to_date + timedelta(days=1))
    return wanted


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
