"""Writes: taking on customers, and saying who may act for them."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction

from bank.cif import rules
from bank.cif.errors import MandateExists, UnusableMandate
from bank.cif.models import (
    Address,
    ContactPoint,
    Customer,
    CustomerProfile,
    Mandate,
    Organisation,
    Person,
)
from bank.cif.services.trail import record
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import Conflict, InvalidInput
from bank.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a customer. ``street`` and ``town`` become the address where both are given."""

    email: str = ""
    phone: str = ""
    street: str = ""
    town: str = ""
    postal_code: str = ""
    country: str = "KE"


@transaction.atomic
def create_person(
    *,
    given_names: str,
    family_name: str,
    birth_date: date,
    nationality: str = "KE",
    segment: str = rules.Segment.RETAIL,
    status: str = rules.CustomerStatus.ACTIVE,
    contact: Contact | None = None,
    joined_date: date | None = None,
    actor: User | None = None,
) -> Customer:
    """Takes on a natural person. The books are not touched. Raises ``InvalidInput``."""
    given_names, family_name = (
        named(given_names, "Given names", 100),
        named(family_name, "A family name", 60),
    )
    if birth_date >= clock.today():
        raise InvalidInput(problem="The date of birth must be in the past.")
    customer = _create_customer(
        kind=rules.CustomerKind.PERSON,
        segment=segment,
        status=status,
        display_name=f"{given_names} {family_name}",
        contact=contact or Contact(),
        joined_date=joined_date,
    )
    Person.objects.create(
        customer=customer,
        given_names=given_names,
        family_name=family_name,
        birth_date=birth_date,
        nationality=nationality,
    )
    record("CUSTOMER_CREATED", customer, actor, segment=segment)
    return customer


@transaction.atomic
def create_organisation(
    *,
    registered_name: str,
    registration_number: str,
    legal_form: str,
    segment: str,
    trading_name: str = "",
    country: str = "KE",
    status: str = rules.CustomerStatus.ACTIVE,
    contact: Contact | None = None,
    joined_date: date | None = None,
    actor: User | None = None,
) -> Customer:
    """Takes on a legal person. The books are not touched.

    Raises ``InvalidInput``, and ``Conflict`` where the registration number is already a customer's.
    """
    registered_name = named(registered_name, "A registered name", 140)
    registration_number = named(registration_number, "A registration number", 40).upper()
    if segment == rules.Segment.RETAIL:
        raise InvalidInput(problem="An organisation belongs to the SME or the corporate segment.")
    if Organisation.objects.filter(country=country, registration_number=registration_number).exists():
        raise Conflict(
            problem=f"An organisation with registration number {registration_number} is a customer."
        )
    customer = _create_customer(
        kind=rules.CustomerKind.ORGANISATION,
        segment=segment,
        status=status,
        display_name=trading_name.strip() or registered_name,
        contact=contact or Contact(),
        joined_date=joined_date,
    )
    Organisation.objects.create(
        customer=customer,
        registered_name=registered_name,
        registration_number=registration_number,
        legal_form=named(legal_form, "A legal form", 40),
        country=country,
    )
    record("CUSTOMER_CREATED", customer, actor, segment=segment)
    return customer


@transaction.atomic
def grant_mandate(
    *,
    user: User,
    customer: Customer,
    role: str,
    can_pay: bool | None = None,
    single_limit: Money | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    actor: User | None = None,
) -> Mandate:
    """Lets ``user`` act for ``customer``. The books are not touched.

    ``can_pay`` is true by default for owners and signatories and never for viewers; ``single_limit``
    bounds each payment (none by default). Both dates are included. Raises ``UnusableMandate`` for
    terms that contradict each other, ``MandateExists`` where one is already in place.
    """
    begins = valid_from or clock.today()
    pays = role != rules.MandateRole.VIEWER if can_pay is None else can_pay
    _check_terms(role, pays, single_limit, begins, valid_until)
    try:
        with transaction.atomic():
            mandate = Mandate.objects.create(
                user=user,
                customer=customer,
                role=role,
                can_pay=pays,
                single_limit=single_limit.amount if single_limit else None,
                limit_currency=single_limit.currency if single_limit else "",
                valid_from=begins,
                valid_until=valid_until,
            )
    except IntegrityError as error:
        raise MandateExists(cif=customer.cif) from error
    limit = str(single_limit) if single_limit else None
    record("MANDATE_GRANTED", customer, actor, user_id=user.pk, role=role, can_pay=pays, single_limit=limit)
    return mandate


