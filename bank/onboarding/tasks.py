"""Celery: load, call one service."""

from celery import shared_task

from bank.onboarding import services


@shared_task(name="onboarding.expire_stale")
def expire_stale() -> int:
    """Beat runs it every day."""
    return services.expire_stale()


@shared_task(name="onboarding.purge_registrations")
def purge_registrations() -> int:
    """Beat runs it every day."""
    return services.purge_registrations()
