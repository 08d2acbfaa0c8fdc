"""A customer on one screen: what is shown, who may do what, and that every look is on the trail."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from bank import ledger
from bank.accounts import postings
from bank.accounts import selectors as accounts_of
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.cif.admin.gathering import gather
from bank.cif.commands import OverrideSegment
from bank.cif.models import Customer, CustomerNote, DuplicateCandidate, RelatedParty
from bank.identity import sessions
from bank.kernel.money import Money
from bank.runtime import formats
from bank.web import cells, staff
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.backoffice.conftest import HOSTILE, Seen, SmallBank
from tests.backoffice.test_pages import CUSTOMER_QUERIES
from tests.workflows.conftest import employ as hire

pytestmark = pytest.mark.django_db
AsRole = Callable[[str], Client]


def do(desk: Client, customer: Customer, act: str, **given: object) -> int:
    return desk.post(reverse("admin:cif_customer_do", args=[customer.pk, act]), given).status_code


def _confirm(desk: Client) -> None:
    session = desk.session
    session[sessions._CONFIRMED] = 9_999_999_999
    session.save()


def test_one_screen_has_it_all_and_says_who_looked(
    small_bank: SmallBank, as_role: AsRole, seen: Seen
) -> None:
    desk, customer = as_role("COMPLIANCE"), small_bank.customer
    cif.relate(customer=customer, role="DIRECTOR", name="Ann Alpha", is_pep=True)
    cif.add_note(customer=customer, text=HOSTILE, actor=None)
    page = desk.get(reverse("admin:cif_customer_change", args=[customer.pk])).content.decode()
    for shown in (
        "Accounts",
        "Latest payments",
        "Cases",
        "Documents",
        "Why this risk",
        "Related parties",
        "Who looked",
    ):
        assert f">{shown}</h2>" in page, shown
    assert "A related party is politically exposed" in page
    assert "<img src=x" not in page
    desk.get(reverse("admin:cif_customer_do", args=[customer.pk, "note"]))
    assert [line.subject_id for line in seen("CUSTOMER_VIEWED")] == [customer.cif] * 2
    desk.get(reverse("admin:cif_customer_changelist"), {"q": "Savanna"})
    desk.get(reverse("admin:search"), {"q": "Savanna"})
    assert seen("CUSTOMER_LIST_VIEWED")[0].told["asked"] == {"q": ["Savanna"]}
    assert seen("SEARCH_VIEWED")[0].told["asked"] == "Savanna"


def test_the_screen_is_made_of_the_panels_apps_declare(
    small_bank: SmallBank, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An app of loans, say, shows what it knows of the customer by a function in its own ``admin.py``."""
    monkeypatch.setattr(staff, "_more", {table: [*made] for table, made in staff._more.items()})

    @staff.adds_panel("cif_customer", rank=7)
    def _loans(request: HttpRequest, customer: Customer) -> staff.Panel | None:
        if not cells.may_look(request, "accounts_account"):
            return None
        return staff.Panel("Loans", [staff.Column("Loan")], [[f"Loan of {customer.cif}"], [HOSTILE]])

    declared = sorted(staff._more["cif_customer"], key=lambda one: one[0])
    apps = {make.__module__.split(".")[1] for _rank, make in declared} - {"backoffice"}
    assert apps >= {"accounts", "cases", "cif", "deposits", "documents", "payments", "privacy"}
    page = reverse("admin:cif_customer_change", args=[small_bank.customer.pk])
    shown = as_role("OFFICER").get(page).content.decode()
    assert f"Loan of {small_bank.customer.cif}" in shown
    assert "<img src=x" not in shown
    places = [
        shown.index(f">{title}</h2>") for title in ("Accounts", "Loans", "Latest payments", "Who looked")
    ]
    assert places == sorted(places)
    assert ">Lending</h2>" not in shown, "nothing was lent"
    assert "Loan of" not in as_role("ADMINISTRATOR").get(page).content.decode()


