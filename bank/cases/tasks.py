"""Celery: load, call one service."""

from celery import shared_task

from bank.cases import services


@shared_task(name="cases.watch")
def watch() -> int:
    """Beat runs it every few minutes: marks what is late, reminds, closes what went quiet."""
    return services.watch()
