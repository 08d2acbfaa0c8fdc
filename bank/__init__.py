"""Umoja Bank: the core that every door shares."""

from bank.celery import app as celery_app

__all__ = ["celery_app"]
