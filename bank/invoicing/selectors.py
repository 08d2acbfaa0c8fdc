"""Reads. ``invoice_for``, ``debtor_for`` and the like are the only doors on behalf of a user."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from bank import ledger
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.rules import MandateRole
from bank.identity.models import User
from bank.invoicing import rules
from bank.invoicing.errors import SellerNotSet, VatRateUnknown
from bank.invoicing.models import (
    Bill,
    Debtor,
    Invoice,
    Receipt,
    Recurrence,
    ReminderRule,
    Seller,
    VatRate,
    Vendor,
)
from bank.invoicing.rules import BillState, Guess, Incoming, Kind, State
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.payments import names
from bank.payments.rules import NameCheck

_Row = TypeVar("_Row", bound=Model)


def today() -> date:
    """The bank's open day: by it invoices are dated and turn overdue."""
    return ledger.business_date()


def may_write(user: User, customer: Customer) -> bool:
    """Owners and signatories keep the books; a viewer, an accountant say, reads them."""
    mandates = cif.mandates_for(user).filter(customer=customer)
    return mandates.exclude(role=MandateRole.VIEWER).exists()


def require_write(user: User, customer: Customer) -> None:
    """Raises ``NotFound`` for a stranger, ``NotAllowed`` for who may only look."""
    cif.mandate_for(user, customer)
    if not may_write(user, customer):
        raise NotAllowed(what="change the books of this company; its owners and signatories can")


def seller_of(customer: Customer) -> Seller | None:
    return Seller.objects.select_related("account", "customer").filter(customer=customer).first()


def require_seller(customer: Customer) -> Seller:
    """Raises ``SellerNotSet``."""
    found = seller_of(customer)
    if found is None:
        raise SellerNotSet
    return found


def vat_rates(day: date) -> list[VatRate]:
    """The rates in force on a day, one of each code."""
    found: dict[str, VatRate] = {}
    for row in VatRate.objects.filter(valid_from__lte=day).order_by("-valid_from"):
        found.setdefault(row.code, row)
    return sorted(found.values(), key=lambda one: -one.percent)


def vat_percent(code: str, day: date) -> Decimal:
    """Raises ``VatRateUnknown``."""
    row = VatRate.objects.filter(code=code, valid_from__lte=day).order_by("-valid_from").first()
    if row is None:
        raise VatRateUnknown(name=code, day=day)
    return row.percent


def debtors_of(customer: Customer) -> QuerySet[Debtor]:
    return Debtor.objects.filter(customer=customer, removed_at=None)


def invoices_of(customer: Customer) -> QuerySet[Invoice]:
    """Invoices and credit notes, newest first; the caller was allowed to see the customer."""
    return Invoice.objects.filter(customer=customer).select_related("debtor", "credits")


def open_invoices(customer: Customer) -> QuerySet[Invoice]:
    """Issued and with something left to pay, the first due first."""
    issued = invoices_of(customer).filter(kind=Kind.INVOICE.value, state=State.ISSUED.value)
    return issued.filter(gross__gt=F("paid") + F("credited")).order_by("due_date", "id")


def invoice_for(customer: Customer, invoice_id: UUID | str) -> Invoice:
    """An invoice of the company; ``NotFound`` for any other."""
    return _one(invoices_of(customer), invoice_id, "invoice")


def debtor_for(customer: Customer, debtor_id: int | str) -> Debtor:
    return _one(debtors_of(customer), debtor_id, "customer")


def receipt_for(customer: Customer, receipt_id: int | str) -> Receipt:
    return _one(Receipt.objects.filter(customer=customer), receipt_id, "payment")


def vendors_of(customer: Customer) -> QuerySet[Vendor]:
    return Vendor.objects.filter(customer=customer, removed_at=None)


def vendor_for(customer: Customer, vendor_id: int | str) -> Vendor:
    return _one(vendors_of(customer), vendor_id, "vendor")


def bills_of(customer: Customer) -> QuerySet[Bill]:
    return Bill.objects.filter(customer=customer).select_related("vendor")


def bill_for(customer: Customer, bill_id: UUID | str) -> Bill:
    return _one(bills_of(customer), bill_id, "bill")


def by_token(token: str) -> Invoice:
    """What a pay link opens, for whoever has it; ``NotFound`` for any other word."""
    known = Invoice.objects.exclude(state=State.DRAFT.value).exclude(token="").filter(token=token)
    found = known.select_related("customer").first()
    if found is None:
        raise NotFound(what="invoice")
    return found


def unmatched(customer: Customer) -> QuerySet[Receipt]:
    """Money that came in and is for no invoice yet, newest first."""
    return Receipt.objects.filter(customer=customer, set_aside_at=None, amount__gt=F("matched"))


def receipts_of(customer: Customer) -> QuerySet[Receipt]:
    return Receipt.objects.filter(customer=customer).prefetch_related("allocations__invoice")


def guesses(receipt: Receipt, invoices: Iterable[Invoice]) -> list[tuple[Invoice, Guess]]:
    """The invoices the money may be for, the likeliest first; one that fits for certain comes alone
    unless another does too.
    """
    before = _paid_before(receipt)
    found = []
    for invoice in invoices:
        came = _incoming(receipt, invoice, before)
        guessed = rules.guess(
            came, reference=invoice.reference, number=invoice.number, open_money=invoice.open_money
        )
        if guessed.points >= rules.LIKELY:
            found.append((invoice, guessed))
    return sorted(found, key=lambda one: -one[1].points)


