"""How to reach a customer. What held before stays on record with its days; nothing is overwritten.

A customer changes their own by a code bound to exactly the new details, and hears of it at the
old address as well as the new one.
"""

from dataclasses import asdict
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from bank.cif import rules, selectors
from bank.cif.errors import ContactUnusable
from bank.cif.models import Address, ContactPoint, Customer
from bank.cif.rules import ContactKind
from bank.cif.services.customers import Contact, named
from bank.cif.services.trail import record
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock
from bank.runtime import outbox

CHANGED = "cif.contact_changed"


def start_contact_change(*, user: User, cif: str, contact: Contact) -> Challenge:
    """Asks for a code bound to the new details; ``change_own_contact`` takes it.

    Raises ``NotFound`` for a customer that is not the user's, ``NotAllowed`` for who acts for them only,
    ``ContactUnusable``.
    """
    customer = selectors.own_customer_for(user, cif)
    fit = _fit(contact)
    told = ", ".join(filter(None, (fit.email, fit.phone, fit.street, fit.town)))
    summary = f"Change the contact details of {customer.display_name} to {told}"
    return stepup.start(user=user, act=_act(customer, fit), summary=summary)


@transaction.atomic
def change_own_contact(*, user: User, cif: str, contact: Contact, challenge_id: Any, code: str) -> Customer:
    """A customer's own change of how to reach them, with the code asked for it.

    Raises ``NotFound``, ``NotAllowed``, ``ContactUnusable``, and the step-up's refusals.
    """
    customer = selectors.own_customer_for(user, cif)
    fit = _fit(contact)
    stepup.confirm(user=user, challenge_id=challenge_id, act=_act(customer, fit), code=code)
    return change_contact(customer=customer, contact=fit, actor=user)


@transaction.atomic
def change_contact(*, customer: Customer, contact: Contact, actor: User | None) -> Customer:
    """Ends what holds no longer and begins what is new; what is the same stays. The books are not touched.

    An empty street leaves the address as it is. Raises ``ContactUnusable``.
    """
    fit = _fit(contact)
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = {"email": locked.email, "phone": locked.phone}
    _reach(locked, ContactKind.EMAIL, fit.email, actor)
    _reach(locked, ContactKind.PHONE, fit.phone, actor)
    locked.email, locked.phone = fit.email, fit.phone
    locked.save(update_fields=["email", "phone"])
    moved = bool(fit.street) and _move(locked, fit)
    if moved or before != {"email": fit.email, "phone": fit.phone}:
        record("CONTACT_CHANGED", locked, actor, before=before, after=asdict(fit))
        outbox.emit(CHANGED, {"customer_id": locked.pk, "told": sorted({before["email"], fit.email} - {""})})
    return locked


def _reach(customer: Customer, kind: str, value: str, actor: User | None) -> None:
    held = ContactPoint.objects.filter(customer=customer, kind=kind, valid_until__isnull=True)
    if held.filter(value=value).exists():
        return
    held.update(valid_until=clock.now())
    if value:
        ContactPoint.objects.create(customer=customer, kind=kind, value=value, changed_by=actor)


def _move(customer: Customer, contact: Contact) -> bool:
    purpose = "RESIDENTIAL" if customer.kind == rules.CustomerKind.PERSON else "REGISTERED"
    place = {name: getattr(contact, name) for name in ("street", "town", "postal_code", "country")}
    held = Address.objects.filter(customer=customer, purpose=purpose, valid_until__isnull=True)
    if held.filter(**place).exists():
        return False
    held.update(valid_until=clock.today())
    Address.objects.create(customer=customer, purpose=purpose, **place)
    return True


def _fit(contact: Contact) -> Contact:
    if bool(contact.street.strip()) != bool(contact.town.strip()):
        raise ContactUnusable(problem="An address needs a street and a town.")
    has_place = bool(contact.street.strip())
    return Contact(
        email=_email(contact.email),
        phone=_phone(contact.phone),
        street=named(contact.street, "A street", 140) if has_place else "",
        town=named(contact.town, "A town", 60) if has_place else "",
        postal_code=named(contact.postal_code, "A postal code", 16) if contact.postal_code.strip() else "",
        country=contact.country.upper(),
    )


def _email(text: str) -> str:
    try:
        validate_email(text.strip())
    except ValidationError:
        raise ContactUnusable(problem="Enter an e-mail address, such as name@example.com.") from None
    return text.strip().lower()


def _phone(text: str) -> str:
    """The number in international form (E.164); a local one is read as Kenyan."""
    try:
        number = phonenumbers.parse(text, "KE")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ContactUnusable(problem="Enter a phone number, such as 0712 345678 or +254 712 345678.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _act(customer: Customer, contact: Contact) -> dict[str, Any]:
    return {"act": "CHANGE_CONTACT", "cif": customer.cif, **asdict(contact)}
