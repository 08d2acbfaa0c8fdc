"""Reads. What is not your company's is not found."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet

from bank.accounts import selectors as accounts
from bank.accounts.models import Account, JointHolder
from bank.cif import selectors as cif
from bank.cif.models import Customer, Mandate
from bank.cif.rules import CustomerStatus
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.notifications.models import Endpoint, Notice, NoticeChoices, WebhookDelivery
from bank.notifications.rules import DeliveryState, EndpointState

_COUNT_KEPT_S: Final = 600


def endpoints_of(user: User, customer: Customer) -> QuerySet[Endpoint]:
    """The company's webhooks that have not ended, for whoever acts for it."""
    cif.mandate_for(user, customer)
    alive = Endpoint.objects.filter(customer=customer).exclude(state=EndpointState.ENDED.value)
    return alive.select_related("created_by").order_by("-id")


def endpoint_for(user: User, customer: Customer, endpoint_id: UUID) -> Endpoint:
    found = endpoints_of(user, customer).filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound(what="webhook")
    return found


def deliveries_of(endpoint: Endpoint) -> QuerySet[WebhookDelivery]:
    return endpoint.deliveries.prefetch_related("tries")


def deliveries_page(endpoint: Endpoint, before: str | None, state: str, limit: int) -> list[WebhookDelivery]:
    """The newest ``limit`` deliveries older than the one with the id ``before``. Two queries."""
    found = deliveries_of(endpoint).order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    return list((found.filter(**IN_STATE[state]) if state else found)[:limit])


IN_STATE: Final[dict[str, dict[str, bool]]] = {
    DeliveryState.WAITING: {"delivered_at__isnull": True, "given_up_at__isnull": True},
    DeliveryState.DELIVERED: {"delivered_at__isnull": False},
    DeliveryState.GIVEN_UP: {"delivered_at__isnull": True, "given_up_at__isnull": False},
}


def waiting() -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(delivered_at__isnull=True, given_up_at__isnull=True)


def due() -> QuerySet[WebhookDelivery]:
    """Those whose time has come and that no earlier one about the same account keeps waiting."""
    earlier = waiting().filter(
        endpoint=OuterRef("endpoint"), subject=OuterRef("subject"), id__lt=OuterRef("id")
    )
    ready = waiting().filter(
        ~Exists(earlier), endpoint__state=EndpointState.ACTIVE.value, next_try_at__lte=clock.now()
    )
    return ready.order_by("next_try_at", "id")


def hearers(account: Account) -> list[Mandate]:
    """The mandates of everybody who may see the account today, joint holders' included, by their users."""
    head = accounts.head_of(account)
    holders = [one.customer_id for one in accounts.joint_holders(head)]
    return hearers_of(account.customer_id, *holders)


def hearers_of_each(owners: Mapping[int, int]) -> dict[int, list[Mandate]]:
    """As ``hearers``, for many accounts at once: by account id, of accounts given with their customers' ids.
    Two queries.
    """
    joint = JointHolder.objects.filter(account_id__in=owners, until_date__isnull=True)
    holders = {account: {customer} for account, customer in owners.items()}
    for account, customer in joint.values_list("account_id", "customer_id"):
        holders[account].add(customer)
    held: dict[int, list[Mandate]] = {}
    for mandate in hearers_of(*{one for several in holders.values() for one in several}):
        held.setdefault(mandate.customer_id, []).append(mandate)
    return {
        account: [one for customer in sorted(several) for one in held.get(customer, [])]
        for account, several in holders.items()
    }


def hearers_of(*customers: int) -> list[Mandate]:
    """The mandates in force for the customers with these ids."""
    held = Mandate.objects.in_force(clock.today()).filter(customer_id__in=customers, user__is_active=True)
    alive = held.exclude(customer__status=CustomerStatus.CLOSED.value)
    return list(alive.select_related("user").order_by("id"))


def choices_of(users: Sequence[User]) -> dict[int, dict[str, list[str]]]:
    """What each user chose, by user id; whoever never chose is not in it."""
    made = NoticeChoices.objects.filter(user__in=users)
    return {one.user_id: one.channels for one in made}


def daily_readers(user_ids: Collection[int]) -> set[int]:
    """Those of the users who want their mails as one a day."""
    daily = NoticeChoices.objects.filter(user_id__in=user_ids, is_daily=True)
    return set(daily.values_list("user_id", flat=True))


def notices_for(user: User) -> QuerySet[Notice]:
    """The user's notices; of a customer they act for no longer, none."""
    mine = cif.mandates_for(user).values("customer_id")
    shown = Notice.objects.filter(
        Q(customer_id=None) | Q(customer_id__in=mine), user_id=user.pk, is_shown=True
    )
    return shown.select_related("customer")


def unread_count(user: User) -> int:
    """How many the user has not read: kept in the cache, told anew when one is added or read."""
    known: int | None = cache.get(unread_key(user.pk))
    return count_unread(user) if known is None else known


def count_unread(user: User) -> int:
    """Counts, and keeps the count for the bell of the pages that follow."""
    count = notices_for(user).filter(read_at__isnull=True).count()
    cache.set(unread_key(user.pk), count, _COUNT_KEPT_S)
    return count


def unread_key(user_id: int) -> str:
    return f"notices.unread:{user_id}"
