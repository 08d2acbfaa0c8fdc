"""Changes of who a customer is said to be; each is proposed by one and carried out by another.

See ``bank.cif.commands``; nothing else calls these.
"""

from django.db import transaction

from bank.cif.models import Customer, Organisation, Person
from bank.cif.rules import CustomerKind
from bank.cif.services.customers import named
from bank.cif.services.knowing import rate
from bank.cif.services.trail import record
from bank.identity.models import User


@transaction.atomic
def change_name(
    *, customer: Customer, given_names: str, family_name: str, registered_name: str, actor: User
) -> Customer:
    """Gives a customer the name their papers show; the one before stays on the trail.

    The books are not touched: what was booked keeps the name it was booked with.
    """
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = locked.display_name
    if locked.kind == CustomerKind.PERSON:
        given, family = named(given_names, "Given names", 100), named(family_name, "A family name", 60)
        Person.objects.filter(customer=locked).update(given_names=given, family_name=family)
        locked.display_name = f"{given} {family}"[:140]
    else:
        registered = named(registered_name, "A registered name", 140)
        Organisation.objects.filter(customer=locked).update(registered_name=registered)
        locked.display_name = registered
    locked.save(update_fields=["display_name"])
    record("NAME_CHANGED", locked, actor, before=before, after=locked.display_name)
    return locked


@transaction.atomic
def override_segment(*, customer: Customer, segment: str, reason: str, actor: User) -> Customer:
    """Puts a customer into another segment than they began in, with the reason on their profile."""
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before, locked.segment = locked.segment, segment
    locked.save(update_fields=["segment"])
    locked.profile.segment_reason = reason[:200]
    locked.profile.save(update_fields=["segment_reason"])
    record("SEGMENT_OVERRIDDEN", locked, actor, before=before, after=segment, why=reason)
    rate(customer=locked, cause="SEGMENT_OVERRIDDEN")
    return locked
