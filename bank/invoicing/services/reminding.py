"""Reminders by rule: each invoice once per rule, never after it is paid."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from bank.cif.models import Customer
from bank.identity.models import User
from bank.invoicing import selectors
from bank.invoicing.errors import InvoiceUnusable
from bank.invoicing.models import Invoice, Reminder, ReminderRule
from bank.invoicing.rules import Kind, State
from bank.invoicing.services import trail
from bank.runtime import outbox

REMINDED: Final = "invoicing.reminded"
_MOST: Final = 6
_LATE: Final = timedelta(days=14)
"""A reminder that could not be sent within so many days of its day is left out, not sent late."""


@transaction.atomic
def set_reminders(*, user: User, customer: Customer, days: Iterable[int]) -> None:
    """Replaces a company's rules. None means no reminders. Raises ``NotAllowed``, ``InvoiceUnusable``."""
    selectors.require_write(user, customer)
    wanted = sorted(set(days))
    if len(wanted) > _MOST or any(not -30 <= one <= 180 for one in wanted):
        raise InvoiceUnusable(
            problem="Up to six reminders, from 30 days before to 180 days after the due day."
        )
    ReminderRule.objects.filter(customer=customer).delete()
    ReminderRule.objects.bulk_create(ReminderRule(customer=customer, days=one) for one in wanted)
    trail.record("REMINDERS_SET", customer, user, customer.cif, days=wanted)


def remind_due(rule: ReminderRule, day: date) -> int:
    """Sends what the rule asks for up to a day; in the caller's transaction. How many."""
    due = day - timedelta(days=rule.days)
    owed = Invoice.objects.filter(
        customer_id=rule.customer_id, kind=Kind.INVOICE.value, state=State.ISSUED.value,
        due_date__lte=due, due_date__gt=due - _LATE, gross__gt=F("paid") + F("credited"),
    )  # fmt: skip
    chosen = list(owed.exclude(debtor_email="").exclude(reminders__days=rule.days).order_by("id"))
    for invoice in chosen:
        _made, is_new = Reminder.objects.get_or_create(invoice=invoice, days=rule.days)
        if is_new:
            outbox.emit(REMINDED, {"invoice_id": str(invoice.pk), "days": rule.days})
    return len(chosen)
