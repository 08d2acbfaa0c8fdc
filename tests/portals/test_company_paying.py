"""A company pays somebody: here and at another bank, under its signing rule, by template and by group."""

from decimal import Decimal

from django.test import Client

from bank.cif import services as cif
from bank.identity import services as identity
from bank.payments.models import Beneficiary, PayeeGroup, PaymentFile, PaymentOrder, PaymentTemplate
from bank.payments.rules import NameCheck
from bank.runtime import outbox
from bank.signing import services as signing
from bank.signing.models import Approval
from bank.signing.rules import Step
from tests.payments.rails.conftest import tend, tiny
from tests.payments.rails.tiny import TinyRail
from tests.portals.test_paying import asked_on
from tests.portals.town import Town, browser, newest_code

__all__ = ["tiny"]


def home_of(town: Town) -> str:
    return f"/corporate/{town.firm.customer.cif}/"


def to_check(client: Client, town: Town, **changes: str) -> str:
    """The address of the check page of a payment to another bank."""
    asked = {
        "account": town.firm.number, "name": "Zainabu Mushi", "bank": "kilimanjaro",
        "number": "0150 123 456", "amount": "1,250.00", "speed": "CHEAPEST", "remittance": "Invoice 7",
    }  # fmt: skip
    at = "bank" if "bank" in (asked | changes) and changes.get("bank") != "" else "here"
    answer = client.post(f"{home_of(town)}payments/new/?at={at}", asked | changes)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def confirm(client: Client, town: Town, check: str, user: object = None) -> str:
    code = newest_code(user or town.firm.user)
    answer = client.post(check, {"asked": asked_on(client, check), "code": code})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def test_a_payment_to_another_bank_is_explained_paid_and_called_back(
    town: Town, treasurer: Client, tiny: TinyRail
) -> None:
    home = home_of(town)
    bookkeeper = browser(town.bookkeeper)
    assert "Kilimanjaro Bank · KILITZTZ" in treasurer.get(f"{home}payments/new/?at=bank").content.decode()
    refused = treasurer.post(f"{home}payments/new/?at=bank", {"bank": "nowhere"})
    assert "No bank of this name or number" in refused.content.decode()
    check = to_check(treasurer, town)
    page = treasurer.get(check).content.decode()
    for said in ("Kilimanjaro Bank", "TINY", "Why this way", "In total", "could not be checked", "Invoice 7"):
        assert said in page
    receipt = confirm(treasurer, town, check)
    order = PaymentOrder.objects.get()
    assert receipt == f"{home}payments/{order.reference}/"
    assert confirm_again(treasurer, check) == receipt
    assert PaymentOrder.objects.count() == 1
    tend()
    page = treasurer.get(receipt).content.decode()
    for said in ("What happened", "Ask for the money back", order.reference):
        assert said in page
    assert order.creditor_name in treasurer.get(f"{home}payments/?q=invoice").content.decode()
    assert bookkeeper.get(receipt).status_code == 200
    assert "Ask for the money back" not in bookkeeper.get(receipt).content.decode()
    assert browser(town.amina.user).get(receipt).status_code == 404
    treasurer.post(f"{receipt}recall/")
    tend()
    order.refresh_from_db()
    assert order.status == "RETURNED"
    treasurer.post(receipt, {"name": "Zainabu monthly"})
    kept = PaymentTemplate.objects.get()
    assert (kept.creditor_agent, kept.money.amount) == ("KILITZTZ", Decimal("1250.00"))
    again = treasurer.get(f"{home}payments/new/?template={kept.pk}").content.decode()
    assert 'value="KILITZTZ"' in again
    assert "1,250.00" in again
    assert "under this name already" in treasurer.post(receipt, {"name": "Zainabu monthly"}).content.decode()
    treasurer.post(f"{home}payees/templates/{kept.pk}/remove/")
    assert "Zainabu monthly" not in treasurer.get(f"{home}payments/new/").content.decode()


