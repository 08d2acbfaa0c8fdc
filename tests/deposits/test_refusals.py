"""What deposits refuse, with the books as they were; and what happens where an account is in the way."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.errors import BothMustSign
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.deposits import errors, selectors
from bank.deposits import services as deposits
from bank.deposits.models import Deposit, Failure
from bank.deposits.services import Order
from bank.identity.errors import StepUpActChanged, StepUpRequired
from bank.identity.models import User
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money
from bank.ledger.errors import InsufficientFunds
from bank.products import rules as prices
from bank.products import selectors as products
from bank.products import services as catalogue
from bank.runtime.errors import IdempotencyConflict
from tests.deposits.conftest import (
    MONDAY,
    again,
    booked,
    books_untouched,
    close_day,
    code_of,
    current,
    gl,
    kes,
    opened,
    run_steps,
    skip_to,
)

pytestmark = pytest.mark.django_db


def _order(account: Account, **changes: Any) -> Order:
    asked = {
        "product_code": "FIXED", "account_number": account.number, "amount": kes("100000"), "months": 12,
    }  # fmt: skip
    return Order(**{**asked, **changes})


def test_orders_the_bank_does_not_take(account: Account, user: User) -> None:
    refused: list[tuple[dict[str, Any], type[BankError]]] = [
        ({"amount": kes("49999.99")}, errors.DepositTooSmall),
        ({"months": 24, "amount": kes("99999")}, errors.DepositTooSmall),
        ({"months": 7}, errors.TermNotOffered),
        ({"months": None}, errors.TermNotOffered),
        ({"mode": "COMPOUNDED"}, errors.InterestNotOffered),
        ({"product_code": "SAVINGS"}, errors.NotADeposit),
        ({"product_code": "NONESUCH"}, NotFound),
        ({"product_code": "RECURRING", "instruction": "PRINCIPAL"}, errors.InstructionNotPossible),
        ({"amount": kes("1000000.01")}, InsufficientFunds),
        ({"payout_number": "0010000000011"}, errors.PayoutNotPossible),
        ({"amount": Money.of("100000", "USD")}, BankError),
        ({"account_number": "0010000000011"}, NotFound),
    ]
    with books_untouched():
        for changes, refusal in refused:
            with pytest.raises(refusal):
                deposits.start_opening(user=user, order=_order(account, **changes))


def test_where_both_must_sign_no_deposit_is_a_way_around(account: Account, user: User) -> None:
    """A deposit of the one, paid out to the one's own account, would empty what both hold."""
    own = current(account.customer, "200000", key="own")
    call, held = opened(own, "CALL"), opened(account)
    spouse = cif.create_person(given_names="Brian", family_name="Langat", birth_date=date(1988, 1, 2))
    accounts.add_holder(account=account, customer=spouse, signing="BOTH")
    with books_untouched():
        with pytest.raises(BothMustSign):
            deposits.start_opening(user=user, order=_order(account, payout_number=own.number))
        with pytest.raises(BothMustSign):
            deposits.start_pay_in(user=user, deposit=call, amount=kes("1000"), account_number=account.number)
        friend = cif.create_person(given_names="Kim", family_name="Odera", birth_date=date(1990, 3, 4))
        accounts.add_holder(account=own, customer=friend, signing="BOTH")
        for payout in (own.number, account.number):
            with pytest.raises(BothMustSign):
                deposits.change_instruction(
                    deposit=held, instruction="PRINCIPAL", payout_number=payout, actor=user
                )
    held.refresh_from_db()
    assert (held.payout_account, held.instruction) == (account, "NONE")


def test_an_account_of_a_stranger_opens_nothing(account: Account) -> None:
    stranger = User.objects.create_user("eve@example.test", full_name="Eve")
    with books_untouched(), pytest.raises(NotFound):
        deposits.start_opening(user=stranger, order=_order(account))
    held = opened(account)
    with pytest.raises(NotFound):
        selectors.deposit_for(stranger, held.number)
    cif.grant_mandate(user=stranger, customer=account.customer, role="VIEWER")
    assert selectors.deposit_for(stranger, held.number) == held
    with books_untouched(), pytest.raises(BankError) as refusal:
        deposits.change_instruction(deposit=held, instruction="PRINCIPAL", actor=stranger)
    assert refusal.value.code == "MANDATE_FORBIDS_PAYMENTS"


