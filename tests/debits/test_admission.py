"""Who may collect: asked for, admitted and stopped by two of the staff. The books stay."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core import mail

from bank import ledger
from bank.cases.models import Case
from bank.debits import eod, errors, rules, selectors, services
from bank.debits.commands import ADMIT, STOP, StopCreditor
from bank.debits.models import Collection, Creditor, Mandate
from bank.debits.rules import Admission, MandateKind
from bank.identity.models import User
from bank.kernel.errors import BankError, NotAllowed, NotFound
from bank.workflows import services as workflows
from bank.workflows.errors import MakerIsChecker, PayloadUnusable
from bank.workflows.models import Command
from tests.debits.conftest import DUE, admission, admit, collect, confirmed, terms
from tests.payments.conftest import Bank, kes
from tests.portals.town import let_the_worker_work
from tests.standing.conftest import close_until
from tests.workflows.conftest import employ


@pytest.fixture
def newcomer(bank: Bank) -> Bank:
    """The bank before the company was admitted."""
    Creditor.objects.all().delete()
    return bank


def propose(kind: str, payload: object, maker: User) -> Command:
    return workflows.propose(kind=kind, payload=payload, reason="Known for years", maker=maker)


def test_nobody_collects_before_two_of_the_staff_have_admitted_them(newcomer: Bank) -> None:
    bank, company = newcomer, newcomer.firm.customer
    before = bank.positions()
    with pytest.raises(errors.CreditorNotAdmitted):
        services.propose(user=bank.firm.user, terms=terms(bank))
    for user, refusal in ((bank.alice.user, NotFound), (bank.bob.user, NotFound)):
        with pytest.raises(refusal):
            services.ask_admission(user=user, number=company.cif, wish="Water")
    with pytest.raises(errors.CreditorUnusable):
        services.ask_admission(user=bank.alice.user, number=bank.alice.customer.cif, wish="Rent")
    with pytest.raises(BankError):
        services.ask_admission(user=bank.firm.user, number=company.cif, wish=" ")
    assert not Creditor.objects.exists()
    who = {"user": bank.firm.user, "number": company.cif}
    asked = services.ask_admission(**who, wish="Water of 300 households, 90,000 a month")
    assert services.ask_admission(**who, wish="Again") == asked
    case = Case.objects.get()
    assert case.customer == company
    with pytest.raises(errors.CreditorNotAdmitted):
        services.propose(user=bank.firm.user, terms=terms(bank))
    maker, checker = employ("maker", "OPERATIONS"), employ("checker", "BRANCH_MANAGER")
    with pytest.raises(NotAllowed):
        propose(ADMIT, admission(company), bank.firm.user)
    command = propose(ADMIT, admission(company, b2b=False), maker)
    with pytest.raises(errors.CreditorNotAdmitted):
        services.propose(user=bank.firm.user, terms=terms(bank))
    with pytest.raises(MakerIsChecker):
        workflows.approve(command=command, checker=maker)
    assert workflows.approve(command=command, checker=checker).state == "APPROVED"
    found = selectors.creditor_for(**who)
    assert (found.status, found.identifier, found.schemes) == ("ADMITTED", _own(company.cif), {"CORE"})
    case.refresh_from_db()
    assert case.state == "RESOLVED"
    with pytest.raises(errors.WrongCreditorStatus):
        services.ask_admission(**who, wish="More")
    with pytest.raises(errors.CreditorNotAdmitted):
        services.propose(user=bank.firm.user, terms=terms(bank, kind=MandateKind.B2B))
    assert confirmed(bank).status == "ACTIVE"
    assert bank.positions() == before


def _own(cif: str) -> str:
    found = rules.creditor_identifier("KE", cif)
    rules.check_identifier(found)
    return found


def test_what_cannot_be_admitted(bank: Bank) -> None:
    """The identifier of the German rulebook, DE98ZZZ09999999999, holds; one digit off does not."""
    rules.check_identifier("DE98ZZZ09999999999")
    assert rules.creditor_identifier("DE", "09999999999") == "DE98ZZZ09999999999"
    maker, held = employ("maker", "OPERATIONS"), Creditor.objects.values().get()
    duka = bank.firm.customer
    for changes, refusal in (
        ({"identifier": "DE97ZZZ09999999999"}, errors.CreditorUnusable),
        ({"identifier": "98"}, errors.CreditorUnusable),
        ({"identifier": "DE98ZZZ0999999999\u0669"}, errors.CreditorUnusable),
        ({"core": False, "b2b": False}, errors.CreditorUnusable),
        ({"each": Decimal(0)}, errors.CreditorUnusable),
        ({"month": Decimal("9999.99")}, errors.CreditorUnusable),
        ({"each": Decimal("NaN")}, BankError),
        ({"currency": "XXX"}, BankError),
        ({"notice_days": 0}, errors.CreditorUnusable),
        ({"exposure": " "}, errors.CreditorUnusable),
        ({"cif": bank.alice.customer.cif}, errors.CreditorUnusable),
        ({"cif": "0"}, NotFound),
    ):
        with pytest.raises(refusal):
            propose(ADMIT, admission(duka, **changes), maker)
    for status, refusal in (
        ("DECLINED", errors.WrongCreditorStatus), ("ADMITTED", PayloadUnusable), ("x", PayloadUnusable),
    ):  # fmt: skip
        with pytest.raises(refusal):
            propose(STOP, StopCreditor(duka.cif, status), maker)
    assert Creditor.objects.values().get() == held
    assert not Command.objects.exists()


def test_its_limits_are_over_all_its_mandates(bank: Bank) -> None:
    admit(bank.firm.customer, bank.bob.user, each=Decimal(3000), month=Decimal(4000))
    first = confirmed(bank, limit=kes("3000.00"))
    second = confirmed(bank, limit=kes("3000.00"), reference="WATER-2")
    admit(bank.firm.customer, bank.bob.user, each=Decimal("2500.00"), month=Decimal(4000))
    with pytest.raises(errors.AboveCreditorLimit):
        collect(bank, first, "2500.01")
    collect(bank, first, "2500.00")
    with pytest.raises(errors.AboveCreditorLimit):
        collect(bank, second, "1500.01", own="INV-2")
    collect(bank, second, "1500.00", own="INV-2")
    with pytest.raises(errors.AboveCreditorLimit):
        collect(bank, first, "0.01", own="INV-3")
    collect(bank, first, "2500.00", own="INV-3", due=date(2026, 4, 1))
    admit(bank.firm.customer, bank.bob.user, currency="USD")
    with pytest.raises(errors.CollectionUnusable):
        collect(bank, first, "1.00", own="INV-4")
    assert Collection.objects.count() == 3


def test_suspended_it_collects_nothing_new_and_nothing_announced(bank: Bank) -> None:
    company, before = bank.firm.customer, bank.positions()
    mandate = confirmed(bank)
    waiting = collect(bank, mandate)
    maker, checker = employ("maker", "OPERATIONS"), employ("checker", "SUPERVISOR")
    command = propose(STOP, StopCreditor(company.cif, "SUSPENDED"), maker)
    mail.outbox.clear()
    assert workflows.approve(command=command, checker=checker).state == "APPROVED"
    let_the_worker_work()
    assert any("Known for years" in one.body for one in mail.outbox if one.to == [bank.firm.user.email])
    with pytest.raises(errors.CreditorStopped):
        collect(bank, mandate, own="INV-2")
    with pytest.raises(errors.CreditorStopped):
        services.propose(user=bank.firm.user, terms=terms(bank, reference="NEW"))
    with pytest.raises(errors.WrongCreditorStatus):
        services.ask_admission(user=bank.firm.user, number=company.cif, wish="Please")
    close_until(eod.STEPS, DUE)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason, bank.positions()) == ("FAILED", "AG01", before)
    admit(company, checker)
    later = collect(bank, mandate, own="INV-3", due=date(2026, 3, 16))
    Creditor.objects.update(b2b=True, core=False)
    close_until(eod.STEPS, date(2026, 3, 16))
    later.refresh_from_db()
    assert (later.status, later.reason, bank.positions()) == ("FAILED", "AG01", before)
    services.stop(number=company.cif, status=rules.CreditorStatus.WITHDRAWN, reason="Gone", actor=checker)
    mandate.refresh_from_db()
    assert mandate.status == "CANCELLED"
    assert services.ask_admission(user=bank.firm.user, number=company.cif, wish="Back").status == "ASKED"
    services.stop(number=company.cif, status=rules.CreditorStatus.DECLINED, reason="No", actor=checker)
    assert Case.objects.latest("pk").state == "RESOLVED"
    assert ledger.business_date() == date(2026, 3, 16)


def test_an_admission_is_every_word_of_what_was_proposed(bank: Bank) -> None:
    """What the checker sees is the difference to what holds."""
    maker = employ("maker", "OPERATIONS")
    command = propose(ADMIT, admission(bank.firm.customer, month=Decimal(90000)), maker)
    shown = {one["label"]: (one["before"], one["after"]) for one in command.difference}
    assert shown["In a month at most"] == ("KES\xa020,000.00", "KES\xa090,000.00")
    assert isinstance(admission(bank.firm.customer), Admission)


def test_a_mandate_that_is_over_or_was_not_used_for_36_months_collects_nothing(bank: Bank) -> None:
    """Refused at once; the close ends it. One that is used, or has a collection to come, stands."""
    used, lapsed = confirmed(bank), confirmed(bank, reference="OLD")
    over = confirmed(bank, reference="OVER", last=date(2026, 3, 6))
    waits = confirmed(bank, reference="WAITS", last=date(2026, 3, 9))
    collect(bank, waits, "10.00", due=DUE)
    collect(bank, used, "10.00")
    old = date(2023, 3, 1)
    Mandate.objects.exclude(pk=over.pk).update(
        first_date=old, confirmed_at=datetime(2023, 3, 1, 9, tzinfo=UTC)
    )
    with pytest.raises(errors.MandateUnusable) as refusal:
        collect(bank, lapsed, "10.00")
    assert "36 months" in refusal.value.message
    with pytest.raises(errors.CollectionUnusable):
        collect(bank, over, "10.00")
    before = bank.positions()
    services.end_over(today=date(2026, 3, 10))
    found = {one.creditor_reference: one.status for one in Mandate.objects.all()}
    assert found == {"WATER-1": "ACTIVE", "OLD": "EXPIRED", "OVER": "EXPIRED", "WAITS": "ACTIVE"}
    services.end_over(today=date(2026, 3, 10))
    assert bank.positions() == before
    for act in (services.cancel, services.decline):
        with pytest.raises(errors.WrongMandateStatus):
            act(user=bank.alice.user, reference=lapsed.reference)
    assert used.status == "ACTIVE"
