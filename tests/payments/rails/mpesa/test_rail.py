"""M-Pesa out and in, against the other side played: what each answer does, and what nobody can make it do."""

import json
from decimal import Decimal
from ipaddress import ip_network
from typing import Any

import pytest

from bank.kernel.money import Money
from bank.payments import errors
from bank.payments.network import Acknowledged, Incoming, Noted, RecallAnswered, Rejected, Returned, Settled
from bank.payments.rail import Destination
from bank.payments.rails.mpesa import RAIL, phones, pushing, requests
from bank.payments.rails.mpesa.sandbox import Daraja, bodies
from bank.payments.sandbox import Behaviour, What
from tests.payments.rails.mpesa.conftest import Door, Order

ACCOUNT = "0010000100012"


def sent(order: Any) -> Any:
    (outgoing,) = RAIL.emit([order])
    return RAIL.send(outgoing)


def today() -> str:
    return bodies.here().date().isoformat()


def test_phones_and_what_the_rail_carries(order: Order) -> None:
    for written in ("0712345678", "+254 712 345 678", "254712345678", "712345678", "0712-345-678"):
        assert phones.read(written) == "254712345678"
    assert phones.read("0110 123 456") == "254110123456"
    for other in ("0733123456", "0771234567", "071234567", "+255712345678", "O712345678", "٠٧١٢٣٤٥٦٧٨"):
        assert phones.read(other) == ""
    assert RAIL.reaches(Destination("M-Pesa", "KE", "KES", is_internal=False))
    assert not RAIL.reaches(Destination("", "KE", "KES", is_internal=False))
    assert not RAIL.reaches(Destination("MPESA", "KE", "USD", is_internal=False))
    assert not RAIL.is_available
    assert RAIL.check(order()) == []
    faults = RAIL.check(order(phone="0733123456", amount="10.50"))
    assert {fault.code for fault in faults} == {"PHONE", "WHOLE_SHILLINGS"}


def test_account_numbers_survive_the_twelve_characters_of_a_push() -> None:
    for number in (ACCOUNT, "9999999999999", "0000000000001"):
        short = requests.short_account(number)
        assert len(short) <= 12
        assert requests.account_of(short) == number
    assert requests.account_of("001 0000-100012") == "0010000100012"
    for odd in ("", "U", "UUU", "U*1", "Amina"):
        assert requests.account_of(odd) == odd.upper()


def test_a_payment_is_sealed_acknowledged_and_settled(door: Door, daraja: Daraja, order: Order) -> None:
    (outgoing,) = RAIL.emit([order()])
    body = json.loads(outgoing.content)
    assert body["OriginatorConversationID"] == outgoing.key == "PAY-7K3M-9QXD-4TRH"
    assert body["PartyB"] == "254708374149"
    assert body["Remarks"] == "Rent  November"
    assert "SecurityCredential" not in body
    assert "254708374149" not in body["ResultURL"]

    assert RAIL.send(outgoing) == [Acknowledged(outgoing.key)]
    received = door.ingested()
    (settled,) = received.events
    assert isinstance(settled, Settled)
    assert settled.reference == outgoing.key
    assert len(settled.network_reference) == 10

    # the same order again is not paid again: Daraja knows our key
    assert RAIL.send(outgoing) == [Acknowledged(outgoing.key)]
    assert daraja.store.execute("SELECT count(*) FROM payment").fetchone()[0] == 1
    (entry,) = RAIL.day(today())
    assert entry.amount == Money.of("-1250", "KES")
    assert (entry.network_reference, entry.reference) == (settled.network_reference, outgoing.key)


def test_a_new_token_is_fetched_where_the_old_one_is_refused(
    door: Door, daraja: Daraja, order: Order
) -> None:
    sent(order())
    door.next()
    daraja.forget_token()
    assert sent(order("PAY-2"))
    door.next()
    daraja.behave(Behaviour(What.DOWN, match="PAY-3"))
    with pytest.raises(errors.NetworkUnreachable):
        sent(order("PAY-3"))
    assert sent(order("PAY-3"))


def test_nothing_reaches_a_network_without_an_address_that_answers(settings: Any, order: Order) -> None:
    settings.NETWORKS_URL = "http://127.0.0.1:9"
    assert RAIL.is_available
    with pytest.raises(errors.NetworkUnreachable):
        sent(order())


