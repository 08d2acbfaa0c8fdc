"""Deposits of a company: quoted, opened when enough have signed, seen, closed at a cost, certified."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from bank import ledger
from bank.cif import services as cif
from bank.deposits import services as deposits
from bank.deposits.models import Deposit, DepositRequest
from bank.identity import services as identity
from bank.kernel.money import Money
from bank.products.models import TermRate
from bank.signing import services as signing
from bank.signing.models import Approval
from bank.signing.rules import Step
from bank.statements.models import Subscription
from tests.portals.test_deposits import _is_genuine
from tests.portals.test_paying import asked_on
from tests.portals.town import Town, browser, newest_code

pytestmark = pytest.mark.django_db


def confirm(client: Client, user: Any, address: str) -> str:
    answer = client.post(address, {"asked": asked_on(client, address), "code": newest_code(user)})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def test_from_the_quote_over_the_signatures_to_the_end(town: Town, treasurer: Client) -> None:
    firm = town.firm
    home = f"/corporate/{firm.customer.cif}/"
    second = identity.create_user(email="second@example.test", full_name="Wambui Njoroge", password=None)
    cif.grant_mandate(user=second, customer=firm.customer, role="SIGNATORY", can_pay=True)
    signing.set_rules(customer=firm.customer, currency="KES", steps=[Step(Decimal(100_000), 2)], actor=None)
    other, before = browser(second), town.books()
    assert f"{home}deposits/" in treasurer.get(home).content.decode()
    assert "No deposit is running" in treasurer.get(f"{home}deposits/").content.decode()
    assert f"{home}deposits/new/fixed/" in treasurer.get(f"{home}deposits/new/").content.decode()
    for stranger in (town.amina.user, town.brian.user):
        assert browser(stranger).get(f"{home}deposits/").status_code == 404
    looks_only = browser(town.bookkeeper)
    assert looks_only.get(f"{home}deposits/").status_code == 200

    quote = f"{home}deposits/new/fixed/?amount=2000000&months=12&account={firm.number}"
    assert "2,000,000" in treasurer.get(quote).content.decode()
    refused = looks_only.post(quote)
    assert refused.status_code == 200
    check = treasurer.post(quote).headers["Location"]
    listed = confirm(treasurer, firm.user, check)
    page = treasurer.get(listed).content.decode()
    assert "Waits for signatures" in page
    assert "It waits for the other signatures" in page
    assert town.books() == before
    assert not Deposit.objects.exists()
    signs = other.post(f"{home}approvals/", {"approval": Approval.objects.get().reference})
    confirm(other, second, signs.headers["Location"])
    deposit = DepositRequest.objects.get().deposit
    assert deposit is not None
    assert ledger.balance(deposit.number).booked == deposit.money
    address = f"{home}deposits/{deposit.number}/"
    assert address in treasurer.get(f"{home}deposits/").content.decode()
    assert browser(town.amina.user).get(f"/personal/deposits/{deposit.number}/").status_code == 404

    _is_genuine(treasurer.get(f"{address}certificate/").content, deposit.number, firm.name)
    today = ledger.business_date()
    period = f"statement/?since={today}&until={today}&format=CAMT053"
    assert firm.name in treasurer.get(f"{address}{period}").content.decode()
    for elsewhere in ("/personal/", f"/sme/{firm.customer.cif}/"):
        assert treasurer.get(f"{elsewhere}deposits/{deposit.number}/{period}").status_code == 404
    ledger.roll_business_date(to=ledger.business_date() + timedelta(days=31))
    assert "Interest you give up" in treasurer.get(f"{address}close/").content.decode()
    ended = confirm(treasurer, firm.user, treasurer.post(f"{address}close/").headers["Location"])
    assert "closed and paid out" in treasurer.get(ended).content.decode()
    assert ledger.balance(deposit.number).booked.is_zero


def test_statements_of_its_deposit_come_by_themselves_in_both_doors(town: Town, treasurer: Client) -> None:
    firm = town.firm
    order = deposits.Order("FIXED", firm.number, Money.of("60000", "KES"), months=12)
    held = deposits.open_for(customer=firm.customer, order=order, key="d")[0]
    given = {"account": held.number, "frequency": "MONTHLY", "channel": "PORTAL"}
    for door, segment, file in (("corporate", firm.customer.segment, "CAMT053"), ("sme", "SME", "CSV")):
        firm.customer.segment = segment
        firm.customer.save(update_fields=["segment"])
        home = f"/{door}/{firm.customer.cif}/"
        assert f"?account={held.number}" in treasurer.get(f"{home}deposits/{held.number}/").content.decode()
        url = f"{home}statements/subscriptions/"
        assert held.number in treasurer.get(url).content.decode().replace("\xa0", "")
        for stranger in (town.amina.user, town.brian.user):
            assert browser(stranger).post(url, given | {"format": file}).status_code == 404
        assert not Subscription.objects.filter(format=file).exists()
        assert treasurer.post(url, given | {"format": file}).status_code == 302
        made = Subscription.objects.get(format=file)
        assert (made.deposit, made.state) == (held, "ACTIVE")
        assert treasurer.post(f"{url}{made.pk}/end/").status_code == 302
        made.refresh_from_db()
        assert made.state == "ENDED"


def test_what_was_signed_for_at_another_rate_and_what_is_rejected_opens_nothing(
    town: Town, treasurer: Client
) -> None:
    """In the portal of small companies, whose pages are the same."""
    firm = town.firm
    firm.customer.segment = "SME"
    firm.customer.save(update_fields=["segment"])
    home = f"/sme/{firm.customer.cif}/"
    second = identity.create_user(email="second@example.test", full_name="Wambui Njoroge", password=None)
    cif.grant_mandate(user=second, customer=firm.customer, role="SIGNATORY", can_pay=True)
    signing.set_rules(customer=firm.customer, currency="KES", steps=[Step(Decimal(0), 2)], actor=None)
    other, before = browser(second), town.books()
    assert f"{home}deposits/" in treasurer.get(home).content.decode()
    assert f"{home}deposits/new/fixed/" in treasurer.get(f"{home}deposits/new/").content.decode()
    quote = f"{home}deposits/new/fixed/?amount=60000&months=12&account={firm.number}"
    for _number in range(2):
        confirm(treasurer, firm.user, treasurer.post(quote).headers["Location"])
    first, last = Approval.objects.order_by("id")
    other.post(f"{home}approvals/{first.reference}/reject/", {"reason": "Too long a term"})
    TermRate.objects.update(annual_rate_pct=Decimal("1"))
    signs = other.post(f"{home}approvals/", {"approval": last.reference})
    confirm(other, second, signs.headers["Location"])
    last.refresh_from_db()
    assert (last.state, "1" in last.decision_reason) == ("FAILED", True)
    assert sorted(one.why[:8] for one in DepositRequest.objects.all()) == ["The rate", "Too long"]
    assert town.books() == before
    page = treasurer.get(f"{home}deposits/").content.decode()
    assert "Waits for signatures" not in page