@transaction.atomic
def change_mandate(
    *, mandate: Mandate, signature_class: str, single_limit: Money | None, actor: User | None = None
) -> Mandate:
    """Another signature class (a letter, or none) and limit of a single payment. The books are not touched.

    Raises ``UnusableMandate`` for a limit that is not positive or a class of who may not pay.
    """
    locked = Mandate.objects.select_for_update().get(pk=mandate.pk)
    _check_terms(locked.role, locked.can_pay, single_limit, locked.valid_from, locked.valid_until)
    if signature_class and not locked.can_pay:
        raise UnusableMandate(problem="Who may only look has no signature class.")
    locked.signature_class = signature_class
    locked.single_limit = single_limit.amount if single_limit else None
    locked.limit_currency = single_limit.currency if single_limit else ""
    locked.save(update_fields=["signature_class", "single_limit", "limit_currency"])
    limit = str(single_limit) if single_limit else None
    record(
        "MANDATE_CHANGED", locked.customer, actor, user_id=locked.user_id, signature_class=signature_class,
        single_limit=limit,
    )  # fmt: skip
    return locked


@transaction.atomic
def revoke_mandate(*, mandate: Mandate, actor: User | None = None) -> Mandate:
    """Ends a mandate at once; revoking twice changes nothing. The books are not touched."""
    revoked = Mandate.objects.filter(pk=mandate.pk, revoked_at__isnull=True).update(revoked_at=clock.now())
    mandate.refresh_from_db()
    if revoked:
        record("MANDATE_REVOKED", mandate.customer, actor, user_id=mandate.user_id, role=mandate.role)
    return mandate


@transaction.atomic
def block_customer(*, customer: Customer, reason: str, actor: User | None = None) -> Customer:
    """Lets no user pay for the customer until unblocked; it still receives. Raises ``Conflict``."""
    return _change_status(
        customer,
        rules.CustomerStatus.ACTIVE,
        rules.CustomerStatus.BLOCKED,
        "CUSTOMER_BLOCKED",
        reason,
        actor,
    )


@transaction.atomic
def unblock_customer(*, customer: Customer, reason: str, actor: User | None = None) -> Customer:
    """Undoes ``block_customer``. Raises ``Conflict`` where the customer is not blocked."""
    return _change_status(
        customer,
        rules.CustomerStatus.BLOCKED,
        rules.CustomerStatus.ACTIVE,
        "CUSTOMER_UNBLOCKED",
        reason,
        actor,
    )


def _create_customer(
    *, kind: str, segment: str, status: str, display_name: str, contact: Contact, joined_date: date | None
) -> Customer:
    if segment not in set(rules.Segment):
        raise InvalidInput(problem=f"{segment} is no segment; use RETAIL, SME or CORPORATE.")
    customer = Customer.objects.create(
        cif=rules.cif_number(_next_serial()),
        kind=kind,
        segment=segment,
        status=status,
        display_name=display_name[:140],
        email=contact.email,
        phone=contact.phone,
        joined_date=joined_date or clock.today(),
    )
    CustomerProfile.objects.create(customer=customer)
    for means, value in (("EMAIL", contact.email), ("PHONE", contact.phone)):
        if value:
            ContactPoint.objects.create(customer=customer, kind=means, value=value)
    if contact.street and contact.town:
        Address.objects.create(
            customer=customer,
            purpose="RESIDENTIAL" if kind == rules.CustomerKind.PERSON else "REGISTERED",
            street=contact.street,
            town=contact.town,
            postal_code=contact.postal_code,
            country=contact.country,
        )
    return customer


def _next_serial() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cif_customer_serial')")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def named(text: str, what: str, longest: int) -> str:
    """One line of printable text. Raises ``InvalidInput``."""
    words = " ".join(text.split())
    if not words:
        raise InvalidInput(problem=f"{what} must be given.")
    if len(words) > longest or not words.isprintable():
        raise InvalidInput(problem=f"{what} may have {longest} letters, all of them printable.")
    return words


def _check_terms(role: str, pays: bool, limit: Money | None, begins: date, ends: date | None) -> None:
    if role not in set(rules.MandateRole):
        raise UnusableMandate(problem=f"{role} is no role; use OWNER, SIGNATORY or VIEWER.")
    if pays and role == rules.MandateRole.VIEWER:
        raise UnusableMandate(problem="A viewer cannot be allowed to pay; make them a signatory.")
    if limit is not None and not limit.is_positive:
        raise UnusableMandate(problem="The limit of a single payment must be above zero.")
    if ends is not None and ends < begins:
        raise UnusableMandate(problem="The mandate would end before it begins.")


def _change_status(
    customer: Customer, before: str, after: str, action: str, reason: str, actor: User | None
) -> Customer:
    if not Customer.objects.filter(pk=customer.pk, status=before).update(status=after):
        raise Conflict(problem=f"Customer {customer.cif} is not {before.lower()}.")
    customer.status = after
    record(action, customer, actor, reason=named(reason, "A reason", 200))
    return customer
