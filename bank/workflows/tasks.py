"""Celery: load, call one service."""

from celery import shared_task

from bank.workflows import services


@shared_task(name="workflows.expire")
def expire() -> int:
    """Beat runs it every few minutes."""
    return services.expire_due()


@shared_task(name="workflows.escalate")
def escalate() -> int:
    """Beat runs it every few minutes."""
    return services.escalate_due()
