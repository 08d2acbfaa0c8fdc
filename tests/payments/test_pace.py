"""What is more than usual is held; to a new payee little goes; rails and doors have limits of their own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group

from bank.cif import services as cif
from bank.cif.models import Mandate
from bank.identity import duty
from bank.identity import services as identity
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError, InvalidInput, NotAllowed
from bank.payments import errors, selectors
from bank.payments import services as payments
from bank.payments.commands import DECIDE_HELD, SET_LIMIT, SET_PACE, DecideHeld, SetLimit, SetPace
from bank.payments.commands.control import affected_by_limit
from bank.payments.models import (
    Beneficiary,
    PaymentFileLine,
    PaymentLimit,
    PaymentOrder,
    PaymentReview,
    VelocityRule,
)
from bank.payments.services import Elsewhere, Operator, StandingPermit, limits, watching
from bank.runtime import context
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.payments.conftest import Bank, code_of, fund, kes
from tests.payments.messages import File, Line
from tests.payments.rails.conftest import tiny
from tests.payments.rails.tiny import TinyRail

__all__ = ["tiny"]


def pay(bank: Bank, amount: str, key: str, **changes: object) -> PaymentOrder:
    """Alice pays Bob herself, with a code."""
    asked = {
        "user": bank.alice.user,
        "debtor_number": bank.alice.number,
        "creditor_number": bank.bob.number,
        "creditor_name": bank.bob.name,
        "amount": kes(amount),
    } | changes
    challenge = payments.start_payment(**asked)
    return payments.pay(**asked, key=key, challenge_id=challenge.id, code=code_of(challenge))


def rule(kind: str, most: int, currency: str = "", minutes: int = 60) -> None:
    VelocityRule.objects.update_or_create(
        kind=kind, segment="RETAIL", currency=currency, channel="",
        defaults={"most": most, "window_minutes": minutes},
    )  # fmt: skip


def test_what_is_more_than_usual_is_held_with_its_reasons(bank: Bank) -> None:
    rule("PAYMENTS", 2)
    rule("SUM", 250, "KES")
    assert [pay(bank, "100.00", f"k{n}").status for n in range(2)] == ["SETTLED"] * 2
    before = bank.positions()
    held = pay(bank, "100.00", "k3")
    assert held.status == "AWAITING_APPROVAL"
    assert bank.positions() == before
    assert selectors.used_today(bank.alice.customer, "KES") == kes("200.00")
    review = PaymentReview.objects.get(order=held)
    assert {one["code"] for one in review.reasons} == {"PAYMENTS", "SUM"}
    assert [step.reason for step in selectors.timeline(held)] == ["HELD_FOR_REVIEW"]
    payments.release_held(reference=held.reference, by=bank.firm.user)
    held.refresh_from_db()
    assert held.status == "SETTLED"
    assert bank.bob.booked == kes("300.00")
    assert selectors.used_today(bank.alice.customer, "KES") == kes("300.00")
    with pytest.raises(errors.ReviewOver):
        payments.refuse_held(reference=held.reference, by=bank.firm.user, reason="late")


def test_judges_of_payments_add_their_points_up(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a hundred on it is held, with what each of them saw."""
    monkeypatch.setattr(watching, "_scorers", [])

    @watching.scorer
    def round_sums(seen: watching.Watched) -> Iterator[watching.Signal]:
        if seen.amount.amount % 100 == 0:
            yield watching.Signal("ROUND", "A round sum.", 40)

    @watching.scorer
    def large_sums(seen: watching.Watched) -> Iterator[watching.Signal]:
        if seen.amount >= kes("500.00"):
            yield watching.Signal("LARGE", "More than usual.", 60)

    assert [pay(bank, amount, amount).status for amount in ("100.00", "510.00")] == ["SETTLED"] * 2
    held = pay(bank, "500.00", "both")
    review = PaymentReview.objects.get()
    assert (held.status, review.order, review.score) == ("AWAITING_APPROVAL", held, 100)
    assert [(one["code"], one["points"]) for one in review.reasons] == [("ROUND", 40), ("LARGE", 60)]


