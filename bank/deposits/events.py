"""Subscribers: mails to whoever acts for a deposit's customer. Safe to repeat: at worst one comes twice."""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.accounts.models import Account
from bank.cif.models import Customer, Mandate
from bank.cif.services import merging
from bank.deposits import selectors
from bank.deposits.models import Deposit, DepositRequest
from bank.deposits.rules import OVER
from bank.deposits.services import closing, ending, opening, running
from bank.kernel import clock
from bank.kernel.money import Money
from bank.runtime import formats, outbox, topics

_SUBJECTS = {
    "opened": gettext_noop("Your deposit is open"),
    "matured": gettext_noop("Your deposit has matured"),
    "held": gettext_noop("Your deposit has matured and waits for an account"),
    "renewed": gettext_noop("Your deposit was renewed"),
    "closed_early": gettext_noop("Your deposit was closed"),
    "instalment": gettext_noop("An instalment could not be taken"),
    "missed": gettext_noop("An instalment was missed"),
}

_ABOUT: Any = {"order": ("deposit", "number"), "number": topics.TEXT}
_PAID: Any = {"paid": topics.MONEY, "to": topics.TEXT}
_EARNED: Any = {"interest": topics.MONEY, "tax": topics.MONEY, "penalty": topics.MONEY}
topics.declare(opening.OPENED, "A deposit was opened.", **_ABOUT)
topics.declare(
    ending.MATURED, "A deposit matured and was paid out; `to` is empty where it is held.",
    **_ABOUT, **_PAID, **_EARNED,
)  # fmt: skip
topics.declare(ending.MATURING, "A deposit will mature in a week.", **_ABOUT, on=topics.DAY)
topics.declare(
    ending.RENEWED, "A deposit matured and went on as another.",
    **_ABOUT, renewal=topics.TEXT, paid=topics.TEXT,
)  # fmt: skip
topics.declare(closing.CLOSED, "A deposit was closed before its day.", **_ABOUT, **_PAID, cost=topics.MONEY)
topics.declare(
    running.MISSED,
    "An instalment of a deposit could not be taken; `penalty` is empty while there is time.",
    **_ABOUT, line=topics.TEXT, until=topics.DAY, penalty=topics.TEXT,
)  # fmt: skip


@accounts.closing_check
def keep_open_for_deposits(account: Account) -> None:
    """An account stays open while a deposit is paid out to it, or takes its instalments from it."""
    waits = Q(payout_account=account) | Q(funding_account=account)
    if Deposit.objects.filter(waits).exclude(status__in=OVER).exists():
        raise AccountInUse(problem="A deposit is paid from or to this account. Close the deposit first.")


@outbox.subscriber(opening.OPENED)
def tell_opened(_message_id: UUID, payload: dict[str, Any]) -> None:
    _tell(payload, "opened")


@outbox.subscriber(ending.MATURED)
def tell_matured(_message_id: UUID, payload: dict[str, Any]) -> None:
    """What was paid and where to; without an account, what to do about it."""
    _tell(payload, "matured" if payload["to"] else "held")


@outbox.subscriber(ending.RENEWED)
def tell_renewed(_message_id: UUID, payload: dict[str, Any]) -> None:
    _tell(payload, "renewed", renewal=selectors.by_number(payload["renewal"]))


@outbox.subscriber(closing.CLOSED)
def tell_closed(_message_id: UUID, payload: dict[str, Any]) -> None:
    _tell(payload, "closed_early")


@outbox.subscriber(running.MISSED)
def tell_missed(_message_id: UUID, payload: dict[str, Any]) -> None:
    """First that an instalment could not be taken and until when it is tried; then what missing it costs."""
    until = date.fromisoformat(payload["until"])
    _tell(payload, "missed" if payload["penalty"] else "instalment", until=until)


@merging.mover
def move_deposits(old: Customer, new: Customer) -> dict[str, int]:
    """Deposits keep number, contract and balance; only whose they are changes."""
    return {
        "deposits": Deposit.objects.filter(customer=old).update(customer=new),
        "requests for deposits": DepositRequest.objects.filter(customer=old).update(customer=new),
    }


def _tell(payload: dict[str, Any], template: str, **more: Any) -> None:
    deposit = selectors.by_number(payload["number"])
    sums = {name: _money(payload[name]) for name in ("paid", "cost", "penalty") if payload.get(name)}
    for address, name, language in _readers(deposit.customer):
        with translation.override(language):
            shown = {name_: formats.money(sum_) for name_, sum_ in sums.items()}
            content = {
                "deposit": deposit, "name": name, "bank_name": settings.BANK_NAME, "amount": deposit.money,
                "to": payload.get("to", ""), "address": f"{settings.PUBLIC_URL}/personal/deposits/", **shown,
                **more,
            }  # fmt: skip
            body = render_to_string(f"email/deposits/{template}.txt", content)
            subject = f"{settings.BANK_NAME}: {_(_SUBJECTS[template])}"
            EmailMessage(subject=subject, body=body, to=[address]).send()


def _readers(customer: Customer) -> list[tuple[str, str, str]]:
    """Address, name and language of those who may move the customer's money; else the customer's own."""
    acting = Mandate.objects.in_force(clock.today()).filter(customer=customer, can_pay=True)
    users = [mandate.user for mandate in acting.select_related("user") if mandate.user.is_active]
    if users:
        return [(user.email, user.full_name, user.language) for user in users]
    own = (customer.email, customer.display_name, settings.LANGUAGE_CODE)
    return [own] if customer.email else []


def _money(text: str) -> Money:
    currency, amount = text.split()
    return Money.of(amount, currency)
