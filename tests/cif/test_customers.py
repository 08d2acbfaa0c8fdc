"""Taking on persons and organisations."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from bank.audit import selectors as audit
from bank.cif import rules, selectors
from bank.cif import services as cif
from bank.cif.models import Address, Customer
from bank.kernel import checkdigits, clock
from bank.kernel.errors import Conflict, InvalidInput, NotFound

pytestmark = pytest.mark.django_db


def _acme(**changes: str) -> Customer:
    terms = {
        "registered_name": "Acme Millers Ltd",
        "registration_number": "cpr/2020/1",
        "legal_form": "LTD",
        "segment": "SME",
    }
    return cif.create_organisation(**(terms | changes))


def test_a_person_gets_a_number_a_name_and_an_address() -> None:
    customer = cif.create_person(
        given_names=" Amina  Wanjiru ",
        family_name="Otieno",
        birth_date=clock.today() - timedelta(days=12_000),
        contact=cif.Contact(street="12 Moi Avenue", town="Nairobi"),
    )
    assert customer.display_name == "Amina Wanjiru Otieno"
    assert (customer.kind, customer.segment, customer.status) == ("PERSON", "RETAIL", "ACTIVE")
    assert Address.objects.get(customer=customer).purpose == "RESIDENTIAL"
    assert selectors.by_cif(customer.cif) == customer


def test_customer_numbers_carry_a_check_digit_and_never_repeat(customer: Customer) -> None:
    other = _acme()
    assert customer.cif != other.cif
    for cif_number in (customer.cif, other.cif):
        assert checkdigits.luhn_digit(cif_number[:-1]) == cif_number[-1]
    assert rules.cif_number(100023) == "1000231"


def test_taking_on_a_customer_leaves_a_trail(customer: Customer) -> None:
    assert [line.action for line in audit.trail("CUSTOMER", customer.cif)] == ["CUSTOMER_CREATED"]


@pytest.mark.parametrize(
    "fault",
    [
        {"given_names": "  "},
        {"given_names": "A" * 101},
        {"family_name": ""},
        {"family_name": "B\x00"},
        {"birth_date": clock.today()},
        {"segment": "ROYAL"},
    ],
    ids=["no given name", "endless name", "no family name", "NUL", "born today", "no such segment"],
)
def test_an_impossible_person_is_refused(fault: dict[str, object]) -> None:
    terms: dict[str, object] = {
        "given_names": "A",
        "family_name": "B",
        "birth_date": clock.today().replace(year=1990),
    }
    with pytest.raises(InvalidInput):
        cif.create_person(**(terms | fault))
    assert not Customer.objects.exists()


def test_an_organisation_is_registered_once() -> None:
    assert _acme(trading_name="Acme").display_name == "Acme"
    with pytest.raises(Conflict):
        _acme(registered_name="Acme Again", registration_number="CPR/2020/1")
    assert Customer.objects.count() == 1


def test_an_organisation_is_not_a_retail_customer() -> None:
    with pytest.raises(InvalidInput):
        _acme(segment="RETAIL")
    with pytest.raises(IntegrityError):
        Customer.objects.create(
            cif="1", kind="ORGANISATION", segment="RETAIL", display_name="X", joined_date=clock.today()
        )


def test_blocking_and_unblocking(customer: Customer) -> None:
    cif.block_customer(customer=customer, reason="Documents expired")
    assert Customer.objects.get().status == "BLOCKED"
    with pytest.raises(Conflict):
        cif.block_customer(customer=customer, reason="Again")
    cif.unblock_customer(customer=customer, reason="Documents renewed")
    assert Customer.objects.get().status == "ACTIVE"


def test_blocking_needs_a_reason(customer: Customer) -> None:
    with pytest.raises(InvalidInput):
        cif.block_customer(customer=customer, reason=" ")
    assert Customer.objects.get().status == "ACTIVE"


def test_an_unknown_number_is_not_found() -> None:
    with pytest.raises(NotFound):
        selectors.by_cif("999")