def test_the_code_is_for_exactly_this_deposit(account: Account, user: User) -> None:
    order = _order(account)
    asked = code_of(deposits.start_opening(user=user, order=order))
    with books_untouched():
        with pytest.raises(StepUpRequired):
            deposits.open_deposit(user=user, order=order, key="1", challenge_id=None, code="")
        with pytest.raises(StepUpActChanged):
            deposits.open_deposit(user=user, order=_order(account, months=6), key="1", **asked)
    asked = code_of(deposits.start_opening(user=user, order=order))
    made, replayed = deposits.open_deposit(user=user, order=order, key="1", **asked)
    assert (made.annual_rate_pct, replayed) == (Decimal(10), False)
    with books_untouched():
        same, replayed = deposits.open_deposit(user=user, order=order, key="1", **asked)
        assert (same, replayed) == (made, True)
        with pytest.raises(IdempotencyConflict):
            deposits.open_deposit(user=user, order=_order(account, months=6), key="1", **asked)


def test_a_rate_that_changes_meanwhile_asks_for_another_code(account: Account, user: User) -> None:
    asked = code_of(deposits.start_opening(user=user, order=_order(account)))
    catalogue.publish_deposit(
        product=products.product("FIXED"),
        effective_from=MONDAY,
        currency="KES",
        rates=[prices.TermPrice(12, Decimal(50_000), Decimal("9.75"))],
    )
    with books_untouched(), pytest.raises(StepUpActChanged):
        deposits.open_deposit(user=user, order=_order(account), key="1", **asked)


def test_the_cooling_lock_and_the_last_day(account: Account, user: User) -> None:
    deposit = opened(account, months=3)
    skip_to(date(2026, 3, 8))
    with books_untouched(), pytest.raises(errors.CoolingLock) as locked:
        deposits.start_closing(user=user, deposit=deposit)
    assert locked.value.params["until"] == date(2026, 3, 9)
    skip_to(date(2026, 3, 9))
    assert deposits.quote_early(deposit=deposit).cost.is_positive
    ledger.roll_business_date(to=date(2026, 6, 2))
    with books_untouched(), pytest.raises(errors.DepositMatures):
        deposits.quote_early(deposit=deposit)
    run_steps()
    with books_untouched():
        for late in (deposits.quote_early, deposits.pay_out_held):
            with pytest.raises(errors.DepositOver):
                late(deposit=again(deposit))
        with pytest.raises(errors.DepositOver):
            deposits.change_instruction(deposit=deposit, instruction="PRINCIPAL", actor=user)


def test_the_cost_confirmed_is_the_cost_taken(account: Account, user: User) -> None:
    deposit = opened(account)
    skip_to(date(2026, 4, 1))
    asked = code_of(deposits.start_closing(user=user, deposit=deposit))
    close_day()
    with books_untouched(), pytest.raises(StepUpActChanged):
        deposits.close_early(user=user, deposit=again(deposit), key="1", **asked)


def test_a_maturity_on_a_holiday_moves_to_the_next_business_day(account: Account) -> None:
    """Six months from 1 June is 1 December 2026; from Monday 25 May it is Wednesday; 12 months from
    Friday 1 May is Labour Day again, a Saturday in 2027: Monday 3 May."""
    ledger.roll_business_date(to=date(2026, 5, 1))
    deposit = opened(account)
    assert deposit.maturity_date == date(2027, 5, 3)
    assert deposit.schedule.get(kind="INTEREST").amount == kes("10054.79").amount  # 367 days


def test_a_payout_account_that_cannot_receive_falls_back(account: Account, user: User) -> None:
    """First to the account that funded it, then to any open one, else the deposit waits."""
    other = current(account.customer, "1000", key="2")
    deposit = opened(account, months=3, payout_number=other.number)
    stranded = opened(other_funded := current(account.customer, "60000", key="3"), amount="50000", months=3)
    for one in (other, other_funded, account):
        accounts.freeze(account=one, scope="ALL", reason="Court order")
    skip_to(date(2026, 6, 2))
    assert run_steps() == 0
    held = [again(deposit), again(stranded)]
    assert [one.status for one in held] == ["HELD", "HELD"]
    assert booked(deposit.number) > kes("101000")
    assert gl("INTEREST_PAYABLE") == kes("0")
    before = booked(deposit.number)
    close_day()
    assert booked(deposit.number) == before
    accounts.unfreeze(account=account, reason="Lifted")
    run_steps()
    assert [again(one).status for one in held] == ["MATURED", "MATURED"]
    assert booked(deposit.number) == kes("0")