def test_what_was_lent_stands_under_lending(small_bank: SmallBank, as_role: AsRole) -> None:
    account, page = small_bank.account, reverse("admin:cif_customer_change", args=[small_bank.customer.pk])
    other = Account.objects.exclude(pk=account.pk).get()
    agreed: dict[str, Any] = {
        "account": account, "limit": Money.of("300000.00", "KES"),
        "expires": ledger.business_date() + timedelta(days=90),
    }  # fmt: skip
    accounts.arrange_overdraft(**agreed, rate_pct=Decimal("13.25"))
    desk, kes = as_role("OFFICER"), [formats.money(agreed["limit"]), formats.money(Money.zero("KES"))]
    assert lending(desk, page)[0][2:5] == [*kes, "13.25%"]
    taken = Money.of("600000.00", "KES")
    ledger.post(postings.pot_moved(
        key="drawn", account=account.number, pot=other.number, amount=taken, name="x", is_in=True
    ))  # fmt: skip
    used = -accounts_of.position(account).booked
    assert used.is_positive
    accounts.arrange_overdraft(**agreed)
    (line,) = lending(desk, page)
    listed = accounts_of.terms_of(account).debit_rate_pct / 100
    assert line[0] == "Overdraft"
    assert account.number in line[1]
    assert line[2:] == [
        kes[0],
        formats.money(used),
        formats.percent(listed),
        formats.day(agreed["expires"]),
    ]
    accounts.end_overdraft(account=account, reason="Asked for")
    assert lending(desk, page)[0][3:] == [
        formats.money(used), formats.percent(listed), "ended, being paid back",
    ]  # fmt: skip
    desk = as_role("SUPERUSER")
    with CaptureQueriesContext(connection) as queries:
        lending(desk, page)
    assert len(queries) <= CUSTOMER_QUERIES


def lending(desk: Client, page: str) -> list[list[str]]:
    """The cells of the rows below the heading, as words."""
    shown = desk.get(page).content.decode().split(">Lending</h2>")[1].split("<tbody>")[1].split("</tbody>")[0]
    return [
        [strip_tags(cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)]
        for row in shown.split("</tr>")
        if "<t" in row
    ]


def test_staff_put_on_record_what_they_learn(small_bank: SmallBank, as_role: AsRole, seen: Seen) -> None:
    desk, customer = as_role("OFFICER"), small_bank.customer
    assert do(desk, customer, "note", text="Prefers letters") == 302
    assert do(desk, customer, "party", role="DIRECTOR", name="Ann Alpha", birth_date="1980-01-02") == 302
    assert do(desk, customer, "end-party", role="DIRECTOR", name="Ann Alpha") == 302
    assert do(desk, customer, "paper", kind="REGISTRATION", number="PVT-00123", country="ke") == 302
    assert do(desk, customer, "profile", sector="fuel", channel="BRANCH") == 302
    assert do(desk, customer, "review", level="ENHANCED") == 302
    assert do(desk, customer, "contact", email="a@firm.test", phone="0711222333", country="KE") == 302
    assert CustomerNote.objects.get().author.email == "officer@umoja.example"  # type: ignore[union-attr]
    assert RelatedParty.objects.get().valid_until is not None
    assert seen("KYC_REVIEWED")


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("note", {"text": " "}),
        ("party", {"role": "SPOUSE", "name": "X"}),
        ("party", {"role": "DIRECTOR", "name": "X", "related_cif": "999"}),
        ("end-party", {"role": "DIRECTOR", "name": "Nobody"}),
        ("paper", {"kind": "PASSPORT", "number": "1", "country": "KE"}),
        ("contact", {"email": "x", "phone": "y", "country": "KE"}),
        ("name", {"registered_name": "", "reason": "Asked"}),
        ("merge", {"survivor": "999", "reason": "Same"}),
        ("segment", {"segment": "RETAIL", "reason": "Asked"}),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    small_bank: SmallBank, as_role: AsRole, act: str, given: dict[str, str]
) -> None:
    desk = as_role("OFFICER")
    answer = desk.post(reverse("admin:cif_customer_do", args=[small_bank.customer.pk, act]), given)
    assert answer.status_code == 200
    assert "There is something to correct" in answer.content.decode()
    assert [model.objects.count() for model in (CustomerNote, RelatedParty, Command)] == [0, 0, 0]


