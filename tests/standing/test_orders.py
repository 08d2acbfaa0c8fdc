"""Standing orders from set-up to the last payment, through closes that are killed and repeated."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.cif import services as cif
from bank.identity.errors import StepUpActChanged
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.payments.errors import CreditorUnknown, DailyLimitExceeded, PayeeCooling, PaymentAboveMaximum
from bank.payments.models import PaymentOrder
from bank.runtime.errors import IdempotencyConflict
from bank.runtime.steps import Day
from bank.signing import services as signing
from bank.signing.models import Approval, SigningRule
from bank.standing import eod, selectors, services
from bank.standing.errors import ChangeNeedsSignatures, OrderUnusable, SweepToOthers, WrongOrderStatus
from bank.standing.models import Run, StandingOrder
from bank.standing.rules import Frequency, HolidayRule, OrderStatus, RunStatus, Schedule
from bank.standing.services import Terms
from tests.payments.conftest import Bank, Side, code_of, fund, kes
from tests.standing.conftest import close_until, work

FRIDAY = date(2026, 3, 6)


def terms(bank: Bank, **changes: object) -> Terms:
    asked = Terms(
        debtor_number=bank.alice.number,
        creditor_number=bank.bob.number,
        creditor_name=bank.bob.name,
        schedule=Schedule(Frequency.WEEKLY, FRIDAY),
        amount=kes("1000.00"),
        remittance="Rent",
    )
    return replace(asked, **changes)


def set_up(side: Side, asked: Terms, key: str = "s1") -> StandingOrder:
    challenge = services.start_order(user=side.user, terms=asked)
    return services.create_order(
        user=side.user, terms=asked, key=key, challenge_id=challenge.id, code=code_of(challenge)
    )


def history(order: StandingOrder) -> list[tuple[str, str, str]]:
    order.refresh_from_db()
    return [(str(run.due_date), run.status, run.reason) for run in reversed(selectors.runs_of(order))]


def test_it_is_paid_on_every_due_date_once_however_often_the_close_is_killed(bank: Bank) -> None:
    """1,000.00 a week: the debtor pays fee 10.00 and excise 1.50 on top, the creditor gets 1,000.00."""
    order = set_up(bank.alice, terms(bank, schedule=Schedule(Frequency.WEEKLY, FRIDAY, times=2)))
    close_until(eod.STEPS, date(2026, 3, 5))
    assert bank.bob.booked == kes("0.00")
    close_until(eod.STEPS, FRIDAY)
    assert (bank.alice.booked, bank.bob.booked) == (kes("48988.50"), kes("1000.00"))
    close_until(eod.STEPS, date(2026, 3, 23))
    assert (bank.alice.booked, bank.bob.booked) == (kes("47977.00"), kes("2000.00"))
    assert history(order) == [("2026-03-06", "PAID", ""), ("2026-03-13", "PAID", "")]
    assert order.status == OrderStatus.ENDED
    paid = PaymentOrder.objects.order_by("id")
    assert [one.remittance for one in paid] == ["Rent", "Rent"]
    assert {one.authority for one in paid} == {"OPERATOR"}


def test_no_money_is_tried_again_until_it_is_there_or_the_days_are_over(bank: Bank) -> None:
    dear = terms(bank, amount=kes("60000.00"), retry_days=2)
    once = Schedule(Frequency.ONCE, FRIDAY)
    order = set_up(bank.alice, replace(dear, schedule=once))
    huge = replace(dear, debtor_number=bank.firm.number, amount=kes("6000000.00"), schedule=once)
    hopeless = set_up(bank.firm, huge)
    before = bank.positions()
    close_until(eod.STEPS, FRIDAY)
    assert history(order) == [("2026-03-06", "RETRYING", "INSUFFICIENT_FUNDS")]
    assert bank.positions() == before
    fund(bank.alice.account, "20000.00")
    close_until(eod.STEPS, date(2026, 3, 11))
    assert history(order) == [("2026-03-06", "PAID", "")]
    assert bank.bob.booked == kes("60000.00")
    assert history(hopeless) == [("2026-03-06", "FAILED", "INSUFFICIENT_FUNDS")]
    run = hopeless.runs.get()
    assert (run.tries, str(run.tried_on)) == (4, "2026-03-10")
    assert "5,000,000" not in run.sentence
    assert hopeless.status == order.status == OrderStatus.ENDED


def test_one_bad_order_stops_no_other(bank: Bank) -> None:
    """The bad one: a row of that due date that should not be there. It is noted, and paid by nobody."""
    bad, good = set_up(bank.alice, terms(bank)), set_up(bank.alice, terms(bank), key="s2")
    planted = Run.objects.create(order=bad, due_date=FRIDAY, last_date=FRIDAY, status=RunStatus.SKIPPED)
    close_until(eod.STEPS, FRIDAY)
    assert history(good) == [("2026-03-06", "PAID", "")]
    assert history(bad) == [("2026-03-06", "SKIPPED", "")]
    opening = Day(date(2026, 3, 5), FRIDAY)
    assert work(eod.STEPS[1], opening) == 1
    planted.delete()
    assert work(eod.STEPS[1], opening) == 0
    assert history(bad) == [("2026-03-06", "PAID", "")]


def test_a_closed_payee_ends_the_order(bank: Bank) -> None:
    gone = accounts.open_account(customer=bank.bob.customer, product_code="SAVINGS", key="gone")
    order = set_up(bank.alice, terms(bank, creditor_number=gone.number))
    accounts.close_account(account=gone, reason="Moves away")
    before = bank.positions()
    close_until(eod.STEPS, FRIDAY)
    assert history(order) == [("2026-03-06", "FAILED", "ACCOUNT_CLOSED")]
    assert (order.status, order.next_run) == (OrderStatus.ENDED, None)
    assert bank.positions() == before


def test_skip_pause_resume_end(bank: Bank) -> None:
    order = set_up(bank.alice, terms(bank))
    who = {"user": bank.alice.user, "reference": order.reference}
    services.skip_next(**who)
    close_until(eod.STEPS, date(2026, 3, 9))
    services.pause(**who)
    close_until(eod.STEPS, date(2026, 3, 16))
    services.resume(**who)
    close_until(eod.STEPS, date(2026, 3, 23))
    with pytest.raises(AccountInUse):
        accounts.close_account(account=bank.alice.account, reason="Moves away")
    services.end(**who)
    close_until(eod.STEPS, date(2026, 3, 30))
    assert history(order) == [
        ("2026-03-06", "SKIPPED", "SKIPPED"),
        ("2026-03-13", "SKIPPED", "PAUSED"),
        ("2026-03-20", "PAID", ""),
    ]
    assert bank.bob.booked == kes("1000.00")
    for act in (services.skip_next, services.pause, services.resume, services.end):
        with pytest.raises(WrongOrderStatus):
            act(**who)
        with pytest.raises(NotFound):
            act(user=bank.bob.user, reference=order.reference)
    said = [event.action for event in selectors.events_of(order)]
    assert said == ["SET_UP", "SKIPPED", "PAUSED", "RESUMED", "ENDED"]


def test_a_sweep_moves_what_is_above_and_only_to_an_own_account(bank: Bank) -> None:
    pot = accounts.open_account(customer=bank.alice.customer, product_code="CURRENT", key="second")
    sweep = terms(bank, amount=None, keep=kes("30000.00"), creditor_number=pot.number, creditor_name="")
    with pytest.raises(SweepToOthers):
        services.start_order(user=bank.alice.user, terms=terms(bank, amount=None, keep=kes("1.00")))
    order = set_up(bank.alice, sweep)
    close_until(eod.STEPS, date(2026, 3, 16))
    assert bank.alice.booked == kes("30000.00")
    assert ledger.balance(pot.number).booked == kes("20000.00")
    assert history(order) == [("2026-03-06", "PAID", ""), ("2026-03-13", "NOTHING", "NOTHING_ABOVE")]


def test_the_code_is_bound_to_the_whole_instruction(bank: Bank) -> None:
    asked = terms(bank)

    def proof() -> dict[str, object]:
        challenge = services.start_order(user=bank.alice.user, terms=asked)
        return {"user": bank.alice.user, "challenge_id": challenge.id, "code": code_of(challenge)}

    for changed in (
        replace(asked, amount=kes("1000.01")),
        replace(asked, remittance="Bribe"),
        replace(asked, retry_days=1),
        replace(asked, schedule=replace(asked.schedule, frequency=Frequency.FORTNIGHTLY)),
        replace(asked, schedule=replace(asked.schedule, holiday_rule=HolidayRule.PRECEDING)),
        replace(asked, schedule=replace(asked.schedule, times=3)),
        replace(asked, creditor_number=bank.firm.number),
    ):
        with pytest.raises(StepUpActChanged):
            services.create_order(terms=changed, key="k", **proof())
    assert not StandingOrder.objects.exists()
    once = proof()
    made = services.create_order(terms=asked, key="k", **once)
    assert services.create_order(terms=asked, key="k", **once) == made
    with pytest.raises(IdempotencyConflict):
        services.create_order(terms=replace(asked, retry_days=1), key="k", **once)


def test_what_cannot_be_set_up(bank: Bank) -> None:
    """Limits count at set-up, money need not be there yet."""
    cases: list[tuple[type[Exception], Terms]] = [
        (CreditorUnknown, terms(bank, creditor_number=numbering.account_number("001", 999_999_999))),
        (DailyLimitExceeded, terms(bank, amount=kes("100000.01"))),
        (PaymentAboveMaximum, terms(bank, amount=kes("10000000.01"))),
        (OrderUnusable, terms(bank, retry_days=11)),
        (OrderUnusable, terms(bank, amount=None)),
        (NotFound, terms(bank, debtor_number=bank.bob.number, creditor_number=bank.alice.number)),
    ]
    for refusal, asked in cases:
        with pytest.raises(refusal):
            services.start_order(user=bank.alice.user, terms=asked)
    set_up(bank.alice, terms(bank, amount=kes("99999.00")))


def test_a_change_needs_a_code_for_the_new_instruction(bank: Bank) -> None:
    order = set_up(bank.alice, terms(bank))
    close_until(eod.STEPS, FRIDAY)
    wanted = {"user": bank.alice.user, "reference": order.reference, "remittance": "More rent"}
    for amount in ("1300.00", "1200.00"):
        challenge = services.start_change(amount=kes("1200.00"), **wanted)
        proof = {"challenge_id": challenge.id, "code": code_of(challenge)}
        if amount == "1300.00":
            with pytest.raises(StepUpActChanged):
                services.change_order(amount=kes(amount), **wanted, **proof)
    services.change_order(amount=kes("1200.00"), **wanted, **proof)
    close_until(eod.STEPS, date(2026, 3, 13))
    assert bank.bob.booked == kes("2200.00")


def test_the_first_day_of_a_payee_holds_for_orders_too(bank: Bank) -> None:
    """An order of just before midnight would else bring a new payee anything minutes later."""
    once = Schedule(Frequency.ONCE, ledger.business_date() + timedelta(days=1))
    much = terms(bank, amount=kes("50000.01"), schedule=once)
    spaced = f"{bank.bob.number[:4]} {bank.bob.number[4:]}"
    for asked in (much, replace(much, creditor_number=spaced)):
        with pytest.raises(PayeeCooling):
            services.start_order(user=bank.alice.user, terms=asked)
    half = replace(much, amount=kes("30000.00"))
    set_up(bank.alice, half)
    with pytest.raises(PayeeCooling):
        set_up(bank.alice, replace(half, creditor_number=spaced, remittance="Half"), key="s2")
    assert StandingOrder.objects.count() == 1
    later = Schedule(Frequency.ONCE, FRIDAY)
    assert set_up(bank.alice, replace(much, schedule=later), key="s3").status == OrderStatus.ACTIVE


def test_a_companys_others_sign_before_anything_is_paid(bank: Bank) -> None:
    """Above 10 million two must sign (NUMBERS); until they have, no due date counts."""
    SigningRule.objects.create(customer=bank.firm.customer, currency="KES", above="500.00", signatures=2)
    second = User.objects.create_user("second@example.test", full_name="Second")
    cif.grant_mandate(user=second, customer=bank.firm.customer, role="SIGNATORY", can_pay=True)
    order = set_up(bank.firm, terms(bank, debtor_number=bank.firm.number))
    assert order.status == OrderStatus.WAITING
    close_until(eod.STEPS, date(2026, 3, 4))
    approval = Approval.objects.get()
    challenge = signing.start_signing(user=second, references=[approval.reference])
    signing.sign(
        user=second, references=[approval.reference], challenge_id=challenge.id, code=code_of(challenge)
    )
    close_until(eod.STEPS, FRIDAY)
    assert bank.bob.booked == kes("1000.00")
    assert Run.objects.get().status == RunStatus.PAID


def test_many_small_orders_to_one_payee_need_what_a_large_one_needs(bank: Bank) -> None:
    SigningRule.objects.create(customer=bank.firm.customer, currency="KES", above="1500.00", signatures=2)
    second = User.objects.create_user("second@example.test", full_name="Second")
    cif.grant_mandate(user=second, customer=bank.firm.customer, role="SIGNATORY", can_pay=True)
    small = terms(bank, debtor_number=bank.firm.number)
    assert set_up(bank.firm, small).status == OrderStatus.ACTIVE
    spaced = replace(small, creditor_number=f"{bank.bob.number[:4]} {bank.bob.number[4:]}", remittance="More")
    split = set_up(bank.firm, spaced, key="s2")
    assert split.status == OrderStatus.WAITING
    assert set_up(bank.firm, replace(small, creditor_number=bank.alice.number,
        creditor_name=bank.alice.name), key="s3").status == OrderStatus.ACTIVE  # fmt: skip
    approval = Approval.objects.get(subject=split.reference)
    challenge = signing.start_signing(user=second, references=[approval.reference])
    signing.sign(
        user=second, references=[approval.reference], challenge_id=challenge.id, code=code_of(challenge)
    )
    split.refresh_from_db()
    assert split.status == OrderStatus.ACTIVE
    with pytest.raises(ChangeNeedsSignatures):
        services.start_change(
            user=bank.firm.user, reference=split.reference, amount=kes("1001.00"), remittance="More"
        )
