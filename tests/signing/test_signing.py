"""A company's payments wait for the signatures its rule asks for, and move with the last one, once."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.utils import timezone

from bank.audit.models import AuditRecord
from bank.cif import services as cif
from bank.cif.models import Mandate
from bank.identity import errors as step_up
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.payments.errors import PermitExceeded
from bank.payments.models import PaymentFile, PaymentOrder
from bank.payments.services import StandingPermit, StepUp, signatures
from bank.signing import errors, rules, selectors
from bank.signing import services as signing
from bank.signing.models import Approval, Signature
from bank.signing.rules import Step
from tests.payments.conftest import Bank, code_of, kes
from tests.payments.test_files import a_file, line_to, submit
from tests.signing.conftest import signatories_of


def pay(bank: Bank, user: User, amount: str, key: str = "k", **changes: object) -> PaymentOrder:
    """With the payer's own code, as a customer does."""
    asked = {
        "user": user,
        "debtor_number": bank.firm.number,
        "creditor_number": bank.bob.number,
        "creditor_name": bank.bob.name,
        "amount": kes(amount),
    } | changes
    challenge = payments.start_payment(**asked)
    return payments.pay(**asked, key=key, authorisation=StepUp(challenge.id, code_of(challenge)))


def sign(user: User, *references: str) -> list[Approval]:
    challenge = signing.start_signing(user=user, references=references)
    return signing.sign(user=user, references=references, challenge_id=challenge.id, code=code_of(challenge))


def waiting(order: PaymentOrder) -> Approval:
    found = selectors.waiting_of("PAYMENT", order.reference)
    assert found is not None
    return found


def test_a_permit_signs_within_its_bounds_alone_and_while_it_is_in_force(bank: Bank) -> None:
    """A program gives no code: what its permit does not allow is no signature of whoever gave the permit."""
    owner, second, _third = signatories_of(bank)
    asked = {
        "user": owner, "account_number": bank.firm.number, "single": kes("3000"), "daily": kes("4000"),
        "valid_until": timezone.localdate(clock.now()),
    }  # fmt: skip
    challenge = payments.start_permit(**asked)
    permit = payments.grant_permit(**asked, challenge_id=challenge.id, code=code_of(challenge))
    to_bob = {
        "user": owner, "debtor_number": bank.firm.number, "creditor_number": bank.bob.number,
        "creditor_name": bank.bob.name, "authorisation": StandingPermit(),
    }  # fmt: skip
    before = bank.positions()
    with pytest.raises(PermitExceeded):
        payments.pay(**to_bob, amount=kes("3000.01"), key="k1")
    big = submit(bank, a_file(bank, [line_to(bank, amount="3000.01")]), user=owner)
    with pytest.raises(PermitExceeded):
        payments.confirm_payment_file(
            user=owner, file=big, only_valid=False, key="c1", authorisation=StandingPermit()
        )
    assert not Approval.objects.exists()
    orders = [payments.pay(**to_bob, amount=kes("2000"), key=f"p{n}") for n in range(4)]
    assert {one.status for one in orders} == {"AWAITING_APPROVAL"}
    assert bank.positions() == before
    for order in orders[:3]:
        sign(second, waiting(order).reference)
    payments.revoke_permit(user=owner, permit_id=permit.pk)
    sign(second, waiting(orders[3]).reference)
    states = [PaymentOrder.objects.get(pk=one.pk).status for one in orders]
    assert states == ["SETTLED", "SETTLED", "REJECTED", "REJECTED"]
    assert bank.bob.booked == kes("4000.00")


def test_a_payment_within_one_signature_goes_at_once(bank: Bank) -> None:
    owner, _second, _third = signatories_of(bank)
    assert pay(bank, owner, "1000.00").status == "SETTLED"
    assert not Approval.objects.exists()


def test_above_it_nothing_moves_until_the_second_has_signed(bank: Bank) -> None:
    owner, second, _third = signatories_of(bank)
    before = bank.positions()
    order = pay(bank, owner, "1000.01")
    assert order.status == "AWAITING_APPROVAL"
    assert bank.positions() == before
    (approval,) = sign(second, waiting(order).reference)
    order.refresh_from_db()
    assert (approval.state, order.status) == ("APPROVED", "SETTLED")
    assert bank.bob.booked == kes("1000.01")
    steps = [(one.status, one.actor) for one in order.events.all()]
    assert steps == [("AWAITING_APPROVAL", owner), ("ACCEPTED", second), ("SETTLED", second)]
    assert pay(bank, owner, "1000.01").pk == order.pk, "the same key is the same payment"
    assert bank.bob.booked == kes("1000.01")