def test_a_held_payment_is_refused_or_withdrawn_and_nothing_moves(bank: Bank) -> None:
    rule("PAYMENTS", 0)
    before = bank.positions()
    refused, given_up = pay(bank, "100.00", "k1"), pay(bank, "50.00", "k2")
    payments.refuse_held(reference=refused.reference, by=bank.firm.user, reason="a mule")
    assert selectors.may_cancel(given_up)
    payments.cancel(user=bank.alice.user, reference=given_up.reference)
    assert list(PaymentOrder.objects.order_by("id").values_list("status", flat=True)) == [
        "REJECTED",
        "CANCELLED",
    ]
    assert "mule" not in selectors.timeline(refused)[-1].sentence
    assert bank.positions() == before
    assert not PaymentReview.objects.filter(state="OPEN").exists()


def test_new_payees_are_counted_and_old_ones_are_not(bank: Bank) -> None:
    rule("NEW_PAYEES", 1)
    fund(bank.alice.account, "20000.00")
    assert pay(bank, "10.00", "k1").status == "SETTLED"
    assert pay(bank, "11.00", "k2").status == "SETTLED"
    to_firm = {"creditor_number": bank.firm.number, "creditor_name": bank.firm.name}
    assert pay(bank, "12.00", "k3", **to_firm).status == "AWAITING_APPROVAL"
    assert pay(bank, "13.00", "k4").status == "SETTLED"
    _keep(bank, bank.firm.number, bank.firm.name, days=2)
    assert pay(bank, "14.00", "k5", **to_firm).status == "SETTLED"


def test_little_goes_to_a_new_payee_in_its_first_day(bank: Bank) -> None:
    rule("COOLING", 1000, "KES", 24 * 60)
    payee = _keep(bank, bank.bob.number, bank.bob.name)
    asked = {
        "user": bank.alice.user, "debtor_number": bank.alice.number,
        "creditor_number": bank.bob.number, "creditor_name": bank.bob.name,
    }  # fmt: skip
    assert payments.quote(**asked, amount=kes("600.00")).cooling.left == kes("1000.00")
    pay(bank, "600.00", "k1")
    before = bank.positions()
    with pytest.raises(errors.PayeeCooling) as refusal:
        payments.quote(**asked, amount=kes("400.01"))
    assert refusal.value.params["left"] == kes("400.00")
    _permit(bank)
    with context.use(channel="API"), pytest.raises(errors.PayeeCooling):
        payments.pay(**asked, amount=kes("400.01"), key="k2", authorisation=StandingPermit())
    assert bank.positions() == before
    pay(bank, "400.00", "k3")
    Beneficiary.objects.filter(pk=payee.pk).update(added_at=clock.now() - timedelta(hours=25))
    assert payments.quote(**asked, amount=kes("5000.00")).cooling is None
    assert pay(bank, "5000.00", "k4").status == "SETTLED"


def test_a_file_of_a_person_brings_a_new_payee_no_more_than_a_payment_does(bank: Bank) -> None:
    """Neither in one line, nor in several, nor in several files, nor after a payment."""
    rule("COOLING", 1000, "KES", 24 * 60)

    def send(key: str, *amounts: str) -> list[str]:
        lines = [
            Line(amount=one, account=bank.bob.number, name=bank.bob.name, end_to_end_id=f"{key}-{n}")
            for n, one in enumerate(amounts)
        ]
        made = File(
            bank.alice.number, lines, debtor=bank.alice.name, requested=selectors.today().isoformat(),
            message_id=key,
        )  # fmt: skip
        file = payments.submit_payment_file(user=bank.alice.user, content=made.xml(), key=key)
        challenge = payments.start_file_confirmation(user=bank.alice.user, file=file)
        payments.confirm_payment_file(
            user=bank.alice.user, file=file, only_valid=False, key=key, challenge_id=challenge.id,
            code=code_of(challenge), override_reason="again",
        )  # fmt: skip
        return list(
            PaymentOrder.objects.filter(end_to_end_id__startswith=key).values_list("status", flat=True)
        )

    before = bank.positions()
    assert send("F1", "600.00", "400.01") == ["REJECTED"] * 2
    assert (bank.positions(), selectors.used_today(bank.alice.customer, "KES")) == (before, kes("0.00"))
    assert send("F2", "600.00") == ["SETTLED"]
    assert send("F3", "400.01") == ["REJECTED"]
    with pytest.raises(errors.PayeeCooling):
        pay(bank, "400.01", "k1")
    pay(bank, "300.00", "k2")
    assert send("F4", "100.01") == ["REJECTED"]
    assert send("F5", "100.00") == ["SETTLED"]
    assert selectors.used_today(bank.alice.customer, "KES") == kes("1000.00")


