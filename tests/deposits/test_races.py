"""Two who end one deposit at once: it ends once, whoever was first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from bank import ledger
from bank.accounts.models import Account
from bank.deposits import services as deposits
from bank.identity.models import User
from bank.kernel.errors import BankError
from tests.deposits.conftest import again, booked, code_of, gl, kes, opened, run_steps, skip_to

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(*works: Callable[[], object]) -> list[str]:
    """What each came to: "" or the code of its refusal."""

    def run(work: Callable[[], object]) -> str:
        try:
            work()
            return ""
        except BankError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(works)) as pool:
        return list(pool.map(run, works))


def test_a_deposit_ends_once(account: Account, user: User) -> None:
    """Closed early by two requests with codes of their own; another matures while its owner closes it."""
    deposit = opened(account)
    skip_to(date(2026, 4, 1))
    codes = [code_of(deposits.start_closing(user=user, deposit=deposit)) for _ in range(2)]

    def close(turn: int) -> None:
        deposits.close_early(user=user, deposit=deposit, key=str(turn), **codes[turn])

    said = _at_once(lambda: close(0), lambda: close(1), lambda: close(0))
    assert said.count("") in {1, 2}  # the one that won, and its own repetition
    assert set(said) - {""} <= {"DEPOSIT_IS_OVER", "STEP_UP_ACT_CHANGED"}  # what it costs is no longer so
    assert again(deposit).status == "CLOSED_EARLY"
    assert (booked(deposit.number), gl("INTEREST_PAYABLE")) == (kes("0"), kes("0"))
    assert booked(account.number) == kes("1000000") - gl("INTEREST_EXPENSE") - gl("WITHHOLDING_TAX")

    short = opened(account, amount="60000", months=3)
    assert short.maturity_date is not None
    skip_to(date(2026, 6, 30))
    code = code_of(deposits.start_closing(user=user, deposit=short))
    ledger.roll_business_date(to=short.maturity_date)

    def close_late() -> None:
        deposits.close_early(user=user, deposit=short, key="late", **code)

    said = _at_once(run_steps, run_steps, close_late)
    assert said[:2] == ["", ""]
    assert said[2] in {"DEPOSIT_MATURES", "DEPOSIT_IS_OVER"}
    assert again(short).status == "MATURED"
    assert booked(account.number) == kes("1000000") - gl("INTEREST_EXPENSE") - gl("WITHHOLDING_TAX")