def _incoming(receipt: Receipt, invoice: Invoice, before: set[int]) -> Incoming:
    fits = names.check(receipt.payer_name, invoice.debtor_name) != NameCheck.NO_MATCH
    return Incoming(
        money=receipt.money,
        left=receipt.left,
        text=f"{receipt.text} {receipt.reference}",
        payer=receipt.payer_name,
        name_fits=bool(receipt.payer_name) and fits,
        paid_before=invoice.debtor_id in before,
    )


def _paid_before(receipt: Receipt) -> set[int]:
    """Debtors whose invoices the same account paid."""
    if not receipt.payer_number:
        return set()
    paid = Invoice.objects.filter(
        allocations__receipt__payer_number=receipt.payer_number,
        allocations__undone_at=None,
        customer_id=receipt.customer_id,
    )
    return set(paid.values_list("debtor_id", flat=True))


def aged_receivables(customer: Customer, on: date) -> list[dict[str, Any]]:
    """Who owes how much and since when: a row a debtor and currency, with a sum per bucket."""
    rows: dict[tuple[str, str], list[Money]] = {}
    for one in open_invoices(customer):
        assert one.due_date is not None
        _add(rows, (one.debtor_name, one.currency), rules.bucket(one.due_date, on), one.open_money)
    return _aged(rows)


def aged_payables(customer: Customer, on: date) -> list[dict[str, Any]]:
    """Whom the company owes, in the same columns."""
    rows: dict[tuple[str, str], list[Money]] = {}
    for one in bills_of(customer).filter(state__in=(BillState.OPEN, BillState.WAITING)):
        _add(rows, (one.vendor.name, one.currency), rules.bucket(one.due_date, on), one.money)
    return _aged(rows)


def _add(rows: dict[tuple[str, str], list[Money]], key: tuple[str, str], place: int, money: Money) -> None:
    sums = rows.setdefault(key, [Money.zero(key[1])] * (len(rules.BUCKETS) + 2))
    sums[place] += money


def _aged(rows: dict[tuple[str, str], list[Money]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "sums": sums, "total": sum(sums, start=Money.zero(currency))}
        for (name, currency), sums in sorted(rows.items())
    ]


def totals_of(invoices: Iterable[Invoice]) -> list[Money]:
    """What is left to pay of several, by currency."""
    sums: dict[str, Money] = {}
    for one in invoices:
        sums[one.currency] = sums.get(one.currency, Money.zero(one.currency)) + one.open_money
    return list(sums.values())


def invoiced_by_month(customer: Customer, since: date, currency: str) -> list[tuple[date, Decimal, Decimal]]:
    """Months with what was invoiced and what of that is paid, credit notes taken off."""
    issued = invoices_of(customer).exclude(state=State.DRAFT.value).filter(kind=Kind.INVOICE.value)
    rows = issued.filter(issue_date__gte=since, currency=currency).annotate(month=TruncMonth("issue_date"))
    sums = rows.order_by("month").values("month").annotate(g=Sum("gross"), c=Sum("credited"), p=Sum("paid"))
    return [(row["month"], row["g"] - row["c"], row["p"]) for row in sums]


def top_debtors(customer: Customer, since: date, currency: str, limit: int = 5) -> list[tuple[str, Money]]:
    """Who was invoiced most since a day, less what was credited."""
    issued = invoices_of(customer).exclude(state=State.DRAFT.value)
    rows = issued.filter(kind=Kind.INVOICE.value, issue_date__gte=since, currency=currency)
    sums = rows.order_by().values("debtor__name").annotate(s=Sum(F("gross") - F("credited"))).order_by("-s")
    return [(row["debtor__name"], Money(row["s"], currency)) for row in sums[:limit]]


def top_vendors(customer: Customer, since: date, currency: str, limit: int = 5) -> list[tuple[str, Money]]:
    rows = bills_of(customer).exclude(state=BillState.VOID.value)
    rows = rows.filter(bill_date__gte=since, currency=currency)
    sums = rows.order_by().values("vendor__name").annotate(s=Sum("amount")).order_by("-s")
    return [(row["vendor__name"], Money(row["s"], currency)) for row in sums[:limit]]


def days_sales_outstanding(customer: Customer, on: date, currency: str, days: int = 90) -> Decimal | None:
    """What is owed over what was invoiced in so many days, in days; ``None`` where nothing was invoiced."""
    since = date.fromordinal(on.toordinal() - days)
    invoiced = sum((gross for _month, gross, _paid in _since(customer, since, currency)), Decimal(0))
    owed = sum(
        (one.open_money.amount for one in open_invoices(customer).filter(currency=currency)), Decimal(0)
    )
    return None if invoiced <= 0 else (owed / invoiced * days).quantize(Decimal(1))


def _since(customer: Customer, since: date, currency: str) -> list[tuple[date, Decimal, Decimal]]:
    return invoiced_by_month(customer, since, currency)


def recurrences_of(customer: Customer) -> QuerySet[Recurrence]:
    return Recurrence.objects.filter(customer=customer, ended_at=None).select_related("model")


def reminder_days(customer: Customer) -> list[int]:
    return list(ReminderRule.objects.filter(customer=customer).values_list("days", flat=True))


def searched(invoices: QuerySet[Invoice], words: str) -> QuerySet[Invoice]:
    return invoices.filter(
        Q(number__icontains=words) | Q(debtor__name__icontains=words) | Q(reference__icontains=words)
    )


def _one(rows: QuerySet[_Row], pk: object, what: str) -> _Row:
    try:
        found = rows.filter(pk=pk).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound(what=what)
    return found
