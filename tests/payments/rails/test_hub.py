"""Payments through a network: booked, sent, settled, rejected or returned once each, whatever comes."""

import json
from datetime import timedelta

import pytest

from bank import ledger
from bank.accounts.errors import InvalidAccountNumber
from bank.kernel import clock
from bank.kernel.errors import BankError, InvalidInput
from bank.payments import errors, selectors
from bank.payments import services as payments
from bank.payments.commands import CREDIT_SUSPENDED, RETURN_SUSPENDED, CreditSuspended, ReturnSuspended
from bank.payments.models import IncomingPayment, NetworkEvent, NetworkMessage
from bank.payments.rules import EventOutcome
from bank.payments.sandbox import Behaviour, What
from bank.payments.services import Elsewhere, networks
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.payments.conftest import Bank, kes
from tests.payments.rails.conftest import Pay, positions, tend
from tests.payments.rails.tiny import TinyRail
from tests.workflows.conftest import employ

FEE, EXCISE = "50.00", "7.50"
CHARGES = kes("57.50")


def _standing(bank: Bank) -> dict[str, object]:
    return {account: money for account, money in bank.positions().items() if not money.is_zero}


def _steps(order: object) -> list[str]:
    return [event.status for event in selectors.timeline(order)]


def test_a_payment_leaves_and_settles(bank: Bank, pay: Pay, tiny: TinyRail) -> None:
    order = pay()
    assert (order.status, order.rail, order.creditor_number) == ("RELEASED", "TINY", "12-345/678")
    assert (order.creditor_agent, order.creditor_country) == ("KILITZTZ", "TZ")
    assert order.name_check == "UNAVAILABLE"
    assert bank.alice.booked == kes("49000.00") - CHARGES
    assert positions() | {"NOSTRO_EFT": "0.00"} == {
        "IN_TRANSIT": "1000.00",
        "NOSTRO_EFT": "0.00",
        "SUSPENSE": "0.00",
        "FEE_INCOME": FEE,
        "EXCISE_DUTY": EXCISE,
    }
    tend()
    order.refresh_from_db()
    assert (order.status, order.network_reference) == ("SETTLED", f"N-{order.reference}")
    assert _steps(order) == ["ACCEPTED", "RELEASED", "SENT", "SETTLED"]
    assert (positions()["IN_TRANSIT"], positions()["NOSTRO_EFT"]) == ("0.00", "1000.00")
    assert pay().reference == order.reference
    tend()
    assert positions()["NOSTRO_EFT"] == "1000.00"


def test_a_rejected_payment_gives_everything_back(bank: Bank, pay: Pay, tiny: TinyRail) -> None:
    before = _standing(bank)
    tiny.sandbox.behave(Behaviour(What.REJECT, "AC04", times=1))
    order = pay()
    tend()
    order.refresh_from_db()
    assert order.status == "REJECTED"
    assert [(one.reason, one.sentence) for one in selectors.timeline(order)][-1] == ("AC04", "Closed.")
    assert _standing(bank) == before
    assert selectors.used_today(bank.alice.customer, "KES") == kes("0.00")


def test_a_closed_account_gets_nothing_back_but_suspense_does(bank: Bank, pay: Pay, tiny: TinyRail) -> None:
    tiny.sandbox.behave(Behaviour(What.REJECT, times=1))
    pay()
    ledger.set_status(bank.alice.number, ledger.Status.FROZEN)
    tend()
    assert positions()["SUSPENSE"] == "1057.50"
    assert positions()["IN_TRANSIT"] == "0.00"


def test_a_return_brings_the_amount_back_and_keeps_the_charges(bank: Bank, pay: Pay, tiny: TinyRail) -> None:
    tiny.sandbox.behave(Behaviour(What.RETURN, "AC04", times=1))
    order = pay()
    tend()
    order.refresh_from_db()
    assert (order.status, order.returned) == ("RETURNED", order.amount)
    assert bank.alice.booked == kes("50000.00") - CHARGES
    assert (positions()["IN_TRANSIT"], positions()["NOSTRO_EFT"]) == ("0.00", "0.00")


