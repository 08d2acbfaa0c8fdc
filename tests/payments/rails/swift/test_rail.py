"""SWIFT out and in, against the network and correspondents played."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from django.utils import timezone

from bank.kernel import clock
from bank.kernel.money import Money
from bank.messages.swift import blocks, checks
from bank.payments import errors
from bank.payments.network import (
    Acknowledged,
    Incoming,
    Noted,
    RecallAnswered,
    RecallAsked,
    Rejected,
    Returned,
    Settled,
)
from bank.payments.rail import Destination, Instruction
from bank.payments.rails.swift import RAIL, references, sealing, writing
from bank.payments.rails.swift.sandbox import Correspondents
from bank.payments.sandbox import Behaviour, What
from tests.payments.rails.served import served

REFERENCE = "PAY-7K3M-9QXD-4TRH"
ORDER = Instruction(
    reference=REFERENCE,
    debtor_number="0010000100012",
    debtor_name="Ngũgĩ & Söhne",
    creditor_number="DE89 3704 0044 0532 0130 00",
    creditor_name="Zoë Müller-Lüdenscheidt und Partner Handelsgesellschaft",
    amount=Money.of("1250.50", "USD"),
    fee=Money.of("20", "USD"),
    excise=Money.of("3", "USD"),
    fee_account="",
    excise_account="",
    remittance="Invoice 7 – machines",
    creditor_agent="DEUTDEFF",
    end_to_end_id="E2E-7",
)


@pytest.fixture
def abroad(settings: Any) -> Iterator[Correspondents]:
    network = Correspondents()
    with served(network) as address:
        settings.NETWORKS_URL = address
        yield network


def heard() -> list[Any]:
    """Everything that waits, taken in and taken away."""
    found = []
    for content in RAIL.collect():
        found += RAIL.ingest(content, {}).events
        RAIL.collected(content)
    return found


def sent(reference: str = REFERENCE) -> list[Any]:
    (outgoing,) = RAIL.emit([replace(ORDER, reference=reference)])
    return RAIL.send(outgoing)


def test_references_fit_field_20_and_come_back() -> None:
    assert references.short(REFERENCE) == "PAY7K3M9QXD4TRH"
    assert references.whole("PAY7K3M9QXD4TRH") == REFERENCE
    for kept in ("BULK-1.7", "A", "X/1"):
        assert references.whole(references.short(kept)) == kept
    for unfit in ("X" * 16, "/A", "A/", "A//B", "Ä", "", "PAY7K3M9QXD4TRH"):
        assert references.short(unfit) == ""
    assert references.uetr(REFERENCE) == references.uetr(REFERENCE)


def test_what_the_rail_carries(settings: Any) -> None:
    assert RAIL.reaches(Destination("DEUTDEFF", "DE", "USD", is_internal=False))
    assert not RAIL.reaches(Destination("DEUTDEFF", "DE", "KES", is_internal=False))
    assert not RAIL.reaches(Destination("MPESA", "KE", "USD", is_internal=False))
    assert RAIL.check(ORDER) == []
    assert RAIL.check(replace(ORDER, creditor_name="Женя Ольгина", charge_bearer="CRED")) == []
    unfit = replace(ORDER, remittance="party 🎉", creditor_agent="DEUTXX", reference="Q" * 20)
    assert {fault.code for fault in RAIL.check(unfit)} >= {"CHARACTER_SET", "BIC", "REFERENCE"}
    long = replace(ORDER, creditor_number="1" * 40)
    assert "FORMAT" in {fault.code for fault in RAIL.check(long)}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"charge_bearer": "DEBT"}, {"71A": "OUR"}),
        ({"charge_bearer": "CRED"}, {"71A": "BEN", "71F": "USD0,"}),
        ({"creditor_agent": "SNBXUS33XXX"}, {"57A": ""}),
        (
            {"creditor_country": "DE", "creditor_address": "Ku'damm 1, Berlin", "creditor_name": "Zoe"},
            {"59": "", "59F": "/DE89370400440532013000\n1/Zoe\n2/Ku'damm 1, Berlin\n3/DE"},
        ),
        ({"remittance": "", "end_to_end_id": "NOTPROVIDED"}, {"70": ""}),
        ({"remittance": "x " * 100}, {}),
    ],
)
def test_the_message_of_an_order(changes: dict[str, str], told: dict[str, str]) -> None:
    message = writing.payment(replace(ORDER, **changes))  # type: ignore[arg-type]
    assert [fault.code for fault in checks.faults(message)] == []
    assert {tag: message.value(tag) for tag in told} == told


def test_an_order_is_acknowledged_tracked_and_settled(abroad: Correspondents) -> None:
    (outgoing,) = RAIL.emit([ORDER])
    message = blocks.one(outgoing.content)
    assert (message.sender, message.receiver) == ("UMOJKENAAXXX", "SNBXUS33XXXX")
    assert message.value("50K") == "/0010000100012\nNgugi + Sohne"
    assert message.value("70") == "/ROC/E2E-7///URI/Invoice 7 -\nmachines"
    assert dict(message.user_header)["111"] == "001"
    uetr = message.uetr
    assert RAIL.send(outgoing) == [Acknowledged(REFERENCE, uetr)]
    assert heard() == [
        Noted(REFERENCE, "ACSP/G000", "Delivered to the next bank, which reports on."),
        Settled(REFERENCE, uetr),
    ]
    assert heard() == []
    assert RAIL.send(outgoing) == [Acknowledged(REFERENCE, uetr)]
    assert heard() == []  # the same again is not paid again
    (entry,) = RAIL.day(timezone.localdate(clock.now()).isoformat())
    assert (entry.reference, entry.amount) == (REFERENCE, Money.of("-1250.50", "USD"))
    assert RAIL.query(REFERENCE, uetr) == [Settled(REFERENCE, uetr)]


def test_refusals_delays_returns_and_silence(abroad: Correspondents) -> None:
    for code in ("T13", "D49"):
        abroad.behave(Behaviour(What.REJECT, code))
        with pytest.raises(errors.NetworkSaysNo, match=code):
            sent()
    assert RAIL.query(REFERENCE, "")[0] == Rejected(
        REFERENCE, "NOT_RECEIVED", "SWIFT never had this payment."
    )

    abroad.behave(Behaviour(What.REJECT, "AC04"))
    sent("REJ-1")
    assert heard()[-1] == Rejected("REJ-1", "AC04", "The account is closed.", references.uetr("REJ-1"))
    abroad.behave(Behaviour(What.DOWN))
    with pytest.raises(errors.NetworkUnreachable):
        sent("OUT-1")
    abroad.behave(Behaviour(What.TIMEOUT))
    with pytest.raises(errors.NetworkUnclear):
        sent("OUT-1")
    assert isinstance(RAIL.query("OUT-1", "")[0], Settled)
    heard()

    abroad.behave(Behaviour(What.DELAY))
    sent("LATE-1")
    assert [event.reason for event in heard()] == ["ACSP/G000", "ACSP/G002"]
    abroad.behave(Behaviour(What.ACCEPT, match="LATE-1"))
    assert heard() == [Settled("LATE-1", references.uetr("LATE-1"))]

    abroad.behave(Behaviour(What.DUPLICATE))
    sent("TWICE-1")
    waiting = RAIL.collect()
    assert len({RAIL.ingest(content, {}).key for content in waiting}) * 2 == len(waiting) == 4
    heard()

    abroad.behave(Behaviour(What.RETURN, "AC06"))
    sent("BACK-1")
    back = heard()[-1]
    assert isinstance(back, Returned)
    assert (back.reference, back.amount, back.reason) == ("BACK-1", ORDER.amount, "AC06")
    moved = [
        e.amount.amount
        for e in RAIL.day(timezone.localdate(clock.now()).isoformat())
        if e.reference == "BACK-1"
    ]
    assert (len(moved), sum(moved)) == (2, 0)


def test_recalls_are_answered(abroad: Correspondents) -> None:
    sent()
    heard()
    recall = RAIL.recall(ORDER, "", "DUPL")
    message = blocks.one(recall.content)
    assert (message.type, message.value("20"), message.value("79")) == ("192", "RPAY7K3M9QXD4TRH", "/DUPL/")
    abroad.behave(Behaviour(What.REJECT, "AC04"))
    assert RAIL.send(recall) == []
    assert heard() == [RecallAnswered(REFERENCE, is_accepted=False, reason="AC04")]
    assert RAIL.send(recall) == []
    answered, returned = heard()
    assert answered == RecallAnswered(REFERENCE, is_accepted=True)
    assert isinstance(returned, Returned)


def test_a_recall_of_theirs_is_read_and_refused(abroad: Correspondents, settings: Any) -> None:
    asked = {"reference": "DEP1", "to": "UMOJKENA", "from": "SNBXDEFF", "reason": "FRAD"}
    named = httpx.post(f"{settings.NETWORKS_URL}/swift/_recall", json=asked).json()["recall"]
    (wish,) = heard()
    assert isinstance(wish, RecallAsked)
    assert (wish.recall_id, wish.network_reference, wish.amount) == (named, "SNBXDEFF/DEP1", None)
    assert (wish.reason, wish.transaction_id) == ("FRAD", "DEP1")
    answer = RAIL.refuse_recall(wish, "CUST", "")
    message = blocks.one(answer.content)
    assert (message.type, message.receiver[:8], message.value("76")) == ("196", "SNBXDEFF", "/RJCR/CUST")
    assert named == f"SNBXDEFF/{message.value('21')}"
    assert RAIL.send(answer) == []


def test_money_from_abroad_comes_once_and_goes_back(abroad: Correspondents, settings: Any) -> None:
    asked = {"account": "0010000100012", "amount": "1250,5", "currency": "EUR", "to": "UMOJKENA"}
    abroad.behave(Behaviour(What.DUPLICATE, match="DEP1"))
    httpx.post(
        f"{settings.NETWORKS_URL}/swift/_pay", json=asked | {"reference": "DEP1", "from": "SNBXDEFF"}
    ).raise_for_status()
    first, second = (RAIL.ingest(content, {}) for content in RAIL.collect())
    assert first == second
    (incoming,) = first.events
    assert isinstance(incoming, Incoming)
    assert incoming.amount == Money.of("1250.50", "EUR")
    assert (incoming.creditor_number, incoming.end_to_end_id) == ("0010000100012", "E2E-1")
    assert incoming.network_reference == "SNBXDEFF/DEP1"
    (entry,) = RAIL.day(timezone.localdate(clock.now()).isoformat())
    assert entry.network_reference == incoming.network_reference
    given_back = RAIL.give_back(incoming, "AC01")
    message = blocks.one(given_back.content)
    assert [fault.code for fault in checks.faults(message)] == []
    assert message.value("72") == "/RETN/59\n/AC01/\n/MREF/DEP1"
    assert RAIL.send(given_back) == []


GOOD = (
    "{{1:F01SNBXUS33AXXX0000000000}}{{2:I103UMOJKENAXXXXN}}{{3:{{121:{uetr}}}}}{{4:\r\n:20:A1\r\n:23B:CRED\r\n"
    ":32A:{amount}\r\n:50K:/1\r\nJOHN\r\n:59:/0010000100012\r\nAMINA\r\n:71A:SHA\r\n{more}-}}"
)


def test_hostile_messages_are_refused_whole(abroad: Correspondents, settings: Any) -> None:
    def text(amount: str = "261127USD10,", more: str = "") -> bytes:
        return GOOD.format(uetr=references.uetr("x"), amount=amount, more=more).encode()

    assert RAIL.ingest(text(), {}).events
    (refused,) = RAIL.ingest(text(more=":72:/REJT/59\r\n/AC01/UNKNOWN\r\n/MREF/A7\r\n"), {}).events
    assert (type(refused), refused.reason) == (Rejected, "AC01")  # what was refused brings no money
    for broken in (
        text(more=":72:/REJT/59\r\n/AC01/\r\n"),
        *(b"", b"{1:F01}", b"\xff\xfe", text()[:-2], text() + text(), text().replace(b":59:", b":58:")),
        *(text("261127USD0,"), text("261127USD-5,"), text("261127XXQ5,"), text("261127USD1,234"), text("")),
        *(text("261127USD1e9,"), text(more=":72:/RETN/59\r\n/AC01/\r\n"), b"{" * 50_000),
        text(more=":70:X\r\n" * 20_000),
    ):
        with pytest.raises(errors.NetworkMessageUnreadable):
            RAIL.ingest(broken, {})
    many = text(more=":23E:PHON\r\n" * 8_000)
    assert RAIL.ingest(many, {}).events
    key = "sandbox-swift"
    sealed = {":path": "in", "x-lau": sealing.seal(key, text())}
    assert RAIL.ingest(text(), sealed).events
    for forged in ({}, {"x-lau": ""}, {"x-lau": "é"}, {"x-lau": sealing.seal("other", text())}):
        with pytest.raises(errors.NetworkMessageForged):
            RAIL.ingest(text(), {":path": "in", **forged})
    with pytest.raises(errors.NetworkMessageForged):
        RAIL.ingest(text("261127USD99,"), sealed)
    settings.RAIL_KEYS = {"SWIFT": "another"}
    with pytest.raises(errors.NetworkSaysNo):
        sent()
    assert json.loads(abroad._offered().body) == {"messages": []}
