"""Celery: load, call one service."""

from celery import shared_task

from bank.accounts.services import joint


@shared_task(name="accounts.expire_joint")
def expire_joint() -> int:
    """Beat runs it every few minutes."""
    return joint.expire_due()
