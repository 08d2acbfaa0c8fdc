"""Taking events to webhooks: queued once, called in order per account, tried for three days, replayed."""

import time
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from bank.access.services.rights import require_manager
from bank.audit import services as audit
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.notifications import errors, rules, selectors
from bank.notifications.models import Endpoint, WebhookAttempt, WebhookDelivery
from bank.notifications.rules import EndpointState, Event
from bank.notifications.services.endpoints import secrets_of
from bank.runtime import webhooks
from bank.workflows import rules as workflows


def queue(*, customer: Customer, event: Event, event_id: UUID, account: str, told: dict[str, str]) -> int:
    """Has an event told to the company's webhooks that want it; returns how many. Asked again, nothing more.

    ``account`` is the number whose order it keeps; with none, the event's kind keeps one.
    """
    chosen = [
        one
        for one in Endpoint.objects.filter(customer=customer, state=EndpointState.ACTIVE.value)
        if event.value in one.events and (not one.accounts or account in one.accounts)
    ]
    now, subject = clock.now(), account or event.value
    body = {"id": str(event_id), "event": event.value, "at": now.isoformat(), "data": told}
    rows = [
        WebhookDelivery(
            endpoint=one, event_id=event_id, event=event.value, subject=subject, body=body, created_at=now,
            next_try_at=now, try_until=now + rules.PATIENCE,
        )
        for one in chosen
    ]  # fmt: skip
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def call_due(limit: int = 50) -> int:
    """Makes up to ``limit`` calls whose time has come; returns how many.

    Each is leased first and called outside any database transaction: a worker killed in the middle has it
    made again, with the same id, and nothing waits for a slow server but what goes there.
    """
    called = 0
    while called < limit and (delivery := _lease()) is not None:
        _keep(delivery, _try(delivery))
        called += 1
    return called


@transaction.atomic
def replay(*, user: User, endpoint: Endpoint, since: datetime, until: datetime | None = None) -> int:
    """Tells again what was told or given up in that time, in order; the ids are the same. Returns how many.

    Raises ``NotAllowed``.
    """
    require_manager(user, endpoint.customer)
    found = endpoint.deliveries.filter(created_at__gte=since, created_at__lte=until or clock.now())
    over = found.exclude(delivered_at=None, given_up_at=None).order_by("id")[: rules.MOST_REPLAYED]
    return _again(user, endpoint, [one.pk for one in over])


@transaction.atomic
def replay_one(*, user: User, endpoint: Endpoint, delivery_id: UUID) -> int:
    """As ``replay``, for one delivery; 0 where it is none of this webhook or is on its way."""
    require_manager(user, endpoint.customer)
    over = endpoint.deliveries.filter(pk=delivery_id).exclude(delivered_at=None, given_up_at=None)
    return _again(user, endpoint, [one.pk for one in over])


@transaction.atomic
def tell_again(*, actor: User, delivery_id: UUID, reason: str) -> None:
    """Staff have one delivery that was given up sent again; its company reads of it. Raises ``NotGivenUp``,
    ``ReasonMissing``.
    """
    words = workflows.reason(reason)
    found = WebhookDelivery.objects.select_related("endpoint").filter(pk=delivery_id)
    given_up = found.filter(delivered_at=None, given_up_at__isnull=False).first()
    if given_up is None or given_up.endpoint.state != EndpointState.ACTIVE:
        raise errors.NotGivenUp
    _again(actor, given_up.endpoint, [given_up.pk], why=words)


def _again(user: User, endpoint: Endpoint, chosen: list[UUID], **told: str) -> int:
    now = clock.now()
    fresh = {"attempts": 0, "next_try_at": now, "try_until": now + rules.PATIENCE}
    again = WebhookDelivery.objects.filter(pk__in=chosen)
    count = again.update(delivered_at=None, given_up_at=None, **fresh)
    audit.record(
        "WEBHOOK_REPLAYED",
        actor=user,
        subject_type="WEBHOOK",
        subject_id=str(endpoint.pk),
        detail={"deliveries": count, "address": endpoint.url, **told},
    )
    return count


@transaction.atomic
def _lease() -> WebhookDelivery | None:
    delivery = selectors.due().select_for_update(of=("self",), skip_locked=True).first()
    if delivery is not None:
        delivery.attempts += 1
        delivery.next_try_at = clock.now() + rules.LEASE
        delivery.save(update_fields=["attempts", "next_try_at"])
    return delivery


def _try(delivery: WebhookDelivery) -> WebhookAttempt:
    endpoint, began = delivery.endpoint, time.monotonic()
    made = WebhookAttempt(delivery=delivery, at=clock.now())
    try:
        answer = webhooks.call(endpoint.url, secrets_of(endpoint), webhooks.written(delivery.body))
        made.status = answer.status
        made.response = answer.body.decode("utf-8", "replace").replace("\0", "")[: rules.RESPONSE_LETTERS]
    except BankError as refusal:
        made.problem = refusal.message[:200]
    made.duration_ms = round((time.monotonic() - began) * 1000)
    return made


@transaction.atomic
def _keep(delivery: WebhookDelivery, made: WebhookAttempt) -> None:
    endpoint = Endpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
    made.save()
    now = clock.now()
    if made.status is not None and rules.is_taken(made.status):
        delivery.delivered_at, endpoint.failing_since = now, None
    else:
        delivery.next_try_at = now + rules.wait_after(delivery.attempts)
        endpoint.failing_since = endpoint.failing_since or delivery.created_at
        if now >= delivery.try_until:
            delivery.given_up_at = now
            _disable(endpoint, now)
    delivery.save(update_fields=["delivered_at", "given_up_at", "next_try_at"])
    endpoint.save(update_fields=["failing_since", "state"])


def _disable(endpoint: Endpoint, now: datetime) -> None:
    """After three days in which it took nothing; whoever made it is told by mail."""
    assert endpoint.failing_since is not None
    if endpoint.state != EndpointState.ACTIVE or now - endpoint.failing_since < rules.PATIENCE:
        return
    endpoint.state = EndpointState.DISABLED.value
    reader = endpoint.created_by
    with translation.override(reader.language):
        content = {"user": reader, "address": endpoint.url, "bank_name": settings.BANK_NAME}
        body = render_to_string("email/notifications/webhook_disabled.txt", content)
        subject = f"{settings.BANK_NAME}: {_('A webhook was disabled')}"
    letter = EmailMessage(subject=subject, body=body, to=[reader.email])
    transaction.on_commit(letter.send, robust=True)
