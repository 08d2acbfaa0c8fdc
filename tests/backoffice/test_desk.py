"""What the staff do at their desk: look things up, leave a trace, end sessions, give roles."""

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from bank import ledger
from bank.identity import services as identity
from bank.identity import sessions
from bank.identity.models import User, UserSession
from bank.interest import eod
from bank.ledger.models import Account as LedgerAccount
from bank.payments.models import PaymentOrder
from bank.products.models import InterestTier, ProductTerms
from bank.runtime.steps import Day
from tests.backoffice.conftest import Seen, SmallBank, employ
from tests.identity import open_browser

AsRole = Callable[[str], Client]

pytestmark = pytest.mark.django_db


@pytest.fixture
def confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second factor was asked again a moment ago."""
    monkeypatch.setattr(sessions, "is_confirmed", lambda request: True)


# --- the dashboard and the trial balance


def test_the_dashboard_says_whether_the_books_hold(small_bank: SmallBank, as_role: AsRole) -> None:
    page = as_role("SUPERUSER").get(reverse("admin:index")).content.decode()
    for words in ("Business date", "Balanced", "Proven", "Failed statements", "1,000,000.00"):
        assert words in page
    behind = ledger.seal_state().behind
    assert (f"{behind} entries behind" if behind else "Up to date") in page


def test_a_teller_sees_no_book_on_the_dashboard(small_bank: SmallBank, as_role: AsRole) -> None:
    page = as_role("TELLER").get(reverse("admin:index")).content.decode()
    assert "Hash chain" not in page
    assert "Payments today" in page
    assert "Messages waiting" not in page


def test_the_trial_balance_has_equal_columns(small_bank: SmallBank, as_role: AsRole) -> None:
    answer = as_role("AUDITOR").get(reverse("admin:trial_balance"))
    report = answer.context["reports"][0]
    assert report.currency == "KES"
    assert report.holds
    debits, credits_ = report.sections[0].total.amounts
    assert debits == credits_ == ledger.balance(ledger.gl("CASH", "KES")).booked * -1


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "9999999-1-1"])
def test_a_date_that_is_none_is_said_to_be_none(small_bank: SmallBank, as_role: AsRole, text: str) -> None:
    answer = as_role("AUDITOR").get(reverse("admin:trial_balance"), {"date": text, "by": "NONSENSE"})
    assert answer.status_code == 200
    assert "This is no date" in answer.content.decode()


def test_before_anything_was_booked_there_is_nothing(small_bank: SmallBank, as_role: AsRole) -> None:
    answer = as_role("AUDITOR").get(reverse("admin:trial_balance"), {"date": "1999-12-31", "by": "VALUE"})
    assert answer.context["reports"] == []


def test_row_22_the_trial_balance_is_not_for_tellers(small_bank: SmallBank, as_role: AsRole) -> None:
    assert as_role("TELLER").get(reverse("admin:trial_balance")).status_code == 403


# --- the book


def test_an_entry_shows_debits_and_credits_with_its_accounts(small_bank: SmallBank, as_role: AsRole) -> None:
    entry = ledger.entries_by_reference(small_bank.order.reference)[0]
    page = as_role("AUDITOR").get(reverse("admin:ledger_entry_change", args=(entry.id,))).content.decode()
    book = LedgerAccount.objects.get(code=small_bank.account.number)
    assert reverse("admin:ledger_account_change", args=(book.pk,)) in page
    assert page.count("1,250.00") == 2
    assert entry.key in page


def test_the_journal_is_found_by_account_reference_and_number(small_bank: SmallBank, as_role: AsRole) -> None:
    desk, journal = as_role("AUDITOR"), reverse("admin:ledger_entry_changelist")
    entry = ledger.entries_by_reference(small_bank.order.reference)[0]
    asked = {
        small_bank.account.number: 2,
        small_bank.order.reference: 1,
        small_bank.order.reference.lower().replace("-", " "): 1,
        str(entry.id): 1,
        ledger.gl("CASH", "KES").lower(): 2,
        "9" * 40: 0,
        "%": 0,
    }
    for text, count in asked.items():
        assert len(desk.get(journal, {"q": text}).context["cl"].result_list) == count, text


def test_the_journal_is_filtered_by_code_and_day(small_bank: SmallBank, as_role: AsRole) -> None:
    desk, journal = as_role("AUDITOR"), reverse("admin:ledger_entry_changelist")
    asked = (
        ({"code": "CASH_DEPOSIT"}, 2),
        ({"day": ledger.business_date().isoformat()}, 3),
        ({"day": "1999-01-01"}, 0),
        ({"day": "never"}, 0),
    )
    for query, count in asked:
        assert len(desk.get(journal, query).context["cl"].result_list) == count, query


def test_an_account_shows_what_is_booked_held_and_available(small_bank: SmallBank, as_role: AsRole) -> None:
    address = reverse("admin:accounts_account_change", args=(small_bank.account.pk,))
    page = as_role("AUDITOR").get(address).content.decode().replace("\u00a0", " ")
    balance = ledger.balance(small_bank.account.number)
    assert f"KES {balance.held.amount:,.2f}" in page
    assert balance.available is not None
    assert f"KES {balance.available.amount:,.2f}" in page


def test_an_account_explains_its_interest_day_by_day(small_bank: SmallBank, as_role: AsRole) -> None:
    terms = ProductTerms.objects.get(
        version=small_bank.account.product_version, currency="KES", segment=small_bank.customer.segment
    )
    InterestTier.objects.create(terms=terms, annual_rate_pct="3.65")
    today = ledger.business_date()
    eod.accrue(Day(today, today + timedelta(days=1)), "")
    address = reverse("admin:accounts_account_change", args=(small_bank.account.pk,))
    page = as_role("AUDITOR").get(address).content.decode()
    assert "Interest of the running period, day by day" in page
    assert "1/365" in page
    assert "agrees with the books" in page


def test_a_position_made_up_by_hand_is_the_first_page(small_bank: SmallBank, as_role: AsRole) -> None:
    desk = as_role("SUPERUSER")
    address = reverse("admin:accounts_account_change", args=(small_bank.account.pk,))
    for before in ("x", "-1", "9" * 30, "１"):
        assert desk.get(address, {"before": before}).status_code == 200


# --- search


def test_the_search_field_goes_where_the_number_points(small_bank: SmallBank, as_role: AsRole) -> None:
    desk = as_role("AUDITOR")
    asked = {
        small_bank.customer.cif: ("cif_customer", small_bank.customer.pk),
        f" {small_bank.account.number[:4]} {small_bank.account.number[4:]} ": (
            "accounts_account",
            small_bank.account.pk,
        ),
        small_bank.order.reference.lower(): ("payments_paymentorder", small_bank.order.pk),
        small_bank.file.reference: ("payments_paymentfile", small_bank.file.pk),
    }
    for text, (table, pk) in asked.items():
        answer = desk.get(reverse("admin:search"), {"q": text})
        assert answer["Location"] == reverse(f"admin:{table}_change", args=(pk,)), text


def test_a_part_of_a_name_lists_customers(small_bank: SmallBank, as_role: AsRole) -> None:
    answer = as_role("TELLER").get(reverse("admin:search"), {"q": "savan"})
    assert [hit.note for hit in answer.context["hits"]] == [small_bank.customer.cif]


def test_row_22_the_search_finds_nothing_its_reader_may_not_open(
    small_bank: SmallBank, as_role: AsRole
) -> None:
    desk, entry = as_role("ADMINISTRATOR"), ledger.entries_by_reference(small_bank.order.reference)[0]
    for text in (
        "savan",
        small_bank.customer.cif,
        small_bank.account.number,
        str(entry.id),
        "",
        "ab",
    ):
        assert desk.get(reverse("admin:search"), {"q": text}).context["hits"] == [], text


def test_row_45_a_nul_breaks_nothing(small_bank: SmallBank, as_role: AsRole) -> None:
    desk = as_role("SUPERUSER")
    for page in ("admin:search", "admin:ledger_entry_changelist", "admin:cif_customer_changelist"):
        assert desk.get(reverse(page), {"q": "\x00"}).status_code in {200, 400}, page


# --- the trace of looking


def test_row_62_opening_a_customer_is_on_the_audit_trail(
    small_bank: SmallBank, as_role: AsRole, seen: Seen
) -> None:
    as_role("TELLER").get(reverse("admin:cif_customer_change", args=(small_bank.customer.pk,)))
    record = seen("CUSTOMER_VIEWED")[0]
    assert (record.subject_type, record.subject_id) == ("CUSTOMER", small_bank.customer.cif)
    assert record.actor is not None
    assert record.actor.email == "teller@umoja.example"
    assert record.channel == "STAFF"


@pytest.mark.parametrize(
    ("table", "action"),
    [
        ("accounts_account", "ACCOUNT_VIEWED"),
        ("payments_paymentorder", "PAYMENT_VIEWED"),
        ("payments_paymentfile", "PAYMENT_FILE_VIEWED"),
        ("payments_beneficiary", "PAYEE_VIEWED"),
        ("statements_statement", "STATEMENT_VIEWED"),
    ],
)
def test_row_62_so_is_what_belongs_to_a_customer(
    small_bank: SmallBank, as_role: AsRole, table: str, action: str, seen: Seen
) -> None:
    desk = as_role("TELLER")
    listed = desk.get(reverse(f"admin:{table}_changelist"))
    assert seen(action) == []
    desk.get(reverse(f"admin:{table}_change", args=(listed.context["cl"].result_list[0].pk,)))
    assert len(seen(action)) == 1


def test_row_62_one_who_may_not_look_leaves_no_view(
    small_bank: SmallBank, as_role: AsRole, seen: Seen
) -> None:
    as_role("ADMINISTRATOR").get(reverse("admin:cif_customer_change", args=(small_bank.customer.pk,)))
    assert seen("CUSTOMER_VIEWED") == []


def test_row_38_looking_at_everything_changes_no_money(small_bank: SmallBank, as_role: AsRole) -> None:
    desk = as_role("SUPERUSER")
    book = [(line.account, line.debit, line.credit) for line in ledger.trial_balance()]
    for table in ("accounts_account", "ledger_account", "payments_paymentorder"):
        for word in ("", "reverse/", "delete/", "approve/"):
            desk.get(f"{reverse(f'admin:{table}_changelist')}{small_bank.account.pk}/{word}")
    assert [(line.account, line.debit, line.credit) for line in ledger.trial_balance()] == book
    assert PaymentOrder.objects.count() == 1


# --- users, roles, sessions


def assign(desk: Client, user: User, *roles: str) -> int:
    return desk.post(reverse("admin:identity_user_roles", args=(user.pk,)), {"role": roles}).status_code


def held(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def test_an_administrator_gives_and_takes_roles(as_role: AsRole, confirmed: None, seen: Seen) -> None:
    desk, teller = as_role("ADMINISTRATOR"), employ("TELLER")
    session = open_browser(Client(), teller)
    assert assign(desk, teller, "TELLER", "OFFICER") == 302
    assert held(teller) == {"TELLER", "OFFICER"}
    session.refresh_from_db()
    assert session.ended_at is None
    assert assign(desk, teller, "OFFICER") == 302
    assert held(teller) == {"OFFICER"}
    records = seen("ROLES_ASSIGNED")
    assert [record.told["after"] for record in records] == [["OFFICER", "TELLER"], ["OFFICER"]]


def test_row_11_a_role_taken_away_ends_sessions_and_tokens(as_role: AsRole, confirmed: None) -> None:
    desk, teller = as_role("ADMINISTRATOR"), employ("TELLER")
    elsewhere = Client()
    open_browser(elsewhere, teller)
    version = teller.token_version
    assign(desk, teller)
    assert elsewhere.get(reverse("admin:index")).status_code == 302
    teller.refresh_from_db()
    assert teller.token_version == version + 1


def test_row_24_nobody_gives_roles_to_themselves(as_role: AsRole, confirmed: None, seen: Seen) -> None:
    desk = as_role("ADMINISTRATOR")
    self = User.objects.get(email="administrator@umoja.example")
    assign(desk, self, "ADMINISTRATOR", "AUDITOR")
    assert held(self) == {"ADMINISTRATOR"}
    assert [record.result for record in seen("ROLES_ASSIGNED")] == ["REFUSED"]


def test_row_8_customers_get_no_role(small_bank: SmallBank, as_role: AsRole, confirmed: None) -> None:
    assert assign(as_role("ADMINISTRATOR"), small_bank.user, "AUDITOR") == 404
    assert held(small_bank.user) == set()


def test_a_role_there_is_not_changes_nothing(as_role: AsRole, confirmed: None) -> None:
    desk, teller = as_role("ADMINISTRATOR"), employ("TELLER")
    assign(desk, teller, "TELLER", "EMPEROR")
    assert held(teller) == {"TELLER"}


def test_row_25_roles_need_a_fresh_second_factor(as_role: AsRole) -> None:
    desk, teller = as_role("ADMINISTRATOR"), employ("TELLER")
    answer = desk.post(reverse("admin:identity_user_roles", args=(teller.pk,)), {"role": ["AUDITOR"]})
    assert answer["Location"].startswith(reverse("identity:confirm"))
    assert held(teller) == {"TELLER"}


@pytest.mark.parametrize("role", ["TELLER", "AUDITOR", "COMPLIANCE"])
def test_row_22_only_administrators_assign_and_end(as_role: AsRole, confirmed: None, role: str) -> None:
    desk, other = as_role(role), employ("OFFICER")
    session = open_browser(Client(), other)
    assert assign(desk, other, role) == 403
    assert held(other) == {"OFFICER"}
    assert (
        desk.post(reverse("admin:identity_user_end_session", args=(other.pk, session.pk))).status_code == 403
    )
    session.refresh_from_db()
    assert session.ended_at is None


def test_row_12_an_administrator_ends_a_session(as_role: AsRole, seen: Seen) -> None:
    desk, teller = as_role("ADMINISTRATOR"), employ("TELLER")
    elsewhere = Client()
    session = open_browser(elsewhere, teller)
    address = reverse("admin:identity_user_end_session", args=(teller.pk, session.pk))
    assert address in desk.get(reverse("admin:identity_user_change", args=(teller.pk,))).content.decode()
    assert desk.get(address).status_code == 405
    assert elsewhere.get(reverse("admin:index")).status_code == 200
    assert desk.post(address).status_code == 302
    assert elsewhere.get(reverse("admin:index")).status_code == 302
    ended = seen("SESSION_ENDED")[0]
    assert (ended.subject_id, ended.actor) == (
        str(teller.pk),
        User.objects.get(email="administrator@umoja.example"),
    )


def test_row_38_a_session_is_not_ended_from_a_foreign_page(as_role: AsRole) -> None:
    as_role("ADMINISTRATOR")
    teller, admin = employ("TELLER"), User.objects.get(email="administrator@umoja.example")
    session = open_browser(Client(), teller)
    strict = Client(enforce_csrf_checks=True)
    open_browser(strict, admin)
    address = reverse("admin:identity_user_end_session", args=(teller.pk, session.pk))
    assert strict.post(address).status_code == 403
    session.refresh_from_db()
    assert session.ended_at is None


def test_a_user_shows_no_password_and_no_secret(as_role: AsRole) -> None:
    desk, teller = as_role("ADMINISTRATOR"), employ("TELLER")
    device = identity.enrol_totp(user=teller)
    page = desk.get(reverse("admin:identity_user_change", args=(teller.pk,))).content.decode()
    assert device.secret not in page
    assert teller.password not in page
    assert "argon2" not in page


# --- in and out


@override_settings(STAFF_NETWORKS=[ip_network("10.20.0.0/16")])
def test_row_27_outside_the_staff_networks_there_is_no_staff_door(as_role: AsRole) -> None:
    desk = as_role("SUPERUSER")
    for page in ("admin:index", "admin:login", "admin:search", "admin:cif_customer_changelist"):
        assert desk.get(reverse(page)).status_code == 404, page
        assert desk.get(reverse(page), headers={"X-Forwarded-For": "10.20.1.1"}).status_code == 404, page
        assert desk.get(reverse(page), REMOTE_ADDR="10.20.1.1").status_code in {200, 302}, page


def test_row_62_what_a_role_may_not_open_is_on_the_audit_trail(as_role: AsRole, seen: Seen) -> None:
    as_role("TELLER").get(reverse("admin:ledger_entry_changelist"))
    record = seen("STAFF_PAGE_OPENED")[0]
    assert (record.result, record.subject_id) == ("REFUSED", reverse("admin:ledger_entry_changelist"))


def test_signing_out_ends_the_bank_s_session(as_role: AsRole) -> None:
    desk = as_role("TELLER")
    assert desk.get(reverse("admin:logout")).status_code == 405
    desk.post(reverse("admin:logout"))
    assert UserSession.objects.filter(ended_at=None).count() == 0
    assert desk.get(reverse("admin:index")).status_code == 302


def test_passwords_change_on_the_security_page_alone(as_role: AsRole) -> None:
    desk = as_role("TELLER")
    answer = desk.post(
        reverse("admin:password_change"), {"new_password1": "x" * 20, "new_password2": "x" * 20}
    )
    assert answer["Location"] == reverse("identity:change_password")


def test_the_sign_in_leads_back_to_the_page_asked_for(client: Client, db: None) -> None:
    wanted = reverse("admin:ledger_entry_changelist")
    at_the_door = client.get(client.get(wanted)["Location"])
    assert at_the_door["Location"].startswith(reverse("identity:sign_in"))
    assert wanted in at_the_door["Location"].replace("%2F", "/")
