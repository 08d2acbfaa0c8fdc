"""Money that came in and that the payer's bank wants back: camt.056 in; camt.029 or pacs.004 out, by two.

T-accounts of KES 2,500.00 for Bob that is asked back; D debit, C credit:

comes in      NOSTRO_EFT D 2,500.00 | Bob C 2,500.00
asked back    nothing
refused       nothing; the other bank has a camt.029 with the reason
given back    Bob D 2,500.00 | SUSPENSE C 2,500.00, then SUSPENSE D | NOSTRO_EFT C: a pacs.004 (FOCR)
"""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bank import ledger
from bank.cif import services as cif
from bank.kernel import clock
from bank.kernel.errors import InvalidInput
from bank.notifications.models import Notice
from bank.payments import directory, errors, transport
from bank.payments.commands import ANSWER_RECALL, RETURN_SUSPENDED, AnswerRecall
from bank.payments.models import IncomingPayment, IncomingRecall, NetworkEvent, NetworkMessage
from bank.payments.network import RecallAsked
from bank.payments.rails.iso20022 import RAIL as EFT
from bank.payments.rails.iso20022.sandbox import SANDBOX
from bank.payments.rules import EventOutcome, NoToRecall
from bank.payments.services import networks
from bank.payments.services.networks import asked_back
from bank.runtime import outbox
from bank.workflows import services as workflows
from bank.workflows.errors import AlreadyProposed, MakerIsChecker
from bank.workflows.models import Command
from tests.identity import open_browser
from tests.payments.conftest import Bank, kes
from tests.payments.rails.conftest import positions, tend
from tests.payments.rails.iso20022.test_switch import check
from tests.payments.rails.served import served
from tests.workflows.conftest import employ

_STAFF = itertools.count()
UNTOUCHED = {"NOSTRO_EFT": "-2500.00", "SUSPENSE": "0.00"}


@pytest.fixture
def switch(bank: Bank, settings: LazySettings) -> Iterator[SANDBOX]:
    directory.seed()
    switch = SANDBOX()
    with served(switch) as url:
        settings.RAIL_URLS, settings.RAIL_KEYS = {"EFT": f"{url}/eft"}, {"EFT": switch.key}
        yield switch


def post(path: str, **asked: object) -> Any:
    return httpx.post(f"{transport.address('EFT')}/{path}", json=asked).json()


def answers() -> dict[str, str]:
    """What the other bank was answered to each of its wishes."""
    found: dict[str, str] = httpx.get(f"{transport.address('EFT')}/_recalls").json()
    return found


def come(number: str, **asked: object) -> IncomingPayment:
    told = post("_incoming", amount="2500.00", creditor_number=number, **asked)
    tend()
    return IncomingPayment.objects.get(network_reference=told["reference"])


def wish(payment: IncomingPayment, **asked: object) -> IncomingRecall:
    named = post("_recall", reference=payment.network_reference, **asked)["recall"]
    for content in EFT.collect():
        check(content)
    tend()
    return IncomingRecall.objects.get(recall_id=named)


def standing() -> dict[str, str]:
    return {role: positions()[role] for role in UNTOUCHED}


def decide(recall: IncomingRecall, refusal: str = "", why: str = "He called and agreed") -> Command:
    number = next(_STAFF)
    maker, checker = employ(f"ops{number}", "OPERATIONS"), employ(f"boss{number}", "SUPERVISOR")
    asked = AnswerRecall(recall.pk, refusal)
    command = workflows.propose(kind=ANSWER_RECALL, payload=asked, reason=why, maker=maker)
    with pytest.raises(MakerIsChecker):
        workflows.approve(command=command, checker=maker)
    decided = workflows.approve(command=command, checker=checker)
    tend()
    recall.refresh_from_db()
    return decided


def last_sent() -> NetworkMessage:
    sent = NetworkMessage.objects.filter(direction="OUT").latest("pk")
    check(bytes(sent.content))
    return sent


