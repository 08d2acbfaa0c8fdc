"""What must not be kept for ever goes, on its day, and the books stay to the last digit."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from bank.accounts.models import Account
from bank.audit import selectors as audit
from bank.cases import services as cases
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.ledger.models import Posting
from bank.privacy import retention, rules
from tests.portals import town as streets
from tests.portals.town import Town

pytestmark = pytest.mark.django_db
CONTACT = cif.Contact("amina@example.test", "0712345678", "Twiga Road 7", "Eldoret")
LATER = date(2034, 1, 1)


@pytest.fixture
def gone(db: None) -> Customer:
    """Amina, whose accounts were closed in 2026, with all that may be erased."""
    town: Town = streets.build()
    customer = cif.change_contact(customer=town.amina.customer, contact=CONTACT, actor=None)
    cif.record_document(customer=customer, kind="NATIONAL_ID", number="23456789")
    cif.relate(customer=customer, role="SPOUSE", name="Otis Otieno")
    cif.relate(customer=customer, role="PARENT", name="Olga Otieno")
    cif.add_note(customer=customer, text="Lives with Otis", actor=None)
    cases.open_case(
        kind="ENQUIRY", subject="Otis", text="Otis asks", contact_name="Amina", contact_email=CONTACT.email,
        customer=customer,
    )  # fmt: skip
    Account.objects.filter(customer=customer).update(status="CLOSED", closed_date=date(2026, 11, 1))
    Customer.objects.filter(pk=customer.pk).update(status="CLOSED")
    return Customer.objects.get(pk=customer.pk)


@pytest.mark.parametrize(
    ("ended", "today", "over"),
    [
        (date(2020, 3, 1), date(2027, 3, 1), False),
        (date(2020, 3, 1), date(2027, 3, 2), True),
        (date(2020, 2, 29), date(2027, 3, 1), False),
        (date(2020, 2, 29), date(2027, 3, 2), True),
    ],
)
def test_the_time_is_over_the_day_after(ended: date, today: date, over: bool) -> None:
    assert rules.is_over(rules.Rule("X", 7, ""), ended, today) is over
    assert not rules.is_over(rules.Rule("BOOKS", None, ""), ended, today)


def test_before_its_time_nothing_is_due(gone: Customer) -> None:
    assert retention.due(date(2033, 11, 1)) == {}
    assert list(retention.due(date(2033, 11, 2))) == [gone]


def test_who_is_still_a_customer_is_left_alone(gone: Customer) -> None:
    account = Account.objects.filter(customer=gone).first()
    assert account
    Account.objects.filter(pk=account.pk).update(status="ACTIVE", closed_date=None)
    assert retention.due(LATER) == {}


def test_what_is_erased_is_gone_and_the_books_are_not(gone: Customer) -> None:
    books = list(Posting.objects.order_by("pk").values())
    plan = retention.due(LATER)
    expected = {"CONTACT": 3, "IDENTITY_DOCUMENT": 1, "RELATED_PARTY": 2, "NOTE": 1, "CASE": 1}
    assert retention.count(plan) == expected
    assert retention.erase(plan=plan) == expected
    left = Customer.objects.get(pk=gone.pk)
    tables = (left.addresses, left.contact_points, left.parties, left.notes, left.cases)
    everything = str([left.email, left.phone, *(list(table.values()) for table in tables)])
    for word in ("Twiga", "0712", "712345678", "Otis", "Olga", "amina@"):
        assert word not in everything, word
    assert left.identity_documents.get().number == rules.ERASED
    assert list(Posting.objects.order_by("pk").values()) == books
    assert left.display_name == "Amina Wanjiru Otieno"
    assert audit.trail("CUSTOMER", gone.cif)[0].action == "PERSONAL_DATA_ERASED"
    assert retention.due(LATER) == {}


def test_a_legal_hold_stops_it_even_at_the_last_moment(gone: Customer) -> None:
    plan = retention.due(LATER)
    retention.hold(customer=gone, reason="Court order 12/2033", actor=None)
    retention.erase(plan=plan)
    assert Customer.objects.get(pk=gone.pk).email == "amina@example.test"
    assert retention.due(LATER) == {}
    retention.hold(customer=gone, reason="", actor=None)
    assert list(retention.due(LATER)) == [gone]


def test_the_command_only_counts_unless_told(gone: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bank.kernel.clock.today", lambda: LATER)
    said = StringIO()
    call_command("retention", stdout=said)
    assert "8 rows would be erased (dry run" in said.getvalue()
    assert Customer.objects.get(pk=gone.pk).email == "amina@example.test"
    call_command("retention", "--apply", stdout=said)
    assert Customer.objects.get(pk=gone.pk).email == ""
