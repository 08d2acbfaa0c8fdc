"""Reads. ``order_for`` is the only door to a standing order on behalf of a user."""

from django.conf import settings
from django.db.models import Q, QuerySet

from bank.accounts import rules as numbering
from bank.accounts import selectors as accounts
from bank.accounts.models import Account, JointAct
from bank.accounts.rules import AccountRole, JointState
from bank.cif import selectors as cif
from bank.identity.models import User
from bank.kernel import calendars, ids
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.signing.models import Approval
from bank.signing.rules import State
from bank.standing.models import OrderEvent, Run, StandingOrder
from bank.standing.rules import RUNNING


def calendar() -> calendars.Calendar:
    """The days the bank is open."""
    return calendars.calendar(settings.BANK_CALENDAR)


def orders_for(user: User) -> QuerySet[StandingOrder]:
    """Those from the accounts of the customers the user acts for, or they hold jointly: what comes next
    first, ended ones last."""
    customers = cif.mandates_for(user).values("customer_id")
    mine = Q(debtor_account__customer_id__in=customers) | Q(debtor_account__in=accounts.held_jointly(user))
    return (
        StandingOrder.objects.filter(mine)
        .select_related("debtor_account__customer")
        .order_by("next_run", "-id")
    )


def order_for(user: User, reference: str, *, locked: bool = False) -> StandingOrder:
    """The standing order; ``NotFound`` where it is not the user's to see."""
    found = orders_for(user).filter(reference=ids.read_reference(reference))
    if locked:
        found = found.select_for_update(of=("self",))
    known = found.first()
    if known is None:
        raise NotFound(what="standing order")
    return known


def runs_of(order: StandingOrder) -> list[Run]:
    """Its history, newest first."""
    return list(order.runs.select_related("payment").order_by("-due_date"))


def events_of(order: StandingOrder) -> list[OrderEvent]:
    return list(order.events.select_related("actor"))


def running_from(account: Account) -> QuerySet[StandingOrder]:
    """Those that may still pay from an account."""
    running = [status.value for status in (*RUNNING,)]
    return StandingOrder.objects.filter(debtor_account=account, status__in=running)


def ordered_alone(user: User, order: StandingOrder) -> Money:
    """What the user's other running orders pay the same creditor for the same customer each time with nobody
    else's signature: as many small orders as one likes would else be one large one nobody signed."""
    running = StandingOrder.objects.filter(
        made_by=user,
        debtor_account__customer_id=order.debtor_account.customer_id,
        currency=order.currency,
        amount__isnull=False,
        status__in=[status.value for status in RUNNING],
    ).exclude(pk=order.pk)
    signed = Approval.objects.filter(
        kind="STANDING_ORDER", state=State.APPROVED.value, customer_id=order.debtor_account.customer_id
    ).values("subject")
    found = [one for one in running.exclude(reference__in=signed) if _creditor(one) == _creditor(order)]
    return sum((one.money for one in found if one.money), Money.zero(order.currency))


def _creditor(order: StandingOrder) -> str:
    if order.creditor_agent:
        return f"{order.creditor_number} {order.creditor_agent}"
    return paid_number(order.creditor_number)


def paid_number(written: str) -> str:
    """The account here that is paid, however its number was written, also behind a collection number."""
    number = numbering.read_number(written)
    behind = accounts.behind(number) if numbering.is_collecting(number) else None
    return str(behind.account.number) if behind else number


def needs_both(account: Account) -> bool:
    """Whether its holders must sign together, or it is a pot: nothing the bank moves by itself."""
    return bool(accounts.needs_both(account) or account.role == AccountRole.POT)


def is_agreed(order: StandingOrder) -> bool:
    """Whether all holders of the account agreed to the order; its payments then ask nobody again."""
    agreed = JointAct.objects.filter(state=JointState.AGREED.value, kind="STANDING_ORDER")
    return agreed.filter(subject=order.reference).exists()


def is_between_own(user: User, debtor_number: str, creditor_number: str) -> bool:
    """Whether both accounts are one customer's whom the user acts for."""
    mine = accounts.accounts_for(user)
    owner = {one.account.number: one.account.customer_id for one in mine}
    return owner.get(debtor_number, 0) == owner.get(creditor_number, 1)