def test_refusals_late_answers_and_missing_ones(door: Door, daraja: Daraja, order: Order) -> None:
    for code, sentence in (("2001", "wrong PIN or initiator"), ("SFC_IC0003", "The request failed.")):
        daraja.behave(Behaviour(What.REJECT, code))
        sent(order(f"PAY-{code}"))
        (event,) = door.ingested().events
        assert isinstance(event, Rejected)
        assert (event.reference, event.reason, event.sentence) == (f"PAY-{code}", code, sentence)

    daraja.behave(Behaviour(What.REJECT, "400.002.02"))
    with pytest.raises(errors.NetworkSaysNo, match=r"400\.002\.02"):
        sent(order("PAY-NO"))

    daraja.behave(Behaviour(What.TIMEOUT))
    with pytest.raises(errors.NetworkUnclear):
        sent(order("PAY-MISSING"))
    assert RAIL.query("PAY-MISSING", "") == []
    (event,) = door.ingested().events
    assert isinstance(event, Settled)
    assert event.reference == "PAY-MISSING"

    RAIL.query("PAY-NEVER", "")
    (event,) = door.ingested().events
    assert event == Rejected("PAY-NEVER", "NOT_RECEIVED", "M-Pesa never had this payment.")
    RAIL.query("PAY-2001", "")
    (event,) = door.ingested().events
    assert isinstance(event, Rejected)

    daraja.behave(Behaviour(What.TIMEOUT, "QUEUE"))
    sent(order("PAY-LATE"))
    (event,) = door.ingested().events
    assert isinstance(event, Noted)
    assert event.reason == "QUEUE_TIMEOUT"

    daraja.behave(Behaviour(What.DELAY))
    sent(order("PAY-HELD"))
    daraja.behave(Behaviour(What.ACCEPT, match="PAY-HELD"))
    (event,) = door.ingested().events
    assert isinstance(event, Settled)

    daraja.behave(Behaviour(What.DUPLICATE))
    sent(order("PAY-TWICE"))
    assert door.ingested().key == door.ingested().key


def test_a_success_that_does_not_fit_settles_nothing(door: Door, order: Order) -> None:
    sent(order())
    path, body = door.next()
    for key, value in (
        ("TransactionAmount", 125_000),
        ("ReceiverPartyPublicName", "254711111111 - MALLORY"),
        ("TransactionReceipt", ""),
    ):
        told = json.loads(body)
        for one in told["Result"]["ResultParameters"]["ResultParameter"]:
            one["Value"] = value if one["Key"] == key else one["Value"]
        if not value:
            told["Result"]["TransactionID"] = ""
        (event,) = RAIL.ingest(json.dumps(told).encode(), {":path": path}).events
        assert isinstance(event, Noted), key
        assert event.reason == "CALLBACK_DISAGREES"
    told = json.loads(body)
    told["Result"]["OriginatorConversationID"] = "PAY-OTHER"
    (event,) = RAIL.ingest(json.dumps(told).encode(), {":path": path}).events
    assert isinstance(event, Noted)
    # a masked number is no other number
    masked = body.replace(b"254708374149 - ", b"2547****4149 - ")
    (event,) = RAIL.ingest(masked, {":path": path}).events
    assert isinstance(event, Settled)


def test_forged_and_unreadable_callbacks(door: Door, order: Order, settings: Any) -> None:
    sent(order())
    path, body = door.next()
    token, kind, reference, cents, digest = path.strip("/").split("/")
    forged = [
        f"/{'0' * 40}/{kind}/{reference}/{cents}/{digest}",
        f"/{token}/{kind}/PAY-OTHER/{cents}/{digest}",
        f"/{token}/{kind}/{reference}/1/{digest}",
        f"/{token}/{kind}/{reference}/{cents}/-",
        f"/{token}/pulled/{reference}/{cents}/{digest}",
        *("/", "", "/pulled", "/é/é/é/é/é", "/" * 50),
    ]
    for one in forged:
        with pytest.raises(errors.NetworkMessageForged):
            RAIL.ingest(body, {":path": one})
    for broken in (
        *(b"", b"[]", b"null", b"{", b"\xff", b'{"Result": 1}', b'{"Result": {"ResultCode": NaN}}'),
        *(b"[" * 60_000, b'{"a":"' + b"x" * 70_000 + b'"}'),
        body.replace(b'"ResultCode":0', b'"ResultCode":"zero"'),
        body.replace(b'"Value":1250', b'"Value":1e9'),
    ):
        with pytest.raises(errors.NetworkMessageUnreadable):
            RAIL.ingest(broken, {":path": path})
    settings.RAIL_MPESA_CALLBACK_NETWORKS = [ip_network("196.201.214.0/24")]
    assert RAIL.ingest(body, {":path": path, ":remote": "196.201.214.200"}).events
    for remote in ("203.0.113.5", "", "nonsense"):
        with pytest.raises(errors.NetworkMessageForged):
            RAIL.ingest(body, {":path": path, ":remote": remote})


def test_money_taken_back(door: Door, daraja: Daraja, order: Order) -> None:
    one = order()
    sent(one)
    (settled,) = door.ingested().events
    assert isinstance(settled, Settled)
    recall = RAIL.recall(one, settled.network_reference, "DUPL")
    assert RAIL.send(recall) == []
    answered, returned = door.ingested().events
    assert answered == RecallAnswered(one.reference, is_accepted=True)
    assert isinstance(returned, Returned)
    assert returned.amount == Money.of("1250", "KES")
    assert RAIL.send(recall) == []
    (answered,) = door.ingested().events
    assert isinstance(answered, RecallAnswered)
    assert not answered.is_accepted

    daraja.behave(Behaviour(What.RETURN))
    sent(order("PAY-BACK"))
    door.next()
    backs = [RAIL.ingest(found, {}) for found in RAIL.collect()]
    (back,) = [each.events[0] for each in backs if "PAY-BACK" in str(each.events)]
    assert isinstance(back, Returned)
    assert back.amount == Money.of("1250", "KES")
    entries = [entry for entry in RAIL.day(today()) if entry.reference == "PAY-BACK"]
    assert sum(entry.amount.amount for entry in entries) == 0


