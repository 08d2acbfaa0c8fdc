"""Files over REST: a table with its wishes in the query, lines mended, many lines of pain.001."""

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from bank import ledger
from bank.kernel.money import Money
from bank.payments import services as payments
from tests.payments.messages import Line
from tests.statements.world import World
from tests.web.api_fixtures import alice, bank, bob, refused
from tests.web.test_api_payment_files import URL, message, pay, submit

__all__ = ["alice", "bank", "bob"]
CSV = "text/csv"


@pytest.fixture
def number(bank: World) -> str:
    return bank.bob.current.number


def test_a_table_is_sent_mended_and_paid(bank: World, alice: APIClient, number: str) -> None:
    rows = (f'Bob Barasa,{number},"1.000,00",a', f"Bob Barasa,{number},1e9,b", "X,12,1,c")
    table = "\n".join(["Mpokeaji,Akaunti,Pesa,Maelezo", *rows])
    asked = f"{URL}?debtor_account={bank.alice.current.number}&amounts=COMMA"
    missing = alice.post(asked, table.encode(), content_type=CSV, headers={"Idempotency-Key": "0"})
    refused(missing, 422, "COLUMNS_MISSING")
    wanted = {"content_type": CSV, "headers": {"Idempotency-Key": "1"}}
    file = alice.post(f"{asked}&columns=amount=Pesa&name=pay.csv", table.encode(), **wanted).json()
    assert (file["status"], file["message"], file["name"], file["faulty_count"]) == (
        "CHECKED",
        "csv",
        "pay.csv",
        2,
    )
    at = f"{URL}/{file['reference']}"
    faults = b"".join(alice.get(f"{at}/faulty").streaming_content).decode()
    assert "1e9" in faults
    assert "1.000,00" not in faults
    mended = alice.patch(f"{at}/lines/3", {"amount": "250.00"}).json()
    assert (mended["status"], mended["faults"]) == ("VALID", [])
    assert alice.patch(f"{at}/lines/4", {"excluded": True}).json()["status"] == "EXCLUDED"
    refused(alice.patch(f"{at}/lines/99", {"excluded": True}), 404, "NOT_FOUND")
    paid = pay(alice, file["reference"]).json()
    assert (paid["status"], paid["settled_count"], paid["excluded_count"]) == ("PAID", 2, 1)
    assert ledger.balance(number).booked == Money.of("11250", "KES")
    refused(alice.patch(f"{at}/lines/3", {"amount": "1.00"}), 409, "LINE_NOT_EDITABLE")
    refused(alice.post(f"{at}/retry", headers={"Idempotency-Key": "r"}), 409, "FILE_HAS_NOTHING_TO_PAY")


def test_many_lines_are_checked_and_paid_in_the_background(
    bank: World, alice: APIClient, number: str, settings: LazySettings
) -> None:
    settings.PAYMENT_FILE_AT_ONCE_BYTES, settings.PAYMENT_FILE_AT_ONCE_LINES = 100_000, 200
    lines = [Line(number, "1.00", name="Bob Barasa", end_to_end_id=f"E{n}") for n in range(500)]
    file = submit(alice, message(bank, *lines)).json()
    assert (file.get("status"), file.get("checked")) == ("VALIDATING", 0), file
    payments.check_payment_file(reference=file["reference"])
    taken = pay(alice, file["reference"]).json()
    assert taken["status"] == "RELEASING"
    payments.release_payment_file(reference=file["reference"])
    paid = alice.get(f"{URL}/{file['reference']}").json()
    assert (paid["status"], paid["settled_count"]) == ("PAID", 500)
    assert ledger.balance(number).booked == Money.of("10500", "KES")
