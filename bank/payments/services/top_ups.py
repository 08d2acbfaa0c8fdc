"""Money from a customer's phone by M-Pesa: the bank asks the phone (STK push), the customer confirms there.

Nothing is booked here. What was paid comes as news of the network, by callback, confirmation or
collection, and is credited once by its receipt, whether or not anybody looks at the page.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext

from bank.accounts import selectors as accounts
from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.money import Money
from bank.payments import errors
from bank.payments.models import IncomingPayment
from bank.payments.rails.mpesa import RAIL, phones, pushing
from bank.runtime.windows import Window

CURRENCY: Final = "KES"
MOST: Final = Money.of(150_000, CURRENCY)
ASKED_PER_WINDOW: Final = 5
_WINDOW_S: Final = 600
_ASK_AGAIN_S: Final = 3


class State(StrEnum):
    """WAITING: the phone has not answered. PAID: M-Pesa has the money, the account not yet."""

    WAITING = "WAITING"
    PAID = "PAID"
    CREDITED = "CREDITED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class TopUp:
    """One request to a phone; ``ending`` is the phone's last three digits."""

    reference: str
    number: str
    amount: Money
    ending: str
    checkout: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is; ``reason`` is M-Pesa's code where it failed, ``receipt`` its receipt once credited."""

    state: State
    reason: str = ""
    receipt: str = ""


def is_offered(account_currency: str) -> bool:
    """Whether an account in the currency can be filled from a phone here."""
    return account_currency == CURRENCY and RAIL.is_available


def ask_phone(*, user: User, number: str, phone: str, amount: Money) -> TopUp:
    """Asks a phone to pay into an account of the user's. Nothing is booked.

    Raises ``NotFound`` for another's account, ``TopUpUnfit``, ``TooManyTopUps`` after five in ten
    minutes, and what the network raises.
    """
    account = accounts.account_for(user, number)
    wallet = phones.read(phone)
    _check(account.currency, wallet, amount)
    _refuse_the_pest(user)
    reference = ids.reference("TOP")
    asked = pushing.ask(reference=reference, account=account.number, amount=amount.amount, phone=wallet)
    top_up = TopUp(reference, account.number, amount, wallet[-3:], asked.checkout, clock.now())
    with transaction.atomic():
        audit.record(
            "TOP_UP_ASKED",
            actor=user,
            subject_type="account",
            subject_id=account.number,
            detail={"reference": reference, "amount": str(amount.amount), "phone_ending": top_up.ending},
        )
    return top_up


def _check(currency: str, wallet: str, amount: Money) -> None:
    if not is_offered(currency) or amount.currency != CURRENCY:
        raise errors.TopUpUnfit(problem=gettext("Only accounts in shillings can be filled from M-Pesa."))
    if not wallet:
        raise errors.TopUpUnfit(problem=gettext("Enter a Safaricom number, such as 0712 345 678."))
    if not amount.is_positive or amount > MOST or amount.amount % 1:
        raise errors.TopUpUnfit(problem=gettext("M-Pesa pays whole shillings, from 1 to 150,000."))


def _refuse_the_pest(user: User) -> None:
    """A phone that is asked rings: nobody may make it ring all day."""
    asked = Window("top-ups", user.pk, _WINDOW_S)
    if asked.count() > ASKED_PER_WINDOW:
        raise errors.TooManyTopUps(retry_after_s=asked.left())


def progress(*, user: User, top_up: TopUp) -> Progress:
    """How far a top-up is: by what was credited, else by asking M-Pesa, every few seconds at most."""
    account = accounts.account_for(user, top_up.number)
    credited = IncomingPayment.objects.filter(
        rail=RAIL.code,
        creditor_account=account,
        amount=top_up.amount.amount,
        received_at__gte=top_up.asked_at,
        end_to_end_id__in=["", top_up.reference],
    ).first()
    if credited is not None:
        return Progress(State.CREDITED, receipt=credited.network_reference)
    code = _outcome(top_up.checkout)
    if not code:
        return Progress(State.WAITING)
    return Progress(State.PAID) if code == "0" else Progress(State.FAILED, reason=code)


def _outcome(checkout: str) -> str:
    """M-Pesa's result; empty while it waits or does not say."""
    key = f"top-up-outcome:{checkout}"
    known = cache.get(key)
    if known is None:
        try:
            known = pushing.outcome(checkout).code
        except (errors.NetworkUnreachable, errors.NetworkUnclear, errors.NetworkSaysNo):
            known = ""
        cache.set(key, known, _ASK_AGAIN_S)
    return str(known)