def _send_file(bank: Bank, key: str, *lines: Line) -> list[str]:
    made = File(
        bank.alice.number, list(lines), debtor=bank.alice.name, requested=selectors.today().isoformat(),
        message_id=key,
    )  # fmt: skip
    file = payments.submit_payment_file(user=bank.alice.user, content=made.xml(), key=key)
    challenge = payments.start_file_confirmation(user=bank.alice.user, file=file)
    payments.confirm_payment_file(
        user=bank.alice.user, file=file, only_valid=False, key=key, challenge_id=challenge.id,
        code=code_of(challenge), override_reason="again",
    )  # fmt: skip
    return list(PaymentFileLine.objects.filter(file=file).order_by("line").values_list("status", flat=True))


def test_no_way_leads_round_the_first_day_of_a_payee(bank: Bank, tiny: TinyRail) -> None:
    """Not by keeping a payee anew, a template, a standing order, a file, a group, another way to write the
    number, nor by one of the same number at another bank."""
    rule("COOLING", 1000, "KES", 24 * 60)
    fund(bank.alice.account, "90000.00")
    there = Elsewhere("KILITZTZ", preference="TINY")
    asha = {"creditor_number": "0150-123", "creditor_name": "Asha Juma", "to": there}
    _keep(bank, "0150-123", "Asha Juma", days=3)
    with pytest.raises(errors.PayeeCooling):
        pay(bank, "1000.01", "same number, another bank", **asha)
    Beneficiary.objects.update(agent="KILITZTZ", removed_at=clock.now())
    with pytest.raises(errors.PayeeCooling):
        pay(bank, "1000.01", "removed", **asha)
    again = _keep(bank, "0150-123", "Asha Juma")
    Beneficiary.objects.filter(pk=again.pk).update(agent="KILITZTZ")
    with pytest.raises(errors.PayeeCooling):
        pay(bank, "1000.01", "kept anew", **asha)
    pay(bank, "600.00", "the first", **asha)
    plain = asha | {"creditor_number": "0150123"}
    with pytest.raises(errors.PayeeCooling):
        pay(bank, "400.01", "written otherwise", **plain)
    template = payments.keep_template(
        user=bank.alice.user, cif_number=bank.alice.customer.cif, name="Asha",
        debtor_number=bank.alice.number, creditor_name="Asha Juma", creditor_number="0150/123",
        amount=kes("400.01"), to=there,
    )  # fmt: skip
    assert template.creditor_number == "0150/123"
    by_template = asha | {"creditor_number": template.creditor_number}
    with pytest.raises(errors.PayeeCooling):
        pay(bank, "400.01", "by template", **by_template)
    line = Line(account="0150 123", amount="400.01", name="Asha Juma", bic="KILITZTZ", end_to_end_id="f")
    assert _send_file(bank, "F1", line) == ["REJECTED"]
    group = payments.keep_group(
        user=bank.alice.user, cif_number=bank.alice.customer.cif, name="Friends",
        members=[payments.Member(again.pk, kes("400.01"))],
    )  # fmt: skip
    file = payments.pay_group(
        user=bank.alice.user, cif_number=bank.alice.customer.cif, group_id=group.pk,
        debtor_number=bank.alice.number, key="group",
    )  # fmt: skip
    challenge = payments.start_file_confirmation(user=bank.alice.user, file=file)
    payments.confirm_payment_file(
        user=bank.alice.user, file=file, only_valid=False, key="g", challenge_id=challenge.id,
        code=code_of(challenge), override_reason="again",
    )  # fmt: skip
    assert [one.status for one in file.lines.all()] == ["REJECTED"]
    word = {"user": bank.alice.user, "key": "a standing order", **asha}
    young = Operator("Standing order", word_given_at=clock.now() - timedelta(hours=1))
    with pytest.raises(errors.PayeeCooling):
        bank.pay("400.01", **word, authorisation=young)
    assert PaymentOrder.objects.exclude(status="REJECTED").count() == 1
    old = Operator("Standing order", word_given_at=clock.now() - timedelta(days=2))
    assert bank.pay("400.00", **word, authorisation=old).status in {"RELEASED", "ACCEPTED"}
    with pytest.raises(errors.PayeeCooling):
        pay(bank, "10.00", "what a standing order paid counts", **plain)