def confirm_again(client: Client, check: str) -> str:
    return client.post(check, {"asked": "", "code": "000000"}).headers["Location"]


def test_the_signing_rule_holds_and_a_waiting_payment_moves_nothing(
    town: Town, treasurer: Client, tiny: TinyRail
) -> None:
    second = identity.create_user(email="second@example.test", full_name="Wambui Njoroge", password=None)
    cif.grant_mandate(user=second, customer=town.firm.customer, role="SIGNATORY", can_pay=True)
    signing.set_rules(customer=town.firm.customer, currency="KES", steps=[Step(Decimal(1000), 2)], actor=None)
    before, home, other = town.books(), home_of(town), browser(second)
    check = to_check(treasurer, town)
    assert "Signatures needed" in treasurer.get(check).content.decode()
    receipt = confirm(treasurer, town, check)
    assert "Waiting for approval" in treasurer.get(receipt).content.decode()
    assert town.books() == before
    signs = other.post(f"{home}approvals/", {"approval": Approval.objects.get().reference}).headers[
        "Location"
    ]
    confirm(other, town, signs, second)
    tend()
    assert PaymentOrder.objects.get().status == "SETTLED"


def test_payees_here_and_elsewhere_are_paid_as_a_group_with_one_code(
    town: Town, treasurer: Client, tiny: TinyRail
) -> None:
    home = home_of(town)
    for at, asked in (
        ("here", {"name": town.amina.name, "number": town.amina.number}),
        ("bank", {"name": "Zainabu Mushi", "bank": "KILITZTZ", "number": "0150123456"}),
    ):
        check = treasurer.post(f"{home}payees/?at={at}", asked).headers["Location"]
        assert ("could not be checked" in treasurer.get(check).content.decode()) == (at == "bank")
        assert confirm(treasurer, town, check) == f"{home}payees/"
    here, there = Beneficiary.objects.order_by("id")
    assert (here.name_check, there.name_check) == (NameCheck.MATCH, NameCheck.UNAVAILABLE)
    empty = treasurer.post(f"{home}groups/new/", {"name": "Suppliers", "currency": "KES"})
    assert "at least one payee" in empty.content.decode()
    made = treasurer.post(
        f"{home}groups/new/",
        {"name": "Suppliers", "currency": "KES", f"pay_{here.pk}": "300.00", f"pay_{there.pk}": "1,000.50"},
    )
    group = PayeeGroup.objects.get()
    assert made.headers["Location"] == f"{home}groups/{group.pk}/"
    page = treasurer.get(f"{home}groups/{group.pk}/")
    assert "1,300.50" in page.content.decode()
    key = page.context["form"].initial["key"]
    before = town.books()
    answers = [
        treasurer.post(f"{home}groups/{group.pk}/", {"account": town.firm.number, "key": key}) for _ in "ab"
    ]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    file = PaymentFile.objects.get()
    assert (file.status, file.line_count, file.faulty_count) == ("CHECKED", 2, 0), file.faults
    assert town.books() == before
    at = answers[0].headers["Location"]
    check = treasurer.post(at, {"which": "ALL"}).headers["Location"]
    assert "1,300.50" in treasurer.get(check).content.decode()
    confirm(treasurer, town, check)
    tend()
    outbox.deliver_due()
    assert dict(file.lines.values_list("creditor_name", "status")) == {
        town.amina.name: "SETTLED",
        "Zainabu Mushi": "SETTLED",
    }
    assert browser(town.amina.user).get(f"{home}groups/{group.pk}/").status_code == 404
    viewer = browser(town.bookkeeper)
    assert viewer.post(f"{home}groups/{group.pk}/remove/").status_code == 403
    treasurer.post(f"{home}groups/{group.pk}/remove/")
    assert treasurer.get(f"{home}groups/{group.pk}/").status_code == 404
