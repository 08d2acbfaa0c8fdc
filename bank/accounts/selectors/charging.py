"""Reads for the close of business: what is charged, owed, ends or moves on a day."""

from datetime import date

from django.db.models import Q, QuerySet

from bank.accounts import rules
from bank.accounts.models import Account, Charge, Migration, Overdraft
from bank.kernel.money import Money
from bank.products.models import ProductTerms


def priced_terms() -> dict[tuple[int, str, str], ProductTerms]:
    """All terms of the versions that have a fee of a period, by version, currency and segment."""
    versions = ProductTerms.objects.exclude(monthly_fee=0, below_minimum_fee=0).values("version")
    return {
        (row.version_id, row.currency, row.segment): row
        for row in ProductTerms.objects.filter(version__in=versions)
    }


def priced_for(account: Account, priced: dict[tuple[int, str, str], ProductTerms]) -> ProductTerms | None:
    """The account's terms among those, its customer's segment before all."""
    place = (account.product_version_id, account.currency)
    return priced.get((*place, account.customer.segment)) or priced.get((*place, ""))


def chargeable(versions: set[int], on: date, after: int = 0) -> QuerySet[Account]:
    """The accounts of some versions that pay fees on a day, by id: neither closed nor dormant."""
    spared = (rules.AccountStatus.CLOSED.value, rules.AccountStatus.DORMANT.value)
    found = Account.objects.filter(product_version__in=versions, opened_date__lte=on, pk__gt=after)
    found = found.exclude(role=rules.AccountRole.POT.value)
    return found.exclude(status__in=spared).select_related("customer").order_by("pk")


def arrears() -> QuerySet[Charge]:
    """Charges that are neither taken in full nor waived."""
    still = Charge.objects.filter(settled_date__isnull=True, waived_date__isnull=True)
    return still.select_related("account")


def arrears_of(account: Account) -> Money:
    """What an account owes in charges."""
    return sum((one.open_sum for one in arrears().filter(account=account)), Money.zero(account.currency))


def overdrafts_to_end(on: date) -> QuerySet[Overdraft]:
    """Those whose last day is over after ``on``, and those being paid back."""
    over = Q(ended_date__isnull=True, expires_date__lte=on) | Q(runs_down=True)
    return Overdraft.objects.filter(over).select_related("account")


def reviews_due(on: date) -> QuerySet[Account]:
    """The accounts to be looked at for dormancy by a day."""
    due = Account.objects.filter(idle_review_date__lte=on, dormant_since__isnull=True)
    return due.select_related("customer", "product_version")


def migrations_due(until: date) -> QuerySet[Migration]:
    """The planned moves whose day has come, the earliest first."""
    due = Migration.objects.filter(finished_date__isnull=True, on_date__lte=until)
    return due.order_by("on_date", "pk")
