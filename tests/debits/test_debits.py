"""Direct debits from the proposal to the refund, with the books at every step."""

from datetime import date
from functools import partial

import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.accounts.models import Charge
from bank.cif import services as cif
from bank.debits import eod, errors, selectors, services
from bank.debits.models import Claim, Collection, Mandate
from bank.debits.rules import CollectionStatus, MandateKind, MandateStatus, RefundKind, refund_until
from bank.identity.errors import StepUpActChanged, StepUpWrongCode
from bank.identity.models import User
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.runtime.steps import Day
from bank.signing import services as signing
from bank.signing.models import Approval, SigningRule
from tests.debits.conftest import DUE, collect, confirmed, terms
from tests.payments.conftest import Bank, code_of, fund, kes
from tests.standing.conftest import close_until, work

TUESDAY = date(2026, 3, 10)


def spend(bank: Bank, amount: str) -> None:
    """The company sends its money away."""
    ledger.post(
        ledger.transfer(
            key=f"spend:{amount}", debit=bank.firm.number, credit=bank.bob.number, amount=kes(amount),
            code="INTERNAL_TRANSFER",
        )
    )  # fmt: skip


def state(one: Collection) -> tuple[str, str]:
    one.refresh_from_db()
    return one.status, one.reason


def test_it_is_taken_on_its_day_once_and_given_back_without_a_question(bank: Bank) -> None:
    """Collected: Dr Alice 3,000.00, Cr company 3,000.00. Refunded: Dr company 3,000.00, Cr Alice 3,000.00."""
    mandate = confirmed(bank)
    taken = collect(bank, mandate)
    assert collect(bank, mandate) == taken
    with pytest.raises(errors.CollectionReferenceUsed):
        collect(bank, mandate, "3000.01")
    before = bank.positions()
    close_until(eod.STEPS, date(2026, 3, 6))
    assert bank.positions() == before
    with pytest.raises(errors.WrongCollectionStatus):
        services.refund(user=bank.alice.user, reference=taken.reference)
    close_until(eod.STEPS, DUE)
    assert (bank.alice.booked, bank.firm.booked) == (kes("47000.00"), kes("5003000.00"))
    assert work(eod.STEPS[0], Day(date(2026, 3, 6), DUE)) == 0
    assert state(taken) == ("COLLECTED", "")
    with pytest.raises(NotAllowed):
        services.refund(user=bank.firm.user, reference=taken.reference)
    with pytest.raises(NotFound):
        services.refund(user=bank.bob.user, reference=taken.reference)
    services.refund(user=bank.alice.user, reference=taken.reference)
    assert bank.positions() == before
    assert state(taken) == ("REFUNDED", "MD06")
    for again in (services.refund, partial(services.claim, why="Not mine")):
        with pytest.raises(errors.WrongCollectionStatus):
            again(user=bank.alice.user, reference=taken.reference)
    assert bank.positions() == before
    mandate.refresh_from_db()
    assert mandate.status == MandateStatus.ACTIVE


def test_what_the_company_has_not_is_claimed(bank: Bank) -> None:
    """Refund of 3,000.00 from a company with 1,000.00: Cr Alice 3,000.00, Dr company 1,000.00, Dr SUSPENSE
    2,000.00. When it has 5,000.00 again: Dr company 2,000.00, Cr SUSPENSE 2,000.00.
    """
    taken = collect(bank, confirmed(bank))
    close_until(eod.STEPS, DUE)
    spend(bank, "5002000.00")
    services.claim(user=bank.alice.user, reference=taken.reference, why="Not mine")
    suspense = ledger.gl("SUSPENSE", "KES")
    assert (bank.alice.booked, bank.firm.booked) == (kes("50000.00"), kes("0.00"))
    assert bank.positions()[suspense] == kes("-2000.00")
    assert state(taken) == ("REFUNDED", "MD01")
    assert taken.mandate.status == "CANCELLED"
    charge = Charge.objects.get()
    assert (charge.kind, charge.fee, str(charge.open_sum)) == ("DEBIT_CLAIM", 2000, "KES 2000.00")
    fund(bank.firm.account, "5000.00")
    accounts.collect_from(account=bank.firm.account)
    assert bank.firm.booked == kes("3000.00")
    assert bank.positions()[suspense] == kes("0.00")


