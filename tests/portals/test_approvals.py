"""A company's file under a two-signature rule, in the portal: confirmed by one, signed by another."""

from decimal import Decimal

import pytest
from django.core import mail

from bank.cif import services as cif
from bank.identity import services as identity
from bank.payments.models import PaymentFile
from bank.payments.reports import status_report
from bank.runtime import outbox
from bank.signing import services as signing
from bank.signing.models import Approval
from bank.signing.rules import Step
from tests.portals.test_corporate import good_lines, to_confirm
from tests.portals.test_paying import asked_on
from tests.portals.town import Town, browser, newest_code, pain001

pytestmark = pytest.mark.django_db


def test_a_file_under_two_signatures(town: Town) -> None:
    firm, home = town.firm, f"/corporate/{town.firm.customer.cif}/"
    second = identity.create_user(email="second@example.test", full_name="Wambui Njoroge", password=None)
    cif.grant_mandate(user=second, customer=firm.customer, role="SIGNATORY", can_pay=True)
    signing.set_rules(customer=firm.customer, currency="KES", steps=[Step(Decimal(1000), 2)], actor=None)
    before, client, other = town.books(), browser(firm.user), browser(second)

    address = to_confirm(client, home, pain001(firm, good_lines(town)))
    client.post(address, {"asked": asked_on(client, address), "code": newest_code(firm.user)})
    file = PaymentFile.objects.get()
    assert file.status == "WAITING"
    assert b"<GrpSts>PDNG</GrpSts>" in status_report(file)
    assert town.books() == before
    assert "waits for others to sign" in client.get(f"{home}files/{file.reference}/").content.decode()
    outbox.deliver_due()
    assert [letter.to for letter in mail.outbox if "Approval" in letter.subject] == [["second@example.test"]]

    approval = Approval.objects.get()
    assert approval.reference not in client.get(f"{home}approvals/").context["waiting"]
    page = other.get(f"{home}approvals/")
    assert [one["reference"] for one in page.context["waiting"]] == [approval.reference]
    assert other.get(f"{home}approvals/{approval.reference}/").status_code == 200
    signs = other.post(f"{home}approvals/", {"approval": approval.reference}).headers["Location"]
    assert "4,000.00" in other.get(signs).content.decode()
    wrong = other.post(signs, {"asked": asked_on(other, signs), "code": "000000"})
    assert wrong.status_code == 200
    assert town.books() == before
    done = other.post(signs, {"asked": asked_on(other, signs), "code": newest_code(second)})
    assert done.headers["Location"] == f"{home}approvals/"
    file.refresh_from_db()
    assert (file.status, file.settled_count, file.confirmed_by) == ("PAID", 2, firm.user)
    assert town.amina.booked == "51500.00"
    assert "Approved" in other.get(f"{home}approvals/{approval.reference}/").content.decode()


def test_a_rejected_file_comes_back_with_the_reason(town: Town) -> None:
    firm, home = town.firm, f"/corporate/{town.firm.customer.cif}/"
    second = identity.create_user(email="second@example.test", full_name="Wambui Njoroge", password=None)
    cif.grant_mandate(user=second, customer=firm.customer, role="SIGNATORY", can_pay=True)
    signing.set_rules(customer=firm.customer, currency="KES", steps=[Step(Decimal(0), 2)], actor=None)
    before, client, other = town.books(), browser(firm.user), browser(second)
    address = to_confirm(client, home, pain001(firm, good_lines(town)))
    client.post(address, {"asked": asked_on(client, address), "code": newest_code(firm.user)})
    place = f"{home}approvals/{Approval.objects.get().reference}/"
    stranger = browser(town.amina.user)
    assert stranger.get(place).status_code == 404
    assert browser(town.bookkeeper).post(f"{place}reject/", {"reason": "No"}).status_code == 200
    assert other.post(f"{place}withdraw/").status_code == 302
    assert Approval.objects.get().state == "WAITING"
    assert "Say why" in other.post(f"{place}reject/", {"reason": ""}).content.decode()
    other.post(f"{place}reject/", {"reason": "The list of May, not of June"})
    assert PaymentFile.objects.get().status == "CHECKED"
    assert "The list of May" in client.get(place).content.decode()
    assert town.books() == before
