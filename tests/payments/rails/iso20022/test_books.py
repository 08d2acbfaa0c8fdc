"""Worked examples: what EFT and ACH do to the books of the bank, from order to outcome, by their sandboxes.

T-accounts as they stand after each example; D debit, C credit. Fee 50.00 and excise duty 15 % of it.

EFT of 1,000.00 that settles     Alice      D 1,057.50 | fees C 50.00 | excise C 7.50
                                 IN_TRANSIT C 1,000.00 D 1,000.00     | NOSTRO_EFT C 1,000.00
... that is rejected             all of it back: Alice C 1,057.50, fees D 50.00, excise D 7.50
... that is returned             NOSTRO_EFT D 1,000.00 | Alice C 1,000.00, the charges stay earned
money for Bob                    NOSTRO_EFT D 2,500.00 | Bob C 2,500.00
money for nobody                 NOSTRO_EFT D 300.00 | SUSPENSE C 300.00, then SUSPENSE D and NOSTRO_EFT C
"""

from collections.abc import Iterator

import httpx
import pytest
from django.conf import LazySettings
from django.utils import timezone

from bank import ledger
from bank.accounts import services as accounts
from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments import directory, errors, selectors, transport
from bank.payments import services as payments
from bank.payments.models import IncomingPayment, NetworkEvent, NetworkMessage, PaymentOrder
from bank.payments.rails.ach.sandbox import SANDBOX as ACH_SANDBOX
from bank.payments.rails.iso20022 import RAIL as EFT
from bank.payments.rails.iso20022.sandbox import SANDBOX
from bank.payments.rules import EventOutcome
from bank.payments.sandbox import Behaviour, What
from bank.payments.services import Elsewhere, networks
from tests.payments.conftest import Bank, Operator, fund, kes
from tests.payments.rails.conftest import positions, tend
from tests.payments.rails.served import served

SAVANNA = Elsewhere("SAVNKENA", preference="EFT")


@pytest.fixture
def switch(bank: Bank, settings: LazySettings) -> Iterator[SANDBOX]:
    directory.seed()
    switch = SANDBOX()
    with served(switch) as url:
        settings.RAIL_URLS, settings.RAIL_KEYS = {"EFT": f"{url}/eft"}, {"EFT": switch.key}
        yield switch


@pytest.fixture
def operator(bank: Bank, settings: LazySettings) -> Iterator[ACH_SANDBOX]:
    directory.seed()
    operator = ACH_SANDBOX()
    with served(operator) as url:
        settings.RAIL_URLS, settings.RAIL_KEYS = {"ACH": f"{url}/ach"}, {"ACH": operator.key}
        yield operator


def pay(bank: Bank, key: str, **changes: object) -> PaymentOrder:
    to = {"creditor_number": "0110987654321", "creditor_name": "Achieng Otieno", "to": SAVANNA}
    return bank.pay("1000.00", key=key, **(to | changes))


def status(order: PaymentOrder) -> str:
    order.refresh_from_db()
    return str(order.status)


def test_eft_from_order_to_outcome(bank: Bank, switch: SANDBOX) -> None:
    switch.behave(Behaviour(What.REJECT, "AC01"))
    rejected = pay(bank, "k0")
    tend()
    assert (status(rejected), bank.alice.booked) == ("REJECTED", kes("50000.00"))
    assert set(positions().values()) == {"0.00"}

    settled = pay(bank, "k1")
    assert (settled.rail, settled.status) == ("EFT", "RELEASED")
    tend()
    assert (status(settled), bank.alice.booked) == ("SETTLED", kes("48942.50"))
    assert settled.network_reference.startswith("SW")
    standing = {"IN_TRANSIT": "0.00", "SUSPENSE": "0.00", "FEE_INCOME": "50.00", "EXCISE_DUTY": "7.50"}
    assert positions() == standing | {"NOSTRO_EFT": "1000.00"}

    networks.recall(user=bank.alice.user, reference=settled.reference, reason="Paid twice by mistake")
    tend()
    tend()
    assert (status(settled), bank.alice.booked) == ("RETURNED", kes("49942.50"))
    assert positions() == standing | {"NOSTRO_EFT": "0.00"}

    switch.behave(Behaviour(What.RETURN, "AC04"))
    returned = pay(bank, "k2")
    tend()
    assert (status(returned), bank.alice.booked) == ("RETURNED", kes("49885.00"))
    assert positions()["NOSTRO_EFT"] == "0.00"
    assert not NetworkEvent.objects.filter(outcome=EventOutcome.PARKED).exists()


