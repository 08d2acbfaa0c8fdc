"""Celery: load, call one service."""

from uuid import UUID

from celery import shared_task

from bank.privacy import retention, services


@shared_task(name="privacy.make_export")
def make_export(export_id: str) -> None:
    services.make_export(export_id=UUID(export_id))


@shared_task(name="privacy.drop_expired")
def drop_expired() -> int:
    """Beat runs it every hour."""
    return services.drop_expired()


@shared_task(name="privacy.erase_due")
def erase_due() -> int:
    """Beat runs it every night."""
    return retention.erase_due()