def test_how_long_it_can_be_asked_back() -> None:
    day = date(2026, 1, 31)
    assert refund_until(day, MandateKind.CORE, RefundKind.NO_QUESTION) == date(2026, 3, 28)
    assert refund_until(day, MandateKind.CORE, RefundKind.UNAUTHORISED) == date(2027, 2, 28)
    assert refund_until(day, MandateKind.B2B, RefundKind.NO_QUESTION) < day


def test_why_it_is_not_taken(bank: Bank) -> None:
    """No money is AM04, a frozen account AC06, a refusal before MS02, an ended mandate MD01."""
    poor = collect(bank, confirmed(bank, bank.bob, debtor_number=bank.bob.number, debtor_name=bank.bob.name))
    mandate = confirmed(bank, reference="WATER-2")
    refused = collect(bank, mandate, own="a")
    back = collect(bank, mandate, own="b")
    lost = collect(bank, mandate, "100.00", own="c", due=TUESDAY)
    with pytest.raises(NotAllowed):
        services.refuse(user=bank.firm.user, reference=refused.reference)
    with pytest.raises(NotAllowed):
        services.cancel_collection(user=bank.alice.user, reference=back.reference)
    services.refuse(user=bank.alice.user, reference=refused.reference)
    services.cancel_collection(user=bank.firm.user, reference=back.reference)
    frozen = collect(bank, confirmed(bank, reference="WATER-3"), own="d")
    accounts.freeze(account=bank.alice.account, scope="DEBIT", reason="Court order")
    before = bank.positions()
    close_until(eod.STEPS, DUE)
    services.cancel(user=bank.alice.user, reference=mandate.reference)
    close_until(eod.STEPS, TUESDAY)
    assert bank.positions() == before
    found = [state(one) for one in (poor, refused, back, lost, frozen)]
    assert found == [
        ("FAILED", "AM04"), ("REFUSED", "MS02"), ("CANCELLED", ""), ("FAILED", "MD01"), ("FAILED", "AC06"),
    ]  # fmt: skip
    assert "50,000" not in poor.sentence
    with pytest.raises(errors.WrongCollectionStatus):
        services.refuse(user=bank.alice.user, reference=lost.reference)


def test_a_collection_stays_within_its_mandate(bank: Bank) -> None:
    mandate = confirmed(bank, first=date(2026, 3, 5), last=date(2026, 4, 10))
    for amount, due, refusal in (
        ("3000.00", date(2026, 3, 6), errors.NoticeTooShort),
        ("3000.00", date(2026, 4, 11), errors.CollectionUnusable),
        ("0.00", DUE, errors.CollectionUnusable),
        ("5000.01", DUE, errors.AboveMandate),
    ):
        with pytest.raises(refusal):
            collect(bank, mandate, amount, due=due)
    first = collect(bank, mandate, "5000.00", own="1")
    with pytest.raises(errors.AboveMandate):
        collect(bank, mandate, "3000.01", own="2")
    collect(bank, mandate, "3000.01", own="3", due=date(2026, 4, 1))
    services.refuse(user=bank.alice.user, reference=first.reference)
    collect(bank, mandate, "3000.01", own="2")
    services.cancel(user=bank.firm.user, reference=mandate.reference)
    with pytest.raises(errors.MandateUnusable):
        collect(bank, mandate, own="4")
    assert {one.status for one in Collection.objects.all()} == {"REFUSED", "FAILED"}


def test_the_code_is_for_every_word_of_the_mandate(bank: Bank) -> None:
    mandate = services.propose(user=bank.firm.user, terms=terms(bank))
    assert services.propose(user=bank.firm.user, terms=terms(bank)) == mandate
    with pytest.raises(errors.MandateReferenceUsed):
        services.propose(user=bank.firm.user, terms=terms(bank, limit=kes("5001.00")))
    with pytest.raises(errors.MandateUnusable):
        collect(bank, mandate)
    with pytest.raises(NotAllowed):
        services.start_confirming(user=bank.firm.user, reference=mandate.reference)
    with pytest.raises(NotFound):
        services.start_confirming(user=bank.bob.user, reference=mandate.reference)
    who = {"user": bank.alice.user, "reference": mandate.reference}
    challenge = services.start_confirming(**who)
    code = code_of(challenge)
    wrong = "000000" if code != "000000" else "000001"
    with pytest.raises(StepUpWrongCode):
        services.confirm(**who, challenge_id=challenge.id, code=wrong)
    Mandate.objects.update(limit_amount=6000)
    with pytest.raises(StepUpActChanged):
        services.confirm(**who, challenge_id=challenge.id, code=code)
    assert selectors.mandate_for(**who).status == MandateStatus.PROPOSED
    with pytest.raises(AccountInUse):
        accounts.close_account(account=bank.alice.account, reason="Moves away")
    services.decline(**who)
    with pytest.raises(errors.WrongMandateStatus):
        services.start_confirming(**who)


