"""What follows from facts: the accounts of a merged customer pass on; owners hear of dormancy."""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from bank.accounts import rules
from bank.accounts.models import Account, JointHolder
from bank.accounts.services.dormancy import DORMANT, NEAR
from bank.cif.models import Customer
from bank.cif.services import merging
from bank.runtime import formats, outbox, topics

topics.declare(
    NEAR, "An account that nobody uses will be dormant on a day.",
    order=("account", "account_id"), account_id=topics.NUMBER, on=topics.DAY,
)  # fmt: skip
topics.declare(
    DORMANT,
    "An account that nobody used is dormant.",
    order=("account", "account_id"),
    account_id=topics.NUMBER,
)


@merging.mover
def move_accounts(old: Customer, new: Customer) -> dict[str, int]:
    """Accounts keep number, bookings and balance; only whose they are changes."""
    JointHolder.objects.filter(customer=old, account__customer=new).delete()
    return {
        "accounts": Account.objects.filter(customer=old).update(customer=new),
        "joint accounts": JointHolder.objects.filter(customer=old).update(customer=new),
    }


@outbox.subscriber(NEAR)
def tell_of_dormancy_near(_message_id: UUID, payload: dict[str, Any]) -> None:
    """A month before: using the account is enough."""
    day = formats.day(date.fromisoformat(payload["on"]))
    _tell(payload["account_id"], "dormancy_near", _("Your account is about to turn dormant"), day=day)


@outbox.subscriber(DORMANT)
def tell_of_dormancy(_message_id: UUID, payload: dict[str, Any]) -> None:
    _tell(payload["account_id"], "dormant", _("Your account is dormant"))


def _tell(account_id: int, template: str, subject: str, **facts: str) -> None:
    """By e-mail, to whom the bank has an address of. Safe to repeat: at worst a mail comes twice."""
    account = Account.objects.select_related("customer").get(pk=account_id)
    if not account.customer.email:
        return
    content = {
        "name": account.customer.display_name,
        "ending": rules.spaced(account.number)[-6:],
        "bank_name": settings.BANK_NAME,
        **facts,
    }
    body = render_to_string(f"email/accounts/{template}.txt", content)
    whole = f"{settings.BANK_NAME}: {subject}"
    EmailMessage(subject=whole, body=body, to=[account.customer.email]).send()
