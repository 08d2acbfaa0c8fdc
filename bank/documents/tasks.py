"""Celery: load, call one service."""

from celery import shared_task

from bank.documents import services


@shared_task(name="documents.sweep_orphans")
def sweep_orphans() -> int:
    """Beat runs it every hour."""
    return services.sweep_orphans()
