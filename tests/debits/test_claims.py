"""What nobody authorised: at once while no question is asked, later a case two of the staff decide."""

from datetime import date

import pytest

from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.cases.models import Case
from bank.cif import services as cif
from bank.debits import eod, errors, services
from bank.debits.commands import DECIDE, DecideClaim
from bank.debits.models import Claim, Collection
from bank.debits.rules import ClaimStatus
from bank.identity.models import User
from bank.kernel.errors import NotAllowed, NotFound
from bank.workflows import services as workflows
from bank.workflows.errors import AlreadyProposed, PayloadUnusable
from bank.workflows.models import Command
from tests.debits.conftest import DUE, collect, confirmed
from tests.payments.conftest import Bank, kes
from tests.standing.conftest import close_until
from tests.workflows.conftest import employ

LONG_AGO = date(2025, 3, 1)


def old_collection(bank: Bank, own: str = "INV-1", reference: str = "WATER-1") -> Collection:
    """One that was taken more than eight weeks ago."""
    taken = collect(bank, confirmed(bank, reference=reference, limit=kes("3000.00")), own=own)
    close_until(eod.STEPS, DUE)
    Collection.objects.filter(pk=taken.pk).update(collected_date=LONG_AGO)
    return taken


def decision(claim: Claim, maker: User, *, accept: bool) -> Command:
    asked = DecideClaim(claim.reference, accept, "We looked at what was signed.")
    return workflows.propose(kind=DECIDE, payload=asked, reason="Looked into", maker=maker)


def test_after_eight_weeks_it_is_paid_only_when_two_have_looked(bank: Bank) -> None:
    """Accepted: Dr company 3,000.00, Cr Alice 3,000.00. Before it, nothing moves."""
    taken = old_collection(bank)
    who = {"user": bank.alice.user, "reference": taken.reference}
    before = bank.positions()
    Collection.objects.update(collected_date=date(2026, 1, 5))
    with pytest.raises(errors.RefundTooLate) as refusal:
        services.refund(**who)
    assert "2026-03-02" in refusal.value.message
    Collection.objects.update(collected_date=date(2025, 2, 1))
    with pytest.raises(errors.RefundTooLate):
        services.claim(**who, why="Not mine")
    Collection.objects.update(collected_date=LONG_AGO)
    with pytest.raises(NotFound):
        services.claim(user=bank.bob.user, reference=taken.reference, why="Mine")
    with pytest.raises(NotAllowed):
        services.claim(user=bank.firm.user, reference=taken.reference, why="Mine")
    with pytest.raises(errors.CollectionUnusable):
        services.claim(**who, why=" ")
    assert not Claim.objects.exists()
    assert services.claim(**who, why="I never signed this").status == "COLLECTED"
    made = Claim.objects.get()
    assert (made.status, made.due_date, bank.positions()) == ("OPEN", date(2026, 3, 24), before)
    taken.mandate.refresh_from_db()
    assert taken.mandate.status == "CANCELLED"
    case = Case.objects.get()
    assert (case.customer, case.priority) == (bank.alice.customer, "LOW")
    with pytest.raises(errors.ClaimMade):
        services.claim(**who, why="Again")
    with pytest.raises(errors.RefundTooLate):
        services.refund(**who)
    with pytest.raises(AccountInUse):
        accounts.close_account(account=bank.alice.account, reason="Moves away")
    maker, checker = employ("maker", "OFFICER"), employ("checker", "SUPERVISOR")
    asked = DecideClaim(made.reference, True, " ")
    with pytest.raises(PayloadUnusable):
        workflows.propose(kind=DECIDE, payload=asked, reason="Looked into", maker=maker)
    command = decision(made, maker, accept=True)
    with pytest.raises(AlreadyProposed):
        decision(made, maker, accept=False)
    assert bank.positions() == before
    assert workflows.approve(command=command, checker=checker).state == "APPROVED"
    assert (bank.alice.booked, bank.firm.booked) == (kes("50000.00"), kes("5000000.00"))
    case.refresh_from_db()
    assert case.state == "RESOLVED"
    for again in (services.claim, lambda **_: decision(made, maker, accept=True)):
        with pytest.raises((errors.ClaimMade, errors.WrongClaimStatus)):
            again(**who, why="Again")
    with pytest.raises(errors.WrongCollectionStatus):
        services.refund(**who)
    assert bank.alice.booked == kes("50000.00")


def test_denied_it_is_never_paid_and_the_customer_reads_why(bank: Bank) -> None:
    taken = old_collection(bank)
    who = {"user": bank.alice.user, "reference": taken.reference}
    services.claim(**who, why="I never signed this")
    made, before = Claim.objects.get(), bank.positions()
    maker, checker = employ("maker", "OFFICER"), employ("checker", "SUPERVISOR")
    assert workflows.approve(command=decision(made, maker, accept=False), checker=checker).state == "APPROVED"
    made.refresh_from_db()
    assert (made.status, made.decided_by, bank.positions()) == (ClaimStatus.DENIED, checker, before)
    assert "looked at what was signed" in Case.objects.get().steps.latest("id").text
    for again in (lambda: services.claim(**who, why="Again"), lambda: services.refund(**who)):
        with pytest.raises((errors.ClaimMade, errors.RefundTooLate)):
            again()
    assert bank.positions() == before


def test_nobody_decides_on_their_own_money(bank: Bank) -> None:
    """Neither as maker nor as checker: the claim stays open and the books stay."""
    taken = old_collection(bank)
    services.claim(user=bank.alice.user, reference=taken.reference, why="I never signed this")
    made, before = Claim.objects.get(), bank.positions()
    maker, checker = employ("maker", "OFFICER"), employ("checker", "SUPERVISOR")
    cif.grant_mandate(user=checker, customer=bank.alice.customer, role="OWNER", can_pay=True)
    cif.grant_mandate(user=maker, customer=bank.firm.customer, role="OWNER", can_pay=True)
    command = decision(made, maker, accept=True)
    with pytest.raises(NotAllowed):
        workflows.approve(command=command, checker=checker)
    other = employ("other", "SUPERVISOR")
    assert workflows.approve(command=command, checker=other).state == "FAILED"
    made.refresh_from_db()
    assert (made.status, bank.positions()) == ("OPEN", before)
