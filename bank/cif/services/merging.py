"""Two customers become one. What belonged to the second belongs to the first; the books stay as they are.

Apps above this one have things of customers too. They register a mover, called with both
customers inside the merging transaction, so that either all of it moves or nothing does.
"""

from collections.abc import Callable
from typing import TypeAlias

from django.db import transaction

from bank.cif.models import (
    Address,
    ContactPoint,
    Customer,
    CustomerNote,
    CustomerProfile,
    DuplicateCandidate,
    IdentityDocument,
    Mandate,
    RelatedParty,
)
from bank.cif.rules import CustomerStatus
from bank.cif.services.knowing import rate
from bank.cif.services.trail import record
from bank.documents import services as documents
from bank.identity.models import User
from bank.kernel import clock

Mover: TypeAlias = Callable[[Customer, Customer], dict[str, int]]
_movers: list[Mover] = []


def mover(function: Mover) -> Mover:
    """Registers what moves an app's things from the first customer given to the second; returns counts."""
    _movers.append(function)
    return function


def movers() -> list[Mover]:
    return list(_movers)


@transaction.atomic
def merge_customers(*, survivor: Customer, duplicate: Customer, reason: str, actor: User) -> Customer:
    """Closes ``duplicate`` into ``survivor``, to whom everything passes; called by the approved command.

    Accounts keep their numbers and every booking. Histories pass with the days they held, so that
    the survivor's own details stay the present ones. The old number goes on answering, with the
    new one.
    """
    pks = sorted((survivor.pk, duplicate.pk))
    locked = {one.pk: one for one in Customer.objects.select_for_update().filter(pk__in=pks).order_by("pk")}
    old, new = locked[duplicate.pk], locked[survivor.pk]
    moved = {**_move_own(old, new), **_move_elsewhere(old, new)}
    moved["documents"] = documents.move_owner(old=f"customer:{old.cif}", new=f"customer:{new.cif}")
    old.merged_into, old.status = new, CustomerStatus.CLOSED
    old.save(update_fields=["merged_into", "status"])
    Customer.objects.filter(merged_into=old).update(merged_into=new)
    _settle_candidates(old, new, actor)
    record("CUSTOMER_MERGED", old, actor, into=new.cif, why=reason, moved=moved)
    record("CUSTOMER_TOOK_OVER", new, actor, taken=old.cif, why=reason, moved=moved)
    rate(customer=new, cause="CUSTOMER_TOOK_OVER")
    return new


def _move_elsewhere(old: Customer, new: Customer) -> dict[str, int]:
    return {name: count for move in _movers for name, count in move(old, new).items()}


def _move_own(old: Customer, new: Customer) -> dict[str, int]:
    _end_histories(old)
    return {
        "mandates": _move_mandates(old, new),
        "addresses": Address.objects.filter(customer=old).update(customer=new),
        "contacts": ContactPoint.objects.filter(customer=old).update(customer=new),
        "identity_documents": _move_identity(old, new),
        "parties": _move_parties(old, new),
        "notes": CustomerNote.objects.filter(customer=old).update(customer=new),
        "profile": _join_profiles(old, new),
    }


def _end_histories(old: Customer) -> None:
    Address.objects.filter(customer=old, valid_until__isnull=True).update(valid_until=clock.today())
    ContactPoint.objects.filter(customer=old, valid_until__isnull=True).update(valid_until=clock.now())


def _move_mandates(old: Customer, new: Customer) -> int:
    """Who may act for both acts by the survivor's mandate; the other one ends."""
    held = Mandate.objects.filter(customer=new, revoked_at__isnull=True).values("user_id")
    twice = Mandate.objects.filter(customer=old, revoked_at__isnull=True, user_id__in=held)
    twice.update(revoked_at=clock.now())
    return Mandate.objects.filter(customer=old).update(customer=new)


def _move_identity(old: Customer, new: Customer) -> int:
    held = set(IdentityDocument.objects.filter(customer=new, valid_until=None).values_list("kind", "country"))
    for document in IdentityDocument.objects.filter(customer=old, valid_until=None):
        if (document.kind, document.country) in held:
            IdentityDocument.objects.filter(pk=document.pk).update(valid_until=clock.now())
    return IdentityDocument.objects.filter(customer=old).update(customer=new)


def _move_parties(old: Customer, new: Customer) -> int:
    """A party both have is the survivor's; one that would be the survivor themselves is ended."""
    held = set(RelatedParty.objects.filter(customer=new, valid_until=None).values_list("role", "name"))
    for party in RelatedParty.objects.filter(customer=old, valid_until=None):
        if (party.role, party.name) in held:
            RelatedParty.objects.filter(pk=party.pk).update(valid_until=clock.today())
    RelatedParty.objects.filter(customer=old, related_customer=new).update(related_customer=None)
    RelatedParty.objects.filter(customer=new, related_customer=old).update(related_customer=None)
    RelatedParty.objects.filter(related_customer=old).update(related_customer=new)
    return RelatedParty.objects.filter(customer=old).update(customer=new)


def _join_profiles(old: Customer, new: Customer) -> int:
    """The survivor is as exposed, as restricted and as watched as either was, and fills its gaps."""
    theirs, ours = (CustomerProfile.objects.get(customer=one) for one in (old, new))
    for name in ("occupation", "sector", "source_of_funds", "legal_hold"):
        setattr(ours, name, getattr(ours, name) or getattr(theirs, name))
    ours.is_pep = ours.is_pep or theirs.is_pep
    ours.products = sorted({*ours.products, *theirs.products})
    if theirs.screening in {"POSSIBLE", "HIT"} and ours.screening != "HIT":
        ours.screening = theirs.screening
    ours.save()
    return 1


def _settle_candidates(old: Customer, new: Customer, actor: User) -> None:
    pairs = DuplicateCandidate.objects.filter(decided_at__isnull=True)
    involved = pairs.filter(first=old) | pairs.filter(second=old)
    involved.update(decided_at=clock.now(), decided_by=actor, decision="MERGED")
