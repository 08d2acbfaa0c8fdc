"""What is shown where nothing can be: each status in the dress of its door, in the reader's language, with a
way on, and nothing of the inside."""

import re
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import Http404
from django.test import Client
from pytest_django import DjangoDbBlocker

from bank.audit.models import AuditRecord
from tests.invoicing.shop import open_shop
from tests.portals import town as streets
from tests.portals.town import Town
from tests.worlds import Standing, once_a_module

DOORS = {
    "/contact/": ("public", "/"),
    "/personal/": ("personal", "/personal/"),
    "/corporate/": ("corporate", "/corporate/"),
    "/sme/": ("sme", "/sme/"),
    "/admin/": ("staff", "/admin/"),
}
SAID = {
    400: {"en": "The bank cannot read this request", "sw": "Benki haiwezi kusoma ombi hili"},
    403: {"en": "You may not do this", "sw": "Huruhusiwi kufanya hili"},
    404: {"en": "There is nothing at this address", "sw": "Hakuna kitu kwenye anwani hii"},
    500: {"en": "Something went wrong on our side", "sw": "Kuna hitilafu upande wetu"},
}
SECRET = "SELECT secret FROM /srv/bank/settings.py"
RAISED = {400: SuspiciousOperation, 403: PermissionDenied, 404: Http404, 500: RuntimeError}


def assert_page(page: str, portal: str, home: str) -> None:
    """A whole page of the bank's, that needs no script and shows nothing of the inside."""
    assert f'data-portal="{portal}"' in page
    assert page.count("<h1>") == 1
    assert f'href="{home}"' in page
    assert not re.search(r"secret|Traceback|/srv/|Error\b|DEBUG|style=", page)


standing_town = once_a_module(streets.build)


@pytest.fixture
def town(standing_town: Standing[Town], db: None) -> Town:
    return standing_town.visit()


@pytest.mark.parametrize("status", RAISED)
def test_each_door_says_it_in_its_dress_and_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Raised as deep as it goes: where the view begins."""

    def burst(*_args: object, **_more: object) -> None:
        raise RAISED[status](SECRET)

    monkeypatch.setattr("django_htmx.middleware.HtmxMiddleware.__call__", burst)
    client = Client(raise_request_exception=False)
    for (path, (portal, home)), language in zip(DOORS.items(), ["en", "sw", "en", "sw", "en"], strict=True):
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == status, path
        page = answer.content.decode()
        assert_page(page, portal, home)
        assert SAID[status][language] in page
        assert f'<html lang="{language}"' in page
        shown = answer.headers["X-Correlation-Id"] in page
        assert shown is (status == 500), "the number our log has it under"
    for path in ("/api/v1/accounts", "/api/nothing", "/networks/NOBODY/x"):
        answer = client.get(path)
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        told = answer.json()
        assert (told["status"], told["correlation_id"]) == (status, answer.headers["X-Correlation-Id"])
        assert "secret" not in answer.content.decode()


def test_a_form_from_elsewhere_is_refused_on_a_page_of_ours(db: None) -> None:
    before = AuditRecord.objects.count()
    for path, (portal, home) in DOORS.items():
        client = Client(enforce_csrf_checks=True)
        form = {"name": "x", "csrfmiddlewaretoken": "forged"}
        answer = client.post(path, form, headers={"Referer": f"http://testserver{path}"})
        page = answer.content.decode()
        assert answer.status_code == 403, path
        assert_page(page, portal, home)
        assert "This form cannot be taken" in page
        assert f'href="{path}"' in page, "back to where it was filled in"
        elsewhere = client.post(
            path, form, headers={"Referer": "https://evil.example/", "Accept-Language": "sw"}
        )
        assert elsewhere.status_code == 403
        assert "evil" not in elsewhere.content.decode()
        within = client.post(path, form, headers={"Referer": "http://testserver//evil.example/"})
        assert "evil" not in within.content.decode(), "an address without a scheme leads elsewhere"
        assert "Fomu hii haiwezi kupokelewa" in elsewhere.content.decode()
    assert AuditRecord.objects.count() == before


def test_a_refusal_is_said_in_its_own_words_where_it_has_any(town: Town) -> None:
    shop = open_shop(town)
    reader, home = streets.browser(town.bookkeeper), f"/sme/{shop.firm.customer.cif}/"
    for path, language, words in (
        ("payroll/people/new/", "en", "Wages are for who may see the payroll."),
        ("payroll/people/new/", "sw", "Mishahara ni"),
        ("invoices/new/", "en", "Your sign-in does not give the right to it."),
        ("invoices/new/", "sw", "Kuingia kwako hakukupi haki hiyo."),
    ):
        answer = reader.get(home + path, headers={"Accept-Language": language})
        page = answer.content.decode()
        assert (answer.status_code, words in page) == (403, True), path
        assert_page(page, "sme", "/sme/")


@pytest.fixture
def without_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Nobody listens where the database was."""
    with django_db_blocker.unblock():
        connection.close()
        port, connection.settings_dict["PORT"] = connection.settings_dict["PORT"], "1"
        yield
        connection.close()
        connection.settings_dict["PORT"] = port


def test_without_the_database_the_bank_still_says_so(without_database: None) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["session"] = "somebodys"
    for path, (portal, home) in DOORS.items():
        answer = client.get(path, headers={"Accept-Language": "sw"})
        assert answer.status_code == 500, path
        page = answer.content.decode()
        assert_page(page, portal, home)
        assert SAID[500]["sw"] in page
        assert answer.headers["X-Correlation-Id"] in page
        assert 'href="/status/"' in page
    told = client.get("/api/v1/accounts")
    assert (told.status_code, told.json()["code"]) == (500, "INTERNAL")
    assert Client(raise_request_exception=False).get("/status/").status_code == 200
