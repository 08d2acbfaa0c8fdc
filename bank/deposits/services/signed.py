"""A company's deposit that needs more than one signature: kept as it was asked, opened with the last one."""

from typing import Any

from bank.deposits import errors
from bank.deposits.models import DepositRequest
from bank.deposits.services import opening
from bank.deposits.services.opening import Order
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.money import Money
from bank.signing.rules import State


def open_signed(reference: str, by: User) -> None:
    """Opens what the last signature was given for, in the maker's name and at the rate all of them saw; books
    as ``open_deposit``. Its term begins today. Raises as that does, ``RateChanged``."""
    request = _locked(reference)
    made = opening.prepare(user=request.made_by, order=_order(request))
    if made.quote.rate_pct != request.rate_pct:
        raise errors.RateChanged(rate=made.quote.rate_pct, signed=request.rate_pct)
    request.deposit = opening.begin(made, by)
    request.decided_at = clock.now()
    request.save(update_fields=["deposit", "decided_at"])


def give_up(reference: str, state: State, by: User | None, why: str) -> None:
    """Nobody will sign it any more; nothing was booked."""
    request = _locked(reference)
    request.decided_at, request.why = clock.now(), why[:300] or state.value.lower()
    request.save(update_fields=["decided_at", "why"])


def _locked(reference: str) -> DepositRequest:
    return DepositRequest.objects.select_for_update(of=("self",)).get(reference=reference)


def _order(request: DepositRequest) -> Order:
    kept: dict[str, Any] = request.order
    return Order(**{**kept, "amount": Money.of(*kept["amount"])})
