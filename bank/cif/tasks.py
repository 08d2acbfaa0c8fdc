"""Celery: load, call one service."""

from celery import shared_task

from bank.cif import services


@shared_task(name="cif.rate_again")
def rate_again() -> int:
    """Beat runs it every night: a relationship that grew older may be rated otherwise."""
    return services.rate_again()


@shared_task(name="cif.find_duplicates")
def find_duplicates() -> int:
    """Beat runs it every night; what it finds is listed for staff."""
    return services.find_duplicates()