@pytest.mark.parametrize("what", [What.TIMEOUT, What.DOWN, What.DUPLICATE])
def test_trouble_on_the_way_pays_once(bank: Bank, pay: Pay, tiny: TinyRail, what: What) -> None:
    tiny.sandbox.behave(Behaviour(what, times=1))
    order = pay()
    for _ in range(4):
        NetworkMessage.objects.filter(next_try_at__isnull=False).update(next_try_at=clock.now())
        tend()
    order.refresh_from_db()
    assert order.status == "SETTLED"
    assert (positions()["IN_TRANSIT"], positions()["NOSTRO_EFT"]) == ("0.00", "1000.00")
    assert tiny.sandbox.store.execute("SELECT count(*) FROM orders").fetchone()[0] == 1
    assert not NetworkEvent.objects.filter(outcome=EventOutcome.PARKED).exists()


def test_a_sender_that_died_asks_before_it_sends_again(pay: Pay, tiny: TinyRail) -> None:
    order = pay()
    NetworkMessage.objects.update(status="SENDING", attempts=1, next_try_at=clock.now())
    networks.send_due()
    (message,) = NetworkMessage.objects.filter(direction="OUT")
    assert (message.status, message.attempts) == ("SENT", 2)
    tend()
    order.refresh_from_db()
    assert order.status == "SETTLED"


def test_news_in_any_order_and_of_nobody(bank: Bank, pay: Pay, tiny: TinyRail) -> None:
    order = pay()
    networks.send_due()
    told = [
        {"kind": "returned", "amount": "400.00", "currency": "KES", "reason": "AC04"},
        {"kind": "settled"},
        {"kind": "ack"},
        {"kind": "rejected", "reason": "AC01"},
        {"kind": "returned", "amount": "400.00", "currency": "KES", "reason": "AC04"},
    ]
    for number, one in enumerate(told):
        content = json.dumps({"id": f"x{number}", "reference": order.reference, **one}).encode()
        networks.take_in("tiny", content, {})
    networks.take_in("tiny", b'{"id": "y", "kind": "settled", "reference": "PAY-NONE"}', {})
    tend()
    order.refresh_from_db()
    assert (order.status, str(order.returned)) == ("RETURNED", "400.000")
    assert (positions()["IN_TRANSIT"], positions()["NOSTRO_EFT"]) == ("0.00", "600.00")
    parked = NetworkEvent.objects.filter(outcome=EventOutcome.PARKED)
    assert {(one.kind, one.reference) for one in parked} == {
        ("Rejected", order.reference),
        ("Settled", "PAY-NONE"),
    }


def test_forged_and_unreadable_messages_are_kept_and_change_nothing(bank: Bank, tiny: TinyRail) -> None:
    before = bank.positions()
    with pytest.raises(errors.NetworkMessageForged):
        networks.take_in("TINY", b"forged", {})
    with pytest.raises(errors.NetworkMessageUnreadable):
        networks.take_in("TINY", b"\x00{", {})
    assert sorted(NetworkMessage.objects.values_list("status", flat=True)) == ["FORGED", "UNREADABLE"]
    assert bank.positions() == before


def _incoming(bank: Bank, number: str, reference: str) -> bytes:
    return json.dumps(
        {
            "id": f"in-{reference}",
            "kind": "incoming",
            "network_reference": reference,
            "amount": "250.00",
            "currency": "KES",
            "creditor_number": number,
            "creditor_name": "Amina",
            "debtor_number": "99",
            "debtor_name": "Juma\x00 Ali",
            "remittance": "School fees",
        }
    ).encode()


def test_money_from_outside_is_credited_once(bank: Bank, tiny: TinyRail) -> None:
    content = _incoming(bank, bank.alice.number, "IN1")
    networks.take_in("TINY", content, {})
    networks.take_in("TINY", content, {})
    networks.take_in("TINY", content.replace(b"in-IN1", b"in-again"), {})
    tend()
    (payment,) = IncomingPayment.objects.all()
    assert (payment.status, payment.creditor_account) == ("CREDITED", bank.alice.account)
    assert bank.alice.booked == kes("50250.00")
    assert positions()["NOSTRO_EFT"] == "-250.00"


