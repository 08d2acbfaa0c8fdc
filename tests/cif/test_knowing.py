"""Related parties, documents, contact history, due diligence, and the rating with its reasons."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from bank.audit import selectors as audit
from bank.cif import rating, selectors
from bank.cif import services as cif
from bank.cif.errors import ContactUnusable, DocumentUnusable, PartyUnusable
from bank.cif.models import Address, ContactPoint, Customer, IdentityDocument, RelatedParty, RiskAssessment
from bank.identity import stepup
from bank.identity.errors import StepUpActChanged
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import InvalidInput, NotFound
from bank.runtime import outbox

pytestmark = pytest.mark.django_db
NEW = cif.Contact("Amina@New.test", "0712 345678", "Moi Avenue 12", "Nairobi", "00100")
PLAIN = rating.Facts(
    countries=["KE"], sector="", products=[], channel="BRANCH", is_pep=False, has_pep_party=False,
    screening="CLEAR", joined=date(2020, 1, 1), today=date(2026, 11, 27),
)  # fmt: skip


@pytest.fixture
def firm(db: None) -> Customer:
    return cif.create_organisation(
        registered_name="Acme Ltd", registration_number="PVT-1", legal_form="LTD", segment="SME"
    )


# --- related parties


def test_shares_of_the_owners_never_exceed_the_whole(firm: Customer) -> None:
    cif.relate(customer=firm, role="BENEFICIAL_OWNER", name="Ann Alpha", share_pct=Decimal("60"))
    with pytest.raises(PartyUnusable, match="100 per cent"):
        cif.relate(customer=firm, role="BENEFICIAL_OWNER", name="Ben Beta", share_pct=Decimal("40.01"))
    last = cif.relate(customer=firm, role="BENEFICIAL_OWNER", name="Ben Beta", share_pct=Decimal("40"))
    cif.end_relation(party=last)
    cif.relate(customer=firm, role="BENEFICIAL_OWNER", name="Cy Gamma", share_pct=Decimal("40"))
    assert {party.name for party in selectors.parties_of(firm)} == {"Ann Alpha", "Cy Gamma"}
    assert RelatedParty.objects.count() == 3


@pytest.mark.parametrize(
    "fault",
    [
        {"role": "EMPEROR"},
        {"role": "SPOUSE"},
        {"name": " "},
        {"name": "Zo\u200be"},
        {"share_pct": Decimal("5")},
        {"role": "BENEFICIAL_OWNER", "share_pct": Decimal("0")},
        {"role": "BENEFICIAL_OWNER", "share_pct": Decimal("100.01")},
        {"birth_date": clock.today()},
    ],
)
def test_an_impossible_party_is_refused(firm: Customer, fault: dict[str, object]) -> None:
    with pytest.raises((PartyUnusable, InvalidInput)):
        cif.relate(customer=firm, **({"role": "DIRECTOR", "name": "Zoe"} | fault))
    assert not RelatedParty.objects.exists()


def test_a_person_has_a_spouse_and_no_director(customer: Customer, firm: Customer) -> None:
    cif.relate(customer=customer, role="SPOUSE", name="Otis Otieno", related_customer=firm)
    with pytest.raises(PartyUnusable):
        cif.relate(customer=customer, role="DIRECTOR", name="Otis Otieno")
    with pytest.raises(PartyUnusable):
        cif.relate(customer=customer, role="PARENT", name="Herself", related_customer=customer)
    with pytest.raises(PartyUnusable):
        cif.relate(customer=customer, role="SPOUSE", name="Otis Otieno")


def test_an_exposed_owner_makes_the_company_a_high_risk_and_leaving_lowers_it(firm: Customer) -> None:
    party = cif.relate(customer=firm, role="DIRECTOR", name="Hon. Minister", is_pep=True)
    found = selectors.assessment_of(firm)
    assert found
    assert (found.rating, found.score) == ("HIGH", 75)
    assert "PEP_PARTY" in {reason["code"] for reason in found.reasons}
    cif.end_relation(party=party)
    assert selectors.assessment_of(firm).rating == "LOW"  # type: ignore[union-attr]
    assert RiskAssessment.objects.filter(customer=firm).count() == 2


# --- the rating


@pytest.mark.parametrize(
    ("facts", "score", "standing"),
    [
        ({}, 0, "LOW"),
        ({"countries": ["KE", "US"]}, 10, "LOW"),
        ({"countries": ["ZA"], "sector": "FUEL"}, 40, "MEDIUM"),
        ({"countries": ["IR"]}, 60, "HIGH"),
        ({"sector": "CRYPTO", "channel": "ONLINE"}, 35, "MEDIUM"),
        ({"is_pep": True}, 75, "HIGH"),
        ({"screening": "HIT"}, 95, "HIGH"),
        ({"screening": "POSSIBLE"}, 40, "MEDIUM"),
        ({"joined": date(2026, 11, 1), "products": ["CORPORATE"]}, 20, "LOW"),
        ({"countries": ["KP"], "sector": "ARMS", "channel": "AGENT", "screening": "POSSIBLE"}, 100, "HIGH"),
    ],
)
def test_the_rating_follows_from_the_facts(facts: dict[str, object], score: int, standing: str) -> None:
    found = rating.assess(replace(PLAIN, **facts))  # type: ignore[arg-type]
    assert (found.score, found.rating) == (score, standing)
    assert (found.score > 0) == bool(found.reasons)


def test_a_rating_is_kept_when_it_moves_and_not_when_it_does_not(customer: Customer) -> None:
    first = cif.rate(customer=customer, cause="TEST")
    assert cif.rate(customer=customer, cause="TEST") == first
    cif.update_profile(customer=customer, sector="money services", channel="ONLINE")
    cif.note_screening(customer=customer, outcome="CLEAR")
    kept = list(RiskAssessment.objects.filter(customer=customer).values_list("rating", flat=True))
    assert kept == ["MEDIUM", "MEDIUM", "LOW"]
    assert cif.rate_again() == 0


def test_the_next_review_follows_the_rating_and_comes_sooner_when_it_rises(customer: Customer) -> None:
    day = date(2024, 2, 29)
    assert cif.review_kyc(customer=customer, level="STANDARD", on=day).next_review_date == date(2027, 2, 28)
    cif.note_screening(customer=customer, outcome="CLEAR", is_pep=True)
    assert selectors.profile_of(customer).next_review_date == date(2025, 2, 28)
    cif.note_screening(customer=customer, outcome="CLEAR", is_pep=False)
    assert selectors.profile_of(customer).next_review_date == date(2025, 2, 28)


@pytest.mark.parametrize(
    "change", [{"channel": "PIGEON"}, {"is_pep": "yes"}, {"occupation": "x" * 61}, {"kyc_level": "ENHANCED"}]
)
def test_a_profile_takes_only_what_it_knows(customer: Customer, change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        cif.update_profile(customer=customer, **change)
    assert selectors.profile_of(customer).kyc_level == "NONE"


# --- identity documents


def test_a_number_is_sealed_found_and_never_told(customer: Customer) -> None:
    cif.record_document(customer=customer, kind="NATIONAL_ID", number="2345-6789 0")
    kept = IdentityDocument.objects.get()
    assert (kept.number, kept.ending) == ("234567890", "•••890")
    assert selectors.by_document("NATIONAL_ID", "234567890") == [customer]
    assert selectors.by_document("PASSPORT", "234567890") == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT number::text || encode(number, 'escape') FROM cif_identitydocument")
        assert "234567890" not in cursor.fetchone()[0]
    assert "234567890" not in str([line.told for line in audit.trail("CUSTOMER", customer.cif)])


def test_a_newer_document_replaces_the_older_which_stays_on_record(customer: Customer) -> None:
    cif.record_document(customer=customer, kind="PASSPORT", number="AK0011223")
    cif.record_document(customer=customer, kind="PASSPORT", number="AK0099887")
    assert [document.valid_until is None for document in IdentityDocument.objects.all()] == [True, False]
    assert selectors.by_document("PASSPORT", "ak 0011223") == [customer]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "LIBRARY_CARD"},
        {"number": "12"},
        {"issued_date": clock.today() + timedelta(days=1)},
        {"issued_date": date(2020, 1, 1), "expires_date": date(2019, 1, 1)},
    ],
)
def test_a_document_that_can_be_none_is_refused(customer: Customer, fault: dict[str, object]) -> None:
    with pytest.raises(DocumentUnusable):
        cif.record_document(customer=customer, **({"kind": "PASSPORT", "number": "AK0011223"} | fault))
    assert not IdentityDocument.objects.exists()


# --- contact details


def test_details_are_ended_not_overwritten_and_both_addresses_are_told() -> None:
    customer = cif.create_person(
        given_names="Amina", family_name="Otieno", birth_date=date(1990, 5, 17),
        contact=cif.Contact("amina@old.test", "+254700000001", "Twiga Road 7", "Eldoret"),
    )  # fmt: skip
    cif.change_contact(customer=customer, contact=NEW, actor=None)
    now = Customer.objects.get()
    assert (now.email, now.phone) == ("amina@new.test", "+254712345678")
    assert [one.town for one in Address.objects.all()] == ["Nairobi", "Eldoret"]
    assert selectors.address_of(customer).town == "Nairobi"  # type: ignore[union-attr]
    assert ContactPoint.objects.filter(valid_until__isnull=False).count() == 2
    outbox.deliver_due()
    assert sorted(message.to[0] for message in mail.outbox) == ["amina@new.test", "amina@old.test"]
    cif.change_contact(customer=customer, contact=NEW, actor=None)
    assert ContactPoint.objects.count() == 4


def test_a_customer_changes_their_own_by_a_code_for_exactly_that(user: User, customer: Customer) -> None:
    cif.grant_mandate(user=user, customer=customer, role="OWNER")
    challenge = cif.start_contact_change(user=user, cif=customer.cif, contact=NEW)
    code = stepup.code_for(challenge)
    other = replace(NEW, phone="0799 999999")
    asked = {"user": user, "cif": customer.cif, "challenge_id": challenge.pk, "code": code}
    with pytest.raises(StepUpActChanged):
        cif.change_own_contact(**asked, contact=other)
    assert Customer.objects.get().email == ""
    again = cif.start_contact_change(user=user, cif=customer.cif, contact=NEW)
    fresh = asked | {"challenge_id": again.pk, "code": stepup.code_for(again)}
    assert cif.change_own_contact(**fresh, contact=NEW).email == "amina@new.test"


def test_nobody_changes_somebody_elses(user: User, customer: Customer) -> None:
    with pytest.raises(NotFound):
        cif.start_contact_change(user=user, cif=customer.cif, contact=NEW)


@pytest.mark.parametrize(
    "fault",
    [
        {"email": "nobody"},
        {"phone": "call me"},
        {"street": ""},
        {"town": " "},
        {"email": "a@b.test\nBcc: c@d.test"},
    ],
)
def test_details_nobody_could_use_are_refused(customer: Customer, fault: dict[str, str]) -> None:
    with pytest.raises(ContactUnusable):
        cif.change_contact(customer=customer, contact=replace(NEW, **fault), actor=None)
    assert not ContactPoint.objects.exists()


def test_the_database_keeps_one_present_address(customer: Customer) -> None:
    cif.change_contact(customer=customer, contact=NEW, actor=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.create(customer=customer, purpose="RESIDENTIAL", street="Elsewhere 1", town="Kisumu")


def test_a_note_stays_and_a_blank_one_does_not(user: User, customer: Customer) -> None:
    cif.add_note(customer=customer, text="Prefers\n to be called", actor=user)
    with pytest.raises(InvalidInput):
        cif.add_note(customer=customer, text=" ", actor=user)
    assert [note.text for note in customer.notes.all()] == ["Prefers\n to be called"]
