"""Reads. ``mandate_for`` and ``collection_for`` are the only doors on behalf of a user."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Max, Q, QuerySet, Sum

from bank.accounts.models import Account
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.models import Mandate as CustomerMandate
from bank.debits import rules
from bank.debits.models import Claim, Collection, Creditor, DebitFile, Mandate
from bank.debits.rules import ClaimStatus, CollectionStatus, MandateStatus
from bank.identity.models import User
from bank.kernel import calendars, clock, ids
from bank.kernel.errors import NotFound
from bank.kernel.money import Money

OPEN = (MandateStatus.PROPOSED.value, MandateStatus.WAITING.value, MandateStatus.ACTIVE.value)


def calendar() -> calendars.Calendar:
    """The days the bank is open."""
    return calendars.calendar(settings.BANK_CALENDAR)


def mandates_for(user: User) -> QuerySet[Mandate]:
    """Those of the customers the user acts for, on either side, the latest first."""
    customers = cif.mandates_for(user).values("customer_id")
    mine = Q(debtor_account__customer_id__in=customers) | Q(creditor_id__in=customers)
    return _joined().filter(mine).order_by("-id")


def mandate_for(user: User, reference: str) -> Mandate:
    """The mandate; ``NotFound`` where it is not the user's to see."""
    known = mandates_for(user).filter(reference=ids.read_reference(reference)).first()
    if known is None:
        raise NotFound(what="mandate")
    return known


def collections_for(user: User) -> QuerySet[Collection]:
    """What is collected on the mandates the user may see, the latest due first."""
    seen = Collection.objects.filter(mandate__in=mandates_for(user).order_by().values("pk"))
    joined = seen.select_related(
        "mandate__creditor",
        "mandate__creditor_account",
        "mandate__debtor_account__customer",
        "refund_claim__case",
    )
    return joined.order_by("-due_date", "-id")


def collection_for(user: User, reference: str) -> Collection:
    """The collection; ``NotFound`` where it is not the user's to see."""
    known = collections_for(user).filter(reference=ids.read_reference(reference)).first()
    if known is None:
        raise NotFound(what="direct debit")
    return known


def creditor_of(customer: Customer) -> Creditor | None:
    """The company's admission, or what it asked for; ``None`` where it never asked."""
    return Creditor.objects.select_related("customer", "case").filter(customer=customer).first()


def creditor_for(user: User, number: str) -> Creditor:
    """The admission of a company the user acts for. Raises ``NotFound``."""
    found = creditor_of(cif.customer_for(user, number))
    if found is None:
        raise NotFound(what="admission")
    return found


def file_for(user: User, reference: str) -> DebitFile:
    """A file of direct debits of a company the user acts for. Raises ``NotFound``."""
    companies = cif.mandates_for(user).values("customer_id")
    joined = DebitFile.objects.select_related("creditor__customer")
    mine = joined.filter(creditor__customer_id__in=companies, reference=ids.read_reference(reference))
    found = mine.first()
    if found is None:
        raise NotFound(what="file of direct debits")
    return found


def claim(reference: str) -> Claim:
    """For staff. Raises ``NotFound``."""
    joined = Claim.objects.select_related(
        "case",
        "collection__mandate__creditor",
        "collection__mandate__creditor_account__customer",
        "collection__mandate__debtor_account__customer",
    )
    found = joined.filter(reference=reference).first()
    if found is None:
        raise NotFound(what="claim")
    return found


def claim_of(collection: Collection) -> Claim | None:
    """The claim that nobody authorised it, if there is one."""
    return getattr(collection, "refund_claim", None)


def open_claims_of(account: Account) -> QuerySet[Claim]:
    """Those the bank owes an answer to, of either side of an account."""
    either = Q(collection__mandate__debtor_account=account) | Q(collection__mandate__creditor_account=account)
    return Claim.objects.filter(either, status=ClaimStatus.OPEN.value)


def by_reference(reference: str) -> Mandate:
    """For the bank's own work, without regard to users."""
    return _joined().get(reference=reference)


def payers(mandate: Mandate) -> list[User]:
    """Who may pay for the customer the mandate was given by."""
    return acting_for(mandate.debtor_account.customer)


def acting_for(customer: Customer) -> list[User]:
    """Who may pay for a customer."""
    acting = CustomerMandate.objects.in_force(clock.today()).filter(
        customer=customer, can_pay=True, user__is_active=True
    )
    return [one.user for one in acting.select_related("user")]


def pays(user: User, mandate: Mandate) -> bool:
    """Whether the user acts for who pays."""
    return cif.may_pay(user, mandate.debtor_account.customer)


def collects(user: User, mandate: Mandate) -> bool:
    """Whether the user acts for the company that collects."""
    return cif.may_pay(user, mandate.creditor)


def collected_in_month(mandate: Mandate, day: date) -> Money:
    """What was or will be taken on a mandate in the month of a day."""
    first, last = rules.month_of(day)
    counted = mandate.collections.filter(
        due_date__range=(first, last), status__in=[status.value for status in rules.COUNTED]
    )
    return Money(counted.aggregate(sum=Sum("amount"))["sum"] or Decimal(0), mandate.currency)


def collected_by_company(company: Customer, day: date, currency: str) -> Money:
    """What was or will be taken by a company in the month of a day, over all its mandates."""
    counted = Collection.objects.filter(
        mandate__creditor=company,
        mandate__currency=currency,
        due_date__range=rules.month_of(day),
        status__in=[status.value for status in rules.COUNTED],
    )
    return Money(counted.aggregate(sum=Sum("amount"))["sum"] or Decimal(0), currency)


def last_used(mandate: Mandate) -> date:
    """The day of its latest collection, announced or taken; of its confirmation where there is none."""
    latest = mandate.collections.exclude(status=CollectionStatus.CANCELLED.value).aggregate(
        day=Max("due_date")
    )
    given = clock.day_of(mandate.confirmed_at) if mandate.confirmed_at else mandate.first_date
    return latest["day"] or max(given, mandate.first_date)


def over(today: date) -> QuerySet[Mandate]:
    """Active mandates whose last day is over, or that were given so long ago that they may have lapsed."""
    return Mandate.objects.filter(
        Q(last_date__lt=today) | Q(confirmed_at__date__lt=rules.months_before(today)),
        status=MandateStatus.ACTIVE.value,
    )


def pending_of(company: Customer) -> QuerySet[Collection]:
    """What a company announced and has not taken yet."""
    return Collection.objects.filter(mandate__creditor=company, status=CollectionStatus.PENDING.value)


def due(on: date) -> QuerySet[Collection]:
    """What is to be taken on a business day, or was before it."""
    return Collection.objects.filter(status=CollectionStatus.PENDING.value, run_date__lte=on)


def open_mandates_of(account: Account) -> QuerySet[Mandate]:
    """Those that still bind an account, on either side."""
    return Mandate.objects.filter(
        Q(debtor_account=account) | Q(creditor_account=account), status__in=OPEN
    )  # fmt: skip


def _joined() -> QuerySet[Mandate]:
    return Mandate.objects.select_related(
        "creditor", "creditor_account__customer", "debtor_account__customer"
    )
