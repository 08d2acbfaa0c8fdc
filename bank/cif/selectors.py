"""Reads. ``customer_for`` is the only door to a customer on behalf of a user."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from django.db.models import QuerySet

from bank.cif import likeness, rating, rules
from bank.cif.errors import CustomerNotActive
from bank.cif.likeness import Likeness, Traits
from bank.cif.models import (
    Address,
    ContactPoint,
    Customer,
    CustomerProfile,
    IdentityDocument,
    Mandate,
    Organisation,
    Person,
    RatingRule,
    RelatedParty,
    RiskAssessment,
)
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.runtime import secrets


def mandates_for(user: User) -> QuerySet[Mandate]:
    """The mandates of an active user that are in force today."""
    mandates = Mandate.objects.filter(user_id=user.pk, user__is_active=True)
    return mandates.in_force(clock.today()).exclude(customer__status=rules.CustomerStatus.CLOSED)


def customers_for(user: User) -> list[Customer]:
    """The customers the user may act for, by name. One query."""
    return list(
        Customer.objects.filter(pk__in=mandates_for(user).values("customer_id")).order_by(
            "display_name", "cif"
        )
    )


def customer_for(user: User, cif: str) -> Customer:
    """The customer with that number; ``NotFound`` where it is not the user's to see.

    The number of a customer who was merged answers with the survivor.
    """
    mine = Customer.objects.filter(pk__in=mandates_for(user).values("customer_id"))
    known = mine.filter(cif=cif).first() or mine.filter(merged__cif=cif).first()
    if known is None:
        raise NotFound(what="customer")
    return known


def own_customer_for(user: User, cif: str) -> Customer:
    """As ``customer_for``, for what only the customer may do: an owner. Raises ``NotAllowed`` for others."""
    customer = customer_for(user, cif)
    if mandate_for(user, customer).role != rules.MandateRole.OWNER:
        raise NotAllowed(what="do this for the customer; only the customer can")
    return customer


def person_of(user: User) -> Customer | None:
    """The customer the user is themself, not one they act for."""
    owned = mandates_for(user).filter(
        role=rules.MandateRole.OWNER.value, customer__kind=rules.CustomerKind.PERSON.value
    )
    mandate = owned.select_related("customer").order_by("id").first()
    return mandate.customer if mandate else None


#: As ``mandates_for``, for one customer; plain SQL, since every payment waits for it.
_MANDATE = """
SELECT m.* FROM cif_mandate m
JOIN identity_user u ON u.id = m.user_id JOIN cif_customer c ON c.id = m.customer_id
WHERE m.user_id = %(user)s AND m.customer_id = %(customer)s AND u.is_active AND c.status <> 'CLOSED'
    AND m.revoked_at IS NULL AND m.valid_from <= %(today)s
    AND (m.valid_until IS NULL OR m.valid_until >= %(today)s)
ORDER BY m.id LIMIT 1
"""


def mandate_for(user: User, customer: Customer) -> Mandate:
    """The mandate under which the user acts for the customer; ``NotFound`` where there is none."""
    asked = {"user": user.pk, "customer": customer.pk, "today": clock.today()}
    mandate = next(iter(Mandate.objects.raw(_MANDATE, asked)), None)
    if mandate is None:
        raise NotFound(what="customer")
    return mandate


def may_view(user: User, customer: Customer) -> bool:
    return mandates_for(user).filter(customer=customer).exists()


def may_pay(user: User, customer: Customer) -> bool:
    """Whether the user may send the customer's money at all, whatever the amount."""
    if customer.status != rules.CustomerStatus.ACTIVE:
        return False
    return mandates_for(user).filter(customer=customer, can_pay=True).exists()


def require_pay(user: User, customer: Customer, amount: Money) -> Mandate:
    """The mandate that allows this single payment. One query.

    Raises ``NotFound`` without a mandate, ``CustomerNotActive`` for a blocked customer,
    ``MandateForbidsPayments`` for one who may only look, ``MandateLimitExceeded`` above the
    mandate's limit or in another currency than the limit's.
    """
    mandate = mandate_for(user, customer)
    if customer.status != rules.CustomerStatus.ACTIVE:
        raise CustomerNotActive(cif=customer.cif, status=customer.status.lower())
    rules.check_payment(_payment_right(mandate, customer), amount)
    return mandate


def by_cif(cif: str) -> Customer:
    """For staff and for the bank's own work, without regard to mandates."""
    known = Customer.objects.filter(cif=cif).first()
    if known is None:
        raise NotFound(what="customer")
    return known


def survivor_of(customer: Customer) -> Customer:
    """Whom a merged customer became part of, however often; the customer itself where it was not."""
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer


def document_hash(kind: str, country: str, number: str) -> bytes:
    """By what an identity document is found: equal for equal numbers of a kind and country alone."""
    plain = rules.document_number(number)
    return secrets.lookup_hash(plain, context=f"cif.identity.{kind}.{country}")


def by_document(kind: str, number: str, country: str = "KE") -> list[Customer]:
    """The customers who showed this identity document, whenever that was; for staff."""
    digest = document_hash(kind, country, number)
    shown = IdentityDocument.objects.filter(number_hash=digest).values("customer_id")
    return list(Customer.objects.filter(pk__in=shown).order_by("cif"))


def profile_of(customer: Customer) -> CustomerProfile:
    """What the bank knows of a customer; an empty profile where nothing was noted."""
    return CustomerProfile.objects.filter(customer=customer).first() or CustomerProfile(customer=customer)