def test_eft_in_for_bob_and_for_nobody(bank: Bank, switch: SANDBOX) -> None:
    url = f"{transport.address('EFT')}/_incoming"
    before = bank.bob.booked
    httpx.post(url, json={"amount": "2500.00", "creditor_number": bank.bob.number, "times": 2})
    httpx.post(url, json={"amount": "300.00", "creditor_number": "9999999999"})
    tend()
    assert bank.bob.booked == before + kes("2500.00")
    assert positions()["SUSPENSE"] == "0.00"
    assert positions()["NOSTRO_EFT"] == "-2500.00"
    found = IncomingPayment.objects.order_by("amount").values_list("status", flat=True)
    assert list(found) == ["RETURNED", "CREDITED"]
    day = EFT.day(timezone.localdate(clock.now()).isoformat())
    assert sorted(str(entry.amount.amount) for entry in day) == ["-300.00", "2500.00", "300.00"]


@pytest.mark.parametrize("what", [What.TIMEOUT, What.DOWN, What.DUPLICATE, What.DELAY])
def test_trouble_on_the_way_pays_once(bank: Bank, switch: SANDBOX, what: What) -> None:
    switch.behave(Behaviour(what, match="P"))
    order = pay(bank, "k1")
    for _ in range(3):
        NetworkMessage.objects.filter(next_try_at__isnull=False).update(next_try_at=clock.now())
        tend()
    if what is What.DELAY:
        assert (status(order), positions()["IN_TRANSIT"]) == ("SENT", "1000.00")
        switch.behave(Behaviour(What.ACCEPT))
        tend()
    assert status(order) == "SETTLED"
    assert (positions()["IN_TRANSIT"], positions()["NOSTRO_EFT"]) == ("0.00", "1000.00")
    assert [str(entry.amount.amount) for entry in EFT.day(timezone.localdate(clock.now()).isoformat())] == [
        "-1000.00"
    ]


def test_forged_news_of_the_switch_changes_nothing(bank: Bank, switch: SANDBOX) -> None:
    order = pay(bank, "k1")
    networks.send_due()
    (content,) = EFT.collect()
    before = bank.positions()
    for forged in (content.replace(b"ACSC", b"RJCT"), b"<!DOCTYPE a>" + content, content[:-40]):
        with pytest.raises((errors.NetworkMessageForged, errors.NetworkMessageUnreadable)):
            networks.take_in("EFT", forged, {})
    networks.apply_waiting()
    assert bank.positions() == before
    assert status(order) == "SENT"


def test_ach_gathers_dollars_and_a_return_brings_them_back(bank: Bank, operator: ACH_SANDBOX) -> None:
    """Fee and duty as in the catalogue; the amounts in USD, in the same lines of the books."""
    account = accounts.open_account(
        customer=bank.firm.customer, product_code="CORPORATE", key="usd", currency="USD"
    )
    fund(account, "1000.00", "USD")
    operator.behave(Behaviour(What.RETURN, "R03", match="CHRIS"))
    operator.behave(Behaviour(What.RETURN, "C01", match="DANA"))
    orders = [
        payments.pay(
            user=bank.firm.user,
            debtor_number=account.number,
            creditor_number="123456789",
            creditor_name=name,
            amount=Money.of("100.00", "USD"),
            key=name,
            authorisation=Operator("test"),
            to=Elsewhere("021000021", "US"),
        )
        for name in ("CHRIS", "DANA")
    ]
    assert {order.rail for order in orders} == {"ACH"}
    charges = orders[0].fee + orders[0].excise
    for _ in range(3):
        PaymentOrder.objects.filter(status="ACCEPTED").update(release_at=clock.now())
        tend()
    assert [status(order) for order in orders] == ["RETURNED", "SETTLED"]
    assert [event.reason for event in selectors.timeline(orders[1])][-1] == "C01"
    files = NetworkMessage.objects.filter(rail="ACH", direction="OUT")
    assert [len(file.references) for file in files] == [2]
    left = Money.of("900.00", "USD") - Money(charges * 2, "USD")
    assert ledger.balance(account.number).booked == left
    assert ledger.balance(ledger.gl("NOSTRO", "USD")).booked == Money.of("100.00", "USD")
    assert ledger.balance(ledger.gl("IN_TRANSIT", "USD")).booked == Money.zero("USD")
