"""Celery: load, call one service."""

from celery import shared_task

from bank.identity import services


@shared_task(name="identity.purge")
def purge() -> None:
    """Clears away what has no use any more; beat runs it once a day."""
    services.purge()
