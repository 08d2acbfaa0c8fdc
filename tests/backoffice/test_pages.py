"""Every table and record: who may open it, at what cost, and that nothing in it is believed."""

from collections.abc import Callable
from datetime import date
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from bank.audit.models import AuditRecord
from bank.cif import services as cif
from tests.backoffice.conftest import HOSTILE, ROLES, SmallBank, employ, fund
from tests.backoffice.pages import READERS, list_url, page_url, record_url, record_urls, tables
from tests.identity import open_browser

LIST_QUERIES = 20
RECORD_QUERIES = 31
CUSTOMER_QUERIES = 19
AsRole = Callable[[str], Client]

pytestmark = pytest.mark.django_db


def _queries(desk: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(address).status_code == 200, address
    return len(queries)


@pytest.mark.parametrize("role", ROLES)
def test_row_22_each_role_sees_its_tables_and_no_other(
    small_bank: SmallBank, as_role: AsRole, role: str
) -> None:
    desk = as_role(role)
    home = desk.get(reverse("admin:index")).content.decode()
    for model in tables():
        allowed = role in READERS[model._meta.app_label]
        expected = 200 if allowed else 403
        assert desk.get(list_url(model)).status_code == expected, model
        if address := record_url(model):
            assert desk.get(address).status_code == expected, model
        if not allowed:
            assert f'href="{list_url(model)}"' not in home


def test_a_list_costs_few_queries_however_long(small_bank: SmallBank, as_role: AsRole) -> None:
    desk = as_role("SUPERUSER")
    few = {model: _queries(desk, list_url(model)) for model in tables()}
    for number in range(6):
        person = cif.create_person(given_names=f"P{number}", family_name="Q", birth_date=date(1990, 5, 17))
        fund(person, "SAVINGS", f"more-{number}")
    for model in tables():
        assert few[model] <= LIST_QUERIES, model
        assert _queries(desk, list_url(model)) <= few[model] + 1, model


def test_a_record_opens_at_a_bounded_cost(small_bank: SmallBank, as_role: AsRole) -> None:
    desk = as_role("SUPERUSER")
    for address in record_urls():
        assert _queries(desk, address) <= RECORD_QUERIES, address
    customer = small_bank.customer
    cif.relate(customer=customer, role="DIRECTOR", name="Ann Alpha", is_pep=True)
    for text in ("One", "Two"):
        cif.add_note(customer=customer, text=text, actor=small_bank.user)
    assert _queries(desk, reverse("admin:cif_customer_change", args=[customer.pk])) <= CUSTOMER_QUERIES


def test_row_42_hostile_words_are_shown_as_words(small_bank: SmallBank, as_role: AsRole) -> None:
    desk, arrived = as_role("SUPERUSER"), 0
    searches = [f"{reverse('admin:search')}?q={quote(HOSTILE)}", f"{reverse('admin:search')}?q=Savanna"]
    for address in (*map(list_url, tables()), *record_urls(), *searches):
        page = desk.get(address).content.decode()
        assert "<img src=x" not in page, address
        arrived += "&lt;img src=x onerror=alert(1)&gt;" in page
    assert arrived >= 15


def test_nothing_is_added_changed_or_deleted(small_bank: SmallBank, as_role: AsRole) -> None:
    desk = as_role("SUPERUSER")
    for model in tables():
        before = list(model._default_manager.order_by("pk").values())
        for address in filter(None, (page_url(model, "add"), record_url(model), record_url(model, "delete"))):
            assert desk.post(address, {"post": "yes", "status": "CLOSED", "_save": "1"}).status_code == 403
        desk.post(list_url(model), {"action": "delete_selected", "_selected_action": "1", "post": "yes"})
        kept = model._default_manager.filter(pk__in=[row[model._meta.pk.attname] for row in before])
        assert list(kept.order_by("pk").values()) == before, model
        assert model is AuditRecord or model._default_manager.count() == len(before), model


def test_what_other_packages_bring_along_has_no_page() -> None:
    """Among them the secrets of authenticator apps and the tokens of programs."""
    shown = {model._meta.app_label for model in tables()}
    assert shown == READERS.keys()
    assert [model for model in tables() if model._meta.app_label == "django_celery_beat"] == [PeriodicTask]


def test_row_5_without_the_second_factor_every_page_leads_to_the_sign_in(
    small_bank: SmallBank, client: Client
) -> None:
    client.force_login(employ("SUPERUSER"))
    sign_in = reverse("identity:sign_in")
    more = [reverse("admin:index"), reverse("admin:search"), reverse("admin:trial_balance")]
    for address in (*map(list_url, tables()), *record_urls(), *more):
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert sign_in in answer["Location"] or answer["Location"].startswith("/admin/login/"), address


def test_customers_have_no_business_here(small_bank: SmallBank, client: Client) -> None:
    open_browser(client, small_bank.user)
    for model in tables():
        assert client.get(list_url(model)).status_code in {302, 403}


@pytest.mark.parametrize(
    ("table", "query"),
    [
        ("identity_user", "password__startswith=argon2"),
        ("cif_customer", "mandates__user__password__startswith=a"),
        ("audit_auditrecord", "actor__password__startswith=a"),
        ("accounts_account", "customer__email__startswith=a"),
        ("cif_customer", "nonsense=1"),
    ],
)
def test_row_45_addresses_made_up_by_hand_filter_nothing(
    small_bank: SmallBank, as_role: AsRole, table: str, query: str
) -> None:
    answer = as_role("SUPERUSER").get(f"{reverse(f'admin:{table}_changelist')}?{query}")
    assert answer.status_code in {302, 400}
    assert "e=1" in answer.get("Location", "e=1")


def test_row_39_no_page_needs_more_than_the_strict_policy(small_bank: SmallBank, as_role: AsRole) -> None:
    desk = as_role("SUPERUSER")
    for address in (reverse("admin:index"), *map(list_url, tables()), *record_urls()):
        answer = desk.get(address)
        assert "unsafe" not in answer["Content-Security-Policy"]
        page = answer.content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert "no-store" in answer["Cache-Control"]
