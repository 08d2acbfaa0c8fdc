"""Money of a payer who may be on a watch list: kept until compliance has decided on the match and two of the
staff give it to its owner."""

import json

import pytest

from bank.cif import services as cif
from bank.identity.models import User
from bank.kernel.errors import NotAllowed
from bank.payments import errors
from bank.payments.commands import (
    ANSWER_RECALL,
    CREDIT_SUSPENDED,
    RETURN_SUSPENDED,
    AnswerRecall,
    CreditSuspended,
    ReturnSuspended,
)
from bank.payments.models import IncomingPayment, NetworkMessage
from bank.payments.network import RecallAsked
from bank.payments.rules import EventOutcome
from bank.payments.services import networks
from bank.payments.services.networks import asked_back
from bank.risk.models import Screening, WatchList
from bank.risk.screening import services as screening
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.payments.conftest import Bank, kes
from tests.payments.rails.conftest import positions, tend
from tests.payments.rails.tiny import TinyRail
from tests.risk.conftest import in_force, load
from tests.workflows.conftest import employ

__all__ = ["in_force", "load"]


PAYER = {"debtor_number": "99", "debtor_name": "Savanna Arms Trading Company"}


def come(name: str, number: str) -> IncomingPayment:
    told = {
        "id": f"news {name}", "kind": "incoming", "network_reference": name, "amount": "250.00",
        "currency": "KES", "creditor_number": number, "creditor_name": "Bob", **PAYER,
    }  # fmt: skip
    networks.take_in("TINY", json.dumps(told).encode(), {})
    tend()
    return IncomingPayment.objects.get(network_reference=name)


def call_false(subject: str) -> None:
    officer = employ("compliance", "COMPLIANCE")
    for found in Screening.objects.filter(subject=subject, is_latest=True):
        for match in found.matches.all():
            screening.decide(match=match, decision="FALSE_ALARM", reason="Makes ploughs", by=officer)


def test_money_of_a_listed_payer_is_kept_until_its_owner_may_have_it(
    bank: Bank, tiny: TinyRail, in_force: WatchList
) -> None:
    payment = come("IN1", bank.bob.number)
    assert (payment.status, bank.bob.booked, positions()["SUSPENSE"]) == ("SUSPENDED", kes("0.00"), "250.00")
    assert not NetworkMessage.objects.filter(purpose="GIVE_BACK").exists()
    maker, checker = employ("ops", "OPERATIONS"), employ("boss", "SUPERVISOR")
    asked = CreditSuspended(payment.reference, bank.bob.number)

    def owner(proposer: User = maker) -> Command:
        return workflows.propose(kind=CREDIT_SUSPENDED, payload=asked, reason="It is his", maker=proposer)

    with pytest.raises(errors.NameUndecided):
        owner()
    call_false("payee:TINY:99")
    kin, chief = employ("kin", "OPERATIONS"), employ("chief", "SUPERVISOR")
    for party in (kin, chief):
        cif.grant_mandate(user=party, customer=bank.bob.customer, role="OWNER", can_pay=True)
    assert workflows.approve(command=owner(kin), checker=checker).state == "FAILED"
    command = owner()
    with pytest.raises(NotAllowed):
        workflows.approve(command=command, checker=chief)
    assert (bank.bob.booked, positions()["SUSPENSE"]) == (kes("0.00"), "250.00")
    assert workflows.approve(command=command, checker=checker).state == "APPROVED"
    assert (bank.bob.booked, positions()["SUSPENSE"]) == (kes("250.00"), "0.00")


def test_money_of_a_listed_payer_goes_nowhere_back_either(
    bank: Bank, tiny: TinyRail, in_force: WatchList
) -> None:
    """Neither for want of an account nor because the payer's bank asks for it, until the match is decided."""
    nobodys, bobs = come("IN1", "9999999999"), come("IN2", bank.bob.number)
    assert [one.status for one in (nobodys, bobs)] == ["SUSPENDED", "SUSPENDED"]
    assert (positions()["SUSPENSE"], NetworkMessage.objects.filter(purpose="GIVE_BACK").exists()) == (
        "500.00",
        False,
    )
    for payment in (nobodys, bobs):
        asked = RecallAsked(f"WISH {payment.pk}", payment.network_reference, None, "DUPL")
        assert asked_back.asked(tiny, asked)[0] == EventOutcome.APPLIED
    maker, checker = employ("ops", "OPERATIONS"), employ("boss", "SUPERVISOR")

    held = ReturnSuspended(nobodys.reference, "AC01")
    with pytest.raises(errors.NameUndecided):
        workflows.propose(kind=RETURN_SUSPENDED, payload=held, reason="Nobody's", maker=maker)

    def back(payment: IncomingPayment) -> Command:
        answer = AnswerRecall(payment.recalls.get().pk)
        return workflows.propose(kind=ANSWER_RECALL, payload=answer, reason="He agreed", maker=maker)

    for payment in (nobodys, bobs):
        with pytest.raises(errors.NameUndecided):
            back(payment)
    call_false("payee:TINY:99")
    for payment in (nobodys, bobs):
        assert workflows.approve(command=back(payment), checker=checker).state == "APPROVED"
    tend()
    assert (positions()["SUSPENSE"], bank.bob.booked) == ("0.00", kes("0.00"))
