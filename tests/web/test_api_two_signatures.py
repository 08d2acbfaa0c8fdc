"""A company's file of a thousand lines as pain.001 over REST: confirmed by one, signed by another, each line
with its own result."""

from decimal import Decimal

import pytest
from django.test import Client

from bank.cif import services as cif
from bank.identity import services as identity
from bank.payments import services as payments
from bank.signing import services as signing
from bank.signing.rules import Step
from tests.identity import bearer
from tests.portals import town as streets
from tests.portals.town import pain001
from tests.web.test_api_approvals import call, with_a_code

LINES = 1_000


@pytest.mark.django_db
def test_a_thousand_lines_under_two_signatures() -> None:
    town = streets.build()
    firm = town.firm
    second = identity.create_user(email="second@example.test", full_name="Wambui Njoroge", password=None)
    cif.grant_mandate(user=second, customer=firm.customer, role="SIGNATORY", can_pay=True)
    signing.set_rules(customer=firm.customer, currency="KES", steps=[Step(Decimal(10_000), 2)], actor=None)
    lines = [(town.brian.name, town.brian.number, f"{n}.00") for n in range(1, LINES)]
    lines.append(("Nobody Known", "0019999999990", "5.00"))
    content = pain001(firm, lines, "THOUSAND-1")
    before, total = town.books(), sum(range(1, LINES))

    def sent() -> tuple[int, dict[str, object]]:
        answer = Client().post(
            "/api/v1/payment-files", content, content_type="application/xml",
            **bearer(firm.user), HTTP_IDEMPOTENCY_KEY="thousand",
        )  # fmt: skip
        return answer.status_code, answer.json()

    status, file = sent()
    assert (status, file["status"]) == (201, "VALIDATING"), "so long a file is checked by a worker"
    assert sent()[1]["reference"] == file["reference"]
    at = f"payment-files/{file['reference']}"
    payments.check_payment_file(reference=file["reference"])
    file = call(firm.user, at).json()
    assert (file["status"], file["line_count"], file["faulty_count"]) == ("CHECKED", LINES, 1)
    whole = with_a_code(firm.user, f"{at}/confirm", {}, "c-0")
    assert (whole.status_code, whole.json()["code"]) == (409, "FILE_HAS_FAULTS")
    confirmed = with_a_code(firm.user, f"{at}/confirm", {"only_valid": True}, "c-1")
    assert confirmed.json()["status"] == "WAITING"
    assert town.books() == before
    (waiting,) = call(second, f"approvals?customer={firm.customer.cif}&state=WAITING").json()["items"]
    assert (waiting["subject"], waiting["needed"]) == (file["reference"], 2)
    alone = call(firm.user, "approvals/sign", {"approvals": [waiting["reference"]]}, "s-0")
    assert alone.status_code != 200
    assert town.books() == before
    signed = with_a_code(second, "approvals/sign", {"approvals": [waiting["reference"]]}, "s-1")
    assert signed.json()[0]["state"] == "APPROVED"
    for _ in range(2):
        payments.release_payment_file(reference=file["reference"])
    paid = call(firm.user, at).json()
    assert (paid["status"], paid["settled_count"]) == ("PAID", LINES - 1)
    assert town.brian.booked == f"{1000 + total}.00"
    results: dict[int, tuple[str, list[str]]] = {}
    query = "?limit=200"
    while query:
        page = call(firm.user, f"{at}/lines{query}").json()
        for line in page["items"]:
            results[line["line"]] = line["status"], [fault["code"] for fault in line["faults"]]
        query = f"?limit=200&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert len(results) == LINES
    assert results.pop(max(results)) == ("REJECTED", ["CREDITOR_ACCOUNT_UNKNOWN"])
    assert set(map(str, results.values())) == {str(("SETTLED", []))}
    assert call(town.amina.user, at).status_code == 404