def test_one_deposit_that_fails_stops_no_other(account: Account) -> None:
    first, second = opened(account, months=3), opened(account, amount="60000", months=3)
    skip_to(date(2026, 6, 2))
    taken = ledger.transfer(
        key=f"deposit:{first.number}:end", debit=account.number, credit=ledger.gl("CASH", "KES"),
        amount=kes("1"), code="CASH",
    )  # fmt: skip
    ledger.post(taken)
    assert run_steps() == 1
    assert [again(one).status for one in (first, second)] == ["ACTIVE", "MATURED"]
    noted = Failure.objects.get()
    assert (noted.deposit, noted.step, noted.business_date) == (first, "deposits.mature", date(2026, 6, 2))
    assert gl("INTEREST_PAYABLE") == kes(str(again(first).accrued)[:-1])


def test_closing_a_day_again_changes_nothing(account: Account) -> None:
    opened(account, mode="MONTHLY")
    opened(account, "RECURRING", "5000")
    opened(account, "CALL")
    skip_to(date(2026, 4, 1))
    close_day()
    run_steps()
    with books_untouched():
        run_steps()
    sums = sum((one.accrued - one.paid_interest for one in Deposit.objects.all()), Decimal(0))
    assert gl("INTEREST_PAYABLE").amount == sums


def test_a_notice_deposit_that_lets_nothing_go_early(account: Account, user: User) -> None:
    catalogue.publish_open_deposit(
        product=products.product("NOTICE"), effective_from=MONDAY, currency="KES", minimum=Decimal(50_000),
        tiers=[prices.Tier(Decimal(0), Decimal(6))],
        terms=prices.DepositRules(modes=("MONTHLY",), notice_days=30, early_withdrawal=False),
    )  # fmt: skip
    deposit = opened(account, "NOTICE")
    with books_untouched():
        for amount in (kes("1"), None):
            with pytest.raises(errors.NoticeNeeded):
                deposits.quote_withdrawal(deposit=deposit, amount=amount)
        with pytest.raises(errors.NoticeTooLarge):
            deposits.give_notice(user=user, deposit=deposit, amount=kes("100000.01"))
    notice = deposits.give_notice(user=user, deposit=deposit, amount=kes("40000"))
    skip_to(notice.available_date)
    with books_untouched(), pytest.raises(errors.NoticeNeeded):
        deposits.quote_withdrawal(deposit=deposit, amount=kes("40000.01"))
    asked = code_of(deposits.start_withdrawal(user=user, deposit=deposit, amount=kes("40000")))
    deposits.withdraw(user=user, deposit=deposit, amount=kes("40000"), key="1", **asked)
    with books_untouched():
        with pytest.raises(errors.NoticeNeeded):
            deposits.quote_withdrawal(deposit=deposit, amount=kes("1"))
        same, replayed = deposits.withdraw(user=user, deposit=deposit, amount=kes("40000"), key="1", **asked)
        assert (same, replayed) == (deposit, True)


def test_a_call_deposit_keeps_its_minimum_and_takes_more(account: Account, user: User) -> None:
    deposit, fixed = opened(account, "CALL"), opened(account)
    asked = code_of(deposits.start_pay_in(user=user, deposit=deposit, amount=kes("10000")))
    deposits.pay_in(user=user, deposit=deposit, amount=kes("10000"), key="1", **asked)
    assert booked(deposit.number) == kes("110000")
    with books_untouched():
        with pytest.raises(errors.TooLittleLeft):
            deposits.quote_withdrawal(deposit=deposit, amount=kes("60000.01"))
        with pytest.raises(InsufficientFunds):
            deposits.start_pay_in(user=user, deposit=deposit, amount=kes("2000000"))
        for wrong in (deposits.quote_withdrawal, deposits.quote_early):
            with pytest.raises(errors.WrongKind):
                wrong(deposit=fixed if wrong is deposits.quote_withdrawal else deposit)
        with pytest.raises(errors.WrongKind):
            deposits.give_notice(user=user, deposit=deposit, amount=kes("1"))


def test_what_is_no_longer_sold_is_paid_out_instead_of_renewed(account: Account) -> None:
    deposit = opened(account, months=3, instruction="PRINCIPAL")
    catalogue.publish_deposit(
        product=products.product("FIXED"), effective_from=date(2026, 5, 1), currency="KES",
        rates=[prices.TermPrice(12, Decimal(50_000), Decimal(10))],
    )  # fmt: skip
    skip_to(date(2026, 6, 2))
    run_steps()
    assert again(deposit).status == "MATURED"