def _keep(bank: Bank, number: str, name: str, days: int = 0) -> Beneficiary:
    return Beneficiary.objects.create(
        customer=bank.alice.customer, name=name, number=number, agent="UMOJKENA", name_check="MATCH",
        added_by=bank.alice.user, added_at=clock.now() - timedelta(days=days),
    )  # fmt: skip


def _permit(bank: Bank) -> None:
    asked = {
        "user": bank.alice.user, "account_number": bank.alice.number, "single": kes("9000"),
        "daily": kes("9000"), "valid_until": selectors.today(),
    }  # fmt: skip
    challenge = payments.start_permit(**asked)
    payments.grant_permit(**asked, challenge_id=challenge.id, code=code_of(challenge))


def test_each_door_and_rail_has_a_limit_of_its_own(bank: Bank) -> None:
    PaymentLimit.objects.create(
        segment="RETAIL", currency="KES", channel="API", single_maximum=300, daily_maximum=500
    )
    PaymentLimit.objects.create(
        segment="RETAIL", currency="KES", channel="API", rail="INTERNAL", single_maximum=300,
        daily_maximum=900, monthly_maximum=450,
    )  # fmt: skip
    _permit(bank)
    with context.use(channel="API"):
        by_program = {"authorisation": StandingPermit()}
        assert bank.pay("300.00", key="k1", **by_program).status == "SETTLED"
        with pytest.raises(errors.PaymentAboveMaximum):
            bank.pay("300.01", key="k2", **by_program)
        with pytest.raises(errors.DailyLimitExceeded):
            bank.pay("201.00", key="k3", **by_program)
        with pytest.raises(errors.MonthlyLimitExceeded):
            bank.pay("200.00", key="k4", **by_program)
    with context.use(channel="PERSONAL"):
        assert pay(bank, "9000.00", "k5").status == "SETTLED"
    api = limits.Way("INTERNAL", "API")
    limits.give_back(customer=bank.alice.customer, amount=kes("300.00"), way=api)
    used = selectors.used_of(bank.alice.customer, "KES", "INTERNAL", "API")
    assert [one.today for one in used] == [kes("9000.00"), kes("0.00"), kes("0.00")]
    assert bank.bob.booked == kes("9300.00")


@pytest.fixture
def staff(bank: Bank) -> dict[str, User]:
    """Of each role somebody on duty."""
    identity.seed_roles()
    return {role: _somebody(role) for role in ("OPERATIONS", "SUPERVISOR", "COMPLIANCE")}


