"""The same money, key, limit or file from many sides at once: exactly one effect."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from bank import ledger
from bank.accounts.models import FeeUse
from bank.kernel.errors import BankError
from bank.payments import selectors
from bank.payments import services as payments
from bank.payments.models import PaymentFile, PaymentLimit, PaymentOrder
from bank.payments.services import Operator
from bank.products.models import FeeRule
from tests.payments.conftest import Bank, code_of, fund, kes
from tests.payments.test_files import a_file, line_to, submit

AT_ONCE = 8


def together(work: Callable[[int], object], times: int = AT_ONCE) -> list[object]:
    """What each of the parallel calls returned, or the code it was refused with."""

    def one(n: int) -> object:
        try:
            return work(n)
        except BankError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(times)))


def test_e29_twenty_times_the_same_key_is_one_payment(open_bank: Bank) -> None:
    found = together(lambda _n: open_bank.pay().reference, 20)
    assert len(set(found)) == 1
    assert PaymentOrder.objects.count() == 1
    assert open_bank.bob.booked == kes("100.00")
    assert selectors.used_today(open_bank.alice.customer, "KES") == kes("100.00")


def test_e28_together_they_may_not_spend_more_than_there_is(open_bank: Bank) -> None:
    found = together(lambda n: open_bank.pay("20000.00", key=f"k{n}").status)
    assert sorted(found) == ["INSUFFICIENT_FUNDS"] * 6 + ["SETTLED"] * 2
    assert open_bank.bob.booked == kes("40000.00")
    assert selectors.used_today(open_bank.alice.customer, "KES") == kes("40000.00")


def test_e28_a_daily_limit_holds_under_race(open_bank: Bank) -> None:
    PaymentLimit.objects.filter(segment="RETAIL", currency="KES").update(daily_maximum=1000)
    found = together(lambda n: open_bank.pay(key=f"k{n}").status, 50)
    assert found.count("SETTLED") == 10
    assert found.count("DAILY_LIMIT_EXCEEDED") == 40
    assert open_bank.bob.booked == kes("1000.00")


def test_of_many_at_once_only_the_free_ones_of_the_month_are_free(open_bank: Bank) -> None:
    """Who was shown a free one that others took is told so and pays nothing; the others stay counted."""
    FeeRule.objects.filter(event="INTERNAL_TRANSFER").update(free_per_month=3)
    found = together(lambda n: open_bank.pay(key=f"k{n}").status)
    paid = PaymentOrder.objects.order_by("id")
    assert found.count("SETTLED") == paid.count() >= 3
    assert found.count("FREE_ONES_USED_UP") == AT_ONCE - paid.count()
    assert sum(order.charges == kes("0.00") for order in paid) == 3
    assert sorted(FeeUse.objects.values_list("slot", flat=True)) == [1, 2, 3]
    free = {order.reference for order in paid if order.charges == kes("0.00")}
    assert set(FeeUse.objects.values_list("reference", flat=True)) == free


def test_e33_one_code_in_parallel_pays_once(open_bank: Bank) -> None:
    bank = open_bank
    challenge = payments.start_payment(
        user=bank.alice.user,
        debtor_number=bank.alice.number,
        creditor_number=bank.bob.number,
        creditor_name=bank.bob.name,
        amount=kes("100.00"),
    )
    confirmed = {"challenge_id": challenge.id, "code": code_of(challenge), "authorisation": None}
    found = together(lambda n: bank.pay(key=f"k{n}", **confirmed).status)
    assert sorted(found) == ["SETTLED"] + ["STEP_UP_EXPIRED"] * 7
    assert bank.bob.booked == kes("100.00")


def test_both_ways_at_once_lose_and_lock_nothing(open_bank: Bank) -> None:
    bank = open_bank
    fund(bank.bob.account, "50000.00")
    back = {
        "user": bank.bob.user,
        "debtor_number": bank.bob.number,
        "creditor_number": bank.alice.number,
        "creditor_name": bank.alice.name,
    }
    found = together(lambda n: bank.pay(key=f"k{n}", **(back if n % 2 else {})).status, 40)
    assert set(found) == {"SETTLED"}
    charges = kes("11.50") * 20
    assert (bank.alice.booked, bank.bob.booked) == (kes("50000.00") - charges,) * 2


def test_a_file_sent_by_many_is_taken_once(open_bank: Bank) -> None:
    content = a_file(open_bank, [line_to(open_bank)])
    same_key = together(lambda _n: submit(open_bank, content).pk)
    assert len(set(same_key)) == 1
    other = a_file(open_bank, [line_to(open_bank)], message_id="M2")
    statuses = together(lambda n: submit(open_bank, other, key=f"k{n}").status)
    assert sorted(statuses) == ["CHECKED"] + ["REJECTED"] * 7


@pytest.mark.parametrize("same_key", [True, False])
def test_a_file_confirmed_by_many_is_paid_once(open_bank: Bank, same_key: bool) -> None:
    bank = open_bank
    file = submit(bank, a_file(bank, [line_to(bank, n) for n in (1, 2, 3)]))

    def work(n: int) -> str:
        key = "go" if same_key else f"k{n}"
        return payments.confirm_payment_file(
            user=bank.firm.user, file=file, only_valid=False, key=key, authorisation=Operator("test")
        ).status

    found = together(work)
    assert found.count("PAID") == (AT_ONCE if same_key else 1)
    assert bank.bob.booked == kes("300.00")
    assert PaymentOrder.objects.count() == 3


def test_a_file_and_single_payments_of_one_customer_do_not_lock_each_other(open_bank: Bank) -> None:
    bank = open_bank
    files = [
        submit(bank, a_file(bank, [line_to(bank, n) for n in range(50)], message_id=f"M{m}"), key=f"f{m}")
        for m in range(3)
    ]

    def work(n: int) -> str:
        if n < len(files):
            return payments.confirm_payment_file(
                user=bank.firm.user, file=files[n], only_valid=False, key="go", authorisation=Operator("t")
            ).status
        mine = {"user": bank.firm.user, "debtor_number": bank.firm.number}
        return bank.pay(key=f"k{n}", **mine).status

    found = together(work, 20)
    assert set(found) == {"PAID", "SETTLED"}
    assert bank.bob.booked == kes("16700.00")
    assert PaymentFile.objects.filter(status="PAID").count() == 3


def test_after_a_race_the_trial_balance_is_level(open_bank: Bank) -> None:
    together(lambda n: open_bank.pay(f"{n + 1}.00", key=f"k{n}").status)
    lines = ledger.trial_balance()
    assert sum(line.debit.minor - line.credit.minor for line in lines if line.currency == "KES") == 0
