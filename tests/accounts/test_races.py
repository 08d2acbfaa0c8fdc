"""A freeze against payments: who came first is decided under the ledger's lock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection

from bank import ledger
from bank.accounts import selectors
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.cif.models import Customer
from tests.accounts.conftest import Opening, kes, pay

pytestmark = pytest.mark.django_db(transaction=True)
Answer = TypeVar("Answer")


def _in_threads(work: Callable[[int], Answer], times: int) -> list[Answer]:
    def run(turn: int) -> Answer:
        try:
            return work(turn)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(run, range(times)))


def test_once_a_freeze_has_returned_nothing_leaves(account: Account, payee: Account) -> None:
    def work(turn: int) -> bool:
        if turn == 8:
            accounts.freeze(account=account, scope="DEBIT", reason="Court order")
            at_freeze.append(ledger.balance(account.number).booked)
            return False
        try:
            return pay(account, payee, "1", key=str(turn)).is_posted
        except ledger.errors.AccountFrozen:
            return False

    at_freeze: list[object] = []
    paid = sum(_in_threads(work, 40))
    left = selectors.position(account).booked
    assert left == kes("1000") - kes("1") * paid
    assert at_freeze == [left]
    assert ledger.balance(account.number).status.value == Account.objects.get(pk=account.pk).status


def test_one_key_opens_one_account_from_many_requests_at_once(customer: Customer, opened: Opening) -> None:
    numbers = {account.number for account in _in_threads(lambda _: opened(customer), 8)}
    assert len(numbers) == 1
    assert Account.objects.count() == 1
    assert ledger.balance(ledger.gl("CASH", "KES")).booked == kes("-1000")


def test_closing_and_crediting_at_once_leave_no_money_in_a_closed_account(
    account: Account, payee: Account
) -> None:
    pay(account, payee, "1000", key="empty")

    def work(turn: int) -> None:
        try:
            if turn == 4:
                accounts.close_account(account=account, reason="Customer's wish")
            else:
                pay(payee, account, "1", key=str(turn))
        except ledger.errors.LedgerError:
            return

    _in_threads(work, 12)
    balance = ledger.balance(account.number)
    assert balance.status.value == Account.objects.get(pk=account.pk).status
    assert balance.booked == kes("0") or balance.status == ledger.Status.ACTIVE
