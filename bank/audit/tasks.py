"""Celery: load, call one service."""

from celery import shared_task

from bank.audit import services


@shared_task(name="audit.seal")
def seal() -> int:
    """Seals what was recorded since; beat runs it every few seconds."""
    return services.seal()
