"""Money of a payer who may be on a watch list: kept until compliance has decided on the match and two of the
staff give it to its owner."""

import json

import pytest

from bank.payments import errors
from bank.payments.commands import CREDIT_SUSPENDED, CreditSuspended
from bank.payments.models import IncomingPayment, NetworkMessage
from bank.payments.services import networks
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


def call_false(subject: str) -> None:
    officer = employ("compliance", "COMPLIANCE")
    for found in Screening.objects.filter(subject=subject, is_latest=True):
        for match in found.matches.all():
            screening.decide(match=match, decision="FALSE_ALARM", reason="Makes ploughs", by=officer)


def test_money_of_a_listed_payer_is_kept_until_its_owner_may_have_it(
    bank: Bank, tiny: TinyRail, in_force: WatchList
) -> None:
    told = {
        "id": "i1", "kind": "incoming", "network_reference": "IN1", "amount": "250.00", "currency": "KES",
        "creditor_number": bank.bob.number, "creditor_name": "Bob", "debtor_number": "99",
        "debtor_name": "Savanna Arms Trading Company",
    }  # fmt: skip
    networks.take_in("TINY", json.dumps(told).encode(), {})
    tend()
    payment = IncomingPayment.objects.get()
    assert (payment.status, bank.bob.booked, positions()["SUSPENSE"]) == ("SUSPENDED", kes("0.00"), "250.00")
    assert not NetworkMessage.objects.filter(purpose="GIVE_BACK").exists()
    maker, checker = employ("ops", "OPERATIONS"), employ("boss", "SUPERVISOR")
    asked = CreditSuspended(payment.reference, bank.bob.number)

    def owner() -> Command:
        return workflows.propose(kind=CREDIT_SUSPENDED, payload=asked, reason="It is his", maker=maker)

    with pytest.raises(errors.NameUndecided):
        owner()
    call_false("payee:TINY:99")
    assert workflows.approve(command=owner(), checker=checker).state == "APPROVED"
    assert (bank.bob.booked, positions()["SUSPENSE"]) == (kes("250.00"), "0.00")