def test_the_highest_step_asks_for_three(bank: Bank) -> None:
    owner, second, third = signatories_of(bank)
    order = pay(bank, owner, "100000.01")
    reference = waiting(order).reference
    assert sign(second, reference)[0].state == "WAITING"
    assert bank.bob.booked == kes("0.00")
    assert sign(third, reference)[0].state == "APPROVED"
    assert bank.bob.booked == kes("100000.01")


def test_nobody_signs_twice_or_their_own_again(bank: Bank) -> None:
    owner, second, _third = signatories_of(bank)
    order = pay(bank, owner, "100000.01")
    approval = waiting(order)
    sign(second, approval.reference)
    for who in (owner, second):
        with pytest.raises(errors.AlreadySigned):
            signing.start_signing(user=who, references=[approval.reference])
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(approval=approval, user=owner)
    assert bank.bob.booked == kes("0.00")


def test_the_database_keeps_signatures_and_decisions(bank: Bank) -> None:
    owner, second, _third = signatories_of(bank)
    approval = waiting(pay(bank, owner, "5000.00"))
    for change in ({"summary": "Something else"}, {"needed": 1}, {"state": "APPROVED"}):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            Approval.objects.filter(pk=approval.pk).update(decided_at=clock.now(), **change)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        approval.signatures.all().delete()
    sign(second, approval.reference)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(state="REJECTED")


def test_a_code_signs_what_it_was_asked_for_and_nothing_else(bank: Bank) -> None:
    owner, second, _third = signatories_of(bank)
    one, other = (waiting(pay(bank, owner, amount, key=amount)) for amount in ("5000.00", "6000.00"))
    challenge = signing.start_signing(user=second, references=[one.reference])
    with pytest.raises(step_up.StepUpActChanged):
        signing.sign(
            user=second, references=[other.reference], challenge_id=challenge.id, code=code_of(challenge)
        )
    assert bank.bob.booked == kes("0.00")
    challenge = signing.start_signing(user=second, references=[one.reference, other.reference])
    assert "KES 11,000.00" in challenge.summary
    both = signing.sign(
        user=second,
        references=[other.reference, one.reference],
        challenge_id=challenge.id,
        code=code_of(challenge),
    )
    assert [approval.state for approval in both] == ["APPROVED", "APPROVED"]
    assert bank.bob.booked == kes("11000.00")


def test_of_several_one_that_the_bank_refuses_does_not_stop_the_others(bank: Bank) -> None:
    owner, second, _third = signatories_of(bank)
    small = waiting(pay(bank, owner, "5000.00", key="small"))
    large = waiting(pay(bank, owner, "90000.00", key="large"))
    Mandate.objects.filter(user=second).update(single_limit=Decimal(100000), limit_currency="KES")
    payments.pay(
        user=owner, debtor_number=bank.firm.number, creditor_number=bank.alice.number,
        creditor_name=bank.alice.name, amount=kes("4920000.00"), key="bank's own",
        authorisation=payments.Operator("a test"),
    )  # fmt: skip
    states = {one.reference: one.state for one in sign(second, small.reference, large.reference)}
    assert states == {small.reference: "APPROVED", large.reference: "FAILED"}
    large.refresh_from_db()
    assert "funds" in large.decision_reason.lower() or "available" in large.decision_reason.lower()
    assert PaymentOrder.objects.get(reference=large.subject).status == "REJECTED"
    assert bank.bob.booked == kes("5000.00")


