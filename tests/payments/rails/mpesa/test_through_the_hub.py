"""M-Pesa through the hub: the books after every answer, however late, doubled, forged or missing it is."""

from decimal import Decimal

import pytest
from django.utils import timezone

from bank import ledger
from bank.payments import errors, selectors
from bank.payments.models import IncomingPayment, NetworkEvent, NetworkMessage, PaymentOrder
from bank.payments.rails.mpesa import RAIL, pushing
from bank.payments.rails.mpesa.sandbox import Daraja
from bank.payments.sandbox import Behaviour, What
from bank.payments.services import Elsewhere, networks
from tests.payments.conftest import Bank, kes
from tests.payments.rails.mpesa.conftest import Door
from tests.payments.rails.mpesa.test_rail import paid

PHONE = "0708374149"


def pays(bank: Bank, key: str, amount: str = "1000.00") -> PaymentOrder:
    return bank.pay(
        amount, key=key, creditor_number=PHONE, creditor_name="Juma Mwangi", to=Elsewhere("MPESA")
    )


def hear(door: Door, times: int = 1) -> tuple[str, bytes]:
    """What M-Pesa called with reaches the hub, as by the bank's door; returns the last of it."""
    for _ in range(times):
        path, body = door.next()
        networks.take_in("MPESA", body, {":path": path})
    return path, body


def nostro() -> str:
    networks.apply_waiting()
    return str(ledger.balance(ledger.gl("NOSTRO", "KES")).booked.amount)


def test_payments_to_phones(bank: Bank, door: Door, daraja: Daraja, monkeypatch: pytest.MonkeyPatch) -> None:
    order = pays(bank, "m-1")
    assert (order.rail, order.fee) == ("MPESA", kes("29").amount)
    networks.send_due()
    path, body = hear(door)
    networks.take_in("MPESA", body, {":path": path})  # doubled
    assert nostro() == "1000.00"
    order.refresh_from_db()
    assert order.status == "SETTLED"
    assert len(order.network_reference) == 10
    assert [e.status for e in selectors.timeline(order)] == ["ACCEPTED", "RELEASED", "SENT", "SETTLED"]

    # the callback before the answer to the request: its news waits for nothing
    early = pays(bank, "m-2")
    (outgoing,) = RAIL.emit([networks.instruction_of(early)])
    RAIL.send(outgoing)
    hear(door)
    assert nostro() == "2000.00"
    networks.send_due()
    early.refresh_from_db()
    assert (early.status, nostro()) == ("SETTLED", "2000.00")

    # a success with another amount settles nothing until the bank has asked
    pays(bank, "m-3")
    networks.send_due()
    path, body = door.next()
    networks.take_in("MPESA", body.replace(b'"Value":1000', b'"Value":9000'), {":path": path})
    with pytest.raises(errors.NetworkMessageForged):
        networks.take_in("MPESA", body, {":path": path.replace("/b2c/", "/status/")})
    assert nostro() == "2000.00"
    monkeypatch.setattr("bank.payments.services.networks.tending._PATIENCE_S", -60)
    networks.ask_after_the_silent()
    hear(door)
    assert nostro() == "3000.00"

    before = bank.alice.booked
    daraja.behave(Behaviour(What.REJECT, "2001"))
    refused = pays(bank, "m-4")
    networks.send_due()
    hear(door)
    assert nostro() == "3000.00"
    refused.refresh_from_db()
    assert (refused.status, bank.alice.booked) == ("REJECTED", before)

    daraja.behave(Behaviour(What.RETURN))
    back = pays(bank, "m-5")
    networks.send_due()
    hear(door)
    networks.collect()
    networks.collect()
    assert nostro() == "3000.00"
    back.refresh_from_db()
    assert back.status == "RETURNED"
    assert str(ledger.balance(ledger.gl("IN_TRANSIT", "KES")).booked.amount) == "0.00"


def test_silence_and_trouble_pay_once(bank: Bank, door: Door, daraja: Daraja) -> None:
    for number, what in enumerate((What.TIMEOUT, What.DOWN)):
        daraja.behave(Behaviour(what))
        pays(bank, f"t-{number}")
        for _ in range(3):
            NetworkMessage.objects.filter(next_try_at__isnull=False).update(next_try_at=timezone.now())
            networks.send_due()
        hear(door)
        assert nostro() == f"{1000 * (number + 1)}.00"
    assert daraja.store.execute("SELECT count(*) FROM payment").fetchone()[0] == 2
    assert not NetworkEvent.objects.filter(outcome="PARKED").exists()


def test_payments_from_phones_are_credited_once(bank: Bank, door: Door, daraja: Daraja) -> None:
    before = bank.alice.booked
    pushing.register()
    daraja.behave(Behaviour(What.DUPLICATE))
    paid(daraja, bank.alice.number, 700)
    hear(door, 3)
    networks.collect()
    assert nostro() == "-700.00"
    pushing.ask(reference="TOP-1", account=bank.alice.number, amount=Decimal(500), phone="254708374149")
    path, body = door.next()
    networks.take_in("MPESA", body.replace(b'"Value":500}', b'"Value":50000}'), {":path": path})
    assert nostro() == "-700.00"
    networks.take_in("MPESA", body, {":path": path})
    networks.collect()
    assert nostro() == "-1200.00"
    assert bank.alice.booked == before + kes("1200")
    assert IncomingPayment.objects.count() == 2

    paid(daraja, "0019999999990", 55)
    hear(door, 2)
    networks.apply_waiting()
    networks.send_due()
    hear(door)
    assert nostro() == "-1200.00"
    unknown = IncomingPayment.objects.get(creditor_number="0019999999990")
    assert unknown.status == "RETURNED"
