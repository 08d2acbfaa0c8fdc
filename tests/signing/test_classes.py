"""Classes, ways, orders, delegations and reminders; and what becomes of what waits when rules change."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from bank.audit.models import AuditRecord
from bank.cif import services as cif
from bank.cif.models import Mandate
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.payments.models import PaymentOrder
from bank.runtime import outbox
from bank.signing import errors, selectors
from bank.signing import services as signing
from bank.signing.models import Approval, Delegation, Signature
from bank.signing.rules import Step, read_ways
from tests.payments.conftest import Bank, code_of, kes
from tests.signing.test_signing import pay, sign, waiting

People = dict[str, User]


def people_of(bank: Bank, **classes: str) -> People:
    """The owner and others by name, each with a class; ``A+B or B+B+B`` above nothing."""
    found = {"owner": bank.firm.user}
    for name in classes:
        if name != "owner":
            found[name] = User.objects.create_user(f"{name}@example.test", full_name=name.title())
            cif.grant_mandate(user=found[name], customer=bank.firm.customer, role="SIGNATORY", can_pay=True)
    for name, letter in classes.items():
        Mandate.objects.filter(user=found[name]).update(signature_class=letter)
    return found


def rule(bank: Bank, ways: str, **how: object) -> None:
    step = Step(Decimal(0), ways=read_ways(ways), **how)  # type: ignore[arg-type]
    signing.set_rules(customer=bank.firm.customer, currency="KES", steps=[step], actor=None)


def delegate(bank: Bank, delegator: User, to: User, **days: date) -> Delegation:
    today = clock.today()
    return Delegation.objects.create(
        customer=bank.firm.customer, delegator=delegator, delegate=to,
        **{"valid_from": today, "valid_until": today + timedelta(days=5)} | days,
    )  # fmt: skip


def forge(approval: Approval, user: User, holder: User | None = None, **more: object) -> None:
    """What the services refuse, tried on the database itself."""
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Signature.objects.create(approval=approval, user=user, holder=holder or user, **more)


def test_one_a_and_one_b_or_three_b(bank: Bank) -> None:
    who = people_of(bank, owner="B", anne="A", bert="B", bill="B", carl="C")
    rule(bank, "A+B or B+B+B")
    first = waiting(pay(bank, who["owner"], "10.00", key="1"))
    with pytest.raises(errors.SignatureNotNeeded, match="class C"):
        sign(who["carl"], first.reference)
    forge(first, who["anne"], signature_class="B")
    forge(first, bank.alice.user, signature_class="A")
    assert sign(who["anne"], first.reference)[0].state == "APPROVED"
    second = waiting(pay(bank, who["owner"], "20.00", key="2"))
    assert sign(who["bert"], second.reference)[0].state == "WAITING"
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Approval.objects.filter(pk=second.pk).update(state="APPROVED", decided_at=clock.now())
    assert not selectors.waiting_for(who["carl"], bank.firm.customer).exists()
    assert selectors.waiting_for(who["bill"], bank.firm.customer).get() == second
    assert sign(who["bill"], second.reference)[0].state == "APPROVED"
    assert bank.bob.booked == kes("30.00")
    Mandate.objects.filter(user=who["owner"]).update(signature_class="A")
    rule(bank, "A")
    assert pay(bank, who["owner"], "5.00", key="3").status == "SETTLED", "an A alone is what the rule asks"
    third = waiting(pay(bank, who["bert"], "6.00", key="4"))
    assert sign(who["anne"], third.reference)[0].state == "APPROVED"
    rule(bank, "D+A")
    with pytest.raises(errors.SignatoriesMissing, match="D"):
        pay(bank, who["owner"], "7.00", key="5")


def test_in_order_and_never_the_maker(bank: Bank) -> None:
    who = people_of(bank, owner="B", anne="A", bert="B")
    rule(bank, "B+A", in_order=True, maker_counts=False)
    approval = waiting(pay(bank, who["owner"], "10.00"))
    assert not approval.signatures.exists(), "the maker's code is no signature here"
    with pytest.raises(errors.MakerMayNotSign):
        sign(who["owner"], approval.reference)
    with pytest.raises(errors.NotYourTurn):
        sign(who["anne"], approval.reference)
    forge(approval, who["owner"], signature_class="B")
    forge(approval, who["anne"], signature_class="A")
    assert sign(who["bert"], approval.reference)[0].state == "WAITING"
    assert sign(who["anne"], approval.reference)[0].state == "APPROVED"
    assert bank.bob.booked == kes("10.00")


def test_a_delegate_signs_for_one_and_never_also_for_themselves(bank: Bank) -> None:
    who = people_of(bank, owner="B", anne="A", bert="B", bill="B")
    rule(bank, "A+B")
    approval = waiting(pay(bank, who["owner"], "10.00", key="1"))
    with pytest.raises(errors.SignatureNotNeeded):
        sign(who["bert"], approval.reference)
    later = clock.today() + timedelta(days=2)
    tomorrow = delegate(bank, who["anne"], who["bert"], valid_from=later, valid_until=later)
    with pytest.raises(errors.SignatureNotNeeded):
        sign(who["bert"], approval.reference)
    forge(approval, who["bert"], who["anne"], signature_class="A", delegation=tomorrow)
    forge(approval, who["bill"], who["anne"], signature_class="A")
    now = delegate(bank, who["anne"], who["bert"])
    forge(approval, who["bill"], who["anne"], signature_class="A", delegation=now)
    challenge = signing.start_signing(user=who["bert"], references=[approval.reference])
    assert "for Anne" in challenge.summary
    assert sign(who["bert"], approval.reference)[0].state == "APPROVED"
    given = Signature.objects.get(approval=approval, user=who["bert"])
    assert (given.holder, given.signature_class, given.delegation) == (who["anne"], "A", now)
    record = AuditRecord.objects.filter(action="APPROVAL_SIGNED", subject_id=approval.reference).last()
    assert record is not None
    assert record.detail["holder"] == who["anne"].pk
    own = waiting(pay(bank, who["bert"], "20.00", key="2"))
    with pytest.raises(errors.AlreadySigned):
        sign(who["bert"], own.reference)
    forge(own, who["bert"], who["anne"], signature_class="A", delegation=now)
    Delegation.objects.filter(pk=now.pk).update(ended_at=clock.now())
    third = waiting(pay(bank, who["owner"], "30.00", key="3"))
    with pytest.raises(errors.SignatureNotNeeded):
        sign(who["bert"], third.reference)
    forge(third, who["bert"], who["anne"], signature_class="A", delegation=now)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Delegation.objects.filter(pk=now.pk).update(ended_at=None)
    assert bank.bob.booked == kes("10.00")


def test_a_rule_changed_meanwhile_counts_where_it_is_stricter(bank: Bank) -> None:
    who = people_of(bank, owner="B", anne="A", bert="B", bill="B")
    rule(bank, "2")
    stricter, laxer = (waiting(pay(bank, who["owner"], f"{n}0.00", key=str(n))) for n in (1, 2))
    rule(bank, "A+B+B")
    assert sign(who["bert"], stricter.reference)[0].state == "WAITING", "two were asked for, three are now"
    assert sign(who["anne"], stricter.reference)[0].state == "APPROVED"
    rule(bank, "1")
    assert sign(who["bill"], laxer.reference)[0].state == "APPROVED"
    rule(bank, "A+B")
    kept = waiting(pay(bank, who["owner"], "30.00", key="3"))
    rule(bank, "1")
    with pytest.raises(errors.SignatureNotNeeded):
        sign(who["bert"], kept.reference)
    Mandate.objects.filter(user=who["anne"]).update(signature_class="B")
    with pytest.raises(errors.SignatureNotNeeded):
        sign(who["anne"], kept.reference)
    assert bank.bob.booked == kes("30.00")


def test_half_the_time_over_reminds_once_and_a_returned_act_moves_nothing(bank: Bank) -> None:
    who = people_of(bank, owner="B", anne="A", bert="B", carl="C")
    rule(bank, "A+B", hours=10)
    approval = waiting(pay(bank, who["owner"], "10.00"))
    assert approval.deadline - approval.made_at <= timedelta(hours=10, seconds=5)
    assert signing.escalate_due() == 0
    with time_machine.travel(clock.now() + timedelta(hours=5, minutes=1), tick=True):
        assert signing.escalate_due() == 1
        assert signing.escalate_due() == 0
        mail.outbox.clear()
        outbox.deliver_due()
        still = [letter for letter in mail.outbox if "still waits" in letter.body]
        assert sorted(letter.to[0] for letter in still) == sorted([who["owner"].email, who["anne"].email])
    with pytest.raises(errors.RuleUnusable):
        signing.return_for_change(user=who["anne"], reference=approval.reference, reason="")
    returned = signing.return_for_change(user=who["anne"], reference=approval.reference, reason="Wrong payee")
    order = PaymentOrder.objects.get(reference=approval.subject)
    assert (returned.state, order.status, bank.bob.booked) == ("RETURNED", "CANCELLED", kes("0.00"))
    assert order.events.last().sentence == "Wrong payee"
    with pytest.raises(errors.ApprovalDecided):
        sign(who["anne"], approval.reference)


def race(*acts: Callable[[], object]) -> list[str]:
    """All at once, each in a thread of its own; what they came to."""
    said: list[str] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
            said.append("done")
        except Exception as error:
            said.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.mark.django_db(transaction=True)
def test_signing_races_with_the_end_of_a_mandate_and_with_a_stricter_rule(open_bank: Bank) -> None:
    """Whichever is first, what was carried out had every signature it needed at that instant."""
    who = people_of(open_bank, owner="B", anne="A", bert="B")
    rule(open_bank, "A+B")
    first = waiting(pay(open_bank, who["owner"], "10.00", key="1"))
    challenge = signing.start_signing(user=who["anne"], references=[first.reference])
    typed = code_of(challenge)
    mandate = Mandate.objects.get(user=who["anne"], revoked_at=None)

    def signs() -> None:
        signing.sign(
            user=who["anne"], references=[first.reference], challenge_id=challenge.id, code=typed
        )  # fmt: skip

    said = race(signs, lambda: cif.revoke_mandate(mandate=mandate))
    first.refresh_from_db()
    assert first.state == ("APPROVED" if said.count("done") == 2 else "WAITING"), said
    assert open_bank.bob.booked == (kes("10.00") if first.state == "APPROVED" else kes("0.00"))

    rule(open_bank, "2")
    second = waiting(pay(open_bank, who["owner"], "20.00", key="2"))
    again = signing.start_signing(user=who["bert"], references=[second.reference])
    code = code_of(again)

    def signs_too() -> None:
        signing.sign(user=who["bert"], references=[second.reference], challenge_id=again.id, code=code)

    assert race(signs_too, lambda: rule(open_bank, "3")) == ["done", "done"]
    second.refresh_from_db()
    newest = AuditRecord.objects.order_by("-pk")
    signed, changed = (newest.filter(action=act).first() for act in ("APPROVAL_SIGNED", "SIGNING_RULES_SET"))
    assert signed is not None
    assert changed is not None
    assert second.state == ("APPROVED" if signed.pk < changed.pk else "WAITING")


@pytest.mark.parametrize(("time", "is_next_day"), [("20:59", False), ("22:30", True), ("23:59", True)])
def test_who_may_sign_changes_at_midnight_where_the_bank_is(bank: Bank, time: str, is_next_day: bool) -> None:
    """The service and the database ask for the same day: one by the clock, one by the signature's instant."""
    who = people_of(bank, owner="B", anne="A", bert="B", bill="A")
    rule(bank, "A+B", hours=400)
    day = clock.today() + timedelta(days=5)
    approval = waiting(pay(bank, who["owner"], "10.00"))
    Mandate.objects.filter(user=who["anne"]).update(valid_until=day)
    Mandate.objects.filter(user=who["bill"]).update(valid_from=day + timedelta(days=1))
    gone, here = (who["anne"], who["bill"]) if is_next_day else (who["bill"], who["anne"])
    ending, begun = (delegate(bank, here, who["bert"], valid_from=at, valid_until=at) for at in (
        day if is_next_day else day + timedelta(days=1), day + timedelta(days=is_next_day),
    ))  # fmt: skip
    with time_machine.travel(datetime.fromisoformat(f"{day}T{time}:30+00:00"), tick=False):
        with pytest.raises((NotFound, errors.SignatureNotNeeded)):
            sign(gone, approval.reference)
        forge(approval, gone, signature_class="A")
        forge(approval, who["bert"], here, signature_class="A", delegation=ending)
        assert sign(who["bert"], approval.reference)[0].state == "APPROVED"
        assert Signature.objects.get(approval=approval, user=who["bert"]).delegation == begun