def test_rejected_withdrawn_and_expired_pay_nothing(bank: Bank) -> None:
    owner, second, third = signatories_of(bank)
    before = bank.positions()
    rejected, withdrawn, expired = (waiting(pay(bank, owner, f"{n}000.00", key=str(n))) for n in (5, 6, 7))
    with pytest.raises(errors.RuleUnusable):
        signing.reject(user=second, reference=rejected.reference, reason="  ")
    signing.reject(user=second, reference=rejected.reference, reason="Paid already in May")
    with pytest.raises(errors.NotYoursToWithdraw):
        signing.withdraw(user=third, reference=withdrawn.reference)
    signing.withdraw(user=owner, reference=withdrawn.reference)
    with time_machine.travel(clock.now() + rules.LIFETIME + timedelta(seconds=1), tick=True):
        with pytest.raises(errors.ApprovalExpired):
            signing.start_signing(user=second, references=[expired.reference])
        assert signing.expire_due() == 1
        assert signing.expire_due() == 0
    orders = [PaymentOrder.objects.get(reference=one.subject) for one in (rejected, withdrawn, expired)]
    assert [order.status for order in orders] == ["REJECTED", "CANCELLED", "EXPIRED"]
    assert orders[0].events.last().sentence == "Paid already in May"
    for one in (rejected, withdrawn, expired):
        with pytest.raises(errors.ApprovalDecided):
            signing.start_signing(user=third, references=[one.reference])
    assert bank.positions() == before
    assert AuditRecord.objects.filter(action="APPROVAL_REJECTED", subject_id=rejected.reference).exists()


def test_the_word_of_who_may_no_longer_pay_counts_for_nothing(bank: Bank) -> None:
    """A signatory leaves between their signature and the last; then the maker does."""
    owner, second, third = signatories_of(bank)
    fourth = User.objects.create_user("fourth@example.test", full_name="Fourth")
    cif.grant_mandate(user=fourth, customer=bank.firm.customer, role="SIGNATORY", can_pay=True)
    order = pay(bank, owner, "100000.01")
    reference = waiting(order).reference
    sign(second, reference)
    cif.revoke_mandate(mandate=Mandate.objects.get(user=second))
    assert sign(third, reference)[0].state == "WAITING"
    assert bank.bob.booked == kes("0.00")
    assert sign(fourth, reference)[0].state == "APPROVED"
    assert bank.bob.booked == kes("100000.01")


def test_a_payment_split_over_files_and_payments_needs_what_the_whole_needs(bank: Bank) -> None:
    owner, second, _third = signatories_of(bank)

    def send(number: int, amount: str) -> PaymentFile:
        lines = [line_to(bank, number, amount=amount)]
        file = submit(bank, a_file(bank, lines, message_id=f"M{number}"), key=f"f{number}", user=owner)
        challenge = payments.start_file_confirmation(user=owner, file=file)
        return payments.confirm_payment_file(
            user=owner, file=file, only_valid=False, key=f"c{number}", challenge_id=challenge.id,
            code=code_of(challenge), override_reason="More",
        )  # fmt: skip

    assert send(1, "600.00").status == "PAID"
    split = send(2, "400.01")
    assert split.status == "WAITING"
    assert pay(bank, owner, "400.01").status == "AWAITING_APPROVAL"
    to_alice = {"creditor_number": bank.alice.number, "creditor_name": bank.alice.name}
    assert pay(bank, owner, "900.00", key="a", **to_alice).status == "SETTLED", "another payee"
    assert bank.bob.booked == kes("600.00")
    approval = selectors.waiting_of("PAYMENT_FILE", split.reference)
    assert approval is not None
    assert sign(second, approval.reference)[0].state == "APPROVED"
    assert bank.bob.booked == kes("1000.01")
    assert send(3, "400.00").status == "PAID", "what others signed does not count"


def test_a_file_whose_maker_may_no_longer_pay_is_not_paid(bank: Bank) -> None:
    owner, second, _third = signatories_of(bank)
    file = submit(bank, a_file(bank, [line_to(bank, amount="5000.00")]))
    challenge = payments.start_file_confirmation(user=owner, file=file)
    paid = payments.confirm_payment_file(
        user=owner, file=file, only_valid=False, key="go", challenge_id=challenge.id, code=code_of(challenge)
    )
    assert paid.status == "WAITING"
    approval = selectors.waiting_of("PAYMENT_FILE", file.reference)
    assert approval is not None
    Mandate.objects.filter(user=owner).update(single_limit=100, limit_currency="KES")
    assert sign(second, approval.reference)[0].state == "FAILED"
    file.refresh_from_db()
    assert (file.status, bank.bob.booked) == ("CHECKED", kes("0.00"))