def _somebody(role: str) -> User:
    user = User.objects.create_user(f"{role.lower()}@bank.test", full_name=role.title(), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    duty.open_session(user=user, reason="at work in a test", minutes=60, browser=None)
    return User.objects.get(pk=user.pk)


LIMIT = SetLimit(
    cif="", segment="RETAIL", currency="KES", rail="", channel="API", single=Decimal(900),
    daily=Decimal(2000), ceiling=None, monthly=None, remove=False,
)  # fmt: skip


def test_limits_and_rules_are_changed_by_two_who_see_what_changes(bank: Bank, staff: dict[str, User]) -> None:
    maker = staff["OPERATIONS"]
    for wrong in (
        replace(LIMIT, cif=bank.alice.customer.cif), replace(LIMIT, currency="XXQ"),
        replace(LIMIT, rail="NONE"), replace(LIMIT, single=Decimal(0)), replace(LIMIT, ceiling=Decimal(100)),
        replace(LIMIT, channel="", remove=True), replace(LIMIT, single=Decimal("NaN")),
    ):  # fmt: skip
        with pytest.raises(BankError):
            workflows.propose(kind=SET_LIMIT, payload=wrong, reason="no", maker=maker)
    command = workflows.propose(kind=SET_LIMIT, payload=LIMIT, reason="Programs pay small sums", maker=maker)
    with pytest.raises(BankError):
        workflows.approve(command=command, checker=maker)
    assert selectors.limits_for(bank.alice.customer, "KES", door="API") is None
    assert workflows.approve(command=command, checker=staff["SUPERVISOR"]).state == "APPROVED"
    held = selectors.limits_for(bank.alice.customer, "KES", door="API")
    assert (held.single, held.daily, held.monthly) == (kes("900"), kes("2000"), None)
    bank.pay("2500.00", key="k1")
    found = dict(affected_by_limit(replace(LIMIT, channel="", daily=Decimal(2400))))
    assert list(found.values()) == ["2", "0", "1"]
    gone = workflows.propose(
        kind=SET_LIMIT, payload=replace(LIMIT, remove=True), reason="Not needed", maker=maker
    )
    workflows.approve(command=gone, checker=staff["SUPERVISOR"])
    assert selectors.limits_for(bank.alice.customer, "KES", door="API") is None
    pace = SetPace(kind="PAYMENTS", segment="RETAIL", currency="", minutes=10, most=Decimal(0), remove=False)
    for bad in (replace(pace, currency="KES"), replace(pace, minutes=0), replace(pace, most=Decimal("1.5"))):
        with pytest.raises(InvalidInput):
            workflows.propose(kind=SET_PACE, payload=bad, reason="no", maker=maker)
    command = workflows.propose(kind=SET_PACE, payload=pace, reason="A wave of fraud", maker=maker)
    workflows.approve(command=command, checker=staff["COMPLIANCE"])
    held_order = pay(bank, "100.00", "k2")
    assert held_order.status == "AWAITING_APPROVAL"
    decision = workflows.propose(
        kind=DECIDE_HELD,
        payload=DecideHeld(held_order.reference, let_go=True),
        reason="Called back",
        maker=maker,
    )
    with pytest.raises(BankError):
        workflows.approve(command=decision, checker=maker)
    assert workflows.approve(command=decision, checker=staff["SUPERVISOR"]).state == "APPROVED"
    held_order.refresh_from_db()
    assert held_order.status == "SETTLED"


def test_nobody_decides_on_a_payment_or_sets_a_limit_of_their_own(bank: Bank, staff: dict[str, User]) -> None:
    """A member of staff may hold an account here as well."""
    rule("PAYMENTS", 0)
    held = pay(bank, "100.00", "k1")
    mine = replace(LIMIT, cif=bank.alice.customer.cif, segment="")
    cif.grant_mandate(user=staff["OPERATIONS"], customer=bank.bob.customer, role="VIEWER")
    cif.grant_mandate(user=staff["SUPERVISOR"], customer=bank.alice.customer, role="VIEWER")
    before = bank.positions()
    for kind, payload in ((DECIDE_HELD, DecideHeld(held.reference, let_go=True)), (SET_LIMIT, mine)):
        command = workflows.propose(kind=kind, payload=payload, reason="Please", maker=staff["OPERATIONS"])
        with pytest.raises(NotAllowed):
            workflows.approve(command=command, checker=staff["SUPERVISOR"])
    Mandate.objects.filter(user=staff["SUPERVISOR"]).delete()
    command = Command.objects.get(kind=DECIDE_HELD)
    assert workflows.approve(command=command, checker=staff["SUPERVISOR"]).state == "FAILED"
    assert bank.positions() == before
    held.refresh_from_db()
    assert held.status == "AWAITING_APPROVAL"
