"""Two customers who are one: found, proposed, decided, merged; the books untouched."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from bank.accounts import selectors as accounts
from bank.accounts import services as opening
from bank.audit import selectors as audit
from bank.cases import services as cases
from bank.cases.models import Case
from bank.cif import likeness, selectors
from bank.cif import services as cif
from bank.cif.commands import ChangeName, MergeCustomers, OverrideSegment
from bank.cif.errors import MergeRefused
from bank.cif.models import Customer, DuplicateCandidate, Mandate
from bank.identity.models import User
from bank.kernel.errors import BankError, Conflict, NotFound
from bank.ledger.models import Entry, Posting
from bank.payments.models import Beneficiary
from bank.workflows import services as workflows
from tests.portals import town as streets
from tests.portals.town import Town
from tests.workflows.conftest import employ
from tests.worlds import Standing

pytestmark = pytest.mark.django_db
#: Every way in which something can belong to a customer, and what a merge does with it.
MOVED = {
    *("column_mappings", "payroll_readers"),
    *("addresses", "mandates", "contact_points", "parties", "party_to", "identity_documents", "notes"),
    *("accounts", "cases", "beneficiaries", "payment_limits", "payment_files"),
    *("deposits", "deposit_requests", "joint_accounts", "signing_rules", "debit_mandates", "debit_creditor"),
    *("applications", "invitations", "kyc_reviews", "api_keys", "exports", "erasure_request"),
    *("payment_templates", "payee_groups"),
    *("seller", "debtors", "invoices", "receipts", "recurrences", "reminder_rules", "vendors", "bills"),
    *("employees", "payroll_runs", "endpoints", "sweeps", "expenses"),
}
STAYS = {
    "delegations": "ended, for they were given at the duplicate",
    "person": "who the duplicate was said to be",
    "organisation": "who the duplicate was said to be",
    "profile": "joined into the survivor's",
    "assessments": "a judgement of the duplicate; the survivor is rated anew",
    "approvals": "what was asked stays as it was; what waits is given up, to be made again",
    "merged": "followed to the survivor",
    "erasures": "what is gone of the duplicate stays gone",
    "like_first": "decided with the merge",
    "like_second": "decided with the merge",
}


@pytest.fixture
def town(standing_town: Standing[Town], db: None) -> Town:
    return standing_town.visit()


@pytest.fixture
def twin(town: Town) -> Customer:
    """Amina a second time, with an account, a case, papers and a payee."""
    found = cif.create_person(
        given_names="Amína Wanjiru",
        family_name="OTIENO",
        birth_date=date(1990, 5, 17),
        contact=cif.Contact("amina@example.test", "+254700000001", "Twiga Road 7", "Eldoret"),
    )
    cif.record_document(customer=found, kind="NATIONAL_ID", number="23456789")
    cif.grant_mandate(user=town.amina.user, customer=found, role="OWNER")
    cif.grant_mandate(user=town.bookkeeper, customer=found, role="VIEWER")
    cif.relate(customer=found, role="SPOUSE", name="Otis Otieno", related_customer=town.brian.customer)
    account = opening.open_account(customer=found, product_code="CURRENT", key="twin")
    streets.fund(account, "700.00")
    Beneficiary.objects.create(
        customer=found, name="Brian", number=town.brian.number, agent="UMOJKENA", name_check="MATCH",
        added_by=town.amina.user,
    )  # fmt: skip
    cases.open_case(
        kind="ENQUIRY", subject="Fee", text="Why?", contact_name="Amina", contact_email="a@example.test",
        customer=found,
    )  # fmt: skip
    return found


@pytest.fixture
def maker(db: None) -> User:
    return employ("maker", "OFFICER")


@pytest.fixture
def checker(db: None) -> User:
    return employ("checker", "COMPLIANCE")


def _merge(town: Town, twin: Customer, maker: User, checker: User) -> Customer:
    asked = MergeCustomers(town.amina.customer.cif, twin.cif)
    command = workflows.propose(kind="cif.merge_customers", payload=asked, reason="Same ID card", maker=maker)
    done = workflows.approve(command=command, checker=checker)
    assert done.state == "APPROVED", done.decision_reason
    return Customer.objects.get(pk=town.amina.customer.pk)


def test_everything_passes_to_the_survivor_and_the_books_stay(
    town: Town, twin: Customer, maker: User, checker: User
) -> None:
    cif.record_document(customer=town.amina.customer, kind="PASSPORT", number="AK0011223")
    books = (list(Entry.objects.order_by("pk").values()), list(Posting.objects.order_by("pk").values()))
    balances = town.books()
    survivor = _merge(town, twin, maker, checker)
    assert (
        list(Entry.objects.order_by("pk").values()),
        list(Posting.objects.order_by("pk").values()),
    ) == books
    assert town.books() == balances
    assert len(accounts.accounts_of(survivor)) == 3
    assert Case.objects.get().customer == survivor
    assert {document.kind for document in survivor.identity_documents.all()} == {"NATIONAL_ID", "PASSPORT"}
    assert [party.name for party in selectors.parties_of(survivor)] == ["Otis Otieno"]
    assert Beneficiary.objects.get().customer == survivor
    assert selectors.address_of(survivor) is None
    assert survivor.addresses.get().town == "Eldoret"
    old = Customer.objects.get(pk=twin.pk)
    assert (old.status, old.merged_into) == ("CLOSED", survivor)


def test_who_acted_for_the_duplicate_acts_for_the_survivor_once(
    town: Town, twin: Customer, maker: User, checker: User
) -> None:
    survivor = _merge(town, twin, maker, checker)
    open_ones = Mandate.objects.filter(customer=survivor, revoked_at__isnull=True)
    assert {(one.user, one.role) for one in open_ones} == {
        (town.amina.user, "OWNER"),
        (town.bookkeeper, "VIEWER"),
    }


def test_the_old_number_answers_with_the_new_one_to_its_owner_alone(
    town: Town, twin: Customer, maker: User, checker: User
) -> None:
    survivor = _merge(town, twin, maker, checker)
    assert selectors.customer_for(town.amina.user, twin.cif) == survivor
    assert selectors.survivor_of(selectors.by_cif(twin.cif)) == survivor
    with pytest.raises(NotFound):
        selectors.customer_for(town.brian.user, twin.cif)


def test_both_sides_keep_the_trail(town: Town, twin: Customer, maker: User, checker: User) -> None:
    survivor = _merge(town, twin, maker, checker)
    assert audit.trail("CUSTOMER", twin.cif)[0].action == "CUSTOMER_MERGED"
    took = audit.trail("CUSTOMER", survivor.cif).filter(action="CUSTOMER_TOOK_OVER").get()
    assert (took.actor, took.detail["taken"], took.detail["moved"]["accounts"]) == (checker, twin.cif, 1)


def test_nothing_of_a_customer_is_forgotten_by_a_merge() -> None:
    """A new table that points at customers must say here what becomes of it."""
    there = {one.get_accessor_name() for one in Customer._meta.related_objects}
    assert there == MOVED | STAYS.keys()


def test_what_is_no_pair_is_not_merged(town: Town, twin: Customer, maker: User) -> None:
    amina = town.amina.customer

    def propose(survivor: Customer, duplicate: Customer) -> None:
        asked = MergeCustomers(survivor.cif, duplicate.cif)
        workflows.propose(kind="cif.merge_customers", payload=asked, reason="Same", maker=maker)

    for survivor, duplicate in ((amina, amina), (amina, town.firm.customer)):
        with pytest.raises(MergeRefused):
            propose(survivor, duplicate)
    cif.block_customer(customer=twin, reason="Court order")
    with pytest.raises(MergeRefused, match="blocked"):
        propose(amina, twin)


def test_a_block_that_came_in_between_stops_the_merge(
    town: Town, twin: Customer, maker: User, checker: User
) -> None:
    asked = MergeCustomers(town.amina.customer.cif, twin.cif)
    command = workflows.propose(kind="cif.merge_customers", payload=asked, reason="Same", maker=maker)
    cif.block_customer(customer=twin, reason="Court order")
    assert workflows.approve(command=command, checker=checker).state == "FAILED"
    assert Customer.objects.get(pk=twin.pk).merged_into is None
    assert len(accounts.accounts_of(twin)) == 1


def test_the_database_merges_none_that_is_open(town: Town, twin: Customer) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=twin.pk).update(merged_into=town.amina.customer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=twin.pk).update(merged_into=twin, status="CLOSED")


# --- finding them


def test_twins_are_found_once_and_a_dismissed_pair_stays_dismissed(
    town: Town, twin: Customer, maker: User
) -> None:
    assert cif.find_duplicates() == 1
    assert cif.find_duplicates() == 0
    pair = DuplicateCandidate.objects.get()
    assert (pair.first, pair.second) == (town.amina.customer, twin)
    assert (pair.score, set(pair.reasons)) == (65, {"SAME_NAME", "SAME_BIRTH_DATE"})
    cif.dismiss(candidate=pair, reason="Twin sisters", actor=maker)
    with pytest.raises(Conflict):
        cif.dismiss(candidate=pair, reason="Again", actor=maker)
    assert cif.find_duplicates() == 0
    assert [one.cif for one, _like in selectors.likely_same(twin)] == [town.amina.customer.cif]


def test_a_merged_pair_is_settled(town: Town, twin: Customer, maker: User, checker: User) -> None:
    cif.find_duplicates()
    _merge(town, twin, maker, checker)
    assert DuplicateCandidate.objects.get().decision == "MERGED"
    assert cif.find_duplicates() == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amina Otieno", "OTIENO, Amína"),
        ("Дмитрий Иванов", "Dmitrij Ivanov"),
        ("Acme Millers Ltd", "ACME Millers Limited"),
        ("Dr. Wanjiku Mwangi", "Mwangi Wanjiku"),
    ],
)
def test_names_are_one_however_they_are_written(one: str, other: str) -> None:
    left, right = likeness.normalised(one), likeness.normalised(other)
    assert left == right or likeness.fuzz.ratio(left, right) >= 88


# --- names and segments


def test_a_name_changes_by_two_people_alone(town: Town, maker: User, checker: User) -> None:
    asked = ChangeName(town.amina.customer.cif, "Amina Wanjiru", "Langat")
    command = workflows.propose(kind="cif.change_name", payload=asked, reason="Married", maker=maker)
    assert command.difference == [
        {"label": "Name", "before": "Amina Wanjiru Otieno", "after": "Amina Wanjiru Langat"}
    ]
    workflows.approve(command=command, checker=checker)
    changed = Customer.objects.get(pk=town.amina.customer.pk)
    assert (changed.display_name, changed.person.family_name) == ("Amina Wanjiru Langat", "Langat")


@pytest.mark.parametrize(
    "asked",
    [
        ChangeName("{amina}", "Amina Wanjiru", "Otieno"),
        ChangeName("{amina}", "", "X"),
        ChangeName("{firm}", registered_name=" "),
        ChangeName("999", "A", "B"),
        OverrideSegment("{firm}", "RETAIL"),
        OverrideSegment("{firm}", "CORPORATE"),
        OverrideSegment("{amina}", "ROYAL"),
    ],
)
def test_a_change_that_is_none_is_not_proposed(
    town: Town, maker: User, asked: ChangeName | OverrideSegment
) -> None:
    cifs = {"{amina}": town.amina.customer.cif, "{firm}": town.firm.customer.cif}
    kind = "cif.change_name" if isinstance(asked, ChangeName) else "cif.override_segment"
    payload = type(asked)(**{n: cifs.get(v, v) for n, v in ((f, getattr(asked, f)) for f in asked.__slots__)})
    with pytest.raises(BankError):
        workflows.propose(kind=kind, payload=payload, reason="Asked", maker=maker)


def test_a_segment_is_overridden_with_its_reason(town: Town, maker: User, checker: User) -> None:
    asked = OverrideSegment(town.amina.customer.cif, "SME")
    command = workflows.propose(kind="cif.override_segment", payload=asked, reason="Trades", maker=maker)
    workflows.approve(command=command, checker=checker)
    changed = Customer.objects.get(pk=town.amina.customer.pk)
    assert (changed.segment, changed.profile.segment_reason) == ("SME", "Trades")
