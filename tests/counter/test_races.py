"""Two tellers and one customer at once: the day's limit and the balance hold, whoever comes first."""

import pytest

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.counter import selectors, services
from bank.counter.errors import CashDayExceeded, DrawerShort, SessionOpenAlready
from bank.counter.models import CashRule, DrawerSession, Slip
from bank.counter.rules import Move
from bank.identity.models import RoleLimit
from tests.accounts.conftest import kes
from tests.accounts.test_races import _in_threads
from tests.counter.conftest import Counter
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_counters_share_one_day_and_one_key_books_once(counter: Counter, account: Account) -> None:
    """40,000 a day; eight withdrawals of 9,000 at two counters: four go through. One page sent eight times
    at once is one deposit; eight who would open one drawer, one who does."""
    CashRule.objects.filter(bound="CUSTOMER_DAY").update(amount=40_000)
    RoleLimit.objects.filter(role__name="TELLER", act="CASH_OUT").update(maximum=100_000)
    second = employ("second", "HEAD_TELLER")
    services.open_session(teller=second, drawer="HQ-2", amount=kes("20000"), key="s")
    tellers = (counter.teller, second)

    def take(turn: int) -> bool:
        try:
            return isinstance(
                counter.ask(Move.WITHDRAWAL, account, "9000", str(turn), teller=tellers[turn % 2]), Slip
            )
        except (CashDayExceeded, DrawerShort):
            return False

    paid = sum(_in_threads(take, 8))
    assert paid == 4
    assert accounts.position(account).booked == kes("500000") - kes("9000") * paid
    assert selectors.taken_out(account.customer, ledger.business_date()) == kes("9000") * paid
    assert (
        len({_in.pk for _in in _in_threads(lambda _: counter.ask(Move.DEPOSIT, account, "7", "one"), 8)}) == 1
    )
    assert selectors.tie().holds

    newcomers = [employ(f"new{turn}", "TELLER") for turn in range(4)]

    def begin(turn: int) -> bool:
        try:
            services.open_session(teller=newcomers[turn], drawer="HQ-3", amount=kes("10000"), key="n")
        except SessionOpenAlready:
            return False
        return True

    assert sum(_in_threads(begin, 4)) == 1
    assert DrawerSession.objects.count() == 3
    assert selectors.tie().holds