def test_who_may_not_pay_may_not_sign_and_others_find_nothing(bank: Bank) -> None:
    owner, second, _third = signatories_of(bank)
    approval = waiting(pay(bank, owner, "5000.00"))
    with pytest.raises(NotFound):
        signing.start_signing(user=bank.alice.user, references=[approval.reference])
    with pytest.raises(NotFound):
        signing.reject(user=bank.alice.user, reference=approval.reference, reason="Not mine")
    Mandate.objects.filter(user=second).update(can_pay=False, role="VIEWER")
    with pytest.raises(Exception, match="look"):
        signing.start_signing(user=second, references=[approval.reference])
    with pytest.raises(errors.NothingChosen):
        signing.start_signing(user=owner, references=[])


def test_a_rule_that_nobody_can_meet_is_said_at_once(bank: Bank) -> None:
    before = bank.positions()
    steps = [Step(Decimal(0), 2)]
    signing.set_rules(customer=bank.firm.customer, currency="KES", steps=steps, actor=None)
    with pytest.raises(errors.TooFewSignatories, match="2 signatures"):
        pay(bank, bank.firm.user, "1.00")
    assert bank.positions() == before
    assert not PaymentOrder.objects.exists()


def test_the_banks_own_rules_hold_where_a_company_has_none(bank: Bank) -> None:
    sums = {"10000000": 1, "10000000.01": 2, "100000000": 2, "100000000.01": 3}
    for amount, signers in sums.items():
        assert selectors.needed(bank.firm.customer, [kes(amount)]) == signers
    assert selectors.needed(bank.alice.customer, [kes("100000000.01")]) == 1, "a person signs alone"
    assert selectors.needed(bank.firm.customer, [kes("1"), Money.of("75000.01", "USD")]) == 2
    for bad in ([Step(Decimal(-1), 2)], [Step(Decimal(1), 6)], [Step(Decimal(1), 3), Step(Decimal(2), 2)]):
        with pytest.raises(errors.RuleUnusable):
            signing.set_rules(customer=bank.firm.customer, currency="KES", steps=bad, actor=None)


@pytest.mark.django_db(transaction=True)
def test_two_last_signatures_at_once_pay_once(open_bank: Bank) -> None:
    owner, second, third = signatories_of(open_bank)
    approval = waiting(pay(open_bank, owner, "5000.00"))
    codes = {who: signing.start_signing(user=who, references=[approval.reference]) for who in (second, third)}
    typed = {who: code_of(challenge) for who, challenge in codes.items()}
    answers: list[str] = []

    def run(who: User) -> None:
        try:
            signing.sign(
                user=who, references=[approval.reference], challenge_id=codes[who].id, code=typed[who]
            )
            answers.append("signed")
        except errors.ApprovalDecided:
            answers.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(who,)) for who in (second, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["signed", "too late"]
    assert open_bank.bob.booked == kes("5000.00")


def test_a_file_and_a_payment_at_the_same_instant_count_as_one_sum(
    open_bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each alone is below what two must sign, both together above it: one of them waits."""
    owner, _second, _third = signatories_of(open_bank)
    file = submit(open_bank, a_file(open_bank, [line_to(open_bank, amount="600.00")]), user=owner)
    of_file = payments.start_file_confirmation(user=owner, file=file)
    to_bob = {
        "user": owner, "debtor_number": open_bank.firm.number, "creditor_number": open_bank.bob.number,
        "creditor_name": open_bank.bob.name, "amount": kes("600.00"),
    }  # fmt: skip
    single = payments.start_payment(**to_bob)
    codes, both, counted = (code_of(of_file), code_of(single)), threading.Barrier(2), signatures._alone
    found: list[str] = []

    def count_together(*asked: object) -> Money:
        """Neither goes on before the other has counted, if they can count at once."""
        known = counted(*asked)
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        return known

    def run(act: Callable[[], PaymentFile | PaymentOrder]) -> None:
        try:
            found.append(str(act().status))
        finally:
            connection.close()

    monkeypatch.setattr(signatures, "_alone", count_together)

    def by_file() -> PaymentFile:
        return payments.confirm_payment_file(
            user=owner, file=file, only_valid=False, key="f", challenge_id=of_file.id, code=codes[0]
        )

    def alone() -> PaymentOrder:
        return payments.pay(**to_bob, key="k", authorisation=StepUp(single.id, codes[1]))

    threads = [threading.Thread(target=run, args=(act,)) for act in (by_file, alone)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) in (["AWAITING_APPROVAL", "PAID"], ["SETTLED", "WAITING"])
    assert open_bank.bob.booked == kes("600.00")
