"""Who is what to a customer: directors, owners with their shares, family, guardians."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from bank.cif import rules
from bank.cif.errors import PartyUnusable
from bank.cif.models import Customer, RelatedParty
from bank.cif.services.customers import named
from bank.cif.services.knowing import rate
from bank.cif.services.trail import record
from bank.identity.models import User
from bank.kernel import clock


@transaction.atomic
def relate(
    *,
    customer: Customer,
    role: str,
    name: str,
    birth_date: date | None = None,
    share_pct: Decimal | None = None,
    related_customer: Customer | None = None,
    nationality: str = "",
    is_pep: bool = False,
    valid_from: date | None = None,
    actor: User | None = None,
) -> RelatedParty:
    """Puts somebody on record beside a customer, who is rated anew. The books are not touched.

    ``share_pct`` is what an owner holds of the whole; the shares of a role never come to more
    than 100. Raises ``PartyUnusable``.
    """
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    words = named(name, "A name", 140)
    rules.check_party(customer.kind, role, share_pct, _shares_held(customer, role))
    if birth_date is not None and birth_date >= clock.today():
        raise PartyUnusable(problem="The date of birth must be in the past.")
    if related_customer is not None and related_customer.pk == customer.pk:
        raise PartyUnusable(problem="A customer cannot be related to itself.")
    party = RelatedParty(
        customer=customer, role=role, name=words, birth_date=birth_date, share_pct=share_pct,
        related_customer=related_customer, nationality=nationality.upper(), is_pep=is_pep,
        valid_from=valid_from or clock.today(), added_by=actor,
    )  # fmt: skip
    _insert(party)
    record("PARTY_RELATED", customer, actor, role=role, name=words, share_pct=str(share_pct or ""))
    rate(customer=customer, cause="PARTY_RELATED")
    return party


@transaction.atomic
def end_relation(*, party: RelatedParty, actor: User | None = None, on: date | None = None) -> RelatedParty:
    """From this day on they are it no longer; the record stays. Ending twice changes nothing."""
    day = on or clock.today()
    if RelatedParty.objects.filter(pk=party.pk, valid_until__isnull=True).update(valid_until=day):
        record("PARTY_ENDED", party.customer, actor, role=party.role, name=party.name)
        rate(customer=party.customer, cause="PARTY_ENDED")
    party.refresh_from_db()
    return party


def _shares_held(customer: Customer, role: str) -> Decimal:
    held = RelatedParty.objects.filter(customer=customer, role=role, valid_until__isnull=True)
    return Decimal(held.aggregate(sum=Sum("share_pct"))["sum"] or 0)


def _insert(party: RelatedParty) -> None:
    try:
        with transaction.atomic():
            party.save(force_insert=True)
    except IntegrityError as error:
        raise PartyUnusable(problem=f"{party.name} is on record in this role already.") from error
