"""Celery: load, call one service."""

from celery import shared_task

from bank.signing import services


@shared_task(name="signing.expire")
def expire() -> int:
    """Beat runs it every few minutes."""
    return services.expire_due()


@shared_task(name="signing.escalate")
def escalate() -> int:
    """Beat runs it every few minutes."""
    return services.escalate_due()
