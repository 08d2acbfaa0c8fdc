"""News of networks that is doubled, replayed, of another, or comes twice at once: the books hold."""

import json
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from django.conf import LazySettings

from bank.messages.interbank import envelope
from bank.payments import directory, rail, transport
from bank.payments.models import IncomingPayment, NetworkEvent, NetworkMessage, PaymentOrder
from bank.payments.rails.iso20022 import RAIL as EFT
from bank.payments.rails.iso20022.sandbox import SANDBOX
from bank.payments.rails.swift import references
from bank.payments.services import Elsewhere, networks
from tests.payments.conftest import Bank, kes, open_bank
from tests.payments.rails.conftest import positions, tend
from tests.payments.rails.served import served
from tests.payments.rails.tiny import TinyRail
from tests.payments.test_races import together

__all__ = ["open_bank"]
MT103 = (
    "{{1:F01SNBXUS33AXXX0000000000}}{{2:I103UMOJKENAXXXXN}}{{3:{{121:{uetr}}}}}{{4:\r\n:20:{reference}\r\n"
    ":23B:CRED\r\n:32A:261127KES250,\r\n:50K:/1\r\nJOHN\r\n:59:/{account}\r\nAMINA\r\n:71A:SHA\r\n-}}"
)


@pytest.fixture
def tiny() -> Iterator[TinyRail]:
    found = rail.every()
    found["TINY"] = TinyRail()
    yield found["TINY"]
    del found["TINY"]


@pytest.fixture
def switch(bank: Bank, settings: LazySettings) -> Iterator[SANDBOX]:
    directory.seed()
    played = SANDBOX()
    with served(played) as url:
        settings.RAIL_URLS, settings.RAIL_KEYS = {"EFT": f"{url}/eft"}, {"EFT": played.key}
        yield played


def incoming(reference: str, account: str, uetr: str = "", name: str = "") -> bytes:
    told = {"id": name or reference, "kind": "incoming", "network_reference": reference, "amount": "250.00",
            "currency": "KES", "creditor_number": account, "creditor_name": "Bob", "debtor_number": "9",
            "debtor_name": "Juma", "uetr": uetr}  # fmt: skip
    return json.dumps(told).encode()


def test_the_same_news_at_the_same_moment_moves_money_once(open_bank: Bank, tiny: TinyRail) -> None:
    """Eight doors at once, with one message and with eight of the same money; eight workers apply them."""
    bank = open_bank
    order = bank.pay(
        "100.00",
        creditor_number="12-3",
        creditor_name="Zainabu Mushi",
        to=Elsewhere("KILITZTZ", preference="TINY"),
    )
    networks.send_due()
    settled = json.dumps(
        {"id": "s", "kind": "settled", "reference": order.reference, "network_reference": "N1"}
    )
    money = incoming("IN1", bank.bob.number)
    together(lambda _n: networks.take_in("TINY", money, {}).key)
    together(lambda n: networks.take_in("TINY", incoming("IN1", bank.bob.number, name=f"m{n}"), {}).key)
    together(lambda n: networks.take_in("TINY", settled.replace('"s"', f'"s{n % 2}"').encode(), {}).key)
    together(lambda _n: networks.apply_waiting())
    networks.apply_waiting()
    order.refresh_from_db()
    assert (order.status, IncomingPayment.objects.count()) == ("SETTLED", 1)
    assert bank.bob.booked == kes("250.00")
    assert (positions()["IN_TRANSIT"], positions()["NOSTRO_EFT"]) == ("0.00", "-150.00")
    assert NetworkEvent.objects.filter(outcome="WAITING").count() == 0
    doubled = [incoming(f"U{n}", bank.bob.number, "8A7B1C2D-0000-4000-8000-00000000000A") for n in range(4)]
    for content in doubled:
        networks.take_in("TINY", content, {})
    together(lambda _n: networks.apply_waiting())
    networks.apply_waiting()
    states = IncomingPayment.objects.exclude(uetr="").values_list("status", flat=True)
    assert sorted(states) == ["CREDITED", "SUSPENDED", "SUSPENDED", "SUSPENDED"]
    assert (bank.bob.booked, positions()["SUSPENSE"]) == (kes("500.00"), "750.00")
    assert not NetworkMessage.objects.filter(purpose="GIVE_BACK").exists()


