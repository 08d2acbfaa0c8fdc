"""Celery: load, call one service."""

from celery import shared_task

from bank.access import services


@shared_task(name="access.prune")
def prune() -> None:
    """Clears the request log after thirty days; beat runs it once a day."""
    services.prune()
