"""What direct debits tell, and whom: who pays hears of a mandate asked for and of every collection before
it is taken. Who closes an account ends its mandates first. Letters are safe to repeat.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.accounts.models import Account
from bank.cif.models import Customer
from bank.cif.rules import CustomerKind
from bank.cif.services import merging
from bank.debits import selectors
from bank.debits.models import Collection, Creditor, Mandate
from bank.debits.rules import ClaimStatus, CollectionStatus, CreditorStatus, MandateStatus
from bank.debits.services import trail
from bank.runtime import formats, outbox, topics

topics.declare(
    trail.CREDITOR,
    "A company asked to collect direct debits, was admitted, suspended, withdrawn or declined.",
    order=("customer", "customer"),
    customer=topics.TEXT,
    status={"enum": [status.value for status in CreditorStatus]},
)
topics.declare(
    trail.CLAIM,
    "A direct debit was claimed as not authorised, or the bank decided on it.",
    order=("direct_debit", "collection"),
    reference=topics.TEXT,
    collection=topics.TEXT,
    status={"enum": [status.value for status in ClaimStatus]},
)
topics.declare(
    trail.MANDATE,
    "A direct debit mandate was proposed, confirmed, signed, declined or cancelled, or expired.",
    order=("mandate", "reference"),
    reference=topics.TEXT,
    status={"enum": [status.value for status in MandateStatus]},
)
topics.declare(
    trail.COLLECTION,
    "A direct debit was announced, taken, refused, cancelled or refunded.",
    order=("direct_debit", "reference"),
    reference=topics.TEXT,
    status={"enum": [status.value for status in CollectionStatus]},
)


@accounts.closing_check
def no_mandate_stands(account: Account) -> None:
    """Raises ``AccountInUse`` while a mandate still binds the account, on either side, or a claim is open."""
    if selectors.open_claims_of(account).exists():
        raise AccountInUse(
            problem="A claim of a direct debit is still open on this account. Decide on it first."
        )
    if selectors.open_mandates_of(account).exists():
        raise AccountInUse(problem="Direct debit mandates still stand on this account. Cancel them first.")


@outbox.subscriber(trail.MANDATE)
def ask_who_pays(_message_id: UUID, payload: dict[str, Any]) -> None:
    """That a company asks for a mandate; an answer given meanwhile makes the letter needless."""
    mandate = selectors.by_reference(payload["reference"])
    if payload["status"] == MandateStatus.PROPOSED == mandate.status:
        _send(mandate, "mandate", lambda: _("A company asks to collect from your account"))


@outbox.subscriber(trail.COLLECTION)
def announce(_message_id: UUID, payload: dict[str, Any]) -> None:
    """The notice before a collection: who, how much and when."""
    found = Collection.objects.select_related("mandate").get(reference=payload["reference"])
    if payload["status"] == CollectionStatus.PENDING == found.status:
        mandate = selectors.by_reference(found.mandate.reference)
        _send(mandate, "collection", lambda: _("A direct debit is announced"), found)


@outbox.subscriber(trail.CREDITOR)
def tell_stopped(_message_id: UUID, payload: dict[str, Any]) -> None:
    """That a company's collections are stopped; of an application its case tells."""
    found = Creditor.objects.select_related("customer").get(customer__cif=payload["customer"])
    if payload["status"] not in {CreditorStatus.SUSPENDED, CreditorStatus.WITHDRAWN}:
        return
    for user in selectors.acting_for(found.customer):
        with translation.override(user.language):
            content = {
                "name": user.full_name,
                "company": found.customer.display_name,
                "reason": found.reason,
                "bank_name": settings.BANK_NAME,
            }
            body = render_to_string("email/debits/stopped.txt", content)
            title = f"{settings.BANK_NAME}: {_('Your collections are stopped')}"
            EmailMessage(subject=title, body=body, to=[user.email]).send()


def _send(
    mandate: Mandate, template: str, subject: Callable[[], str], found: Collection | None = None
) -> None:
    for user in selectors.payers(mandate):
        with translation.override(user.language):
            content = {
                "name": user.full_name,
                "company": mandate.creditor.display_name,
                "address": _address(mandate),
                "bank_name": settings.BANK_NAME,
                "sum": formats.money(found.money) if found else "",
                "day": formats.day(found.run_date) if found else "",
            }
            body = render_to_string(f"email/debits/{template}.txt", content)
            title = f"{settings.BANK_NAME}: {subject()}"
            EmailMessage(subject=title, body=body, to=[user.email]).send()


def _address(mandate: Mandate) -> str:
    """Where the payer sees it: a person's door, or the list of a company's user."""
    if mandate.debtor_account.customer.kind == CustomerKind.ORGANISATION:
        return f"{settings.PUBLIC_URL}/"
    return f"{settings.PUBLIC_URL}/personal/debits/{mandate.reference}/"


@merging.mover
def move_creditor(old: Customer, new: Customer) -> dict[str, int]:
    """Its admission is the survivor's; where both have one the survivor's stands, the other is withdrawn."""
    held = Creditor.objects.filter(customer=old)
    if Creditor.objects.filter(customer=new).exists():
        held.update(status=CreditorStatus.WITHDRAWN.value, reason="Two records became one.")
        return {"admissions to collect": 0}
    return {"admissions to collect": held.update(customer=new)}


@merging.mover
def move_mandates(old: Customer, new: Customer) -> dict[str, int]:
    """A company's mandates are the survivor's; a reference it has already gets the old number behind it."""
    held = list(Mandate.objects.filter(creditor=old))
    taken = set(Mandate.objects.filter(creditor=new).values_list("creditor_reference", flat=True))
    for mandate in held:
        if mandate.creditor_reference in taken:
            mandate.creditor_reference = f"{mandate.creditor_reference[:20]} {old.cif}"[:35]
        mandate.creditor = new
        mandate.save(update_fields=["creditor", "creditor_reference"])
    return {"direct debit mandates": len(held)}