def papers_of(customer: Customer) -> list[IdentityDocument]:
    """The identity documents in force, by their endings alone."""
    held = IdentityDocument.objects.filter(customer=customer, valid_until__isnull=True)
    return list(held.defer("number").order_by("kind"))


def parties_of(customer: Customer) -> list[RelatedParty]:
    """Who is what to the customer today."""
    held = RelatedParty.objects.filter(customer=customer, valid_until__isnull=True)
    return list(held.select_related("related_customer").order_by("role", "id"))


def address_of(customer: Customer) -> Address | None:
    """Where the customer lives or is registered today."""
    held = Address.objects.filter(customer=customer, valid_until__isnull=True)
    return held.exclude(purpose="POSTAL").order_by("-id").first()


def assessment_of(customer: Customer) -> RiskAssessment | None:
    """The risk rating in force."""
    return RiskAssessment.objects.filter(customer=customer).order_by("-id").first()


def risk_facts(customer: Customer) -> rating.Facts:
    """What the rules of the rating look at, as of today."""
    return next(facts for _pk, facts in facts_of_all(Customer.objects.filter(pk=customer.pk)))


def rating_scheme() -> rating.Scheme:
    """The rules of the rating in force: the rows, and what the bank began with where there is none."""
    rows = {row.code: row for row in RatingRule.objects.all()}
    return {
        code: replace(rule, figure=rows[code].figure, members=frozenset(rows[code].members))
        if code in rows
        else rule
        for code, rule in rating.DEFAULTS.items()
    }


def facts_of_all(customers: QuerySet[Customer]) -> Iterator[tuple[int, rating.Facts]]:
    """As ``risk_facts``, of many by key: what a change of the rules is tried on. Six queries."""
    found = list(customers.values_list("pk", "joined_date"))
    countries, parties, today = _countries_of(customers), _parties_of(customers), clock.today()
    profiles = CustomerProfile.objects.filter(customer__in=customers).in_bulk()
    for pk, joined in found:
        profile = profiles.get(pk) or CustomerProfile(customer_id=pk)
        held = parties[pk]
        yield (
            pk,
            rating.Facts(
                countries=[*countries[pk], *(nationality for nationality, _exposed in held)],
                sector=profile.sector,
                products=profile.products,
                channel=profile.channel,
                is_pep=profile.is_pep,
                has_pep_party=any(exposed for _nationality, exposed in held),
                screening=profile.screening,
                joined=joined,
                today=today,
                funds=profile.source_of_funds,
            ),
        )


def _countries_of(customers: QuerySet[Customer]) -> dict[int, list[str]]:
    """Where each is from and where each lives, in the order they count."""
    found: dict[int, list[str]] = defaultdict(list)
    places = Address.objects.filter(valid_until__isnull=True).exclude(purpose="POSTAL").order_by("id")
    homes = dict(places.filter(customer__in=customers).values_list("customer_id", "country"))
    people = Person.objects.filter(customer__in=customers).values_list("customer_id", "nationality")
    firms = Organisation.objects.filter(customer__in=customers).values_list("customer_id", "country")
    for pk, country in [*people, *firms, *homes.items()]:
        found[pk].append(country)
    return found


def _parties_of(customers: QuerySet[Customer]) -> dict[int, list[tuple[str, bool]]]:
    found: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    held = RelatedParty.objects.filter(customer__in=customers, valid_until__isnull=True)
    for pk, nationality, is_pep in held.values_list("customer_id", "nationality", "is_pep"):
        found[pk].append((nationality, is_pep))
    return found


def traits_of(customers: QuerySet[Customer]) -> Iterator[Traits]:
    """What tells these customers from others: every name, number and address they ever had. Four queries."""
    values: dict[tuple[int, str], set[str]] = defaultdict(set)
    for pk, kind, value in ContactPoint.objects.values_list("customer_id", "kind", "value"):
        values[pk, kind].add(value)
    papers: dict[int, set[bytes]] = defaultdict(set)
    for pk, digest in IdentityDocument.objects.values_list("customer_id", "number_hash"):
        papers[pk].add(bytes(digest))
    for one in customers.select_related("person").order_by("pk"):
        person = getattr(one, "person", None)
        yield Traits(
            pk=one.pk,
            kind=one.kind,
            name=likeness.normalised(one.display_name),
            born=person.birth_date.isoformat() if person else "",
            documents=frozenset(papers[one.pk]),
            phones=frozenset(values[one.pk, "PHONE"]),
            emails=frozenset(values[one.pk, "EMAIL"]),
        )


def likely_same(customer: Customer, *, limit: int = 10) -> list[tuple[Customer, Likeness]]:
    """The customers most like this one, for staff who take somebody on; the likest first."""
    mine = next(traits_of(Customer.objects.filter(pk=customer.pk)))
    others = Customer.objects.filter(merged_into__isnull=True, kind=customer.kind).exclude(pk=customer.pk)
    found = [(likeness.compare(mine, one), one.pk) for one in traits_of(others)]
    best = sorted((f for f in found if f[0].score >= likeness.WORTH_A_LOOK), key=lambda f: -f[0].score)
    known = Customer.objects.in_bulk([pk for _like, pk in best[:limit]])
    return [(known[pk], like) for like, pk in best[:limit]]


def _payment_right(mandate: Mandate, customer: Customer) -> rules.PaymentRight:
    limit = None
    if mandate.single_limit is not None:
        limit = Money(mandate.single_limit, mandate.limit_currency)
    return rules.PaymentRight(holder=customer.display_name, can_pay=mandate.can_pay, limit=limit)
