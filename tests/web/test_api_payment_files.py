"""Payment files over REST: every fault at once, paid on confirmation, a result for every line."""

import io
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from bank import ledger
from bank.kernel.money import Money
from bank.messages import schemas, xml
from bank.payments.models import PaymentFile
from tests.payments.messages import File, Line
from tests.statements import world
from tests.statements.world import World
from tests.web.api_fixtures import alice, bank, bob, code_of, refused

__all__ = ["alice", "bank", "bob"]
URL = "/api/v1/payment-files"
PAIN_002 = {"03": "03", "09": "10"}
Submit = Callable[..., Any]


def message(bank: World, *lines: Line, **changes: Any) -> bytes:
    payees = lines or (Line(bank.bob.current.number, "100.00", name="Bob Barasa"),)
    today = str(ledger.business_date())
    return File(bank.alice.current.number, list(payees), requested=today, **changes).xml()


def submit(client: APIClient, content: bytes, key: str = "f1", content_type: str = "application/xml") -> Any:
    return client.post(URL, data=content, content_type=content_type, headers={"Idempotency-Key": key})


def confirm(client: APIClient, reference: str, key: str = "c1", **body: Any) -> Any:
    return client.post(f"{URL}/{reference}/confirm", body, headers={"Idempotency-Key": key})


def pay(client: APIClient, reference: str, **body: Any) -> Any:
    asked = confirm(client, reference, **body)
    return confirm(client, reference, **body, authorisation=code_of(asked))


@pytest.mark.parametrize("version", ["03", "09"])
def test_a_file_is_checked_confirmed_and_paid(bank: World, alice: APIClient, version: str) -> None:
    answer = submit(alice, message(bank, version=version))
    assert answer.status_code == 201, answer.content
    file = answer.json()
    assert answer.headers["Location"] == f"{URL}/{file['reference']}"
    assert file["status"] == "CHECKED"
    assert file["totals"] == [{"amount": "100.00", "currency": "KES"}]
    before = world.position()
    asked = confirm(alice, file["reference"])
    assert "KES 100.00" in refused(asked, 403, "STEP_UP_REQUIRED")["challenge"]["summary"]
    assert world.position() == before
    paid = confirm(alice, file["reference"], authorisation=code_of(asked))
    assert paid.status_code == 200
    assert (paid.json()["status"], paid.json()["settled_count"]) == ("PAID", 1)
    assert ledger.balance(bank.bob.current.number).booked == Money.of("10100", "KES")
    (line,) = alice.get(f"{URL}/{file['reference']}/lines").json()["items"]
    report = alice.get(f"{URL}/{file['reference']}/pain002", headers={"Accept": "application/xml"})
    assert (report.status_code, report.headers["Content-Type"]) == (200, "application/xml")
    assert schemas.document(xml.prepared(report.content))[1] == f"pain.002.001.{PAIN_002[version]}"
    assert schemas.is_valid(xml.prepared(report.content))
    assert b"<GrpSts>ACSC</GrpSts>" in report.content
    missing = alice.get(f"{URL}/FILE-NONE/pain002", headers={"Accept": "application/xml"})
    refused(missing, 404, "NOT_FOUND")
    assert (line["line"], line["status"]) == (1, "SETTLED")
    assert line["amount"] == {"amount": "100.00", "currency": "KES"}
    assert alice.get(f"/api/v1/transfers/{line['reference']}").json()["status"] == "SETTLED"


def test_every_fault_is_shown_and_nothing_paid_unless_asked(bank: World, alice: APIClient) -> None:
    good = Line(bank.bob.current.number, "10.00", name="Bob Barasa")
    content = message(bank, good, Line("123", "1.00"), Line(bank.bob.current.number, "2.00", currency="USD"))
    file = submit(alice, content).json()
    lines = alice.get(f"{URL}/{file['reference']}/lines", {"status": "FAULTY"}).json()["items"]
    assert [line["line"] for line in lines] == [2, 3]
    assert all(line["faults"][0]["code"] and line["faults"][0]["sentence"] for line in lines)
    before = world.position()
    asked = confirm(alice, file["reference"])
    refused(confirm(alice, file["reference"], authorisation=code_of(asked)), 409, "FILE_HAS_FAULTS")
    assert world.position() == before
    paid = pay(alice, file["reference"], only_valid=True).json()
    assert (paid["settled_count"], paid["faulty_count"]) == (1, 2)
    assert ledger.balance(bank.bob.current.number).booked == Money.of("10010", "KES")


