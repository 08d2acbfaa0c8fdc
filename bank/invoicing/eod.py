"""The close of business for invoices: what came in is looked at, what recurs is made, reminders are sent.

All of it is safe to do again: what is done is no longer found.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bank.invoicing import services
from bank.invoicing.models import Recurrence, ReminderRule, Seller
from bank.runtime.steps import Day, Part, Phase, Step

_MANY = 100


def collect(day: Day, cursor: str) -> Part:
    """Money that came in by a way that told nobody."""
    sellers = list(_after(Seller.objects.select_related("customer").order_by("pk"), cursor))
    for one in sellers:
        services.collect(customer=one.customer)
    return _part([one.pk for one in sellers], len(sellers))


def settle_bills(_day: Day, _cursor: str) -> Part:
    """Bills whose payment file was paid, refused or given up without anybody being told."""
    return Part(done=services.settle_bills())


def recur(day: Day, cursor: str) -> Part:
    """Recurring invoices of the new day and of those skipped."""
    due = Recurrence.objects.filter(ended_at=None, next_date__lte=day.next_date).order_by("pk")
    found = list(_after(due, cursor))
    done = sum(len(services.make_due(one, day.next_date)) for one in found)
    return _part([one.pk for one in found], done)


def remind(day: Day, cursor: str) -> Part:
    """Reminders due on the new day or on those skipped."""
    found = list(_after(ReminderRule.objects.order_by("pk"), cursor))
    done = sum(services.remind_due(one, day.next_date) for one in found)
    return _part([one.pk for one in found], done)


def _after(rows: QuerySet[Any], cursor: str) -> QuerySet[Any]:
    return (rows.filter(pk__gt=int(cursor)) if cursor else rows)[:_MANY]


def _part(seen: list[int], done: int) -> Part:
    return Part(done=done, cursor=str(seen[-1]) if len(seen) == _MANY else None)


STEPS = [
    Step("invoicing.collect", _("Payments of invoices"), Phase.REVIEW, collect),
    Step("invoicing.bills", _("Bills and their payment files"), Phase.REVIEW, settle_bills),
    Step("invoicing.recur", _("Recurring invoices"), Phase.OPEN, recur),
    Step("invoicing.remind", _("Reminders of invoices"), Phase.OPEN, remind),
]