def paid(daraja: Daraja, account: str, amount: int = 700) -> None:
    body = {
        "ShortCode": "174379",
        "CommandID": "CustomerPayBillOnline",
        "Amount": amount,
        "Msisdn": "254708374149",
        "BillRefNumber": account,
    }
    daraja._customer_pays(body, daraja.behaviour_for(account))


def test_customers_pay_in(door: Door, daraja: Daraja) -> None:
    pushing.register()
    paid(daraja, "0010 0001 00012")
    path, body = door.next()
    asked = RAIL.ingest(body, {":path": path})
    assert json.loads(RAIL.reply(asked).body)["ResultCode"] == "0"
    wrong = RAIL.ingest(body.replace(b"00012", b"00013"), {":path": path})
    assert (wrong.kind, wrong.events) == ("VALIDATION_REFUSED", ())
    assert json.loads(RAIL.reply(wrong).body)["ResultCode"] == "C2B00012"
    received = door.ingested()
    (incoming,) = received.events
    assert isinstance(incoming, Incoming)
    assert (incoming.creditor_number, incoming.amount) == (ACCOUNT, Money.of("700", "KES"))
    assert incoming.debtor_name == "AMINA OTIENO"

    # the confirmation of another short code, at the right address, is not ours
    confirmation = next(
        row["confirmation"] for row in daraja.store.execute("SELECT confirmation FROM registered")
    ).partition("://")[2]
    foreign = {**json.loads(daraja.store.execute("SELECT body FROM told").fetchone()[0])}
    foreign["BusinessShortCode"] = "999999"
    with pytest.raises(errors.NetworkMessageUnreadable):
        RAIL.ingest(json.dumps(foreign).encode(), {":path": confirmation.partition("/")[2]})

    # what no callback told of is fetched, under the same receipt
    daraja.behave(Behaviour(What.TIMEOUT))
    paid(daraja, "unknown", 55)
    door.next()
    fetched = [RAIL.ingest(found, {}).events[0] for found in RAIL.collect()]
    assert {event.amount.amount for event in fetched if isinstance(event, Incoming)} == {
        Decimal(700),
        Decimal(55),
    }
    assert incoming.network_reference in {e.network_reference for e in fetched if isinstance(e, Incoming)}
    given_back = RAIL.give_back(incoming, "AC01")
    assert RAIL.send(given_back) == []
    assert door.ingested().events == ()
    assert RAIL.send(given_back) == []  # once more: M-Pesa says later that it did not, and staff are told
    (refused,) = door.ingested().events
    assert isinstance(refused, Noted)
    assert (refused.reference, refused.reason) == (incoming.network_reference, "NOT_GIVEN_BACK")
    amounts = [entry.amount.amount for entry in RAIL.day(today())]
    assert sorted(amounts) == [Decimal(-700), Decimal(55), Decimal(700)]

    door.answer = {"ResultCode": "C2B00012", "ResultDesc": "Rejected"}
    paid(daraja, "nobody", 66)
    door.next()
    assert Decimal(66) not in [entry.amount.amount for entry in RAIL.day(today())]


def test_push_to_the_phone(door: Door, daraja: Daraja) -> None:
    asked = pushing.ask(reference="TOP-1", account=ACCOUNT, amount=Decimal(500), phone="254708374149")
    path, body = door.next()
    (incoming,) = RAIL.ingest(body, {":path": path}).events
    assert isinstance(incoming, Incoming)
    assert (incoming.creditor_number, incoming.end_to_end_id) == (ACCOUNT, "TOP-1")
    assert incoming.amount == Money.of("500", "KES")
    assert pushing.outcome(asked.checkout).code == "0"
    # what the customer paid shows with the account even where this callback is lost
    (pulled,) = [RAIL.ingest(found, {}).events[0] for found in RAIL.collect()]
    assert isinstance(pulled, Incoming)
    assert (pulled.network_reference, pulled.creditor_number) == (incoming.network_reference, ACCOUNT)

    other = body.replace(b'"Value":500}', b'"Value":50000}')
    assert other != body
    assert RAIL.ingest(other, {":path": path}).events == ()
    assert RAIL.ingest(body.replace(b"254708374149", b"254711111111"), {":path": path}).events == ()

    daraja.behave(Behaviour(What.REJECT, "1032"))
    asked = pushing.ask(reference="TOP-2", account=ACCOUNT, amount=Decimal(500), phone="254708374149")
    assert door.ingested().events == ()
    assert pushing.outcome(asked.checkout).code == "1032"
    daraja.behave(Behaviour(What.DELAY))
    asked = pushing.ask(reference="TOP-3", account=ACCOUNT, amount=Decimal(500), phone="254708374149")
    assert pushing.outcome(asked.checkout).code == ""
    with pytest.raises(errors.NetworkSaysNo):
        pushing.outcome("ws_CO_nobody")