def test_lines_page_by_page(bank: World, alice: APIClient) -> None:
    lines = [
        Line(bank.bob.current.number, "1.00", name="Bob Barasa", end_to_end_id=f"E{n}") for n in range(5)
    ]
    url = f"{URL}/{submit(alice, message(bank, *lines)).json()['reference']}/lines"
    first = alice.get(url, {"limit": 3}).json()
    second = alice.get(url, {"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [line["line"] for line in first["items"] + second["items"]] == [1, 2, 3, 4, 5]
    assert second["next_cursor"] is None
    refused(alice.get(url, {"status": "VALID", "cursor": first["next_cursor"]}), 400, "INVALID_INPUT")


def test_row_29_sent_twice_it_is_one_file(bank: World, alice: APIClient) -> None:
    first, again = submit(alice, message(bank)), submit(alice, message(bank))
    assert [first.status_code, again.status_code] == [201, 200]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json() == again.json()
    refused(submit(alice, message(bank, message_id="OTHER")), 409, "IDEMPOTENCY_CONFLICT")
    assert PaymentFile.objects.count() == 1


def test_confirmed_twice_it_is_paid_once(bank: World, alice: APIClient) -> None:
    reference = submit(alice, message(bank)).json()["reference"]
    given = code_of(confirm(alice, reference))
    first = confirm(alice, reference, authorisation=given)
    again = confirm(alice, reference, authorisation=given)
    assert [first.status_code, again.status_code] == [200, 200]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert ledger.balance(bank.bob.current.number).booked == Money.of("10100", "KES")


def test_a_multipart_upload_is_the_same(bank: World, alice: APIClient) -> None:
    part = io.BytesIO(message(bank))
    part.name = "salaries.xml"
    answer = alice.post(URL, {"file": part}, format="multipart", headers={"Idempotency-Key": "f1"})
    assert answer.status_code == 201, answer.content
    assert submit(alice, message(bank)).status_code == 200


def test_uploads_of_another_shape_are_refused(bank: World, alice: APIClient) -> None:
    def part() -> io.BytesIO:
        content = io.BytesIO(message(bank))
        content.name = "a.xml"
        return content

    for shape in ({"other": part()}, {"file": [part(), part()]}, {"file": part(), "status": "PAID"}, {}):
        answer = alice.post(URL, shape, format="multipart", headers={"Idempotency-Key": "f1"})
        refused(answer, 400, "PARSE_ERROR")
    assert not PaymentFile.objects.exists()


def test_rows_47_and_48_hostile_files_are_refused(
    bank: World, alice: APIClient, settings: LazySettings
) -> None:
    entity = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
    hostile = [
        message(bank, prolog=entity),
        message(bank, prolog=bomb),
        b"",
        b"<",
        b"not xml",
        message(bank)[:-40],
        b"<Document/>",
        b"\x00" * 100,
        zlib.compress(message(bank)),
    ]
    before = world.position()
    for number, content in enumerate(hostile):
        answer = submit(alice, content, f"h{number}")
        assert answer.status_code in {400, 422}, (content[:90], answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert b"root:" not in answer.content
    settings.PAYMENT_FILE_MAX_BYTES = 500
    refused(submit(alice, message(bank), "big"), 413, "CONTENT_TOO_LARGE")
    assert world.position() == before
    assert not PaymentFile.objects.exists()


def test_row_47_compressed_bodies_are_refused(bank: World, alice: APIClient) -> None:
    headers = {"Idempotency-Key": "f1", "Content-Encoding": "gzip"}
    answer = alice.post(URL, data=message(bank), content_type="application/xml", headers=headers)
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
    refused(submit(alice, b"{}", content_type="application/json"), 415, "UNSUPPORTED_MEDIA_TYPE")


def test_row_21_anothers_file_is_not_there(bank: World, alice: APIClient, bob: APIClient) -> None:
    reference = submit(alice, message(bank)).json()["reference"]
    given = code_of(confirm(alice, reference))
    before = world.position()
    refused(bob.get(f"{URL}/{reference}"), 404, "NOT_FOUND")
    refused(bob.get(f"{URL}/{reference}/lines"), 404, "NOT_FOUND")
    refused(confirm(bob, reference), 404, "NOT_FOUND")
    refused(confirm(bob, reference, authorisation=given), 404, "NOT_FOUND")
    assert world.position() == before


def test_row_21_nobody_pays_from_anothers_account_by_file(bank: World, bob: APIClient) -> None:
    before = world.position()
    file = submit(bob, message(bank)).json()
    assert file["faulty_count"] == file["line_count"] == 1
    asked = confirm(bob, file["reference"], only_valid=True)
    assert asked.status_code in {403, 404, 409}
    assert world.position() == before
