"""Celery: load, call one service."""

from celery import shared_task

from bank.web import status


@shared_task(name="web.sample_health")
def sample_health() -> None:
    """Counts how each service fares, for the status page."""
    status.sample()
