"""Payees elsewhere are held against the watch lists: a match holds what is paid to them till staff decide."""

from datetime import timedelta

import pytest
from django.conf import settings

from bank.kernel import clock
from bank.payments import errors
from bank.payments import services as payments
from bank.payments.models import Beneficiary, PaymentOrder, PaymentReview
from bank.payments.services import Elsewhere, listing
from bank.risk.models import Match, Screening
from bank.risk.rules import Topic
from bank.risk.screening import lists
from bank.risk.screening import services as screening
from bank.risk.screening.entries import ListedEntry
from bank.risk.screening.names import Kind
from bank.risk.tasks import screen_overdue
from tests.payments.conftest import Bank, code_of, kes
from tests.payments.rails.conftest import tiny
from tests.payments.rails.tiny import TinyRail

__all__ = ["tiny"]
pytestmark = pytest.mark.usefixtures("tiny")
TO = Elsewhere("KILITZTZ")
PAYEE = {"name": "Zainabu Mushi", "number": "0150123"}
WHO = {**PAYEE, "agent": "KILITZTZ", "country": "TZ"}
REASON = "Another Zainabu, born in Arusha"


def load(version: str, *names: str) -> None:
    entries = [ListedEntry(str(at), Kind.PERSON, name, (), (), ("TZ",)) for at, name in enumerate(names)]
    lists.load(source="TEST", topic=Topic.SANCTIONS, entries=entries, digest=version * 64)


def keep(bank: Bank) -> Beneficiary:
    asked = {"user": bank.alice.user, "cif_number": bank.alice.customer.cif, **PAYEE, "to": TO}
    challenge = payments.start_beneficiary(**asked)  # type: ignore[arg-type]
    return payments.add_beneficiary(**asked, challenge_id=challenge.id, code=code_of(challenge))  # type: ignore[arg-type]


def pay(bank: Bank, key: str, amount: str = "100.00") -> PaymentOrder:
    asked = {
        "user": bank.alice.user, "debtor_number": bank.alice.number, "creditor_number": PAYEE["number"],
        "creditor_name": PAYEE["name"], "amount": kes(amount), "to": TO,
    }  # fmt: skip
    challenge = payments.start_payment(**asked)
    return payments.pay(**asked, key=key, challenge_id=challenge.id, code=code_of(challenge))


def decide(bank: Bank, decision: str) -> None:
    for match in Match.objects.filter(decision="OPEN", screening__is_latest=True):
        screening.decide(match=match, decision=decision, reason=REASON, by=bank.firm.user)


def test_a_payee_is_screened_when_kept_and_a_match_holds_what_is_paid(bank: Bank, tiny: TinyRail) -> None:
    load("a", "MUSHI, Zainabu", "Somebody Else")
    payee = keep(bank)
    found = Screening.objects.filter(subject=listing.subject_of(payee.agent, payee.number))
    assert set(found.values_list("outcome", flat=True)) == {"POSSIBLE", "CLEAR"}
    before = bank.positions()
    held = pay(bank, "k1")
    assert (held.status, bank.positions()) == ("AWAITING_APPROVAL", before)
    assert [one["code"] for one in PaymentReview.objects.get(order=held).reasons] == [listing.REASON]
    with pytest.raises(errors.PayeeListed):
        payments.release_held(reference=held.reference, by=bank.firm.user)
    assert (PaymentReview.objects.get(order=held).state, bank.positions()) == ("OPEN", before)
    decide(bank, "FALSE_ALARM")
    assert payments.release_held(reference=held.reference, by=bank.firm.user).status == "RELEASED"
    assert pay(bank, "k2").status == "RELEASED"


def test_a_true_match_goes_on_holding_and_a_refusal_moves_nothing(bank: Bank, tiny: TinyRail) -> None:
    load("a", "MUSHI, Zainabu")
    before, held = bank.positions(), pay(bank, "k1")
    decide(bank, "TRUE_MATCH")
    with pytest.raises(errors.PayeeListed):
        payments.release_held(reference=held.reference, by=bank.firm.user)
    refused = payments.refuse_held(reference=held.reference, by=bank.firm.user, reason="On the list")
    assert (refused.status, bank.positions()) == ("REJECTED", before)
    assert pay(bank, "k2").status == "AWAITING_APPROVAL"
    with pytest.raises(errors.PayeeListed) as told:
        listing.require_unlisted(refused)
    assert "list" not in f"{told.value.code} {told.value.message}".lower()


def test_new_lists_are_held_against_payees_and_a_decision_runs_out(
    bank: Bank, tiny: TinyRail, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not listing.may_be_listed(**WHO)
    assert not Screening.objects.exists()
    load("a", "Somebody Else")
    keep(bank)
    assert pay(bank, "k1").status == "RELEASED"
    load("b", "Somebody Else", "MUSHI, Zainabu")
    assert screen_overdue() == 2
    assert listing.may_be_listed(**WHO)
    decide(bank, "FALSE_ALARM")
    load("c", "Somebody Else", "MUSHI, Zainabu", "A Third")
    assert screen_overdue() == 2
    assert not listing.may_be_listed(**WHO)
    later = clock.now() + timedelta(days=366)
    monkeypatch.setattr(clock, "now", lambda: later)
    screen_overdue()
    assert listing.may_be_listed(**WHO)
    assert not listing.may_be_listed(
        name="Zainabu Mushi", number="0150123", agent=settings.BANK_BIC, country=""
    )
