"""An account a deposit is paid to stays open until the deposit is over."""

import pytest

from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.accounts.models import Account
from bank.deposits.models import Deposit
from bank.deposits.rules import Status
from tests.deposits.conftest import books_untouched, current, opened

pytestmark = pytest.mark.django_db


def test_an_account_with_a_deposit_is_not_closed(account: Account) -> None:
    opened(account)
    rest = current(account.customer, "1000", key="rest")
    with books_untouched():
        with pytest.raises(AccountInUse):
            accounts.close_account(account=account, reason="Customer's wish")
        with pytest.raises(AccountInUse):
            accounts.preview_closing(account=account, pay_to=rest)
        assert accounts.preview_closing(account=rest, pay_to=account).paid_out.is_positive
    Deposit.objects.update(status=Status.CLOSED_EARLY.value, closed_date=account.opened_date)
    assert accounts.preview_closing(account=account, pay_to=rest).paid_out.is_positive
