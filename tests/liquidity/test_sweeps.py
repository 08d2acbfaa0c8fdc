"""Sweeps from set-up to closes that are killed and repeated."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.identity.errors import StepUpFailed
from bank.identity.models import User
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.liquidity import eod, selectors, services
from bank.liquidity.errors import SweepTwice, SweepUnusable, WrongSweepStatus
from bank.liquidity.events import no_sweep_moves_it
from bank.liquidity.models import Sweep, SweepRun
from bank.liquidity.services import Terms
from bank.liquidity.sweep_rules import SweepKind, SweepOutcome, move
from bank.payments.models import PaymentOrder
from bank.runtime.errors import IdempotencyConflict
from bank.runtime.steps import Day
from bank.signing import services as signing
from bank.signing.models import Approval, SigningRule
from tests.payments.conftest import Bank, Side, code_of, fund, kes
from tests.standing.conftest import MONDAY, close_until, work
from tests.standing.conftest import bank as bank
from tests.standing.conftest import standing_payers as standing_payers

ZERO = kes("0.00")
TUESDAY = date(2026, 3, 3)


@pytest.fixture
def second(bank: Bank) -> Account:
    account = accounts.open_account(customer=bank.firm.customer, product_code="CORPORATE", key="second")
    fund(account, "80000.00")
    SigningRule.objects.all().delete()
    return account


def terms(bank: Bank, second: Account, kind: SweepKind = SweepKind.ZERO, **more: Money) -> Terms:
    return Terms(second.number, bank.firm.number, kind, more.get("target", ZERO), more.get("threshold", ZERO))


def set_up(side: Side, asked: Terms, key: str = "s1") -> Sweep:
    given = {"user": side.user, "customer": side.customer, "terms": asked}
    challenge = services.start_sweep(**given)
    return services.create_sweep(**given, key=key, challenge_id=challenge.id, code=code_of(challenge))


def booked(account: Account) -> Money:
    return ledger.balance(account.number).booked


def history(sweep: Sweep) -> list[tuple[str, str, str]]:
    return [
        (str(one.day), one.outcome, f"{one.money.amount:.2f}") for one in reversed(selectors.runs_of(sweep))
    ]


def test_what_is_moved_where() -> None:
    def asked(
        kind: SweepKind, free: str, target: str = "0", threshold: str = "0", pool: str = "100"
    ) -> tuple[str, str]:
        found = move(kind, free=kes(free), pool_free=kes(pool), target=kes(target), threshold=kes(threshold))
        return f"{found.amount.amount:.0f}", found.outcome.value

    assert asked(SweepKind.ZERO, "70") == ("-70", "MOVED")
    assert asked(SweepKind.ZERO, "-30") == ("30", "MOVED")
    assert asked(SweepKind.ZERO, "0") == ("0", "NOTHING")
    assert asked(SweepKind.TARGET, "70", "50") == ("-20", "MOVED")
    assert asked(SweepKind.TARGET, "20", "50") == ("30", "MOVED")
    assert asked(SweepKind.TARGET, "20", "500") == ("100", "PART")
    assert asked(SweepKind.TARGET, "20", "50", pool="-5") == ("0", "NOTHING")
    assert asked(SweepKind.THRESHOLD, "70", "10", "60") == ("-60", "MOVED")
    assert asked(SweepKind.THRESHOLD, "60", "10", "60") == ("0", "NOTHING")
    assert asked(SweepKind.THRESHOLD, "5", "10", "60") == ("0", "NOTHING")


def test_a_day_is_swept_once_however_often_the_close_is_killed(bank: Bank, second: Account) -> None:
    sweep = set_up(bank.firm, terms(bank, second, SweepKind.TARGET, target=kes("50000.00")))
    total = bank.firm.booked + booked(second)
    day = Day(MONDAY, TUESDAY)
    with transaction.atomic():
        eod.sweep_day(day, "")
        assert booked(second) == kes("50000.00")
        transaction.set_rollback(True)
    assert booked(second) == kes("80000.00")
    assert not SweepRun.objects.exists()
    for _again in range(3):
        assert work(eod.STEPS[0], day) == 0
    assert booked(second) == kes("50000.00")
    assert bank.firm.booked + booked(second) == total
    assert history(sweep) == [("2026-03-02", "MOVED", "-30000.00")]
    paid = PaymentOrder.objects.get()
    assert (paid.authority, paid.fee, paid.remittance) == ("OPERATOR", 0, f"Sweep {sweep.reference}")
    fund(second, "1.00")
    assert work(eod.STEPS[0], day) == 0
    assert booked(second) == kes("50001.00")
    close_until(eod.STEPS, date(2026, 3, 4))
    assert booked(second) == kes("50000.00")
    assert history(sweep)[1:] == [("2026-03-03", "MOVED", "-1.00")]


def test_pausing_resuming_and_ending(bank: Bank, second: Account) -> None:
    sweep = set_up(bank.firm, terms(bank, second))
    given = {"user": bank.firm.user, "reference": sweep.reference}
    services.pause(**given)
    with pytest.raises(WrongSweepStatus):
        services.pause(**given)
    close_until(eod.STEPS, TUESDAY)
    assert booked(second) == kes("80000.00")
    assert history(sweep) == [("2026-03-02", "PAUSED", "0.00")]
    with pytest.raises(AccountInUse):
        no_sweep_moves_it(second)
    services.resume(**given)
    close_until(eod.STEPS, date(2026, 3, 4))
    assert booked(second) == ZERO
    services.end(**given)
    with pytest.raises(WrongSweepStatus):
        services.resume(**given)
    fund(second, "5.00")
    close_until(eod.STEPS, date(2026, 3, 5))
    assert (booked(second), len(history(sweep))) == (kes("5.00"), 2)
    with pytest.raises(NotFound):
        services.end(user=bank.alice.user, reference=sweep.reference)


def test_what_is_refused_changes_nothing(bank: Bank, second: Account) -> None:
    good, firm = terms(bank, second), bank.firm
    given = {"user": firm.user, "customer": firm.customer}
    for wrong in (
        replace(good, pool_number=second.number),
        replace(good, target=kes("5.00")),
        replace(good, kind=SweepKind.TARGET),
        replace(good, kind=SweepKind.THRESHOLD, target=kes("5.00"), threshold=kes("5.00")),
        replace(good, kind=SweepKind.TARGET, target=Money.of("5.00", "USD")),
        replace(good, kind=SweepKind.TARGET, target=kes("-5.00")),
    ):
        with pytest.raises(SweepUnusable):
            services.start_sweep(**given, terms=wrong)
    with pytest.raises(NotFound):
        services.start_sweep(**given, terms=replace(good, pool_number=bank.alice.number))
    with pytest.raises(NotFound):
        services.start_sweep(user=bank.alice.user, customer=firm.customer, terms=good)
    challenge = services.start_sweep(**given, terms=good)
    proof = {"challenge_id": challenge.id, "code": code_of(challenge)}
    with pytest.raises(StepUpFailed):
        services.create_sweep(
            **given, terms=replace(good, kind=SweepKind.TARGET, target=kes("9.00")), key="k", **proof
        )
    assert not Sweep.objects.exists()
    challenge = services.start_sweep(**given, terms=good)
    proof = {"challenge_id": challenge.id, "code": code_of(challenge)}
    made = services.create_sweep(**given, terms=good, key="k", **proof)
    assert services.create_sweep(**given, terms=good, key="k", **proof) == made
    with pytest.raises(IdempotencyConflict):
        services.create_sweep(
            **given, terms=replace(good, kind=SweepKind.TARGET, target=kes("9.00")), key="k", **proof
        )
    with pytest.raises(SweepTwice):
        services.start_sweep(**given, terms=good)
    with pytest.raises(SweepUnusable, match="circle"):
        services.start_sweep(
            **given, terms=replace(good, account_number=firm.number, pool_number=second.number)
        )
    assert Sweep.objects.count() == 1


def test_a_refusal_of_one_is_kept_and_stops_no_other(bank: Bank, second: Account) -> None:
    third = accounts.open_account(customer=bank.firm.customer, product_code="CORPORATE", key="third")
    fund(third, "10.00")
    bad = set_up(bank.firm, terms(bank, second))
    good = set_up(bank.firm, replace(terms(bank, second), account_number=third.number), key="s2")
    ledger.set_status(second.number, ledger.Status.FROZEN, reason="test")
    close_until(eod.STEPS, TUESDAY)
    run = SweepRun.objects.get(sweep=bad)
    assert (run.outcome, run.amount, run.reason) == (SweepOutcome.REFUSED, 0, "ACCOUNT_FROZEN")
    assert run.sentence
    assert (booked(second), booked(third)) == (kes("80000.00"), ZERO)
    assert history(good) == [("2026-03-02", "MOVED", "-10.00")]


def test_it_waits_for_the_signatures_the_rule_asks_for(bank: Bank, second: Account) -> None:
    other = User.objects.create_user("second@example.test", full_name="Second")
    cif.grant_mandate(user=other, customer=bank.firm.customer, role="SIGNATORY", can_pay=True)
    SigningRule.objects.create(customer=bank.firm.customer, currency="KES", above="500.00", signatures=2)
    sweep = set_up(bank.firm, terms(bank, second))
    assert sweep.status == "WAITING"
    with pytest.raises(NotAllowed):
        services.resume(user=bank.firm.user, reference=sweep.reference)
    close_until(eod.STEPS, TUESDAY)
    assert (booked(second), history(sweep)) == (kes("80000.00"), [])
    chosen = {"user": other, "references": [Approval.objects.get().reference]}
    challenge = signing.start_signing(**chosen)
    signing.sign(**chosen, challenge_id=challenge.id, code=code_of(challenge))
    close_until(eod.STEPS, date(2026, 3, 4))
    assert booked(second) == ZERO
    sweep.refresh_from_db()
    assert sweep.status == "ACTIVE"
