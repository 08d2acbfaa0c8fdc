"""Which lines of the chart earn a payment's charges."""

from datetime import datetime, timedelta

from bank import ledger
from bank.kernel import clock
from bank.kernel.money import Money

_REMEMBERED = timedelta(minutes=1)
_accounts: dict[tuple[str, str], tuple[str, datetime]] = {}


def account_for(role: str, charge: Money) -> str:
    """The ledger's account for a GL role, remembered for a minute because every payment asks for it;
    empty where there is nothing to book.
    """
    if charge.is_zero or not role:
        return ""
    known = _accounts.get((role, charge.currency))
    if known is None or clock.now() - known[1] > _REMEMBERED:
        known = _accounts[role, charge.currency] = (ledger.gl(role, charge.currency), clock.now())
    return known[0]
