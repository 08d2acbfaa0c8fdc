"""Celery: load, call one service."""

from celery import shared_task

from bank.notifications import relaying, services


@shared_task(name="notifications.relay_events")
def relay_events() -> int:
    """Takes what happened to the broker of events, where there is one."""
    return relaying.relay()


@shared_task(name="notifications.call_webhooks")
def call_webhooks() -> int:
    """Makes the calls to webhooks whose time has come."""
    return services.call_due()


@shared_task(name="notifications.send_notices")
def send_notices() -> int:
    """Sends the mails and text messages of notices."""
    return services.send_due()