@pytest.mark.parametrize("role", ["TELLER", "AUDITOR"])
def test_who_only_looks_does_nothing(small_bank: SmallBank, as_role: AsRole, role: str) -> None:
    desk = as_role(role)
    page = desk.get(reverse("admin:cif_customer_change", args=[small_bank.customer.pk])).content.decode()
    assert "/do/note/" not in page
    assert do(desk, small_bank.customer, "note", text="x") == 403
    assert do(desk, small_bank.customer, "merge", survivor="1", reason="x") == 403
    assert do(as_role("OFFICER") if role == "TELLER" else desk, small_bank.customer, "unheard-of") in {
        403,
        404,
    }


def test_row_24_a_pair_is_merged_by_two_people_at_two_desks(small_bank: SmallBank, as_role: AsRole) -> None:
    other = Customer.objects.exclude(pk=small_bank.customer.pk).get()
    twin = cif.create_person(given_names="Brian", family_name="Barasa", birth_date=other.person.birth_date)
    cif.find_duplicates()
    pair = DuplicateCandidate.objects.get()
    desk = as_role("OFFICER")
    propose = reverse("admin:cif_duplicatecandidate_do", args=[pair.pk, "merge"])
    assert desk.post(propose, {"reason": "Same ID card"}).status_code == 302
    command = Command.objects.get()
    decide = reverse("admin:workflows_command_decide", args=[command.pk, "approve"])
    _confirm(desk)
    desk.post(decide)
    assert Command.objects.get().state == "PENDING"
    banner = desk.get(reverse("admin:cif_customer_change", args=[twin.pk])).content.decode()
    assert command.reference in banner
    checker = as_role("COMPLIANCE")
    assert checker.post(decide).url.startswith(reverse("identity:confirm"))  # type: ignore[attr-defined]
    _confirm(checker)
    assert "Two customers made one" in checker.get(decide).content.decode()
    assert checker.post(decide).status_code == 302
    assert Customer.objects.get(pk=twin.pk).merged_into == other
    page = checker.get(reverse("admin:cif_customer_change", args=[twin.pk])).content.decode()
    assert "Merged into" in page


def test_a_decision_needs_a_reason_a_fresh_code_and_post(small_bank: SmallBank, as_role: AsRole) -> None:
    maker = hire("maker", "OFFICER")
    payload = OverrideSegment(small_bank.customer.cif, "SME")
    command = workflows.propose(kind="cif.override_segment", payload=payload, reason="Small", maker=maker)
    desk = as_role("COMPLIANCE")
    reject = reverse("admin:workflows_command_decide", args=[command.pk, "reject"])
    assert desk.get(reject).status_code == 302
    _confirm(desk)
    assert desk.get(reject).status_code == 200
    assert desk.post(reject, {"reason": " "}).status_code == 200
    assert Command.objects.get().state == "PENDING"
    assert desk.post(reject, {"reason": "Not small"}).status_code == 302
    assert Command.objects.get().state == "REJECTED"
    assert desk.get(reverse("admin:workflows_command_decide", args=[command.pk, "maybe"])).status_code == 403


def test_what_is_gathered_in_one_query_is_what_its_tables_say(small_bank: SmallBank) -> None:
    """Every column of every table but the sealed ones, with the people and customers they name."""
    customer = small_bank.customer
    twin = cif.create_person(given_names="Ann", family_name="Alpha", birth_date=date(1980, 1, 2))
    cif.relate(
        customer=customer, role="BENEFICIAL_OWNER", name="Ann Alpha", share_pct=Decimal("33.33"),
        related_customer=twin,
    )  # fmt: skip
    cif.add_note(customer=customer, text="Prefers letters", actor=small_bank.user)
    cif.record_document(customer=customer, kind="TAX_PIN", number="P123456789B")
    for model, rows in gather(customer).items():
        owner = "merged_into" if model is Customer else "customer"
        stored = {row.pk: row for row in model._default_manager.filter(**{owner: customer})}
        assert set(stored) == {row.pk for row in rows}, model
        for row in rows:
            for field in model._meta.concrete_fields:
                if field.get_internal_type() != "BinaryField":
                    assert getattr(row, field.attname) == getattr(stored[row.pk], field.attname), field
    (party,) = gather(customer)[RelatedParty]
    (note,) = gather(customer)[CustomerNote]
    assert (party.related_customer, note.author, str(note.author)) == (
        twin,
        small_bank.user,
        str(small_bank.user),
    )
