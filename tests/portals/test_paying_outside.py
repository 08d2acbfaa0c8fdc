"""Paying another bank or a phone in the personal portal: found, explained, cancelled,
called back; and the door networks call at."""

import re

import pytest
from django.test import Client

from bank.payments.models import NetworkMessage, PaymentOrder
from tests.payments.rails.conftest import tend, tiny
from tests.payments.rails.tiny import TinyRail
from tests.portals.test_paying import give_amount, send
from tests.portals.town import Town

__all__ = ["tiny"]

PAY = "/personal/pay/"


def _begin(client: Client, **changes: str) -> str:
    payee = {"payee": "new", "name": "Zainabu Mushi", "bank": "kilimanjaro", "number": "0150 123 456"}
    answer = client.post(f"{PAY}?at=bank", payee | changes)
    assert answer.status_code == 302, re.findall(r'field__error".*?</p>', answer.content.decode())
    return answer.headers["Location"]


def test_another_bank_is_found_paid_and_asked_for_the_money(
    town: Town, amina: Client, tiny: TinyRail
) -> None:
    page = amina.get(f"{PAY}?at=bank").content.decode()
    assert "Kilimanjaro Bank · KILITZTZ" in page
    check = give_amount(amina, town, _begin(amina))
    page = amina.get(check).content.decode()
    for said in (
        "Kilimanjaro Bank",
        "TINY",
        "Why this way",
        "arrives within minutes",
        "could not be checked",
    ):
        assert said in page
    receipt_at = send(amina, town, check).headers["Location"]
    tend()
    receipt = amina.get(receipt_at).content.decode()
    assert "What happened" in receipt
    order = PaymentOrder.objects.get()
    assert (order.status, order.creditor_number, order.creditor_country) == ("SETTLED", "0150123456", "TZ")
    assert amina.post(f"{receipt_at}cancel/").status_code == 302
    assert "cannot be cancelled any more" in amina.get(receipt_at).content.decode()
    amina.post(f"{receipt_at}recall/")
    order.refresh_from_db()
    assert order.status == "RECALLED"
    tend()
    assert "Back from Zainabu Mushi" in amina.get(receipt_at).content.decode()


def test_nobody_else_cancels_or_recalls(town: Town, amina: Client, brian: Client, tiny: TinyRail) -> None:
    receipt_at = send(amina, town, give_amount(amina, town, _begin(amina))).headers["Location"]
    for verb in ("cancel", "recall"):
        assert brian.post(f"{receipt_at}{verb}/").status_code == 404
    assert PaymentOrder.objects.get().status == "RELEASED"


def test_after_hours_it_waits_and_is_cancelled(town: Town, amina: Client, tiny: TinyRail) -> None:
    check = give_amount(amina, town, _begin(amina, bank="PEARUGKA"))
    assert "when this way opens again" in amina.get(check).content.decode()
    receipt_at = send(amina, town, check).headers["Location"]
    assert "On its way to" in amina.get(receipt_at).content.decode()
    amina.post(f"{receipt_at}cancel/")
    assert PaymentOrder.objects.get().status == "CANCELLED"
    assert town.amina.booked == "50000.00"


@pytest.mark.parametrize(
    ("at", "changes", "says"),
    [
        ("bank", {"bank": "NOSUCHKE"}, "No bank of this name or number"),
        ("bank", {"bank": "Sa"}, "Several banks fit"),
        ("bank", {"number": "DE00370400440532013000"}, "IBAN"),
        ("bank", {"number": "\u0661\u0662\u0663\u0664"}, "letters and digits"),
        ("phone", {"number": "<b>"}, "letters and digits"),
    ],
)
def test_what_cannot_be_paid_is_said_at_once(
    town: Town, amina: Client, at: str, changes: dict[str, str], says: str
) -> None:
    payee = {"payee": "new", "name": "Zainabu", "bank": "KILITZTZ", "number": "0150123456"} | changes
    answer = amina.post(f"{PAY}?at={at}", payee)
    assert answer.status_code == 200
    assert says in answer.content.decode()


def test_the_door_of_the_networks(town: Town, client: Client, tiny: TinyRail) -> None:
    def post(where: str, body: bytes) -> int:
        return client.post(f"/networks/{where}", body, content_type="application/json").status_code

    assert post("nosuch/x", b"{}") == 404
    assert post("internal/x", b"{}") == 404
    assert post("tiny/x", b"forged") == 403
    assert post("tiny/x", b"\xff{") == 400
    assert post("tiny/x", b"x" * 1_000_001) == 413
    assert client.get("/networks/tiny/x").status_code == 405
    assert post("tiny/x?a=b", b'{"id": "1", "kind": "settled", "reference": "PAY-NONE"}') == 200
    assert sorted(NetworkMessage.objects.values_list("status", flat=True)) == [
        "FORGED",
        "RECEIVED",
        "UNREADABLE",
    ]
