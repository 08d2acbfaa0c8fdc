"""The end of what a customer was told: notices go, bodies of webhooks too; that one was called stays."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from bank.cif.models import Customer
from bank.notifications.models import Notice, WebhookAttempt, WebhookDelivery


def notices_of(customer: Customer, users: Collection[int]) -> QuerySet[Notice]:
    """What people were told as acting for a customer, and what ``users`` were told about themselves."""
    return Notice.objects.filter(Q(customer=customer) | Q(customer=None, user_id__in=users))


def forget_customer(*, customer: Customer, users: Collection[int]) -> int:
    """Destroys the notices, and what webhooks carried and were answered; how many notices."""
    count = notices_of(customer, users).count()
    notices_of(customer, users).delete()
    WebhookAttempt.objects.filter(delivery__endpoint__customer=customer).update(response="")
    WebhookDelivery.objects.filter(endpoint__customer=customer).update(body={})
    return count