def test_refused_with_a_reason_the_money_stays(bank: Bank, switch: SANDBOX) -> None:
    payment = come(bank.bob.number)
    recall = wish(payment, reason="CUST", sentence="Sent to the wrong person", times=2)
    assert (recall.payment, recall.status, recall.reason) == (payment, "OPEN", "CUST")
    assert recall.answer_by > timezone.localdate(clock.now())
    assert standing() == UNTOUCHED
    with pytest.raises(InvalidInput):
        decide(recall, refusal="XXXX")
    assert decide(recall, refusal="NOAS", why="Called three times").state == "APPROVED"
    assert (recall.status, recall.answer, recall.why) == ("REFUSED", "NOAS", "Called three times")
    assert (last_sent().kind, last_sent().status) == ("camt.029.001.09", "SENT")
    assert answers() == {recall.recall_id: "NOAS"}
    assert (bank.bob.booked, standing()) == (kes("2500.00"), UNTOUCHED)
    with pytest.raises(errors.RecallIsAnswered):
        networks.refuse_recall(number=recall.pk, reason=NoToRecall.LAW, why="", actor=bank.alice.user)


def test_given_back_by_a_return_and_both_sides_meet(bank: Bank, switch: SANDBOX) -> None:
    payment = come(bank.bob.number)
    first, second = wish(payment), wish(payment, reason="FRAD")
    assert decide(first).state == "APPROVED"
    payment.refresh_from_db()
    assert (payment.status, first.status, first.answer) == ("RETURNED", "GRANTED", "FOCR")
    assert (bank.bob.booked, set(standing().values())) == (kes("0.00"), {"0.00"})
    assert [step.status for step in payment.steps.all()] == ["CREDITED", "SUSPENDED", "RETURNED"]
    assert NetworkMessage.objects.filter(kind="pacs.004.001.10", status="SENT").count() == 1
    check(bytes(NetworkMessage.objects.get(kind="pacs.004.001.10").content))
    second.refresh_from_db()
    assert (second.status, second.answer) == ("REFUSED", "ARDT")
    assert set(answers().values()) == {"RETURNED"}
    outbox.deliver_due()
    notice = Notice.objects.get(user=bank.bob.user, kind="MONEY_GIVEN_BACK")
    assert notice.told["amount"] == "2500.00"
    made = networks.reconcile("EFT", timezone.localdate(clock.now()))
    assert (made.matched, made.differing) == (2, 0)
    assert positions()["IN_TRANSIT"] == "0.00"


def test_without_the_money_or_by_a_party_nothing_moves(bank: Bank, switch: SANDBOX) -> None:
    recall = wish(come(bank.bob.number))
    bank.pay(
        "2000.00", user=bank.bob.user, debtor_number=bank.bob.number, creditor_number=bank.alice.number,
        creditor_name=bank.alice.name,
    )  # fmt: skip
    before = (bank.positions(), standing())
    with pytest.raises(ledger.errors.InsufficientFunds):
        decide(recall)
    party, boss = employ("kin", "OPERATIONS"), employ("chief", "SUPERVISOR")
    cif.grant_mandate(user=party, customer=bank.bob.customer, role="OWNER", can_pay=True)
    asked = AnswerRecall(recall.pk, "AM04")
    command = workflows.propose(kind=ANSWER_RECALL, payload=asked, reason="Spent", maker=party)
    with pytest.raises(AlreadyProposed):
        workflows.propose(kind=ANSWER_RECALL, payload=asked, reason="Spent", maker=employ("o", "OPERATIONS"))
    assert workflows.approve(command=command, checker=boss).state == "FAILED"
    recall.refresh_from_db()
    assert (recall.status, (bank.positions(), standing())) == ("OPEN", before)
    assert decide(recall, refusal="AM04").state == "APPROVED"
    assert answers() == {recall.recall_id: "AM04"}


def test_what_never_came_or_went_back_is_answered_at_once(bank: Bank, switch: SANDBOX) -> None:
    """By the bank alone: there is nothing to decide."""
    gone, kept = come("9999999999"), come(bank.bob.number)
    named = [
        post("_recall", reference="SW0000009999")["recall"],
        post("_recall", reference=gone.network_reference)["recall"],
        post("_recall", reference=kept.network_reference, amount="9.00")["recall"],
    ]
    tend()
    assert answers() == dict(zip(named, ("NOOR", "ARDT", "NOOR"), strict=True))
    assert not IncomingRecall.objects.exists()
    assert not NetworkEvent.objects.filter(outcome=EventOutcome.PARKED).exists()


