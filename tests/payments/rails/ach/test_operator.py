"""ACH against its own other side: files over HTTP, each of which keeps every rule."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import achkit
import httpx
import pytest
from django.conf import LazySettings
from django.utils import timezone

from bank.kernel import clock
from bank.kernel.money import Money
from bank.messages.ach import checks, reading
from bank.messages.ach.records import File
from bank.payments import errors, transport
from bank.payments.network import (
    Acknowledged,
    Event,
    Incoming,
    NetworkEntry,
    Noted,
    Outgoing,
    Rejected,
    Returned,
    Settled,
)
from bank.payments.rail import Destination, Instruction
from bank.payments.rails.ach import RAIL as ACH
from bank.payments.rails.ach.sandbox import SANDBOX
from bank.payments.sandbox import Behaviour, What
from tests.payments.rails.served import served

A, B, C = "PAY-7K3M-9QXD-4TRH", "PAY-0000-1111-2222", "PAY-ZZZZ-YYYY-XXXX"


@pytest.fixture
def operator(settings: LazySettings) -> Iterator[SANDBOX]:
    operator = SANDBOX()
    with served(operator) as url:
        settings.NETWORKS_URL = url
        yield operator


def order(reference: str, amount: str = "1500.00", **changes: object) -> Instruction:
    made = Instruction(
        reference=reference,
        debtor_number="0010000017",
        debtor_name="Wanjikũ & Sons Ltd",
        creditor_number="123456789",
        creditor_name="José Álvarez",
        amount=Money.of(amount, "USD"),
        fee=Money.of("1", "USD"),
        excise=Money.of("0", "USD"),
        fee_account="",
        excise_account="",
        remittance="Rent for November",
        creditor_agent="021000021",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def read(outgoing: Outgoing) -> File:
    """The file, which keeps every rule."""
    found = reading.read(outgoing.content)
    assert [*found.findings.faults, *checks.faults(found.file)] == []
    return found.file


def send(*orders: Instruction) -> Outgoing:
    (outgoing,) = ACH.emit(orders)
    read(outgoing)
    assert achkit.validate(outgoing.content) == {"ok": True, "errors": []}
    assert ACH.send(outgoing) == [Acknowledged(each.reference) for each in orders]
    return outgoing


def heard() -> list[Event]:
    contents = ACH.collect()
    found = [event for content in contents for event in ACH.ingest(content, {}).events]
    for content in contents:
        ACH.collected(content)
    assert ACH.collect() == []
    return found


def test_orders_become_batches_of_their_class() -> None:
    salaries = [order(A, purpose="SALA"), order(B, "0.01", purpose="SALA", remittance="")]
    long = order(C, remittance="x" * 140, creditor_reference="RF18539007547034")
    more = [order(f"PAY-0000-0000-000{n}", purpose=purpose) for n, purpose in ((1, "SUPP"), (2, ""))]
    file = read(ACH.emit([*salaries, long, *more])[0])
    classes = {batch.entry_class: batch for batch in file.batches}
    assert sorted(classes) == ["CCD", "CTX", "PPD", "WEB"]
    assert classes["PPD"].header["entry_description"] == "PAYROLL"
    assert classes["PPD"].header["company_name"] == "Wanjiku & Sons L"
    assert len(classes["PPD"].entries) == 2
    assert [addenda["information"] for addenda in classes["WEB"].entries[0].addenda] == ["Rent for November"]
    assert len(classes["CTX"].entries[0].addenda) == 2
    names = {entry.record["identification"] for batch in file.batches for entry in batch.entries}
    assert {"PAY7K3M9QXD4TRH", "PAY000011112222"} <= names
    assert ACH.emit([]) == []


def test_files_are_balanced_where_the_bank_says_so(settings: LazySettings, operator: SANDBOX) -> None:
    assert {batch.header["service_class"] for batch in read(ACH.emit([order(A)])[0]).batches} == {"220"}
    settings.RAIL_ACH_OFFSET_ACCOUNT = "1100"
    outgoing = send(order(A), order(B, "2.50"))
    file = read(outgoing)
    assert file.control is not None
    assert file.control["debits"] == file.control["credits"] == "000000150250"
    assert [type(event) for event in heard()] == [Acknowledged, Acknowledged, Settled, Settled]


def test_entries_settle_are_refused_and_come_back(operator: SANDBOX) -> None:
    operator.behave(Behaviour(What.REJECT, "R02", match=B))
    operator.behave(Behaviour(What.RETURN, "R03", match=C))
    unknown = order("PAY-0000-0000-0009", creditor_agent="011000015")
    outgoing = send(order(A), order(B, "20.00"), order(C, "0.05"), unknown)
    assert ACH.send(outgoing)  # once more: taken once
    events = heard()
    refused = {event.reference: event.reason for event in events if isinstance(event, Rejected)}
    assert refused == {B: "R02", unknown.reference: "R13"}
    (back,) = (event for event in events if isinstance(event, Returned))
    assert (back.reference, back.amount, back.reason) == (C, Money.of("0.05", "USD"), "R03")
    assert back.sentence == "No Account/Unable to Locate Account."
    numbers = {event.reference: event.network_reference for event in events if isinstance(event, Settled)}
    entries = ACH.day(timezone.localdate(clock.now()).isoformat())
    assert sorted(entries, key=str) == sorted(
        [
            NetworkEntry(numbers[A], A, Money.of("-1500", "USD")),
            NetworkEntry(numbers[C], C, Money.of("-0.05", "USD")),
            NetworkEntry(back.network_reference, C, Money.of("0.05", "USD")),
        ],
        key=str,
    )
    assert ACH.query(A, "") == [Settled(A, numbers[A])]
    assert [type(event) for event in ACH.query(B, "")] == [Rejected]
    (never,) = ACH.query("PAY-9999-9999-9999", "")
    assert isinstance(never, Rejected)
    assert never.reason == "NOT_RECEIVED"


def test_changes_are_notified_and_prenotes_come_back(operator: SANDBOX) -> None:
    operator.behave(Behaviour(What.RETURN, "C01", match=A))
    send(order(A))
    noted = [event for event in heard() if isinstance(event, Noted)]
    said = "Incorrect bank account number. From now on: 1918171614."
    assert noted == [Noted(A, "C01", said, number="1918171614")]
    prenotes = ACH.prenote([order(B), order(C, creditor_account_type="SVGS")])
    assert {entry.code for batch in read(prenotes).batches for entry in batch.entries} == {"23", "33"}
    operator.behave(Behaviour(What.RETURN, "R04", match=C))
    ACH.send(prenotes)
    events = heard()
    assert [type(event) for event in events] == [Acknowledged, Acknowledged, Noted]
    assert events[-1].reference == C  # type: ignore[union-attr]
    assert len(ACH.day(timezone.localdate(clock.now()).isoformat())) == 1


def test_delay_silence_doubles_and_closed_doors(operator: SANDBOX) -> None:
    operator.behave(Behaviour(What.DELAY, match=A))
    send(order(A), order(B))
    assert {event.reference for event in heard()} == {B}  # type: ignore[union-attr]
    assert ACH.query(A, "") == []
    operator.behave(Behaviour(What.ACCEPT, match=A))
    assert [type(event) for event in heard()] == [Acknowledged, Settled]
    operator.behave(Behaviour(What.TIMEOUT))
    (silent,) = ACH.emit([order(C)])
    with pytest.raises(errors.NetworkUnclear):
        ACH.send(silent)
    assert isinstance(ACH.query(C, "")[0], Settled)
    heard()
    operator.behave(Behaviour(What.DOWN))
    (outgoing,) = ACH.emit([order("PAY-0000-0000-0005")])
    with pytest.raises(errors.NetworkUnreachable):
        ACH.send(outgoing)
    operator.behave(Behaviour(What.DUPLICATE))
    ACH.send(outgoing)
    received = [ACH.ingest(content, {}) for content in ACH.collect()]
    assert len(received) == 4
    assert len({each.key for each in received}) == 2


def test_money_from_elsewhere_and_back(operator: SANDBOX) -> None:
    url = f"{transport.address('ACH')}/_incoming"
    asked = {"amount": "25.00", "creditor_number": "0010000099", "remittance": "INVOICE 7", "class": "CCD"}
    assert httpx.post(url, json=asked).status_code == 200
    assert httpx.post(url, json=asked | {"code": "27"}).status_code == 200
    assert httpx.post(url, json={"amount": "1e9", "creditor_number": "1"}).status_code == 400
    incoming, debit = heard()
    assert isinstance(incoming, Incoming)
    assert (incoming.amount, incoming.creditor_number) == (Money.of("25", "USD"), "0010000099")
    assert (incoming.remittance, incoming.debtor_agent) == ("PAYMENT INVOICE 7", "021000021")
    assert isinstance(debit, Noted)
    assert debit.reason == "DEBIT_NOT_TAKEN"
    back = ACH.give_back(incoming, "AC01")
    assert back is not None
    (entry,) = read(back).batches[0].entries
    assert (entry.return_code, entry.code) == ("R03", "21")
    ACH.send(back)
    days = [entry.amount for entry in ACH.day(timezone.localdate(clock.now()).isoformat())]
    assert Money.of("-25", "USD") in days
    assert ACH.give_back(replace(incoming, network_reference="x"), "AC01") is None


def test_files_that_are_not_whole_are_refused_whole(operator: SANDBOX) -> None:
    outgoing = send(order(A))
    other = replace(outgoing, key="ACHOTHER")
    with pytest.raises(errors.NetworkUnclear):  # the same file under another name
        ACH.send(other)
    for number in range(40):  # alike but for what they pay: the modifier alone would not do
        send(order(f"PAY-0000-0000-{number:04}"))
    with pytest.raises(errors.NetworkUnclear):  # another file under the same name
        ACH.send(replace(ACH.emit([order(B)])[0], key=outgoing.key))
    (good,) = ACH.emit([order(C)])
    for broken in (good.content[:300], good.content.replace("0000150000", "0000150001", 1), "", "x"):
        with pytest.raises(errors.NetworkSaysNo, match="FILE_REJECTED"):
            ACH.send(replace(good, content=broken, key=f"B{hashlib.sha256(broken.encode()).hexdigest()[:9]}"))
    headers = {"Authorization": "Bearer sandbox-ach", "X-SHA256": "0" * 64}
    url = f"{transport.address('ACH')}/outbound/x"
    assert httpx.put(url, content=good.content, headers=headers).json()["reason"] == "WRONG_DIGEST"
    assert httpx.put(url, content=good.content).status_code == 401
    assert len(ACH.day(timezone.localdate(clock.now()).isoformat())) == 41


def test_what_comes_is_believed_only_whole(operator: SANDBOX) -> None:
    operator.behave(Behaviour(What.RETURN))
    outgoing = send(order(A))
    acknowledgement, settlement, returned = ACH.collect()
    for content in (acknowledgement, settlement, returned):
        end = content.rindex(b"\n9000001") if content is returned else -20
        for broken in (content[: len(content) // 2], content[:end], content.replace(b"150000", b"150001", 1)):
            if broken != content:
                with pytest.raises(errors.NetworkMessageUnreadable):
                    ACH.ingest(broken, {})
        with pytest.raises(errors.NetworkMessageForged):  # nobody posts them to us
            ACH.ingest(content, {":path": "ach"})
    with pytest.raises(errors.NetworkMessageForged):  # our own file played back at us
        ACH.ingest(outgoing.content.encode(), {})
    for rubbish in (b"", b"\xff\xfe", b"SETTLEMENT", b"<a/>", b"ACKNOWLEDGEMENT,1,x,\nEND,0,0,\n\x00"):
        with pytest.raises(errors.NetworkMessageUnreadable):
            ACH.ingest(rubbish, {})


def test_what_the_network_cannot_carry_is_said_before(settings: LazySettings) -> None:
    bad = order("A-REFERENCE-TOO-LONG", "100000000.00", creditor_name="王", creditor_number="1" * 18)
    assert len(ACH.check(replace(bad, creditor_agent="021000020"))) == 5
    assert [fault.field for fault in ACH.check(replace(order(A), amount=Money.of("1", "KES")))] == ["amount"]
    assert ACH.check(order(A)) == []
    there = Destination("021000021", "US", "USD", is_internal=False)
    settings.NETWORKS_URL = ""
    assert not ACH.reaches(there)
    settings.NETWORKS_URL = "http://127.0.0.1:1"
    assert ACH.reaches(there)
    assert not ACH.reaches(replace(there, agent="HUDSUS33"))
    assert not ACH.reaches(replace(there, agent=settings.BANK_ACH_ROUTING))
    with pytest.raises(errors.NetworkUnreachable):
        ACH.collect()
