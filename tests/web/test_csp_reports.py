"""Reports of what the content security policy kept from loading: little, seldom, and nothing secret kept."""

import json
import logging

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from bank.kernel import clock
from bank.web import csp_reports

ADDRESS = "/csp-reports/"
SECRET = "eyJhbGciOi.secret"
OLD = {
    "csp-report": {
        "document-uri": f"https://bank.example/personal/?token={SECRET}",
        "effective-directive": "script-src-elem",
        "blocked-uri": f"https://user:{SECRET}@evil.example:8443/a.js?token={SECRET}",
        "script-sample": SECRET,
    }
}
NEW = [
    {
        "type": "csp-violation",
        "url": f"https://bank.example/personal/?token={SECRET}",
        "user_agent": SECRET,
        "body": {"effectiveDirective": "style-src-attr", "blockedURL": "inline", "sample": SECRET},
    }
]


@pytest.fixture(autouse=True)
def forget_counters() -> None:
    cache.clear()


def send(told: object, content_type: str = "application/csp-report", **more: str):
    body = told if isinstance(told, (bytes, str)) else json.dumps(told)
    return Client(enforce_csrf_checks=True).post(ADDRESS, body, content_type=content_type, **more)


@pytest.mark.parametrize(
    ("told", "content_type", "logged"),
    [
        (OLD, "application/csp-report", "script-src-elem evil.example"),
        (NEW, "application/reports+json", "style-src-attr inline"),
    ],
)
def test_directive_and_host_are_logged_and_nothing_else(told, content_type, logged, caplog) -> None:
    with caplog.at_level(logging.WARNING, logger="bank.web"):
        assert send(told, content_type).status_code == 204
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == [logged]
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "told",
    [
        {"csp-report": {"effective-directive": "a\nb" * 99, "blocked-uri": "https://x\r\nset: y/"}},
        {"csp-report": {"effective-directive": ["x"], "blocked-uri": {"a": 1}}},
        {"csp-report": {"blocked-uri": "https://[::bad"}},
        {"csp-report": {"violated-directive": f"img-src {SECRET}", "blocked-uri": SECRET}},
    ],
)
def test_what_is_odd_is_logged_as_unknown(told, caplog) -> None:
    with caplog.at_level(logging.WARNING, logger="bank.web"):
        assert send(told).status_code == 204
    (record,) = caplog.records
    assert "\n" not in record.getMessage()
    assert len(record.getMessage()) < 120
    assert SECRET not in record.getMessage()


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"x" * (csp_reports.LONGEST + 1), "application/csp-report", 413),
        (b"[" * 10_000, "application/csp-report", 400),
        (b"not json", "application/csp-report", 400),
        (b"{}", "text/plain", 415),
        (b"[1, null, {}]", "application/reports+json", 204),
        (b"null", "application/csp-report", 204),
    ],
)
def test_bad_reports_are_refused_and_not_logged(body, content_type, status, caplog) -> None:
    with caplog.at_level(logging.WARNING, logger="bank.web"):
        assert send(body, content_type).status_code == status
    assert caplog.records == []


def test_63_an_address_reports_so_often_and_no_more() -> None:
    with time_machine.travel(clock.now().replace(second=0), tick=False):
        statuses = [send(OLD).status_code for _ in range(csp_reports.PER_ADDRESS + 2)]
        assert statuses == [204] * csp_reports.PER_ADDRESS + [429] * 2
        assert send(OLD).headers["Retry-After"] == "60"
        assert send(OLD, REMOTE_ADDR="10.0.0.9").status_code == 204


def test_63_all_together_report_so_often_and_no_more(monkeypatch) -> None:
    monkeypatch.setattr(csp_reports, "OF_ALL", 3)
    with time_machine.travel(clock.now().replace(second=0), tick=False):
        statuses = [send(OLD, REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(5)]
    assert statuses == [204] * 3 + [429] * 2


def test_looking_reports_nothing() -> None:
    assert Client().get(ADDRESS).status_code == 405


@pytest.mark.django_db
def test_39_pages_name_the_address() -> None:
    answer = Client().get("/")
    assert answer.headers["Reporting-Endpoints"] == f'csp="{ADDRESS}"'
    assert f"report-uri {ADDRESS}" in answer.headers["Content-Security-Policy"]
    assert "report-to csp" in answer.headers["Content-Security-Policy"]