def test_asked_once_more_in_another_message_it_is_answered_no_second_time(
    bank: Bank, switch: SANDBOX
) -> None:
    """Also where the money came meanwhile: a bank that wants it back then asks under another name."""
    named = post("_recall", reference="SW0000009999")["recall"]
    tend()
    told = RecallAsked(named, "SW0000009999", None, "DUPL", transaction_id="UNKNOWN")
    assert asked_back.asked(EFT, told)[0] == EventOutcome.IGNORED
    late = replace(told, network_reference=come(bank.bob.number).network_reference)
    assert asked_back.asked(EFT, late)[0] == EventOutcome.IGNORED
    assert (IncomingRecall.objects.count(), answers()) == (0, {named: "NOOR"})
    assert NetworkMessage.objects.filter(kind="camt.029.001.09").count() == 1


def test_a_return_the_network_refuses_leaves_the_money_for_staff(bank: Bank, switch: SANDBOX) -> None:
    """In suspense; it can be credited to its owner again, once more."""
    payment = come(bank.bob.number)
    recall = wish(payment)
    switch.books.mark(switch.books.numbered(payment.network_reference), "RTRN", "TECH")
    decide(recall)
    payment.refresh_from_db()
    assert (payment.status, standing()["SUSPENSE"]) == ("SUSPENDED", "2500.00")
    boss = employ("head", "SUPERVISOR")
    networks.credit_owner(reference=payment.reference, number=bank.bob.number, why="Refused", actor=boss)
    assert (bank.bob.booked, standing()) == (kes("2500.00"), UNTOUCHED)


def test_a_return_the_network_refused_goes_out_again_when_two_of_the_staff_say_so(
    bank: Bank, switch: SANDBOX, client: Client
) -> None:
    """Money for nobody: pacs.004 (AC01) refused, proposed from the record, sent again under its own key."""
    told = post("_incoming", amount="2500.00", creditor_number="9999999999")
    networks.collect()
    networks.apply_waiting()
    switch.books.mark(switch.books.numbered(told["reference"]), "RTRN", "TECH")
    tend()
    payment = IncomingPayment.objects.get()
    sent = NetworkMessage.objects.get(purpose="GIVE_BACK")
    assert (payment.status, sent.status, standing()["SUSPENSE"]) == ("SUSPENDED", "REFUSED", "2500.00")
    open_browser(client, employ("desk", "OPERATIONS"))
    act = reverse("admin:payments_incomingpayment_do", args=(payment.pk, "return"))
    assert client.post(act, {"code": "FOCR", "reason": "x"}).status_code == 200
    assert client.post(act, {"code": "AC01", "reason": "They said try again"}).status_code == 302
    command = Command.objects.get(kind=RETURN_SUSPENDED)
    assert "pacs.004" in str(command.difference)
    assert workflows.approve(command=command, checker=employ("head", "SUPERVISOR")).state == "APPROVED"
    sent.refresh_from_db()
    assert (sent.status, NetworkMessage.objects.filter(purpose="GIVE_BACK").count()) == ("WAITING", 1)
    switch.books.mark(switch.books.numbered(told["reference"]), "ACSC", "")
    tend()
    payment.refresh_from_db()
    assert (payment.status, standing()) == ("RETURNED", {"NOSTRO_EFT": "0.00", "SUSPENSE": "0.00"})


def test_staff_propose_from_the_record(bank: Bank, switch: SANDBOX, client: Client) -> None:
    recall = wish(come(bank.bob.number))
    open_browser(client, employ("desk", "OPERATIONS"))
    record = reverse("admin:payments_incomingrecall_change", args=(recall.pk,))
    page = client.get(record).content.decode()
    assert "Propose giving it back" in page
    assert recall.payment.reference in page
    assert "Recalls to answer" in client.get(reverse("admin:index")).content.decode()
    act = reverse("admin:payments_incomingrecall_do", args=(recall.pk, "refuse"))
    assert client.post(act, {"refusal": "PTNA", "reason": "x"}).status_code == 200
    assert client.post(act, {"refusal": "CUST", "reason": "He says it is his"}).status_code == 302
    command = Command.objects.get(kind=ANSWER_RECALL)
    assert (command.reason, str(command.amount)) == ("He says it is his", "2500.000")
    assert "does not agree" in str(command.difference)
    act = reverse("admin:payments_incomingrecall_do", args=(recall.pk, "return"))
    assert AlreadyProposed().message in client.post(act, {"reason": "Now he agrees"}).content.decode()
    assert Command.objects.count() == 1
