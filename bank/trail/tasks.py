"""Celery: load, call one service."""

from celery import shared_task

from bank.trail import services


@shared_task(name="trail.gather")
def gather() -> int:
    """Gathers what was sealed since; beat runs it every few seconds."""
    return services.gather()
