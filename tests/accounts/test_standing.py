"""Overdrafts, dormancy and closing, with what the books and the ledger's limits say."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail

from bank import ledger
from bank.accounts import rules, selectors, services
from bank.accounts.commands import ArrangeOverdraft
from bank.accounts.errors import (
    AccountHasHolds,
    AccountInUse,
    AccountIsDormant,
    AccountNotDormant,
    OverdraftUnusable,
)
from bank.accounts.models import Account, Overdraft
from bank.accounts.services import contracts
from bank.identity.errors import StepUpFailed
from bank.identity.models import User
from bank.kernel.errors import NotAllowed, NotFound
from bank.payments import services as payments
from bank.products.models import ProductTerms
from bank.runtime.steps import Day
from bank.workflows import services as workflows
from tests.accounts.conftest import books_untouched, kes, pay
from tests.accounts.test_worked_examples import n, run, t_accounts
from tests.portals.town import let_the_worker_work, newest_code
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db


def today() -> date:
    return ledger.business_date()


def test_an_overdraft_is_arranged_by_two_people_within_what_the_second_may_lend(
    account: Account, payee: Account
) -> None:
    maker, manager = employ("maker", "OFFICER"), employ("manager", "BRANCH_MANAGER")
    expires = today() + timedelta(90)
    for limit, state in ((Decimal(2_000_000), "FAILED"), (Decimal(5_000), "APPROVED")):
        asked = ArrangeOverdraft(account.number, limit, expires, Decimal("14.5"))
        command = workflows.propose(
            kind="accounts.arrange_overdraft", payload=asked, reason="Seasonal", maker=maker
        )
        rates = {one["label"]: (one["before"], one["after"]) for one in command.difference}["Rate a year"]
        assert rates == ("0.00%, as the product says", "14.50%")
        assert workflows.approve(command=command, checker=manager).state == state
    arranged = selectors.overdraft(account)
    assert arranged is not None
    assert (arranged.arranged_by, arranged.approved_by, arranged.limit) == (maker, manager, 5_000)
    assert arranged.annual_rate_pct == Decimal("14.5")
    assert selectors.position(account).available == kes("6000")
    with t_accounts(**{n(account): "-5500", n(payee): "5500"}):
        pay(account, payee, "5500")
    with books_untouched(), pytest.raises(ledger.errors.InsufficientFunds):
        pay(account, payee, "501", key="too much")


def test_overdrafts_that_make_no_sense(account: Account, payee: Account) -> None:
    wrong = (
        ("0", today() + timedelta(9)), ("-5", today() + timedelta(9)), ("5", today()),
        ("5", today() + timedelta(999)),
    )  # fmt: skip
    for limit, expires in wrong:
        with books_untouched(), pytest.raises(OverdraftUnusable):
            services.arrange_overdraft(account=account, limit=kes(limit), expires=expires)
    for rate in ("-1", "100.5", "NaN"):
        with pytest.raises(OverdraftUnusable):
            services.arrange_overdraft(
                account=account, limit=kes("5"), expires=today() + timedelta(9), rate_pct=Decimal(rate)
            )
    with pytest.raises(OverdraftUnusable):
        services.end_overdraft(account=account, reason="None there")
    assert not Overdraft.objects.exists()


def test_an_overdraft_that_ends_in_use_is_paid_back_by_what_comes_in(
    account: Account, payee: Account
) -> None:
    """5,000 until the 10th, 3,000 drawn: from the 11th nothing more goes out, and what comes in stays."""
    services.arrange_overdraft(account=account, limit=kes("5000"), expires=today() + timedelta(1))
    pay(account, payee, "4000")
    assert run("OVERDRAFT_EXPIRY", Day(today(), today() + timedelta(1))) == (0, 0)
    with t_accounts():
        assert run("OVERDRAFT_EXPIRY", Day(today() + timedelta(1), today() + timedelta(2))) == (1, 1)
    assert selectors.overdraft(account) is None
    assert selectors.position(account).available == kes("0")
    pay(payee, account, "1000", key="back")
    run("OVERDRAFT_EXPIRY", Day(today() + timedelta(2), today() + timedelta(3)))
    with books_untouched(), pytest.raises(ledger.errors.InsufficientFunds):
        pay(account, payee, "1", key="no more")
    pay(payee, account, "2500", key="all back")
    assert run("OVERDRAFT_EXPIRY", Day(today() + timedelta(2), today() + timedelta(3))) == (1, 0)
    assert not Overdraft.objects.get().runs_down
    assert selectors.position(account).available == kes("500")


def test_when_an_account_is_told_and_when_it_turns_dormant() -> None:
    """Used on 1 January, 365 days: told on 2 December at the earliest, dormant on 1 January, and never
    sooner than thirty days after it was told."""
    used = date(2026, 1, 1)

    def at(on: date, noticed: date | None = None) -> rules.Idleness:
        return rules.idleness(last_used=used, noticed=noticed, days=365, on=on)

    assert at(date(2026, 12, 1)) == rules.Idleness(False, False, date(2026, 12, 2))
    assert at(date(2026, 12, 2)) == rules.Idleness(False, True, date(2027, 1, 1))
    assert at(date(2027, 3, 1)) == rules.Idleness(False, True, date(2027, 3, 31))
    assert at(date(2026, 12, 31), date(2026, 12, 2)) == rules.Idleness(False, False, date(2027, 1, 1))
    assert at(date(2027, 1, 1), date(2026, 12, 2)) == rules.Idleness(True, False, None)
    assert at(date(2027, 1, 1), date(2025, 12, 2)).gives_notice


@pytest.fixture
def idle(account: Account) -> Account:
    """Opened so long ago that nobody remembers, with a deposit then and nothing since."""
    ProductTerms.objects.update(dormancy_days=60)
    Account.objects.filter(pk=account.pk).update(opened_date=today() - timedelta(400))
    return account


def _review(on: date) -> tuple[int, int]:
    Account.objects.update(idle_review_date=None)
    Account.objects.filter(opened_date__lt=today()).update(idle_review_date=on)
    return run("DORMANCY", Day(on, on + timedelta(1)))


def test_an_account_nobody_uses_is_told_then_dormant_and_woken_by_its_owner(
    idle: Account, payee: Account, user: User
) -> None:
    idle.customer.__class__.objects.filter(pk=idle.customer_id).update(email="amina@example.test")
    later = today() + timedelta(40)
    _review(later)
    noticed = Account.objects.get(pk=idle.pk)
    assert (noticed.status, selectors.dormant_on(noticed)) == ("ACTIVE", later + timedelta(30))
    _review(later + timedelta(30))
    sleeping = Account.objects.get(pk=idle.pk)
    assert (sleeping.status, ledger.balance(idle.number).status) == ("DORMANT", ledger.Status.FROZEN_DEBIT)
    with books_untouched(), pytest.raises(AccountIsDormant):
        payments.start_payment(
            user=user, debtor_number=sleeping.number, creditor_number=payee.number,
            creditor_name="Brian Langat", amount=kes("1"),
        )  # fmt: skip
    with books_untouched(), pytest.raises(ledger.errors.AccountFrozen):
        pay(idle, payee, "1")
    assert pay(payee, idle, "1", key="in").is_posted
    let_the_worker_work()
    assert [one.subject.split(": ")[1] for one in mail.outbox] == [
        "Your account is about to turn dormant", "Your account is dormant",
    ]  # fmt: skip
    challenge = services.start_reactivation(user=user, number=idle.number)
    with pytest.raises(StepUpFailed):
        services.reactivate_own(user=user, number=idle.number, challenge_id=challenge.id, code="000000")
    services.reactivate_own(user=user, number=idle.number, challenge_id=challenge.id, code=newest_code(user))
    assert pay(idle, payee, "1", key="out").is_posted
    with pytest.raises(AccountNotDormant):
        services.reactivate(account=idle, reason="Again")
    with pytest.raises(AccountNotDormant):
        services.start_reactivation(user=user, number=idle.number)


def test_use_takes_the_notice_back_and_freezes_come_before_dormancy(
    idle: Account, payee: Account, user: User
) -> None:
    later = today() + timedelta(40)
    services.freeze(account=idle, scope="CREDIT", reason="Court order")
    _review(later)
    assert Account.objects.get(pk=idle.pk).dormancy_notice_date is None
    services.unfreeze(account=idle, reason="Lifted")
    _review(later)
    pay(idle, payee, "1")
    Account.objects.filter(pk=idle.pk).update(dormancy_notice_date=today())
    _review(today() + timedelta(20))
    assert Account.objects.get(pk=idle.pk).dormancy_notice_date is None
    Account.objects.filter(pk=idle.pk).update(dormant_since=today())
    services.freeze(account=idle, scope="CREDIT", reason="Court order")
    assert Account.objects.get(pk=idle.pk).status == "FROZEN"
    services.unfreeze(account=idle, reason="Lifted")
    assert Account.objects.get(pk=idle.pk).status == "DORMANT"
    stranger = User.objects.create_user("eve@example.test", full_name="Eve")
    with pytest.raises(NotFound):
        services.start_reactivation(user=stranger, number=idle.number)
    user.mandates.update(role="VIEWER", can_pay=False)
    with pytest.raises(NotAllowed):
        services.start_reactivation(user=user, number=idle.number)


def test_what_hangs_on_an_account_keeps_it_open(
    account: Account, payee: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.place_hold(key="hold", account=account.number, amount=kes("10"))
    with books_untouched(), pytest.raises(AccountHasHolds):
        services.close_account(account=account, reason="Customer's wish")

    def deposit_there(_account: Account) -> None:
        raise AccountInUse(problem="A deposit pays its interest into this account.")

    monkeypatch.setattr(contracts, "_closing_checks", [deposit_there])
    with books_untouched(), pytest.raises(AccountInUse):
        services.prepare_closing(account=payee)
    assert Account.objects.filter(status="ACTIVE").count() == 2


def test_an_overdraft_ends_with_its_account(account: Account, payee: Account) -> None:
    services.arrange_overdraft(account=account, limit=kes("5000"), expires=today() + timedelta(9))
    pay(account, payee, "1000")
    services.close_account(account=account, reason="Customer's wish")
    assert Overdraft.objects.get().end_reason == "Account closed"
