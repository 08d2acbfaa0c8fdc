"""EFT and RTGS against their own other side: every message over HTTP, sealed, and valid by its schema."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from django.utils import timezone
from lxml import etree

from bank.kernel import clock
from bank.kernel.money import Money
from bank.messages import schemas, xml
from bank.messages.interbank import envelope
from bank.payments import errors, transport
from bank.payments.network import (
    Acknowledged,
    Event,
    Incoming,
    NetworkEntry,
    Noted,
    Outgoing,
    RecallAnswered,
    Rejected,
    Returned,
    Settled,
)
from bank.payments.rail import Destination, Instruction
from bank.payments.rails.iso20022 import RAIL as EFT
from bank.payments.rails.iso20022.sandbox import SANDBOX
from bank.payments.rails.rtgs import RAIL as RTGS
from bank.payments.rails.rtgs.sandbox import SANDBOX as RTGS_SANDBOX
from bank.payments.sandbox import Behaviour, What
from tests import vectors
from tests.payments.rails.served import served


@pytest.fixture
def switch(settings: LazySettings) -> Iterator[SANDBOX]:
    switch = SANDBOX()
    with served(switch, RTGS_SANDBOX()) as url:
        settings.NETWORKS_URL = url
        yield switch


def order(reference: str, amount: str = "1500.00", **changes: object) -> Instruction:
    made = Instruction(
        reference=reference,
        debtor_number="0010000017",
        debtor_name="Wanjiku & Sons Ltd",
        creditor_number="0110987654321",
        creditor_name="Achieng Otieno",
        amount=Money.of(amount, "KES"),
        fee=Money.of("50", "KES"),
        excise=Money.of("7.50", "KES"),
        fee_account="",
        excise_account="",
        remittance="Rent for November",
        creditor_agent="SAVNKENA",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def heard(times: int = 1) -> list[Event]:
    """Everything that waits at the switch, read and taken off it; every message valid by its schema."""
    found: list[Event] = []
    keys: list[str] = []
    for content in EFT.collect():
        check(content)
        received = EFT.ingest(content, {})
        keys.append(received.key)
        found += received.events
    for content in EFT.collect():
        EFT.collected(content)
    assert EFT.collect() == []
    assert all(keys.count(key) == times for key in keys)
    return found


def check(content: bytes) -> None:
    """The document and the header, each by the schema it names: ours and the published one."""
    root = xml.root(xml.prepared(content))
    for part in root:
        message = schemas.message_named_in(etree.QName(part).namespace)
        assert schemas.schema(message).validate(etree.ElementTree(part)), message
        theirs = published(message)
        assert theirs is None or theirs.validate(etree.ElementTree(part)), message


@cache
def published(message: str) -> Any:
    """The schema as somebody else keeps it, where that is at hand."""
    file = vectors.VECTORS_DIR / "iso20022/give/xsd" / f"{message}.xsd"
    return etree.XMLSchema(etree.parse(str(file))) if file.exists() else None


def send(*orders: Instruction) -> Outgoing:
    (outgoing,) = EFT.emit(orders)
    check(outgoing.content.encode())
    acknowledged = EFT.send(outgoing)
    assert acknowledged == [Acknowledged(each.reference) for each in orders]
    return outgoing


def test_transfers_settle_each_by_itself_and_the_day_shows_them(switch: SANDBOX) -> None:
    switch.behave(Behaviour(What.REJECT, "AC04", match="P-2"))
    told = {"creditor_reference": "RF18539007547034", "ultimate_debtor": "Njeri", "creditor_country": "KE"}
    last = order("P-3", "0.05", creditor_agent="02", creditor_address="Moi Avenue 1, Nairobi", **told)
    outgoing = send(order("P-1"), order("P-2", "20.00"), last)
    EFT.send(outgoing)
    events = {event.reference: event for event in heard()}  # type: ignore[union-attr]
    assert isinstance(events["P-1"], Settled)
    assert isinstance(events["P-3"], Settled)
    assert isinstance(events["P-2"], Rejected)
    assert events["P-2"].reason == "AC04"
    assert events["P-2"].sentence == "The payee's account is closed."
    today = timezone.localdate(clock.now()).isoformat()
    assert EFT.day(today) == [
        NetworkEntry(events["P-1"].network_reference, "P-1", Money.of("-1500.00", "KES")),
        NetworkEntry(events["P-3"].network_reference, "P-3", Money.of("-0.05", "KES")),
    ]
    assert EFT.day("2020-01-01") == []
    assert switch.books.positions()["RIFTKENA"] == "50000000000.05"


def test_a_payment_delayed_is_pending_until_it_is_let_go(switch: SANDBOX) -> None:
    switch.behave(Behaviour(What.DELAY))
    send(order("P-1"))
    assert heard() == []
    assert EFT.query("P-1", "") == []
    switch.behave(Behaviour(What.ACCEPT, match="P-1"))
    (settled,) = heard()
    assert isinstance(settled, Settled)
    assert isinstance(EFT.query("P-1", settled.network_reference)[0], Settled)
    (unknown,) = EFT.query("P-9", "")
    assert isinstance(unknown, Rejected)
    assert unknown.reason == "NOT_RECEIVED"


def test_answers_come_twice_and_payments_come_back(switch: SANDBOX) -> None:
    switch.behave(Behaviour(What.DUPLICATE))
    send(order("P-1"))
    first, second = heard(times=2)
    assert first == second
    switch.behave(Behaviour(What.RETURN, "AC06"))
    send(order("P-2", "75.00"))
    settled, returned = heard()
    assert isinstance(settled, Settled)
    assert isinstance(returned, Returned)
    assert (returned.reference, returned.amount, returned.reason) == ("P-2", Money.of("75", "KES"), "AC06")
    assert EFT.day(timezone.localdate(clock.now()).isoformat())[1:] == [
        NetworkEntry(settled.network_reference, "P-2", Money.of("-75", "KES")),
        NetworkEntry(returned.network_reference, "P-2", Money.of("75", "KES")),
    ]


def test_silence_and_closed_doors_say_who_has_the_message(switch: SANDBOX) -> None:
    switch.behave(Behaviour(What.TIMEOUT))
    (outgoing,) = EFT.emit([order("P-1")])
    with pytest.raises(errors.NetworkUnclear):
        EFT.send(outgoing)
    assert isinstance(EFT.query("P-1", "")[0], Settled)
    switch.behave(Behaviour(What.DOWN))
    (outgoing,) = EFT.emit([order("P-2")])
    with pytest.raises(errors.NetworkUnreachable):
        EFT.send(outgoing)
    assert isinstance(EFT.query("P-2", "")[0], Rejected)
    EFT.send(outgoing)
    assert len(heard()) == 2


def test_a_transfer_sent_before_is_asked_after_not_given_back(switch: SANDBOX) -> None:
    outgoing = send(order("P-1"))
    other = EFT.emit([order("P-1", "9.00")])[0]
    assert other.key == outgoing.key
    with pytest.raises(errors.NetworkUnclear):
        EFT.send(other)
    EFT.send(EFT.emit([order("P-1"), order("P-2")])[0])
    events = heard()
    assert [type(event) for event in events] == [Settled, Noted, Settled]
    assert switch.books.positions()["SAVNKENA"] == "50000003000.00"


def test_refusals_of_the_switch(switch: SANDBOX) -> None:
    send(order("P-1", creditor_agent="NOBOKENA"), order("P-2", "999999999999.00"))
    events = {event.reference: event for event in heard()}  # type: ignore[union-attr]
    assert {name: event.reason for name, event in events.items()} == {  # type: ignore[union-attr]
        "P-1": "RC04",
        "P-2": "AM04",
    }
    assert switch.books.positions()["UMOJKENA"] == "50000000000.00"


def test_a_recall_is_answered_and_the_money_comes_back(switch: SANDBOX) -> None:
    send(order("P-1"), order("P-2", "20.00"))
    first, second = heard()
    assert isinstance(first, Settled)
    assert isinstance(second, Settled)
    wish = EFT.recall(order("P-1"), first.network_reference, "DUPL")
    check(wish.content.encode())
    assert EFT.send(wish) == []
    answered, returned = heard()
    assert answered == RecallAnswered("P-1", is_accepted=True)
    assert isinstance(returned, Returned)
    assert returned.reason == "FOCR"
    switch.behave(Behaviour(What.REJECT, "LEGL"))
    EFT.send(EFT.recall(order("P-2"), second.network_reference, "FRAD"))
    assert heard() == [RecallAnswered("P-2", is_accepted=False, reason="LEGL")]


def test_money_from_elsewhere_comes_once_and_goes_back_where_nobody_can_have_it(switch: SANDBOX) -> None:
    asked = {"amount": "2500.00", "creditor_number": "0010000099", "remittance": "Invoice 7", "times": 2}
    url = f"{transport.address('EFT')}/_incoming"
    assert httpx.post(url, json=asked).status_code == 200
    assert httpx.post(url, json={"amount": "1e9"}).status_code == 400
    contents = EFT.collect()
    received = [EFT.ingest(content, {}) for content in contents]
    assert [each.kind for each in received] == ["pacs.008.001.08", "pacs.008.001.08", "camt.054.001.08"]
    assert received[0].key == received[1].key
    (incoming,) = received[0].events
    assert isinstance(incoming, Incoming)
    assert (incoming.amount, incoming.creditor_number) == (Money.of("2500", "KES"), "0010000099")
    assert (incoming.remittance, incoming.debtor_agent) == ("Invoice 7", "SAVNKENA")
    back = EFT.give_back(incoming, "AC01")
    assert back is not None
    check(back.content.encode())
    EFT.send(back)
    assert [entry.amount.amount for entry in EFT.day(timezone.localdate(clock.now()).isoformat())] == [
        Decimal("2500.00"),
        Decimal("-2500.00"),
    ]
    again = EFT.give_back(replace(incoming, amount=Money.of("1", "KES")), "AC01")
    assert again is not None
    with pytest.raises(errors.NetworkUnclear):  # the same return, said otherwise
        EFT.send(again)


def test_rtgs_takes_large_amounts_one_at_a_time(switch: SANDBOX) -> None:
    large = [order("P-1", "1000000.00"), order("P-2", "1000000000.00")]
    outgoing = RTGS.emit(large)
    assert len(outgoing) == 2
    for each in outgoing:
        RTGS.send(each)
    events = [event for content in RTGS.collect() for event in RTGS.ingest(content, {}).events]
    assert [type(event) for event in events] == [Settled, Settled]
    assert [fault.code for fault in RTGS.check(order("P-3", "999999.99"))] == ["AMOUNT_BELOW_MINIMUM"]
    assert [fault.code for fault in RTGS.check(order("P-3", "1000000000.01"))] == ["AMOUNT_ABOVE_MAXIMUM"]
    assert [fault.code for fault in EFT.check(order("P-3", "1000000.00"))] == ["AMOUNT_ABOVE_MAXIMUM"]
    assert not RTGS.check(large[0])
    with pytest.raises(errors.NetworkMessageForged):  # the other service's seal
        EFT.ingest(RTGS.collect()[0], {})


def test_what_the_network_cannot_carry_is_said_before(settings: LazySettings) -> None:
    bad = order("P-1", creditor_name=" ", creditor_agent="SAVNUGKA", remittance="x" * 141)
    assert {fault.code for fault in EFT.check(bad)} == {"FIELD_TOO_LONG", "FIELD_MISSING", "BIC_INVALID"}
    assert EFT.check(replace(order("P-1"), amount=Money.of("5", "USD")))[0].code == "CURRENCY_NOT_CARRIED"
    there = Destination("SAVNKENA", "KE", "KES", is_internal=False)
    settings.NETWORKS_URL = ""
    assert not EFT.is_available
    assert not EFT.reaches(there)
    settings.RAIL_URLS, settings.RAIL_KEYS = {"EFT": "https://switch.example"}, {"EFT": "k"}
    assert EFT.reaches(there)
    assert not EFT.reaches(replace(there, currency="USD"))
    assert not EFT.reaches(replace(there, agent="UMOJKENAXXX"))
    assert not EFT.reaches(replace(there, agent="SAVNUGKA"))


def test_messages_of_strangers_are_refused(switch: SANDBOX) -> None:
    send(order("P-1"))
    (genuine,) = EFT.collect()
    text = genuine.decode()
    forged = [
        text.replace("ACSC", "RJCT"),
        text.replace("<To>", "<To >").replace("UMOJKENA", "SAVNKENA"),
        text.replace("SignatureValue", "SignaturValue"),
    ]
    for each in forged:
        with pytest.raises(errors.NetworkMessageForged):
            EFT.ingest(each.encode(), {})
    unreadable = [
        text[: len(text) // 2],
        "",
        "<a/>",
        "{}",
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + text,
        text.replace("AppHdr", "Hdr"),
        text.replace("pacs.002.001.10</MsgDefIdr>", "pacs.008.001.08</MsgDefIdr>"),
        "<x>" * 5000,
    ]
    for each in unreadable:
        with pytest.raises(errors.NetworkMessageUnreadable):
            EFT.ingest(each.encode(), {})
    own = EFT.emit([order("P-2")])[0].content.encode()
    with pytest.raises(errors.NetworkMessageForged):  # our own message played back at us
        EFT.ingest(own, {})


def test_totals_and_schema_are_held_even_under_a_genuine_seal(switch: SANDBOX) -> None:
    opened = envelope.opened(EFT.emit([order("P-1"), order("P-2")])[0].content.encode(), "sandbox-eft")
    document = opened.content.element
    for find, put in (("NbOfTxs", "3"), ("TtlIntrBkSttlmAmt", "1.00"), ("IntrBkSttlmAmt", "abc")):
        header = replace(opened.header, message_id=f"X-{find}"[:35], sender="SWCHKENA", receiver="UMOJKENA")
        copy = etree.fromstring(etree.tostring(document))
        next(copy.iter(f"{{*}}{find}")).text = put
        with pytest.raises(errors.NetworkMessageUnreadable, match=r"says|no valid"):
            EFT.ingest(envelope.sealed(header, opened.message, copy, "sandbox-eft").encode(), {})
        header = replace(header, sender="UMOJKENA", receiver="SWCHKENA")
        content = envelope.sealed(header, opened.message, copy, "sandbox-eft")
        with pytest.raises(errors.NetworkSaysNo, match=r"TOTALS_DIFFER|SCHEMA_BROKEN"):
            EFT.send(Outgoing(header.message_id, "pacs.008.001.08", content, ()))
    assert switch.books.positions()["SAVNKENA"] == "50000000000.00"
    assert EFT.emit([order("P-1", requested_date=date(2026, 12, 1)), order("P-2")])[1].references == ("P-1",)
