"""Reads. What is not your company's is not found."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.notifications.models import Endpoint, WebhookDelivery
from bank.notifications.rules import EndpointState


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
