"""Who signs is changed by those who sign: nobody lowers a rule alone, not even while it waits."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from bank.audit.models import AuditRecord
from bank.cif.models import Mandate
from bank.identity.errors import StepUpActChanged
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotAllowed, NotFound
from bank.onboarding.errors import InvitationExists, InvitationOver, SecondSignatoryMissing
from bank.onboarding.models import Invitation
from bank.onboarding.services import invitations
from bank.runtime import outbox
from bank.signing import differences, errors, selectors
from bank.signing import services as signing
from bank.signing.differences import Handover, Wanted
from bank.signing.models import Approval, RuleChange
from bank.signing.rules import Step, read_ways
from tests.payments.conftest import Bank, code_of, kes
from tests.signing.test_classes import people_of, rule
from tests.signing.test_signing import pay, sign, waiting


def ask(bank: Bank, user: User, wanted: Wanted) -> tuple[RuleChange, Approval | None]:
    asked: dict[str, Any] = {"customer": bank.firm.customer, "wanted": wanted, "reason": "A new partner"}
    challenge = signing.start_change(user=user, **asked)
    return signing.change(user=user, **asked, challenge_id=challenge.id, code=code_of(challenge))


def steps(ways: str, *more: Step) -> Wanted:
    return Wanted(rules={"KES": [Step(Decimal(0), ways=read_ways(ways)), *more]})


def ways_of(bank: Bank) -> list[list[str]]:
    return [row.ways for row in selectors.rules_of(bank.firm.customer)]


def test_a_rule_is_lowered_by_whom_it_names_and_nobody_else(bank: Bank) -> None:
    who = people_of(bank, owner="B", anne="A", bert="B")
    rule(bank, "A+B+B")
    made, approval = ask(bank, who["owner"], steps("1"))
    assert approval is not None
    assert ways_of(bank) == [["ABB"]], "nothing changes before"
    (line,) = made.difference
    assert (line["before"], line["after"]) == ("A+B+B, within 72 hours", "1, within 72 hours")
    assert approval.difference == made.difference
    assert sign(who["bert"], approval.reference)[0].state == "WAITING"
    assert sign(who["anne"], approval.reference)[0].state == "APPROVED"
    assert ways_of(bank) == [["*"]]
    assert AuditRecord.objects.filter(action="SIGNING_RULES_SET").latest("pk").actor == who["anne"]
    _made, second = ask(bank, who["owner"], steps("2"))
    assert second is not None, "also where one signature pays, a second person says yes to another rule"
    rule(bank, "A+B")
    assert sign(who["bert"], second.reference)[0].state == "WAITING", "of old and new the stricter counts"
    assert sign(who["anne"], second.reference)[0].state == "FAILED"
    assert ways_of(bank) == [["AB"]], "what it would have changed had changed"


def test_classes_limits_and_delegations_need_the_same(bank: Bank) -> None:
    who = people_of(bank, owner="B", anne="A", bert="B", carl="")
    rule(bank, "A+B")
    today = clock.today()
    wanted = Wanted(
        classes={who["carl"].email: "A", who["anne"].email: "B"},
        limits={who["bert"].email: kes("500.00")},
        delegations=(Handover(who["anne"].email, who["bert"].email, today, today + timedelta(days=3)),),
    )
    made, approval = ask(bank, who["owner"], wanted)
    assert approval is not None
    assert len(made.difference) == 4
    pending = waiting(pay(bank, who["owner"], "400.00"))
    assert sign(who["anne"], approval.reference)[0].state == "APPROVED", "signed in the class she had then"
    mandates = {one.user.email: one for one in differences.mandates_of(bank.firm.customer)}
    assert [mandates[who[name].email].signature_class for name in ("anne", "carl")] == ["B", "A"]
    assert mandates[who["bert"].email].single_limit == Decimal(500)
    assert sign(who["carl"], pending.reference)[0].state == "APPROVED"
    one = selectors.delegations_of(bank.firm.customer).get()
    with pytest.raises(NotAllowed):
        signing.end_delegation(user=who["carl"], delegation=one)
    signing.end_delegation(user=who["bert"], delegation=one)
    assert not selectors.delegations_to(who["bert"], bank.firm.customer).exists()


def test_what_cannot_be_asked_for(bank: Bank) -> None:
    who = people_of(bank, owner="B", anne="A")
    rule(bank, "A+B")
    today, anne, owner = clock.today(), who["anne"].email, bank.firm.user.email
    with pytest.raises(NotAllowed):
        ask(bank, who["anne"], steps("1"))
    with pytest.raises(NotFound):
        ask(bank, bank.alice.user, steps("1"))
    refused: list[tuple[type[Exception], Callable[[], Wanted]]] = [
        (errors.ChangeUnusable, lambda: steps("A+B")),
        (errors.ChangeUnusable, lambda: Wanted(rules={"XXX": []})),
        (errors.ChangeUnusable, lambda: Wanted(classes={bank.alice.user.email: "A"})),
        (errors.ChangeUnusable, lambda: Wanted(classes={anne: "Z"})),
        (errors.ChangeUnusable, lambda: Wanted(limits={anne: kes("0.00")})),
        (errors.RuleUnusable, lambda: steps("2", Step(Decimal(5), 1))),
        (errors.DelegationUnusable, lambda: Wanted(delegations=(Handover(anne, anne, today, today),))),
        (
            errors.DelegationUnusable,
            lambda: Wanted(delegations=(Handover(anne, owner, today - timedelta(2), today - timedelta(1)),)),
        ),
        (
            errors.DelegationUnusable,
            lambda: Wanted(delegations=(Handover(anne, owner, today, today + timedelta(400)),)),
        ),
    ]
    for error, wanted in refused:
        with pytest.raises(error):
            ask(bank, who["owner"], wanted())
    asked: dict[str, Any] = {"customer": bank.firm.customer, "reason": "Why not"}
    challenge = signing.start_change(user=who["owner"], wanted=steps("2"), **asked)
    with pytest.raises(StepUpActChanged):
        signing.change(
            user=who["owner"], wanted=steps("1"), **asked, challenge_id=challenge.id, code=code_of(challenge)
        )
    assert not RuleChange.objects.exists()
    assert ways_of(bank) == [["AB"]]


def test_who_is_alone_changes_it_alone_unless_the_rule_wants_two(bank: Bank) -> None:
    made, approval = ask(bank, bank.firm.user, steps("1", Step(Decimal(50), 2)))
    assert (approval, made.applied_at is not None) == (None, True)
    with pytest.raises(errors.TooFewSignatories):
        ask(bank, bank.firm.user, steps("1"))
    assert ways_of(bank) == [["*"], ["**"]]
    assert Mandate.objects.filter(customer=bank.firm.customer).count() == 1


def test_nobody_lets_a_second_signature_in_alone(bank: Bank) -> None:
    """Any two sign; an owner's own second address would be the other. So the present rule signs first."""
    who = people_of(bank, owner="B", anne="A")
    rule(bank, "2")
    terms: dict[str, Any] = {"customer": bank.firm.customer, "by": bank.firm.user, "role": "SIGNATORY"}
    puppet = invitations.invite(email="me@elsewhere.test", can_pay=True, **terms)
    token = invitations.token_for(puppet.pk, puppet.issue)
    outbox.deliver_due()
    assert not [one for one in mail.outbox if "me@elsewhere.test" in one.to], "nobody is told of it"
    for act in (
        lambda: invitations.find(token),
        lambda: invitations.accept(token=token, user=bank.bob.user),
        lambda: invitations.resend(invitation=puppet, by=bank.firm.user),
    ):
        with pytest.raises(InvitationOver):
            act()
    with pytest.raises(InvitationExists):
        invitations.invite(email="me@elsewhere.test", can_pay=True, **terms)
    approval = Approval.objects.get(kind="INVITATION")
    with pytest.raises(errors.AlreadySigned):
        sign(bank.firm.user, approval.reference)
    signing.reject(user=who["anne"], reference=approval.reference, reason="Who is that?")
    puppet.refresh_from_db()
    assert puppet.state == "REVOKED"
    looks = invitations.invite(email="eyes@example.test", **(terms | {"role": "VIEWER"}))
    assert looks.state == "OPEN", "who only looks signs nothing"
    invitations.revoke(invitation=looks, by=bank.firm.user)
    for role, email in (("OWNER", "partner@example.test"), ("SIGNATORY", "carl@example.test")):
        asked = invitations.invite(email=email, can_pay=role == "SIGNATORY", **(terms | {"role": role}))
        approval = Approval.objects.get(kind="INVITATION", subject=str(asked.pk))
        assert sign(who["anne"], approval.reference)[0].state == "APPROVED"
        asked.refresh_from_db()
        outbox.deliver_due()
        assert (asked.state, mail.outbox[-1].to) == ("OPEN", [email])
        assert invitations.find(invitations.token_for(asked.pk, asked.issue)) == asked
    Mandate.objects.filter(user=who["anne"]).update(revoked_at=clock.now())
    with pytest.raises(SecondSignatoryMissing):
        invitations.invite(email="late@example.test", can_pay=True, **terms)
    assert not Invitation.objects.filter(email="late@example.test").exists()
