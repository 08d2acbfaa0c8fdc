"""What must not be kept for ever goes, on its day, and the books stay to the last digit."""

from datetime import date
from io import BytesIO, StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from bank.accounts.models import Account, PresentedCheque
from bank.audit import selectors as audit
from bank.audit import services as written
from bank.audit.models import AuditRecord, AuditWords
from bank.cases import services as cases
from bank.cases.models import Case, CaseStep
from bank.cif import services as cif
from bank.cif.commands import LegalHold
from bank.cif.models import Customer, CustomerProfile, Person
from bank.documents import services as documents
from bank.documents import vault
from bank.documents.errors import DocumentDamaged
from bank.documents.models import Document
from bank.expenses import services as expenses
from bank.expenses.rules import Category
from bank.identity import sessions
from bank.identity.models import Challenge, User
from bank.kernel.money import Money
from bank.ledger import business_date
from bank.ledger.models import Posting
from bank.notifications.models import Notice
from bank.payments.models import Beneficiary, PayeeGroup, PaymentTemplate
from bank.privacy import retention, rules, services
from bank.privacy.errors import ErasureAsked, RetentionUnusable
from bank.privacy.models import ErasureRequest, RetentionRule
from bank.risk.models import Screening
from bank.risk.screening import services as screening
from bank.statements import files
from bank.statements import services as statements
from bank.statements.models import Statement
from bank.statements.selectors import verify_chain
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.documents.files import pdf, picture
from tests.identity import open_browser
from tests.portals import town as streets
from tests.portals.town import Town
from tests.workflows.conftest import employ

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


