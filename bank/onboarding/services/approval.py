"""What an approval makes: customer, mandates, account, related parties; documents and welcome go with them.

Called inside the deciding database transaction: all of it happens, or none.
"""

from datetime import date
from decimal import Decimal

from django.conf import settings

from bank.accounts import services as accounts
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.cif.rules import MandateRole
from bank.cif.services import Contact
from bank.documents import services as documents
from bank.identity.models import User
from bank.ledger.chart import CURRENCIES
from bank.onboarding import rules, selectors, wording
from bank.onboarding.models import Application
from bank.onboarding.rules import Kind, Signing, Task
from bank.onboarding.services import handover, invitations, kyc
from bank.runtime import outbox
from bank.signing import services as signing
from bank.signing.rules import Step

APPROVED = "onboarding.approved"


def take_on(application: Application, by: User) -> Customer:
    """Makes the applicant a customer with an account at zero. The books gain an empty account."""
    is_person = application.kind == Kind.PERSONAL
    customer = _person(application, by) if is_person else _organisation(application, by)
    cif.grant_mandate(user=application.applicant, customer=customer, role=MandateRole.OWNER, actor=by)
    product = application.answers[Task.PRODUCT]
    account = accounts.open_account(
        customer=customer,
        product_code=product["product"],
        currency=product["currency"],
        key=f"application:{application.pk}",
        opened_by=by,
    )
    documents.move_owner(old=selectors.owner_of(application), new=f"customer:{customer.cif}")
    application.customer = customer
    application.save(update_fields=["customer"])
    if not is_person:
        _let_people_in(application, customer, by)
    profile = handover.hand_over(application, customer, by)
    kyc.schedule(customer=customer, due=profile.next_review_date)
    outbox.emit(APPROVED, {"application_id": str(application.pk), "account": account.number})
    return customer


def _person(application: Application, by: User) -> Customer:
    own, address = application.answers[Task.IDENTITY], application.answers[Task.ADDRESS]
    return cif.create_person(
        given_names=own["given_names"],
        family_name=own["family_name"],
        birth_date=date.fromisoformat(own["birth_date"]),
        nationality=own["nationality"],
        contact=_contact(application.applicant.email, own["phone"], address),
        actor=by,
    )


def _organisation(application: Application, by: User) -> Customer:
    own, office = application.answers[Task.ORGANISATION], application.answers[Task.OFFICE]
    return cif.create_organisation(
        registered_name=own["registered_name"],
        trading_name=own["trading_name"],
        registration_number=own["registration_number"],
        legal_form=str(wording.LEGAL_FORMS[own["legal_form"]]),
        segment=rules.SEGMENTS[Kind(application.kind)],
        country=own["country"],
        contact=_contact(office["email"], office["phone"], office),
        actor=by,
    )


def _contact(email: str, phone: str, address: dict[str, str]) -> Contact:
    return Contact(
        email=email,
        phone=phone,
        street=address["street"],
        town=address["town"],
        postal_code=address["postal_code"],
        country=address["country"],
    )


def _let_people_in(application: Application, customer: Customer, by: User) -> None:
    """The company's signing rule, and mandates by invitation: only who holds the address can accept."""
    _set_signing_rule(application, customer, by)
    for party in application.parties.all():
        if party.is_signatory and party.email != application.applicant.email:
            invitations.invite(
                customer=customer,
                email=party.email,
                role=MandateRole.SIGNATORY,
                can_pay=True,
                by=application.applicant,
                is_agreed=True,
            )


def _set_signing_rule(application: Application, customer: Customer, by: User) -> None:
    """Where two sign above an amount, that amount is in the bank's own currency; of any other they sign
    everything together. Where one signs alone the bank's rules for all hold.
    """
    rule = application.answer(Task.SIGNING, "rule")
    if rule not in (Signing.TOGETHER, Signing.TOGETHER_ABOVE):
        return
    limit = application.answer(Task.SIGNING, "limit") if rule == Signing.TOGETHER_ABOVE else "0"
    for currency in CURRENCIES:
        above = Decimal(limit) if currency == settings.BANK_BASE_CURRENCY else Decimal(0)
        signing.set_rules(customer=customer, currency=currency, steps=[Step(above, 2)], actor=by)
