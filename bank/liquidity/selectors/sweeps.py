"""Reads of sweeps. ``sweep_for`` is the only door to one on behalf of a user."""

from django.db.models import QuerySet

from bank.accounts.models import Account
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.errors import NotFound
from bank.liquidity.models import Sweep, SweepRun
from bank.liquidity.sweep_rules import ALIVE


def sweeps_of(customer: Customer) -> QuerySet[Sweep]:
    """The sweeps of a company the caller was allowed to see, the newest first."""
    return Sweep.objects.filter(customer=customer).select_related("account__product", "pool__product")


def sweep_for(user: User, reference: str, *, locked: bool = False) -> Sweep:
    """The sweep; ``NotFound`` where it is not the user's to see."""
    customers = cif.mandates_for(user).values("customer_id")
    found = Sweep.objects.filter(customer_id__in=customers, reference=ids.read_reference(reference))
    found = found.select_related("customer", "account__product", "pool__product", "made_by")
    known = (found.select_for_update(of=("self",)) if locked else found).first()
    if known is None:
        raise NotFound(what="sweep")
    return known


def runs_of(sweep: Sweep, limit: int = 60) -> list[SweepRun]:
    """Its last days, newest first."""
    return list(sweep.runs.select_related("sweep", "payment")[:limit])


def alive() -> QuerySet[Sweep]:
    return Sweep.objects.filter(status__in=[one.value for one in ALIVE])


def pools_of(customer: Customer) -> dict[str, str]:
    """Where each account of a company is swept to."""
    return dict(alive().filter(customer=customer).values_list("account__number", "pool__number"))


def moves(account: Account) -> bool:
    """Whether a sweep moves money from or to an account."""
    return alive().filter(account=account).exists() or alive().filter(pool=account).exists()
