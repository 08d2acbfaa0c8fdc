"""Reads. ``request_for`` is the only door to a request to pay on behalf of a user."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from bank.accounts.models import Account
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.payments.rules import PaymentStatus
from bank.requests import rules
from bank.requests.models import Biller, BillPayment, BlockedRequester, PaymentRequest, SavedBill

_COUNTS = [
    one.value
    for one in (
        PaymentStatus.AWAITING_APPROVAL,
        PaymentStatus.ACCEPTED,
        PaymentStatus.RELEASED,
        PaymentStatus.SENT,
        PaymentStatus.SETTLED,
    )
]


@dataclass(frozen=True, slots=True)
class Standing:
    """A request with what was paid for it and what it is now."""

    request: PaymentRequest
    paid: Money
    left: Money | None
    status: str

    @property
    def is_open(self) -> bool:
        return self.status in {rules.RequestStatus.PENDING, rules.RequestStatus.PARTLY_PAID}


def requests_made(user: User) -> QuerySet[PaymentRequest]:
    """What the user's customers asked for, newest first."""
    return _with_parties().filter(creditor_account__customer_id__in=_mine(user)).order_by("-id")


def requests_received(user: User) -> QuerySet[PaymentRequest]:
    """What was asked of the user's customers, newest first."""
    return _with_parties().filter(debtor_account__customer_id__in=_mine(user)).order_by("-id")


def request_for(user: User, reference: str, *, locked: bool = False) -> PaymentRequest:
    """One made by or asked of the user, or an open one whose link they have; else ``NotFound``."""
    found = _with_parties().filter(reference=ids.read_reference(reference))
    found = found.filter(
        Q(creditor_account__customer_id__in=_mine(user))
        | Q(debtor_account__customer_id__in=_mine(user))
        | Q(debtor_account=None)
    )
    if locked:
        found = found.select_for_update(of=("self",))
    known = found.first()
    if known is None:
        raise NotFound(what="request to pay")
    return known


def is_made_by(user: User, request: PaymentRequest) -> bool:
    return cif.may_view(user, request.creditor_account.customer)


def standing(request: PaymentRequest) -> Standing:
    """What was paid for a request and what it is now. One query."""
    counted = request.payments.filter(payment__status__in=_COUNTS)
    total = counted.aggregate(total=Sum("payment__amount"))["total"] or 0
    paid = Money.of(total, request.currency)
    left = None if request.money is None else max(request.money - paid, Money.zero(request.currency))
    status = rules.status_of(
        request.decided,
        request.money,
        paid,
        request.expires_at,
        clock.now(),
        is_link=request.debtor_account_id is None,
    )
    return Standing(request, paid, left, status)


def is_blocked(customer: Customer, requester: Customer) -> bool:
    return BlockedRequester.objects.filter(customer=customer, requester=requester).exists()


def blocked_by(user: User) -> QuerySet[BlockedRequester]:
    return BlockedRequester.objects.filter(customer_id__in=_mine(user)).select_related("requester")


def account_at(number: str) -> Account | None:
    """The account asked of, whoever's it is."""
    return Account.objects.select_related("customer").filter(number="".join(number.split())).first()


def billers() -> list[Biller]:
    """The catalogue, by category and name."""
    found = Biller.objects.filter(is_active=True).select_related("account")
    return list(found.order_by("category", "name"))


def biller(code: str) -> Biller:
    known = Biller.objects.select_related("account__customer").filter(code=code).first()
    if known is None:
        raise NotFound(what="biller")
    return known


def bills_of(user: User) -> QuerySet[BillPayment]:
    """The bills the user's customers paid, newest first."""
    mine = BillPayment.objects.filter(payment__debtor_account__customer_id__in=_mine(user))
    return mine.select_related("biller", "payment__debtor_account__customer").order_by("-id")


def saved_bills(user: User) -> QuerySet[SavedBill]:
    return SavedBill.objects.filter(customer_id__in=_mine(user)).select_related("biller", "customer")


def billers_of(user: User, customer: Customer) -> list[Biller]:
    """The billers whose money a customer gets. Raises ``NotFound`` for who may not act for it."""
    cif.mandate_for(user, customer)
    return list(Biller.objects.filter(account__customer=customer).order_by("name"))


def received_on(biller: Biller, day: date) -> list[BillPayment]:
    """Bills paid to a biller on a calendar day, in the order they came, those settled alone."""
    found = BillPayment.objects.filter(biller=biller, payment__status=PaymentStatus.SETTLED.value)
    start = _midnight(day)
    end = _midnight(date.fromordinal(day.toordinal() + 1))
    return list(found.filter(at__gte=start, at__lt=end).select_related("payment").order_by("id"))


def _mine(user: User) -> Any:
    return cif.mandates_for(user).values_list("customer_id", flat=True)


def _with_parties() -> QuerySet[PaymentRequest]:
    return PaymentRequest.objects.select_related("creditor_account__customer", "debtor_account__customer")


def _midnight(day: date) -> datetime:
    """Where a day begins in the bank's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
