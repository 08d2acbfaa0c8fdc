"""Celery: load, call one service."""

from uuid import UUID

from celery import shared_task

from bank.risk.screening import services


@shared_task(name="risk.screen_overdue")
def screen_overdue() -> int:
    """Screens again whoever was not held against the lists in force, or whose decision ran out.

    After every load of a list, and every hour by beat for what a killed worker left.
    """
    done = [services.screen_again(screening_id=found) for found in list(services.overdue())]
    return sum(screening is not None for screening in done)


@shared_task(name="risk.screen_again")
def screen_again(screening_id: str) -> None:
    """One subject, as when staff ask for it."""
    services.screen_again(screening_id=UUID(screening_id))