def test_an_mt103_with_the_uetr_of_another_waits_for_staff(bank: Bank) -> None:
    """Once it is the same message, once another reference under the same UETR in other letters."""
    uetr = references.uetr("x")
    for reference, named in (("A1", uetr), ("A1", uetr), ("A2", uetr.upper())):
        text = MT103.format(uetr=named, reference=reference, account=bank.bob.number)
        networks.take_in("SWIFT", text.encode(), {})
    networks.apply_waiting()
    first, second = IncomingPayment.objects.order_by("pk")
    assert [one.status for one in (first, second)] == ["CREDITED", "SUSPENDED"]
    assert second.steps.get().reason == "AM05"
    assert (bank.bob.booked, positions()["SUSPENSE"]) == (kes("250.00"), "250.00")
    assert not NetworkMessage.objects.filter(direction="OUT").exists()


def pay(bank: Bank, key: str) -> PaymentOrder:
    there = {"creditor_number": "0110987654321", "creditor_name": "Achieng", "to": Elsewhere("SAVNKENA")}
    return bank.pay("1000.00", key=key, **there)


def sealed_again(content: bytes, message_id: str, *changes: tuple[str, str]) -> bytes:
    """The switch's message once more, under another id and a genuine seal, and with other words."""
    opened = envelope.opened(content, "sandbox-eft")
    document = opened.content.element
    for tag, text in changes:
        for element in document.iter(f"{{*}}{tag}"):
            element.text = text
    header = replace(opened.header, message_id=message_id)
    return envelope.sealed(header, opened.message, document, "sandbox-eft").encode()


def test_statuses_replayed_or_of_others_change_nothing(bank: Bank, switch: SANDBOX) -> None:
    """pacs.002 again under another id, for a payment that is not ours, of another rail, or against what was
    settled: known already, or parked for staff; the books stay."""
    order = pay(bank, "k1")
    networks.send_due()
    (status,) = EFT.collect()
    tend()
    inside = bank.pay("5.00", key="inside")
    before = bank.positions()
    tries = [
        sealed_again(status, "AGAIN-1"),
        sealed_again(status, "OTHER-1", ("OrgnlTxId", "PAY-2222-2222-2222"), ("OrgnlInstrId", "X")),
        sealed_again(status, "OTHER-2", ("OrgnlTxId", inside.reference)),
        sealed_again(status, "OTHER-3", ("TxSts", "RJCT")),
    ]
    for content in tries:
        networks.take_in("EFT", content, {})
    networks.apply_waiting()
    outcomes = NetworkEvent.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes)[-4:] == ["IGNORED", "PARKED", "PARKED", "PARKED"]
    assert bank.positions() == before
    order.refresh_from_db()
    inside.refresh_from_db()
    assert (order.status, inside.status) == ("SETTLED", "SETTLED")


def test_a_transfer_and_its_notification_replayed_are_one(bank: Bank, switch: SANDBOX) -> None:
    """pacs.008 and camt.054 as they came, again, and again under new ids and a genuine seal."""
    asked = {"amount": "250.00", "creditor_number": bank.bob.number}
    httpx.post(f"{transport.address('EFT')}/_incoming", json=asked).raise_for_status()
    came = EFT.collect()
    again = [sealed_again(content, f"AGAIN-{n}") for n, content in enumerate(came)]
    for content in [*came, *came, *again, *again]:
        networks.take_in("EFT", content, {})
    networks.apply_waiting()
    assert IncomingPayment.objects.get().status == "CREDITED"
    assert sorted(NetworkEvent.objects.values_list("kind", "outcome")) == [
        ("Incoming", "APPLIED"),
        ("Incoming", "IGNORED"),
    ]
    assert (bank.bob.booked, positions()["NOSTRO_EFT"]) == (kes("250.00"), "-250.00")
