"""What an approved application told goes on record with the customer: papers, profile, people, diligence."""

from bank.cif import services as cif
from bank.cif.models import Customer, CustomerProfile
from bank.cif.rating import Channel, Screening
from bank.cif.rules import DocumentKind, KycLevel, PartyRole
from bank.identity.models import User
from bank.onboarding import selectors
from bank.onboarding.models import Application, Party
from bank.onboarding.rules import Kind, Risk, Task


def hand_over(application: Application, customer: Customer, by: User) -> CustomerProfile:
    """Records what is known of a new customer, who is rated; the profile says when to look again."""
    if application.kind == Kind.PERSONAL:
        _person(application, customer, by)
    else:
        _organisation(application, customer, by)
    outcomes = {one.outcome for one in selectors.screenings_of(application)}
    outcome = Screening.CLEAR if outcomes == {Screening.CLEAR} else Screening.NOT_SCREENED
    cif.note_screening(customer=customer, outcome=outcome, actor=by)
    level = KycLevel.ENHANCED if application.risk == Risk.HIGH else KycLevel.STANDARD
    return cif.review_kyc(customer=customer, level=level, actor=by)


def _person(application: Application, customer: Customer, by: User) -> None:
    own, sealed = application.answers[Task.IDENTITY], selectors.sealed_answers(application)
    cif.record_document(
        customer=customer,
        kind=own["id_kind"],
        number=sealed[Task.IDENTITY]["id_number"],
        country=own["nationality"],
        actor=by,
    )
    _tax(customer, application.answer(Task.TAX, "tax_country"), sealed[Task.TAX]["tax_number"], by)
    cif.update_profile(
        customer=customer,
        actor=by,
        occupation=application.answer(Task.OCCUPATION, "occupation"),
        source_of_funds=application.answer(Task.OCCUPATION, "funds").replace("_", " ").capitalize(),
        channel=Channel.ONLINE,
        is_pep=application.answer(Task.OCCUPATION, "exposed") == "YES",
    )


def _organisation(application: Application, customer: Customer, by: User) -> None:
    country = application.answer(Task.ORGANISATION, "country")
    sealed = selectors.sealed_answers(application)
    _tax(customer, country, sealed[Task.ORGANISATION]["tax_number"], by)
    cif.update_profile(
        customer=customer,
        actor=by,
        sector=application.answer(Task.ORGANISATION, "sector"),
        channel=Channel.ONLINE,
    )
    for party in application.parties.all():
        _relate(customer, party, by)


def _tax(customer: Customer, country: str, number: str, by: User) -> None:
    cif.record_document(
        customer=customer, kind=DocumentKind.TAX_PIN, number=number, country=country, actor=by
    )


def _relate(customer: Customer, party: Party, by: User) -> None:
    """An organisation that owns is a shareholder; beneficial owners are persons alone."""
    owner = PartyRole.BENEFICIAL_OWNER if party.kind == "PERSON" else PartyRole.SHAREHOLDER
    roles = (
        (PartyRole.DIRECTOR, party.directs),
        (owner, party.owns),
        (PartyRole.SIGNATORY, party.is_signatory),
    )
    for role, holds in roles:
        if holds:
            cif.relate(
                customer=customer,
                role=role,
                name=party.name,
                birth_date=party.birth_date,
                share_pct=party.share_pct if role == owner else None,
                nationality=party.country,
                is_pep=party.is_exposed,
                actor=by,
            )
