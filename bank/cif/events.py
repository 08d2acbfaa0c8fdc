"""Subscribers: tell customers what changed about them. Safe to repeat: at worst a mail comes twice."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from bank.cif.models import Customer
from bank.cif.services.contacts import CHANGED
from bank.runtime import outbox, topics

topics.declare(
    CHANGED, "A customer's address, e-mail address or phone number changed.", kept_inside=True,
    order=("customer", "customer_id"), customer_id=topics.NUMBER, told=topics.TEXTS,
)  # fmt: skip


@outbox.subscriber(CHANGED)
def tell_of_change(_message_id: UUID, payload: dict[str, Any]) -> None:
    """To the address that held before as well as to the new one, each on its own."""
    customer = Customer.objects.get(pk=payload["customer_id"])
    content = {"name": customer.display_name, "bank_name": settings.BANK_NAME}
    body = render_to_string("email/cif/contact_changed.txt", content)
    subject = f"{settings.BANK_NAME}: {_('Your contact details were changed')}"
    for address in payload["told"]:
        EmailMessage(subject=subject, body=body, to=[address]).send()