def test_what_is_erased_is_gone_and_the_books_are_not(
    gone: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    user = User.objects.get(email="amina@example.test")
    card = documents.store(
        owner=f"customer:{gone.cif}", purpose="IDENTITY", upload=BytesIO(pdf()), filename="amina-otieno.pdf",
        uploaded_by=user,
    )  # fmt: skip
    screening.screen(
        subject=f"customer:{gone.cif}", name="Amina Otieno", kind="PERSON", birth_date=None, countries=["KE"]
    )
    Beneficiary.objects.create(
        customer=gone, name="Otis Otieno", number="0010000099", agent="UMOJKENA", nickname="Otis",
        added_by=user, name_check="MATCH",
    )  # fmt: skip
    PaymentTemplate.objects.create(
        customer=gone, name="Otis' rent", debtor_account=gone.accounts.first(), creditor_name="Otis Otieno",
        creditor_number="0010000099", amount=5, currency="KES", remittance="Rent of Otis", made_by=user,
    )  # fmt: skip
    PayeeGroup.objects.create(customer=gone, name="Otis and Olga", currency="KES", made_by=user)
    paper = _told_by_the_bank(gone, user)
    while written.seal():
        pass
    books = list(Posting.objects.order_by("pk").values())
    plan = retention.due(LATER)
    expected = {
        "NAME": 1, "CONTACT": 3, "IDENTITY_DOCUMENT": 1, "DOCUMENT": 1, "RELATED_PARTY": 2, "PROFILE": 1,
        "SCREENING": 1, "APPLICATION": 0, "USER": 1, "CASE": 1, "NOTE": 1, "PAYEE": 3,
        "STATEMENT": 1, "NOTICE": 1, "CHEQUE": 1, "RECEIPT": 0,
    }  # fmt: skip
    counted = retention.count(plan)
    assert counted.pop("WORDS") > 0
    assert counted == expected
    with django_capture_on_commit_callbacks(execute=True):
        erased = retention.erase(plan=plan)
    assert erased.pop("WORDS") > 0
    assert erased == expected
    with pytest.raises(DocumentDamaged):
        vault.content_of(card.stored_name)
    with pytest.raises(FileNotFoundError):
        files.open_file(paper.file_name)
    assert (audit.verify().fault, verify_chain(with_files=True).fault) == (None, None)
    everything = str([list(table.values()) for table in _told(gone, user)])
    for word in ("Twiga", "712345678", "Otis", "Olga", "amina", "Amina", "Otieno", "0010000099"):
        assert word not in everything, word
    user.refresh_from_db()
    assert (user.is_active, user.full_name, user.has_usable_password()) == (False, rules.ERASED, False)
    assert list(Posting.objects.order_by("pk").values()) == books
    (line,) = audit.trail("CUSTOMER", gone.cif).filter(action="PERSONAL_DATA_ERASED")
    assert {kind: count for kind, count in line.detail["rows"].items() if kind != "WORDS"} == expected
    assert retention.due(LATER) == {}
    assert retention.erase_due() == 0


def _told_by_the_bank(gone: Customer, user: User) -> Statement:
    """A statement, a notice, a cheque with a name and a line of the trail with words."""
    account = gone.accounts.order_by("pk").first()
    assert account
    written.record(
        "CONTACT_CHANGED", actor=user, subject_type="CUSTOMER", subject_id=gone.cif,
        detail={"after": {"email": "amina@example.test", "street": "Twiga Road 7"}},
    )  # fmt: skip
    today = business_date()
    paper = statements.answer_at_once(
        user=user, account=account, from_date=today, to_date=today, format="CSV"
    )
    Notice.objects.create(
        user=user, customer=gone, event_id=uuid4(), kind="MONEY_IN", told={"name": "Otis Otieno"}
    )
    PresentedCheque.objects.create(
        account=account, number=1, amount=5, dated=date(2026, 1, 2), payee="Otis Otieno",
        presenting_bank="Bank", presented_date=date(2026, 1, 3),
    )  # fmt: skip
    return paper


def _told(customer: Customer, user: User) -> list[Any]:
    """Every table that told who the customer was."""
    owner = f"customer:{customer.cif}"
    return [
        Customer.objects.filter(pk=customer.pk), Person.objects.filter(customer=customer), customer.addresses,
        customer.contact_points, customer.parties, customer.notes, customer.cases,
        customer.identity_documents, CaseStep.objects.filter(case__customer=customer),
        Document.objects.filter(owner=owner),
        Screening.objects.filter(subject=owner), Beneficiary.objects.filter(customer=customer),
        PaymentTemplate.objects.filter(customer=customer), PayeeGroup.objects.filter(customer=customer),
        User.objects.filter(pk=user.pk), CustomerProfile.objects.filter(customer=customer),
        Notice.objects.filter(customer=customer), PresentedCheque.objects.filter(account__customer=customer),
        Challenge.objects.filter(user=user), AuditRecord.objects.filter(subject_id=customer.cif),
        AuditWords.objects.filter(record__subject_id=customer.cif),
        AuditWords.objects.filter(record__actor=user), customer.accounts,
    ]  # fmt: skip


def test_a_kind_whose_years_are_fewer_goes_first_and_the_rest_later(gone: Customer) -> None:
    services.set_retention(kind="NOTE", years=1, actor=employ("c", "COMPLIANCE"))
    plan = retention.due(date(2027, 11, 2))
    assert plan == {gone: ["NOTE"]}
    retention.erase(plan=plan)
    assert gone.notes.get().text == rules.ERASED
    assert retention.due(date(2027, 11, 2)) == {}
    assert "NOTE" not in retention.due(LATER)[gone]
    for kind, years in (("NAME", 6), ("NAME", 31), ("BOOKS", 7), ("AUDIT", 1), ("X", 7), ("NOTE", -1)):
        with pytest.raises(RetentionUnusable):
            rules.check(kind, years)


def test_a_wish_to_be_forgotten_leaves_what_the_law_wants(gone: Customer) -> None:
    Customer.objects.filter(pk=gone.pk).update(status="ACTIVE")
    user = User.objects.get(email="amina@example.test")
    browser = Client()
    open_browser(browser, user)
    page = browser.get("/personal/profile/data/").content.decode()
    assert "Proceeds of Crime" in page
    for _again in range(2):
        browser.post("/personal/profile/data/erasure/")
    asked = ErasureRequest.objects.get(customer=gone)
    assert asked.reference in browser.get("/personal/profile/data/").content.decode()
    with pytest.raises(ErasureAsked):
        services.request_erasure(user=user, cif_number=gone.cif)
    assert Case.objects.filter(reference=asked.reference, kind="SERVICE_REQUEST").count() == 1
    Customer.objects.filter(pk=gone.pk).update(status="CLOSED")
    assert retention.due(date(2026, 11, 2)) == {gone: ["NOTE", "PAYEE", "NOTICE"]}
    assert retention.due(date(2032, 11, 2))[gone] == [
        *("CASE", "NOTE", "PAYEE", "NOTICE", "CHEQUE", "RECEIPT"),
    ]


def test_how_long_is_changed_by_two_who_see_what_goes(
    gone: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "is_confirmed", lambda request: True)
    monkeypatch.setattr("bank.kernel.clock.today", lambda: date(2030, 1, 1))
    browser = Client()
    open_browser(browser, employ("one", "COMPLIANCE"))
    row = RetentionRule.objects.get(kind="NOTE")
    address = f"/admin/privacy/retentionrule/{row.pk}/do/change/"
    assert browser.post(address, {"years": "3", "reason": "Data minimisation"}).status_code == 302
    command = Command.objects.get()
    assert command.difference[-1] == {
        "label": "Rows erased the next night", "before": "0", "after": "1", "is_forecast": True,
    }  # fmt: skip
    assert workflows.approve(command=command, checker=employ("two", "COMPLIANCE")).state == "APPROVED"
    assert retention.erase_due() == 1
    page = browser.get(f"/admin/cif/customer/{gone.pk}/change/").content.decode()
    assert "Erased data" in page


def test_a_hold_that_is_only_proposed_stops_it_too(gone: Customer) -> None:
    payload = LegalHold(gone.cif, "Court order 12/2033")
    workflows.propose(
        kind="cif.legal_hold", payload=payload, reason="It came", maker=employ("one", "COMPLIANCE")
    )
    assert retention.erase(plan=retention.due(LATER)) == {}
    assert Customer.objects.get(pk=gone.pk).display_name != rules.ERASED


def test_a_legal_hold_stops_it_even_at_the_last_moment(gone: Customer) -> None:
    plan = retention.due(LATER)
    cif.hold(customer=gone, reason="Court order 12/2033", actor=None)
    retention.erase(plan=plan)
    assert Customer.objects.get(pk=gone.pk).email == "amina@example.test"
    assert retention.due(LATER) == {}
    cif.hold(customer=gone, reason="", actor=None)
    assert list(retention.due(LATER)) == [gone]


def test_the_command_only_counts_unless_told(gone: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bank.kernel.clock.today", lambda: LATER)
    said = StringIO()
    call_command("retention", stdout=said)
    assert " rows would be erased (dry run" in said.getvalue()
    assert Customer.objects.get(pk=gone.pk).email == "amina@example.test"
    call_command("retention", "--apply", stdout=said)
    assert Customer.objects.get(pk=gone.pk).email == ""


def test_a_companys_receipts_and_its_users_words_go_and_its_name_stays(
    db: None, django_capture_on_commit_callbacks: Any
) -> None:
    town = streets.build()
    firm, user = town.firm.customer, town.firm.user
    claimed = expenses.claim(
        user=user, customer=firm, merchant="Mama Otieno's Kitchen", category=Category.MEALS,
        spent=business_date(),
        amount=Money.of("1160.00", "KES"), vat=Money.of("160.00", "KES"), account_number=town.brian.number,
        account_name=town.brian.name, filename="otieno.jpg", upload=BytesIO(picture()),
    )  # fmt: skip
    paper = Document.objects.get(pk=claimed.document_id)
    Account.objects.filter(customer=firm).update(status="CLOSED", closed_date=date(2026, 11, 1))
    Customer.objects.filter(pk=firm.pk).update(status="CLOSED")
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.erase(plan=retention.due(LATER))["RECEIPT"] == 1
    claimed.refresh_from_db()
    paper.refresh_from_db()
    assert (claimed.merchant, claimed.account_number, claimed.amount) == (rules.ERASED, "", 1160)
    assert (paper.state, paper.filename) == ("DISCARDED", rules.ERASED)
    with pytest.raises(DocumentDamaged):
        vault.content_of(paper.stored_name)
    firm.refresh_from_db()
    assert firm.display_name == "Savanna Traders Ltd"
    assert User.objects.get(pk=user.pk).full_name == rules.ERASED
