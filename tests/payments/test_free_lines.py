"""The first so many payments of a month that are free, over the lines of files and single payments alike."""

from decimal import Decimal
from typing import Any

import pytest

from bank.accounts import services as accounts
from bank.accounts.errors import FreeOnesUsedUp
from bank.accounts.models import FeeUse
from bank.identity import stepup
from bank.identity.models import Challenge
from bank.payments import services as payments
from bank.payments.models import PaymentFile
from bank.payments.services.authority import Operator, StepUp
from bank.products.models import FeeRule
from tests.payments.conftest import Bank, kes
from tests.payments.test_files import a_file, confirm, line_to, submit
from tests.payments.test_races import together

PRICE = Decimal("11.50")


def give(free: int) -> None:
    FeeRule.objects.filter(event="INTERNAL_TRANSFER").update(free_per_month=free)


def charges(file: PaymentFile) -> list[Decimal]:
    """What each line costs, in order, as shown."""
    return [line.fee + line.excise for line in file.lines.order_by("line")]


def charged(file: PaymentFile) -> list[Decimal]:
    """What each payment did cost, in order."""
    orders = [line.order for line in file.lines.select_related("order").order_by("line")]
    return [order.fee + order.excise for order in orders if order is not None]


def four(bank: Bank, number: int) -> PaymentFile:
    lines = [
        line_to(bank, n, amount=f"{n}0{number}.00", end_to_end_id=f"F{number}-{n}") for n in (1, 2, 3, 4)
    ]
    return submit(bank, a_file(bank, lines, message_id=f"M{number}"), key=f"file-{number}")


def started(bank: Bank, file: PaymentFile) -> Challenge:
    return payments.start_file_confirmation(user=bank.firm.user, file=file)


def go(bank: Bank, file: PaymentFile, challenge: Challenge, key: str = "go") -> PaymentFile:
    by = StepUp(challenge.id, stepup.code_for(challenge))
    return payments.confirm_payment_file(
        user=bank.firm.user, file=file, only_valid=True, key=key, authorisation=by
    )


def single(bank: Bank, key: str) -> Any:
    firm = {"user": bank.firm.user, "debtor_number": bank.firm.number}
    return bank.pay("100.00", key=key, authorisation=Operator("test"), **firm)


def test_lines_use_up_the_free_ones_in_their_order(bank: Bank) -> None:
    """Six a month: a single payment, the four of a file, one of the next file; then each costs its price."""
    give(6)
    assert single(bank, "s1").charges == kes("0")
    first, second = four(bank, 1), four(bank, 2)
    assert charges(first) == charges(second) == [0, 0, 0, 0]
    before = bank.firm.booked
    go(bank, first, started(bank, first))
    assert charged(first) == [0, 0, 0, 0]
    assert before - bank.firm.booked == kes("1004.00")

    challenge = started(bank, second)
    assert charges(second) == [0, PRICE, PRICE, PRICE]
    assert "KES 34.50" in challenge.summary.replace("\xa0", " ")
    before = bank.firm.booked
    go(bank, second, challenge)
    assert charged(second) == [0, PRICE, PRICE, PRICE]
    assert before - bank.firm.booked == kes("1042.50")
    assert single(bank, "s2").charges == kes("11.50")
    assert sorted(FeeUse.objects.values_list("slot", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_who_was_shown_free_ones_that_others_took_is_told_and_pays_nothing(bank: Bank) -> None:
    give(3)
    file = four(bank, 1)
    challenge = started(bank, file)
    assert charges(file) == [0, 0, 0, PRICE]
    single(bank, "s1")
    before = bank.positions()
    with pytest.raises(FreeOnesUsedUp):
        go(bank, file, challenge)
    file.refresh_from_db()
    assert (file.status, bank.positions()) == ("CHECKED", before)
    assert FeeUse.objects.count() == 1
    assert charges(file) == [0, 0, PRICE, PRICE]
    assert charges(go(bank, file, started(bank, file), "again")) == [0, 0, PRICE, PRICE]
    assert FeeUse.objects.count() == 3


def test_a_line_that_is_not_paid_takes_no_free_one(bank: Bank) -> None:
    """Its payee's account is closed after the file was checked; the free one is there for the next."""
    give(2)
    file = four(bank, 1)
    challenge = started(bank, file)
    accounts.freeze(account=bank.bob.account, scope="CREDIT", reason="court order")
    assert go(bank, file, challenge).settled_count == 0
    assert not FeeUse.objects.exists()
    accounts.unfreeze(account=bank.bob.account, scope="CREDIT", reason="lifted")
    assert single(bank, "s1").charges == kes("0")


def test_of_two_files_at_once_exactly_the_free_ones_are_free(open_bank: Bank) -> None:
    give(5)
    files = [four(open_bank, n) for n in (1, 2)]

    def pay(n: int) -> str:
        return confirm(open_bank, PaymentFile.objects.get(pk=files[n % 2].pk), key=f"k{n % 2}").status

    found = together(pay, 2)
    assert sorted(found) in (["FREE_ONES_USED_UP", "PAID"], ["PAID", "PAID"])
    for n in (0, 1):
        assert confirm(open_bank, PaymentFile.objects.get(pk=files[n].pk), key=f"k{n}").status == "PAID"
    costs = sorted(charged(files[0]) + charged(files[1]))
    assert costs == [0] * 5 + [PRICE] * 3
    assert sorted(FeeUse.objects.values_list("slot", flat=True)) == [1, 2, 3, 4, 5]