def test_what_cannot_be_proposed(bank: Bank) -> None:
    for changes, refusal in (
        ({"debtor_name": "Somebody Else"}, errors.DebtorUnknown),
        ({"debtor_number": "0000000000000"}, errors.DebtorUnknown),
        ({"kind": MandateKind.B2B}, errors.MandateUnusable),
        ({"month_limit": kes("10.00")}, errors.MandateUnusable),
        ({"reference": ""}, errors.MandateUnusable),
        ({"notice_days": 0}, errors.MandateUnusable),
        ({"last": date(2026, 3, 1)}, errors.MandateUnusable),
        ({"creditor_number": bank.bob.number}, NotFound),
        ({"debtor_number": bank.firm.number, "debtor_name": bank.firm.name}, errors.MandateUnusable),
    ):
        with pytest.raises(refusal):
            services.propose(user=bank.firm.user, terms=terms(bank, **changes))
    for changes, refusal in (
        ({"limit": kes("10000.01"), "month_limit": kes("10000.01")}, errors.AboveCreditorLimit),
        ({"limit": Money.of("1.00", "USD"), "month_limit": Money.of("1.00", "USD")}, errors.MandateUnusable),
        ({"limit": kes("-1.00")}, errors.MandateUnusable),
        ({"month_limit": Money.of("9000.00", "USD")}, errors.MandateUnusable),
    ):
        with pytest.raises(refusal):
            services.propose(user=bank.firm.user, terms=terms(bank, **changes))
    own = {"creditor_number": bank.alice.number, "debtor_number": bank.bob.number}
    with pytest.raises(errors.MandateUnusable):
        services.propose(user=bank.alice.user, terms=terms(bank, **own, debtor_name=bank.bob.name))
    assert not Mandate.objects.exists()


def test_a_company_gives_a_mandate_with_the_signatures_its_rule_asks_for(bank: Bank) -> None:
    """B2B: what was authorised is not given back; what was not, is."""
    duka = cif.create_organisation(
        registered_name="Duka Ltd", registration_number="PVT-2", legal_form="Limited", segment="SME"
    )
    maker, second = (User.objects.create_user(f"{n}@duka.test", full_name=n) for n in ("one", "two"))
    for user in (maker, second):
        cif.grant_mandate(user=user, customer=duka, role="OWNER", can_pay=True)
    account = accounts.open_account(customer=duka, product_code="CORPORATE", key="duka")
    fund(account, "100000.00")
    SigningRule.objects.create(customer=duka, currency="KES", above=1000, signatures=2)
    asked = terms(bank, debtor_number=account.number, debtor_name="Duka Ltd", kind=MandateKind.B2B)
    mandate = services.propose(user=bank.firm.user, terms=asked)
    challenge = services.start_confirming(user=maker, reference=mandate.reference)
    waiting = services.confirm(
        user=maker, reference=mandate.reference, challenge_id=challenge.id, code=code_of(challenge)
    )
    assert waiting.status == MandateStatus.WAITING
    with pytest.raises(errors.MandateUnusable):
        collect(bank, mandate)
    approval = Approval.objects.get()
    challenge = signing.start_signing(user=second, references=[approval.reference])
    signing.sign(
        user=second, references=[approval.reference], challenge_id=challenge.id, code=code_of(challenge)
    )
    taken = collect(bank, mandate)
    close_until(eod.STEPS, DUE)
    assert ledger.balance(account.number).booked == kes("97000.00")
    with pytest.raises(errors.RefundTooLate):
        services.refund(user=maker, reference=taken.reference)
    services.claim(user=maker, reference=taken.reference, why="We ended it before")
    assert ledger.balance(account.number).booked == kes("97000.00")
    made = Claim.objects.get()
    services.decide(reference=made.reference, accepted=True, answer="You did", actor=bank.bob.user)
    assert ledger.balance(account.number).booked == kes("100000.00")
    assert state(taken) == (CollectionStatus.REFUNDED, "MD01")
