"""Who signs, in the portal: shown, asked to be changed, signed by others; and the inbox of what waits."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from bank.cif import services as cif
from bank.cif.models import Mandate
from bank.identity import services as identity
from bank.payments.models import PaymentFile
from bank.signing import selectors
from bank.signing import services as signing
from bank.signing.models import Approval, Delegation
from bank.signing.rules import Step
from tests.portals.test_corporate import good_lines, to_confirm
from tests.portals.test_paying import asked_on
from tests.portals.town import Town, browser, newest_code, pain001

pytestmark = pytest.mark.django_db


def confirm(client: Client, user: Any, address: str) -> Any:
    return client.post(address, {"asked": asked_on(client, address), "code": newest_code(user)})


def test_rules_classes_and_delegations_are_changed_by_two(town: Town) -> None:
    firm, home = town.firm, f"/corporate/{town.firm.customer.cif}/"
    second = identity.create_user(email="second@example.test", full_name="Wambui Njoroge", password=None)
    cif.grant_mandate(user=second, customer=firm.customer, role="SIGNATORY", can_pay=True)
    signing.set_rules(customer=firm.customer, currency="KES", steps=[Step(Decimal(1000), 2)], actor=None)
    client, other = browser(firm.user), browser(second)
    row = selectors.rules_of(firm.customer).get()

    assert "1,000.00" in other.get(f"{home}signing/").content.decode()
    assert other.get(f"{home}signing/rules/").status_code == 403
    assert browser(town.amina.user).get(f"{home}signing/").status_code == 404
    rule = {"currency": "KES", "above": "0", "ways": "A+B", "hours": "48", "reason": "A stricter house"}
    bad = client.post(f"{home}signing/rules/", rule | {"ways": "A-B", "above": "x"})
    assert set(bad.context["form"].errors) == {"ways", "above"}
    asked = client.post(f"{home}signing/rules/{row.pk}/", rule).headers["Location"]
    page = client.get(asked).content.decode()
    assert "A+B, others than its maker, within 48 hours" in page
    assert "No rule" in page
    waiting = confirm(client, firm.user, asked).headers["Location"]
    assert "This waits for signatures" in client.get(f"{home}signing/").content.decode()
    assert selectors.rules_of(firm.customer).get() == row
    shown = other.get(waiting).content.decode()
    assert "Signing rules" in shown
    assert "What would change" in shown
    signs = other.post(f"{home}approvals/", {"approval": Approval.objects.get().reference})
    confirm(other, second, signs.headers["Location"])
    assert selectors.rules_of(firm.customer).get().ways == ["AB"]

    signing.set_rules(customer=firm.customer, currency="KES", steps=[Step(Decimal(0), 2)], actor=None)
    mandate = Mandate.objects.get(user=second)
    person = {"signature_class": "B", "single_limit": "5000", "reason": "She is the treasurer"}
    asked = client.post(f"{home}signing/people/{mandate.pk}/", person).headers["Location"]
    confirm(client, firm.user, asked)
    people = {"of": second.email, "to": firm.user.email, "valid_from": "2099-01-01"}
    days = people | {"valid_until": "2099-01-09", "reason": "Her leave"}
    assert client.post(f"{home}signing/delegate/", days | {"to": second.email}).context["refusals"]
    confirm(client, firm.user, client.post(f"{home}signing/delegate/", days).headers["Location"])
    both = [one.reference for one in Approval.objects.filter(state="WAITING")]
    signs = other.post(f"{home}approvals/", {"approval": both})
    done = confirm(other, second, signs.headers["Location"]).headers["Location"]
    results = other.get(done).content.decode()
    assert all(reference in results for reference in both)
    assert "Approved" in results
    mandate.refresh_from_db()
    assert (mandate.signature_class, mandate.single_limit) == ("B", Decimal(5000))
    client.post(f"{home}signing/delegations/{Delegation.objects.get().pk}/end/")
    assert Delegation.objects.get().ended_at is not None


def test_the_inbox_narrows_and_a_file_is_returned_for_change(town: Town) -> None:
    firm, home = town.firm, f"/corporate/{town.firm.customer.cif}/"
    second = identity.create_user(email="second@example.test", full_name="Wambui Njoroge", password=None)
    cif.grant_mandate(user=second, customer=firm.customer, role="SIGNATORY", can_pay=True)
    signing.set_rules(customer=firm.customer, currency="KES", steps=[Step(Decimal(1000), 2)], actor=None)
    client, other = browser(firm.user), browser(second)
    address = to_confirm(client, home, pain001(firm, good_lines(town)))
    confirm(client, firm.user, address)
    file, approval = PaymentFile.objects.get(), Approval.objects.get()
    assert "This waits for signatures" in client.get(f"{home}files/{file.reference}/").content.decode()
    for query, there in (
        ("kind=PAYMENT_FILE&least=4000", True), ("kind=SIGNING_RULES", False), ("least=4000.01", False),
        ("age=24", False), ("least=nonsense", True),
    ):  # fmt: skip
        page = other.get(f"{home}approvals/?{query}")
        assert bool(page.context["waiting"]) == there, query
    there = f"{home}approvals/{approval.reference}/"
    assert other.post(f"{there}return/", {"reason": ""}).status_code == 200
    other.post(f"{there}return/", {"reason": "Line two is paid already"})
    file.refresh_from_db()
    assert file.status == "CHECKED"
    assert "Returned for change" in client.get(there).content.decode()
    assert "Line two is paid already" in client.get(there).content.decode()


def test_who_may_do_what_as_page_and_csv(town: Town) -> None:
    firm, home = town.firm, f"/corporate/{town.firm.customer.cif}/"
    second = identity.create_user(email="second@example.test", full_name="=cmd|'/c calc'!A1", password=None)
    cif.grant_mandate(user=second, customer=firm.customer, role="SIGNATORY", can_pay=True)
    Mandate.objects.filter(user=firm.user).update(signature_class="A")
    steps = [Step(Decimal(0), ways=("A", "**")), Step(Decimal(900), 2)]
    signing.set_rules(customer=firm.customer, currency="KES", steps=steps, actor=None)
    client = browser(firm.user)
    page = client.get(f"{home}people/entitlements/")
    alone = {row["one"].email: row["alone"] for row in page.context["rows"] if row["one"].currency == "KES"}
    assert alone[firm.user.email].endswith("900.00")
    assert alone[second.email].endswith("0.00")
    lines = client.get(f"{home}people/entitlements.csv").content.decode("utf-8-sig").splitlines()
    assert any("2 or A" in line and line.startswith("'=cmd") for line in lines)
    assert not any(line.startswith(("=", "+", "-", "@")) for line in lines)
    assert browser(town.amina.user).get(f"{home}people/entitlements.csv").status_code == 404
