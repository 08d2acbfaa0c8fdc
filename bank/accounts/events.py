"""What follows from facts: the accounts of a merged customer pass on; owners hear of dormancy."""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from bank.accounts import rules, selectors
from bank.accounts.models import Account, JointAct, JointHolder
from bank.accounts.services import joint
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

topics.declare(
    joint.ASKED, "One holder of a joint account asked for what the others must agree to.", kept_inside=True,
    order=("joint_act", "reference"), reference=topics.TEXT,
)  # fmt: skip
topics.declare(
    joint.DECIDED, "What a holder of a joint account asked for is decided.", kept_inside=True,
    order=("joint_act", "reference"), reference=topics.TEXT, state=topics.TEXT,
)  # fmt: skip


@merging.mover
def move_accounts(old: Customer, new: Customer) -> dict[str, int]:
    """Accounts keep number, bookings and balance; only whose they are changes."""
    joint.withdraw_all(customer=old)
    JointHolder.objects.filter(customer=old, account__customer=new).delete()
    held = JointHolder.objects.filter(customer=new, until_date__isnull=True).values("account_id")
    twice = JointHolder.objects.filter(customer=old, until_date__isnull=True, account_id__in=held)
    twice.update(until_date=selectors.today())
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


@outbox.subscriber(joint.ASKED)
def tell_of_asking(_message_id: UUID, payload: dict[str, Any]) -> None:
    """To whoever could say yes, one letter an address."""
    asked = JointAct.objects.select_related("account", "maker").get(reference=payload["reference"])
    if asked.state == rules.JointState.WAITING:
        addresses = [one.email for one in selectors.silent(asked)]
        _mail(asked, addresses, "joint_asked", _("Something waits for your yes"))


@outbox.subscriber(joint.DECIDED)
def tell_of_decision(_message_id: UUID, payload: dict[str, Any]) -> None:
    """To who asked; whoever decided it themselves saw it."""
    found = JointAct.objects.select_related("account", "maker", "decided_by")
    asked = found.get(reference=payload["reference"])
    if asked.decided_by_id != asked.maker_id:
        _mail(asked, [asked.maker.email], "joint_decided", _("What you asked for is decided"))


def _mail(asked: JointAct, addresses: list[str], template: str, subject: str) -> None:
    """No amount and no payee: others read mail on the way."""
    content = {
        "asked": asked,
        "state": asked.get_state_display(),
        "ending": asked.account.number[-5:],
        "bank_name": settings.BANK_NAME,
    }
    body = render_to_string(f"email/accounts/{template}.txt", content)
    for address in sorted(set(filter(None, addresses))):
        EmailMessage(subject=f"{settings.BANK_NAME}: {subject}", body=body, to=[address]).send()


def _tell(account_id: int, template: str, subject: str, **facts: str) -> None:
    """By e-mail, to whom the bank has an address of. Safe to repeat: at worst a mail comes twice."""
    account = Account.objects.select_related("customer").get(pk=account_id)
    if not account.customer.email:
        return
    content = {
        "name": account.customer.display_name,
        "ending": account.number[-5:],
        "bank_name": settings.BANK_NAME,
        **facts,
    }
    body = render_to_string(f"email/accounts/{template}.txt", content)
    whole = f"{settings.BANK_NAME}: {subject}"
    EmailMessage(subject=whole, body=body, to=[account.customer.email]).send()