def test_money_for_nobody_goes_to_suspense_and_back(bank: Bank, tiny: TinyRail) -> None:
    networks.take_in("TINY", _incoming(bank, "0019999999990", "IN2"), {})
    networks.apply_waiting()
    (payment,) = IncomingPayment.objects.all()
    assert (payment.status, positions()["SUSPENSE"]) == ("SUSPENDED", "250.00")
    tend()
    payment.refresh_from_db()
    assert [step.reason for step in payment.steps.all()] == ["AC01", ""]
    assert payment.status == "RETURNED"
    assert (positions()["SUSPENSE"], positions()["NOSTRO_EFT"]) == ("0.00", "0.00")


def test_a_recall_is_asked_for_and_answered(bank: Bank, pay: Pay, tiny: TinyRail) -> None:
    order = pay()
    tend()
    payments.recall(user=bank.alice.user, reference=order.reference, reason="Wrong person")
    order.refresh_from_db()
    assert order.status == "RECALLED"
    tend()
    order.refresh_from_db()
    assert (order.status, order.returned) == ("RETURNED", order.amount)
    with pytest.raises(errors.WrongStatus):
        payments.recall(user=bank.alice.user, reference=order.reference)
    internal = bank.pay(key="inside")
    with pytest.raises(errors.NotRecallable):
        payments.recall(user=bank.alice.user, reference=internal.reference)


def test_after_the_cut_off_a_payment_waits_and_may_be_cancelled(bank: Bank, pay: Pay) -> None:
    before = _standing(bank)
    to = Elsewhere("PEARUGKA", "UG", "CLOSED")
    order = pay(to=to)
    assert order.status == "ACCEPTED"
    assert order.release_at > clock.now()
    assert _steps(order) == ["ACCEPTED"]
    assert positions()["IN_TRANSIT"] == "1000.00"
    assert networks.release_due() == 0
    payments.cancel(user=bank.alice.user, reference=order.reference)
    order.refresh_from_db()
    assert (order.status, _standing(bank)) == ("CANCELLED", before)
    with pytest.raises(errors.PaymentHasLeft):
        payments.cancel(user=bank.alice.user, reference=order.reference)
    late = pay(key="late", to=to)
    type(order).objects.filter(pk=late.pk).update(release_at=clock.now() - timedelta(seconds=1))
    assert networks.release_due() == 1
    late.refresh_from_db()
    assert (late.status, late.release_at) == ("RELEASED", None)


def test_the_choice_of_the_rail_is_explained(bank: Bank, tiny: TinyRail) -> None:
    asked = {
        "user": bank.alice.user,
        "debtor_number": bank.alice.number,
        "creditor_number": "12345678",
        "creditor_name": "Zainabu Mushi",
    }
    quoted = payments.quote(**asked, amount=kes("1000"), to=Elsewhere("kilitztzxxx"))
    reasons = {one.rail: one.code for one in quoted.considered}
    assert reasons["TINY"] == "CHOSEN"
    assert reasons["CLOSED"] == "NOT_THERE"
    assert (quoted.rail, quoted.fee, quoted.chosen.charges) == ("TINY", kes("50"), "KES 57.50")
    refused: list[tuple[type[BankError], str, Elsewhere]] = [
        (errors.NoRailFits, "5.00", Elsewhere("KILITZTZ", preference="TINY")),
        (errors.NoRailFits, "40001.00", Elsewhere("KILITZTZ", preference="TINY")),
        (errors.AgentUnknown, "100.00", Elsewhere("NOSUTZTZ")),
        (errors.AgentUnknown, "100.00", Elsewhere("MPESA", "TZ")),
    ]
    for refusal, amount, to in refused:
        with pytest.raises(refusal):
            payments.quote(**asked, amount=kes(amount), to=to)
    with pytest.raises(errors.CreditorNumberUnusable):
        payments.quote(
            **{**asked, "creditor_number": "DE00370400440532013000"},
            amount=kes("100"),
            to=Elsewhere("KILITZTZ"),
        )


