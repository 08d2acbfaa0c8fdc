"""Invoices that are made again and again."""

from datetime import date

from django.db import IntegrityError, transaction

from bank.identity.models import User
from bank.invoicing import rules, selectors
from bank.invoicing.errors import InvoiceUnusable
from bank.invoicing.models import Invoice, Recurrence
from bank.invoicing.rules import Every, Kind, State
from bank.invoicing.services import trail
from bank.invoicing.services.drafting import LineAsked, fill
from bank.invoicing.services.issuing import issue_on
from bank.kernel import clock
from bank.kernel.money import Money


@transaction.atomic
def recur(*, user: User, invoice: Invoice, every: str, first: date | None = None) -> Recurrence:
    """Makes an issued invoice the model of others: the next at ``first``, else one period after it.

    Raises ``NotAllowed``, ``InvoiceUnusable``.
    """
    selectors.require_write(user, invoice.customer)
    if invoice.kind != Kind.INVOICE or invoice.state == State.DRAFT or every not in set(Every):
        raise InvoiceUnusable(
            problem="Only an issued invoice can be repeated, each week, month, quarter or year."
        )
    assert invoice.issue_date is not None
    day = first or rules.next_date(invoice.issue_date, every, invoice.issue_date.day)
    if day <= selectors.today():
        raise InvoiceUnusable(problem="The next invoice lies in the future.")
    try:
        with transaction.atomic():
            made = Recurrence.objects.create(
                customer=invoice.customer, model=invoice, every=every, anchor_day=day.day, next_date=day,
                created_by=user,
            )  # fmt: skip
    except IntegrityError:
        raise InvoiceUnusable(problem="This invoice is repeated already.") from None
    trail.record("RECURRENCE_MADE", invoice.customer, user, str(invoice.pk), every=every, next=str(day))
    return made


@transaction.atomic
def end_recurrence(*, user: User, recurrence: Recurrence) -> None:
    """No more are made; those there are stay."""
    selectors.require_write(user, recurrence.customer)
    Recurrence.objects.filter(pk=recurrence.pk, ended_at=None).update(ended_at=clock.now())
    trail.record("RECURRENCE_ENDED", recurrence.customer, user, str(recurrence.model_id))


def make_due(recurrence: Recurrence, day: date) -> list[Invoice]:
    """Makes and issues what is due up to a day, each dated its own day; in the caller's transaction."""
    locked = Recurrence.objects.select_for_update(of=("self",)).select_related("customer", "created_by")
    fresh = locked.get(pk=recurrence.pk)
    made = []
    while fresh.ended_at is None and fresh.next_date <= day:
        made.append(_make(fresh))
        fresh.next_date = rules.next_date(fresh.next_date, fresh.every, fresh.anchor_day)
        fresh.save(update_fields=["next_date"])
    return made


def _make(recurrence: Recurrence) -> Invoice:
    model = recurrence.model
    copy = Invoice(
        customer=recurrence.customer, debtor=model.debtor, currency=model.currency, note=model.note,
        terms_days=model.terms_days, created_by=recurrence.created_by,
    )  # fmt: skip
    lines = [
        LineAsked(row.description, row.quantity, Money(row.unit_price, model.currency), row.vat_code)
        for row in model.lines.all()
    ]
    fill(copy, lines)
    return issue_on(copy, recurrence.next_date, None)