def test_money_in_suspense_goes_to_its_owner_by_two_people_once(
    bank: Bank, tiny: TinyRail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debits SUSPENSE, credits the account; never where the network was asked to take the money back."""
    maker, checker = employ("ops", "OPERATIONS"), employ("boss", "BRANCH_MANAGER")
    networks.take_in("TINY", _incoming(bank, "0019999999990", "IN8"), {})
    networks.apply_waiting()
    goes_back = IncomingPayment.objects.get()

    def propose(reference: str, number: str) -> Command:
        asked = CreditSuspended(reference, number)
        return workflows.propose(kind=CREDIT_SUSPENDED, payload=asked, reason="She called", maker=maker)

    with pytest.raises(errors.GoesBack):
        propose(goes_back.reference, bank.alice.number)
    tend()
    with pytest.raises(errors.NotInSuspense):
        propose(goes_back.reference, bank.alice.number)
    monkeypatch.setattr(TinyRail, "give_back", lambda *_args: None)
    networks.take_in("TINY", _incoming(bank, "0019999999990", "IN9"), {})
    networks.apply_waiting()
    kept = IncomingPayment.objects.get(network_reference="IN9")
    before = bank.alice.booked
    with pytest.raises(InvalidAccountNumber):
        propose(kept.reference, "0019999999990")
    command = propose(kept.reference, bank.alice.number)
    with pytest.raises(BankError):
        workflows.approve(command=command, checker=maker)
    assert (bank.alice.booked, positions()["SUSPENSE"]) == (before, "250.00")
    assert workflows.approve(command=command, checker=checker).state == "APPROVED"
    kept.refresh_from_db()
    assert (kept.status, kept.creditor_account) == ("CREDITED", bank.alice.account)
    assert (bank.alice.booked, positions()["SUSPENSE"]) == (before + kes("250.00"), "0.00")
    assert kept.steps.latest("pk").actor == checker
    with pytest.raises(errors.NotInSuspense):
        networks.credit_owner(reference=kept.reference, number=bank.bob.number, why="", actor=checker)


def test_money_in_suspense_goes_back_to_its_payer_by_two_people_once(
    bank: Bank, tiny: TinyRail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debits SUSPENSE and credits the nostro once the network has it, for a reason of the list alone."""
    maker, checker = employ("ops", "OPERATIONS"), employ("boss", "BRANCH_MANAGER")
    with monkeypatch.context() as without:
        without.setattr(TinyRail, "give_back", lambda *_args: None)
        networks.take_in("TINY", _incoming(bank, "0019999999990", "IN9"), {})
        networks.apply_waiting()
        payment = IncomingPayment.objects.get()
        asked = ReturnSuspended(payment.reference, "AC01")

        def propose(what: ReturnSuspended = asked) -> Command:
            return workflows.propose(kind=RETURN_SUSPENDED, payload=what, reason="Nobody's", maker=maker)

        with pytest.raises(errors.NoWayBack):
            propose()
    with pytest.raises(InvalidInput):
        propose(ReturnSuspended(payment.reference, "FOCR"))
    command = propose()
    with pytest.raises(BankError):
        workflows.approve(command=command, checker=maker)
    assert (positions()["SUSPENSE"], NetworkMessage.objects.filter(purpose="GIVE_BACK").count()) == (
        "250.00",
        0,
    )
    assert workflows.approve(command=command, checker=checker).state == "APPROVED"
    assert positions()["SUSPENSE"] == "250.00"
    with pytest.raises(errors.GoesBack):
        propose()
    with pytest.raises(errors.GoesBack):
        networks.credit_owner(reference=payment.reference, number=bank.bob.number, why="", actor=checker)
    tend()
    payment.refresh_from_db()
    assert (payment.status, positions()["SUSPENSE"], positions()["NOSTRO_EFT"]) == (
        "RETURNED",
        "0.00",
        "0.00",
    )
    assert [(step.reason, step.actor) for step in payment.steps.all()][1] == ("AC01", checker)
    with pytest.raises(errors.NotInSuspense):
        propose()
    with pytest.raises(errors.NotInSuspense):
        networks.return_suspended(reference=payment.reference, reason="AC01", why="", actor=checker)
